/**
 * Phrases as one safetensors file, version 1:
 *
 *     counts              (V,)      F64  how often each word was seen; 0 for connector words, which come first
 *     vocabulary.offsets  (V + 1,)  U32  where each word begins in the text
 *     chains              (2 C,)    U32  a beginning and the connector word behind it
 *     pairs               (3 N,)    U32  a beginning, the second word, the pair's count
 *     vocabulary.text     (bytes,)  U8   the words' UTF-8, one after the other
 *     checksums           (T, 16)   U8   see formats/sealed-file.ts
 *
 * A beginning is a word's id + 1, or 2^31 + the place of a chain. Frozen ones have the phrases in place of words:
 *
 *     scores (N,) F64 | vocabulary.offsets (N + 1,) U32 | vocabulary.text (bytes,) U8 | checksums (T, 16) U8
 *
 * and in the metadata `format`, `formatVersion`, and as JSON `options` and `history`.
 */

import { Engine } from "../engine/engine.ts";
import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/source.ts";
import { readSafetensors, type SafetensorsFile } from "../formats/safetensors.ts";
import { damaged, SealedReader, sealedChunks, tensorOf, versionOf } from "../formats/sealed-file.ts";
import { checkWords, isCount, readWords } from "../tables/saved-words.ts";
import { joinWords, type WordBytes } from "../vocabulary/vocabulary.ts";
import { type PhraseRules, resolveRules } from "./rules.ts";
import type { PhraseScoring } from "./scorers.ts";
import { WordPairs } from "./word-pairs.ts";

const PHRASES = "wasm2vec.phrases";
const FROZEN = "wasm2vec.frozen-phrases";
const FORMAT_VERSION = 1;

/** How many phrases a Map holds. */
const MAX_PHRASES = 2 ** 24 - 1;

/** The file in chunks: copies, made at the call. */
export function phrasesChunks(pairs: WordPairs, rules: PhraseRules): Iterable<Uint8Array> {
  const { counts, offsets, chains, pairs: rows, text } = pairs.toRows();
  const history = { corpusWordCount: pairs.total, minReduce: pairs.minReduce };
  const tensors = [
    tensorOf("counts", "F64", counts),
    tensorOf("vocabulary.offsets", "U32", offsets),
    tensorOf("chains", "U32", chains),
    tensorOf("pairs", "U32", rows),
    tensorOf("vocabulary.text", "U8", text),
  ];
  return sealedChunks(tensors, { ...metadataOf(PHRASES, rules), history: JSON.stringify(history) });
}

/** As phrasesChunks. */
export function frozenChunks(phrases: ReadonlyMap<string, number>, rules: PhraseRules): Iterable<Uint8Array> {
  const { text, offsets } = joinWords([...phrases.keys()]);
  const tensors = [
    tensorOf("scores", "F64", Float64Array.from(phrases.values())),
    tensorOf("vocabulary.offsets", "U32", offsets),
    tensorOf("vocabulary.text", "U8", text),
  ];
  return sealedChunks(tensors, metadataOf(FROZEN, rules));
}

function metadataOf(format: string, { scoring, ...rules }: PhraseRules): Record<string, string> {
  const kept = typeof scoring === "string" ? { ...rules, scoring } : rules;
  return { format, formatVersion: String(FORMAT_VERSION), options: JSON.stringify(kept) };
}

/**
 * Reads what phrasesChunks made.
 *
 * @param file what messages call the source
 * @throws {Wasm2VecError} `format-unknown`, `format-damaged`; `option-invalid` where a scoring function is missing
 */
export async function readPhrases(
  source: RandomAccess,
  file: string,
  given: { scoring?: PhraseScoring },
  signal?: AbortSignal,
): Promise<{ rules: PhraseRules; pairs: WordPairs }> {
  const saved = await openSaved(source, file, PHRASES, signal);
  const rules = rulesOf(saved, given);
  const { corpusWordCount, minReduce } = historyOf(saved);
  return withReader(saved, signal, async (reader) => {
    const [chains, pairs] = [await readRows(reader, "chains", 2), await readRows(reader, "pairs", 3)];
    const vocabulary = await readWords(reader, () => {});
    try {
      const { connectorWords, delimiter } = rules;
      const made = WordPairs.fromRows(vocabulary, { chains, pairs }, connectorWords, delimiter);
      made.total = corpusWordCount;
      made.minReduce = minReduce;
      return { rules, pairs: made };
    } catch (cause) {
      vocabulary.close();
      throw cause instanceof Wasm2VecError ? cause : damaged(file, (cause as Error).message, cause);
    }
  });
}

/** Reads what frozenChunks made. See readPhrases. */
export async function readFrozen(
  source: RandomAccess,
  file: string,
  signal?: AbortSignal,
): Promise<{ rules: PhraseRules; phrases: Map<string, number> }> {
  const saved = await openSaved(source, file, FROZEN, signal);
  // the scores are there: what made them is not asked again
  const rules = rulesOf(saved, { scoring: () => 0 });
  return withReader(saved, signal, async (reader) => {
    const scores = new Float64Array((await reader.read("scores", "F64")).buffer);
    if (scores.length > MAX_PHRASES) throw damaged(file, `it has ${scores.length} phrases`);
    const { text, offsets } = await readTexts(reader, scores.length);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const phrases = new Map<string, number>();
    for (const [i, score] of scores.entries()) {
      phrases.set(decoder.decode(text.subarray(offsets[i], offsets[i + 1])), score);
    }
    if (phrases.size !== scores.length) throw damaged(file, "a phrase is there twice");
    if (scores.includes(Number.NaN)) throw damaged(file, "a score is NaN");
    return { rules, phrases };
  });
}

async function withReader<Result>(
  saved: SafetensorsFile,
  signal: AbortSignal | undefined,
  read: (reader: SealedReader) => Promise<Result>,
): Promise<Result> {
  await Engine.load(signal);
  const reader = await SealedReader.open(saved, true, signal);
  try {
    return await read(reader);
  } finally {
    reader.close();
  }
}

async function openSaved(
  source: RandomAccess,
  file: string,
  wanted: string,
  signal?: AbortSignal,
): Promise<SafetensorsFile> {
  const saved = await readSafetensors(source, file, signal);
  const { format } = saved.metadata;
  if (format !== wanted) throw otherFormat(file, format, wanted);
  versionOf(saved, FORMAT_VERSION);
  return saved;
}

function otherFormat(file: string, format: string | undefined, wanted: string): Wasm2VecError {
  const isOther = format === PHRASES || format === FROZEN;
  const name = format === FROZEN ? "FrozenPhrases" : "Phrases";
  const advice = isOther
    ? `It is a file of ${name}: open it with ${name}.load.`
    : "Save some with phrases.save(path); a model is opened by Word2Vec.load.";
  const what = wanted === FROZEN ? "FrozenPhrases" : "Phrases";
  return new Wasm2VecError("format-unknown", `${file} holds no ${what} of wasm2vec. ${advice}`);
}

function rulesOf({ file, metadata }: SafetensorsFile, given: { scoring?: PhraseScoring }): PhraseRules {
  let kept: Partial<PhraseRules>;
  try {
    kept = JSON.parse(metadata.options) ?? {};
    // a scoring of one's own is not kept
    resolveRules({ scoring: () => 0, ...kept }, file);
  } catch (cause) {
    throw damaged(file, `its options: ${(cause as Error).message}`, cause);
  }
  const scoring = given.scoring ?? kept.scoring;
  if (scoring === undefined) throw noScoring(file);
  return resolveRules({ ...kept, scoring }, file);
}

function historyOf({ file, metadata }: SafetensorsFile): { corpusWordCount: number; minReduce: number } {
  try {
    const { corpusWordCount, minReduce } = JSON.parse(metadata.history);
    if (isCount(corpusWordCount) && isCount(minReduce) && minReduce > 0) return { corpusWordCount, minReduce };
  } catch (cause) {
    throw damaged(file, `its history: ${(cause as Error).message}`, cause);
  }
  throw damaged(file, `its history is ${show(metadata.history)}`);
}

async function readTexts(reader: SealedReader, size: number): Promise<WordBytes> {
  const offsets = new Uint32Array((await reader.read("vocabulary.offsets", "U32", [size + 1])).buffer);
  const text = await reader.read("vocabulary.text", "U8");
  checkWords(reader.file.file, text, offsets);
  return { text, offsets };
}

async function readRows(reader: SealedReader, name: string, width: number): Promise<Uint32Array> {
  const rows = new Uint32Array((await reader.read(name, "U32")).buffer);
  if (rows.length % width === 0) return rows;
  throw damaged(reader.file.file, `tensor ${show(name)} has ${rows.length} numbers; expected ${width} each`);
}

function noScoring(file: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `${file} was saved with a scoring function of its own, which no file keeps. Pass it again: Phrases.load(path, { scoring }).`,
  );
}
