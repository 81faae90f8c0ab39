/** A corpus in ids of a finished vocabulary. */

import { Wasm2VecError } from "../errors.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { type Corpus, isOneShot } from "./corpus.ts";
import { EncodedCorpus, type EncodedCorpusOptions } from "./encoded-corpus.ts";
import { findCorpus } from "./read-corpus.ts";
import { type ReadingWork, warnOfDamages } from "./scan.ts";

/**
 * Reads a corpus as ids. Where there is no room for them, they are made anew in each epoch.
 *
 * @throws {Wasm2VecError} `one-shot-corpus` where they cannot be
 */
export async function encodeCorpus(
  corpus: Corpus,
  vocabulary: Vocabulary,
  options: EncodedCorpusOptions,
  { signal, onProgress }: ReadingWork = {},
): Promise<EncodedCorpus> {
  const encoded = new EncodedCorpus(options);
  let damages = 0;
  try {
    for await (const part of findCorpus(corpus, vocabulary, { signal })) {
      damages += part.damages;
      const writing = encoded.push(part);
      if (writing) await writing;
    }
    await encoded.finish();
    await warnOfDamages(damages, onProgress);
    if (encoded.isLost) {
      await checkReadable(corpus, encoded);
      readAgain(encoded, corpus, vocabulary, signal);
    }
    return encoded;
  } catch (error) {
    await encoded.close();
    throw error;
  }
}

/** Lets the ids that were lost come from the corpus, in ids of a finished vocabulary, each time they are read. */
export function readAgain(encoded: EncodedCorpus, corpus: Corpus, vocabulary: Vocabulary, signal?: AbortSignal): void {
  encoded.readAgain(async function* () {
    for await (const { ids } of findCorpus(corpus, vocabulary, { signal })) yield ids;
  });
}

/** @throws {Wasm2VecError} `one-shot-corpus` where ids that were lost cannot be read again */
export async function checkReadable(corpus: Corpus, encoded: EncodedCorpus): Promise<void> {
  if (!(await isOneShot(corpus))) return;
  throw new Wasm2VecError(
    "one-shot-corpus",
    `The corpus is an iterator, which can be read once, and has more ids than corpusMemory holds: ${encoded.words} words of 4 bytes. Here is no temporary file for them. Raise corpusMemory, or pass what can be read again.`,
  );
}
