/** The first pass over a corpus: its words are counted, and its ids written down. */

import type { WarningEvent } from "../errors.ts";
import { EventPace } from "../event-loop.ts";
import type { Reading } from "../files/source.ts";
import { stayFlags, type VocabularyRules } from "../vocabulary/choose-words.ts";
import { Vocabulary } from "../vocabulary/vocabulary.ts";
import type { Corpus } from "./corpus.ts";
import { EncodedCorpus, type EncodedCorpusOptions } from "./encoded-corpus.ts";
import { countCorpus } from "./read-corpus.ts";

/** What the reading of a corpus tells of itself. */
export type CorpusEvent =
  | {
      /** tells it from the other events */
      kind: "vocabulary";
      /** words that were read, those out of the vocabulary too */
      words: number;
      /** sentences that were read */
      sentences: number;
      /** how many words the vocabulary has; while it is scanned, how many were seen */
      vocabSize: number;
      /** true while the corpus is scanned, ten times a second at most; absent from the event at the end */
      scanning?: true;
      /** while a text is scanned: how many bytes of its source were read */
      bytes?: number;
      /** how many bytes the text's source has, where that is known */
      totalBytes?: number;
    }
  | WarningEvent;

/** How to follow and to stop the reading. */
export interface ReadingWork {
  signal?: AbortSignal;
  /** is told how far the reading is; what it returns is awaited */
  onProgress?(event: CorpusEvent): unknown;
}

export interface ScannedCorpus {
  /** all words seen, in the order of first sight */
  vocabulary: Vocabulary;
  /** the corpus in ids of that vocabulary; lost where they were not wanted, pruned, or more than there is room for */
  encoded: EncodedCorpus;
  /** whether words were dropped, and ids changed, on the way */
  isPruned: boolean;
}

/**
 * Counts the words of a corpus. Where they exceed maxVocabSize, drops those seen least, ever more of them.
 *
 * @param rules.keepIds whether the corpus will be read, too
 */
export async function scanCorpus(
  corpus: Corpus,
  rules: Pick<VocabularyRules, "maxVocabSize" | "trimRule"> & EncodedCorpusOptions & { keepIds: boolean },
  { signal, onProgress }: ReadingWork = {},
): Promise<ScannedCorpus> {
  const vocabulary = await Vocabulary.open(rules.maxVocabSize);
  const encoded = new EncodedCorpus(rules);
  const scanned = { vocabulary, encoded, isPruned: false };
  const reading: Reading = { bytes: 0 };
  const pace = new EventPace();
  let minReduce = 1;
  let damages = 0;
  const prune = () => {
    vocabulary.prune(stayFlags(vocabulary, minReduce++, rules.trimRule));
    scanned.isPruned = true;
  };
  // the ids so far mean other words, or none
  const forgetPruned = async () => scanned.isPruned && !encoded.isLost && encoded.forget();
  try {
    if (!rules.keepIds) await encoded.forget();
    for await (const part of countCorpus(corpus, vocabulary, { signal, reading, prune })) {
      damages += part.damages;
      const writing = encoded.push(part);
      if (writing) await writing;
      await forgetPruned();
      if (onProgress && pace.takeTurn()) await onProgress(scanEvent(scanned, reading));
    }
    await forgetPruned();
    await encoded.finish();
    await warnOfDamages(damages, onProgress);
    return scanned;
  } catch (error) {
    vocabulary.close();
    await encoded.close();
    throw error;
  }
}

/** How far a scan is. */
function scanEvent({ vocabulary, encoded }: ScannedCorpus, reading: Reading): CorpusEvent {
  const { words, sentences } = encoded;
  const read = reading.bytes ? reading : {};
  return { kind: "vocabulary", words, sentences, vocabSize: vocabulary.size, scanning: true, ...read };
}

/** Tells of characters that are no UTF-8, where there were any. */
export async function warnOfDamages(count: number, onProgress: ReadingWork["onProgress"]): Promise<void> {
  if (!count) return;
  const message = `The text is not all UTF-8: ${count} damaged characters were read as U+FFFD. Is it in another encoding?`;
  await onProgress?.({ kind: "warning", code: "damaged-text", message });
}
