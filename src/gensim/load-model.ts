/** Word2Vec models of gensim's, of all versions, to be trained on here. */

import { Engine } from "../engine/engine.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { matrixShape, readNumbers, readRows, type StoredArray } from "../formats/npy.ts";
import { NdArray, PyDict, PyObject } from "../formats/pickle-values.ts";
import { type HuffmanPaths, huffmanPaths } from "../model/huffman.ts";
import { type GivenPlan, type LearntTable, Model, type ModelHistory, samplingLimits } from "../model/model.ts";
import { type ResolvedOptions, resolveOptions } from "../model/options.ts";
import { joinWords, Vocabulary } from "../vocabulary/vocabulary.ts";
import type { SaveFiles } from "./save-files.ts";
import { SavedObject } from "./saved-object.ts";
import { readWords, type Words } from "./words.ts";

/** What a save holds. */
export interface LoadedModel {
  options: ResolvedOptions;
  /** undefined before a vocabulary was built */
  built?: { model: Model; history: ModelHistory };
}

/** gensim's names of our options, the newest first. */
const NAMES = {
  ...{ alpha: ["alpha"], window: ["window"], minCount: ["min_count"], maxVocabSize: ["max_vocab_size"] },
  ...{ sample: ["sample"], seed: ["seed"], workers: ["workers"], minAlpha: ["min_alpha"], sg: ["sg"], hs: ["hs"] },
  ...{ negative: ["negative"], nsExponent: ["ns_exponent"], cbowMean: ["cbow_mean"], epochs: ["epochs", "iter"] },
  ...{ nullWord: ["null_word"], sortedVocab: ["sorted_vocab"], batchWords: ["batch_words"], comment: ["comment"] },
  ...{ computeLoss: ["compute_loss"], maxFinalVocab: ["max_final_vocab"], shrinkWindows: ["shrink_windows"] },
} as const satisfies Partial<Record<keyof ResolvedOptions, readonly string[]>>;

/** Switches, which gensim takes any number for. */
const SWITCHES: readonly string[] = ["sg", "hs", "cbowMean", "nullWord", "sortedVocab", "computeLoss", "shrinkWindows"];

/** How far limits may differ by rounding: before 4.0 they were rounded, of 2^32 instead of 2^32 - 1. */
const ROUNDING = 2;

/**
 * Opens a Word2Vec model that any gensim saved: its words, tables, options and random numbers. Which words are dropped how
 * often, and the tree, are the file's, also where these counts would not give them again. Nothing that the file names is
 * run.
 *
 * @throws {Wasm2VecError} `pickle-refused`, `format-unknown` for another object; `file-not-found` where an array's file is
 *   missing; `model-incomplete` where it was kept without what training needs; `format-damaged`, `too-large`
 */
export async function readGensimModel(files: SaveFiles): Promise<LoadedModel> {
  const save = await SavedObject.open(files);
  if (save.className !== "Word2Vec") throw otherClass(save);
  return readModel(new Parts(save), files.signal);
}

function otherClass({ file, className }: SavedObject): Wasm2VecError {
  const advice = /^Phras|^Frozen/.test(className)
    ? "Load it with Phrases.load(path)."
    : "Its vectors are read by KeyedVectors.load(path).";
  return new Wasm2VecError("format-unknown", `${file} holds gensim's ${className}; expected a Word2Vec. ${advice}`);
}

/** A model and its parts, which had some of its attributes from 3.3 to 3.8. */
class Parts {
  private readonly parts: SavedObject[];

  constructor(readonly save: SavedObject) {
    const parts = ["vocabulary", "trainables"].map((name) => save.child(name));
    this.parts = [save, ...parts.filter((part) => part !== undefined)];
  }

  /** The value of the first of these names that is not None. */
  get(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.parts.map((part) => part.get(name)).find((value) => value !== undefined);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  number(name: string): number {
    const value = this.get(name);
    return typeof value === "number" && value >= 0 ? Math.trunc(value) : 0;
  }

  async array(name: string): Promise<StoredArray | undefined> {
    for (const part of this.parts) {
      const array = await part.array(name);
      if (array) return array;
    }
    return undefined;
  }
}

async function readModel(parts: Parts, signal?: AbortSignal): Promise<LoadedModel> {
  const vectors = parts.save.child("wv") ?? parts.save;
  const input = (await vectors.array("vectors")) ?? (await vectors.array("syn0"));
  const options = readOptions(parts, input && matrixShape(input)[1]);
  const hasWords = ["index_to_key", "index2word"].some((name) => (vectors.get(name) as unknown[] | undefined)?.length);
  if (!hasWords) return { options };
  const tables = { input, output: await parts.array("syn1neg"), nodes: await parts.array("syn1") };
  const words = readWords(vectors);
  const counts = await words.numbers("count");
  if (!counts?.every((count) => Number.isSafeInteger(count) && count >= 0)) {
    throw parts.save.damaged("it does not say how often its words came");
  }
  await Engine.load();
  const given = await readPlan(words, counts, options);
  checkTables(tables, options, words.keys.length, parts.save);
  const model = await Model.open(openVocabulary(words.keys, counts, parts.save), options, given);
  try {
    await model.initialize(options.seed);
    await readRandom(parts, model);
    for (const table of model.learnt) await readTable(tables[table.name] as StoredArray, model, table, signal);
    await readAttributes(words, model);
    model.table.changed();
  } catch (error) {
    model.close();
    throw error;
  }
  return { options, built: { model, history: readHistory(parts, options) } };
}

function openVocabulary(keys: readonly string[], counts: Float64Array, save: SavedObject): Vocabulary {
  try {
    return Vocabulary.from(joinWords(keys), counts, Engine.another());
  } catch (cause) {
    if (cause instanceof Wasm2VecError && cause.code === "key-duplicate") throw save.damaged(cause.message);
    throw cause;
  }
}

/** @throws {Wasm2VecError} `format-damaged` where one is none of ours */
function readOptions(parts: Parts, width: number | undefined): ResolvedOptions {
  const given: Record<string, unknown> = { vectorSize: width ?? parts.get("vector_size", "layer1_size") };
  for (const [name, names] of Object.entries(NAMES)) {
    const value = parts.get(...names);
    if (value !== undefined) given[name] = SWITCHES.includes(name) ? Boolean(value) : value;
  }
  // gensim seeds with the lower 32 bits of whatever was given
  if (typeof given.seed === "number") given.seed = Math.trunc(given.seed) >>> 0;
  try {
    return resolveOptions(given as Parameters<typeof resolveOptions>[0]);
  } catch (cause) {
    throw parts.save.damaged((cause as Error).message);
  }
}

function readHistory(parts: Parts, { minCount }: ResolvedOptions): ModelHistory {
  return {
    corpusCount: parts.number("corpus_count"),
    corpusTotalWords: parts.number("corpus_total_words"),
    effectiveMinCount: parts.number("effective_min_count") || minCount,
    trainCount: parts.number("train_count"),
  };
}

/** What the file has otherwise than counts would give it. */
async function readPlan(words: Words, counts: Float64Array, options: ResolvedOptions): Promise<GivenPlan> {
  const given: GivenPlan = {};
  const sampling = options.sample ? await words.numbers("sample_int") : undefined;
  if (sampling) {
    const own = samplingLimits(counts, options);
    // 2^32, which is "always", became 0 where gensim 4 took a model of gensim 3 over and saved it again
    const limits = Uint32Array.from(sampling, (limit, word) => (limit > 0 ? Math.min(limit, 0xffffffff) : own[word]));
    if (limits.some((limit, word) => Math.abs(limit - own[word]) > ROUNDING)) given.sampling = limits;
  }
  const paths = options.hs ? words.paths() : undefined;
  if (paths && !isSameTree(paths, huffmanPaths(counts))) given.paths = paths;
  return given;
}

function isSameTree(a: HuffmanPaths, b: HuffmanPaths): boolean {
  const isSame = (name: "offsets" | "points" | "codes") =>
    a[name].length === b[name].length && a[name].every((value, i) => value === b[name][i]);
  return isSame("offsets") && isSame("points") && isSame("codes");
}

type Tables = Record<LearntTable["name"], StoredArray | undefined>;

/** Before memory is taken, each table must be there for as many words. */
function checkTables(tables: Tables, { vectorSize, negative, hs }: ResolvedOptions, size: number, save: SavedObject) {
  const rows = { input: size, output: negative ? size : 0, nodes: hs ? size - 1 : 0 };
  for (const [name, table] of Object.entries(tables) as [LearntTable["name"], StoredArray | undefined][]) {
    if (!rows[name]) continue;
    if (!table) throw incomplete(save, { input: "vectors", output: "syn1neg", nodes: "syn1" }[name]);
    const [got, width] = matrixShape(table);
    if (got >= rows[name] && width === vectorSize) continue;
    throw save.damaged(`${table.name} is (${got}, ${width}); expected (${rows[name]}, ${vectorSize})`);
  }
}

function incomplete({ file }: SavedObject, name: string): Wasm2VecError {
  return new Wasm2VecError(
    "model-incomplete",
    `${file} has no ${name}, which training needs; it was dropped before the model was saved. Its vectors are read by KeyedVectors.load(path).`,
  );
}

async function readTable(array: StoredArray, model: Model, table: LearntTable, signal?: AbortSignal): Promise<void> {
  for await (const { begin, rows } of readRows(array, { limit: table.rows, signal })) {
    model.writeRows(table, begin, rows);
  }
}

/** What else is known of the words. */
async function readAttributes({ names, numbers }: Words, { table }: Model): Promise<void> {
  for (const name of names) {
    const values = name === "count" ? undefined : await numbers(name);
    for (const [row, value] of values?.entries() ?? []) table.attributes.set(row, name, value);
  }
}

/** The state of MT19937, which NumPy has pickled in two forms; where there is another generator, the seed's. */
async function readRandom(parts: Parts, model: Model): Promise<void> {
  const random = parts.get("random");
  if (!(random instanceof PyObject)) return;
  const { content } = random;
  const inner = random.get("state");
  const [key, position] = Array.isArray(content)
    ? [content[1], content[2]]
    : inner instanceof PyDict
      ? [inner.get("key"), inner.get("pos")]
      : [];
  const words = model.randomState.length - 1;
  if (!(key instanceof NdArray) || key.shape.length !== 1 || key.shape[0] !== words) return;
  if (typeof position !== "number" || !Number.isInteger(position) || position < 0 || position > words) {
    throw parts.save.damaged(`its random numbers are at ${show(position)}`);
  }
  const numbers = await readNumbers(parts.save.stored(key, "random"));
  model.randomState.set(numbers);
  model.randomState[words] = position;
}
