/** Sentences to vectors without a network: the mean of a table's rows, one a token. model2vec's StaticModel. */

import {
  callback,
  checkOptions,
  checkValue,
  type GivenOptions,
  having,
  integer,
  type Kind,
  listOf,
  optional,
  orNull,
  STOPPABLE,
  textList,
  toggle,
} from "./check-options.ts";
import type { EmbeddingMatrix } from "./embedding-matrix.ts";
import { isArray, show, type WarningEvent, Wasm2VecError } from "./errors.ts";
import { isFloat32Array } from "./files/bytes.ts";
import { type FolderLike, type JsonObject, openFolder } from "./files/folder.ts";
import { FOLDER_OPTIONS } from "./files/folder-options.ts";
import { parseJson } from "./files/json.ts";
import type { KeyedVectors } from "./keyed-vectors.ts";
import type { RowsEvent } from "./pretrained/load-embeddings.ts";
import { CONSOLE, lineOf, notJson, shapeOf } from "./printed.ts";
import { Encoder, type EncoderParts } from "./static/encoder.ts";
import { type FolderTarget, saveFolder, takenFolder } from "./static/save-folder.ts";
import { type StaticDtype, staticDtype } from "./static/stored-numbers.ts";
import { checkedMatrix, isMatrixLike, Matrix, type Vectors, zeroMatrix } from "./tables/matrix.ts";
import { checkedVector, cosines, isVector, type Vector } from "./tables/vector-arguments.ts";
import { AutoTokenizer } from "./tokenizer.ts";

const FROM_PRETRAINED_OPTIONS = {
  /** how many numbers of each row, the first ones; all by default. For tables made so that the first say most */
  dimensionality: optional(integer(1)),
  /** whether vectors are divided by their length; what the folder says by default */
  normalize: optional(toggle),
  /** what the table stores of each number; what the file does by default */
  quantizeTo: optional(staticDtype),
  ...FOLDER_OPTIONS,
};

const share: Kind<number> = {
  expected: "a number between 0 and 1",
  accepts: (value) => typeof value === "number" && value > 0 && value < 1,
};

const FROM_EMBEDDINGS_OPTIONS = {
  /** how many principal components are kept of each row; 256 by default, or as many as there are; null for rows as they are */
  pcaDims: optional(orNull(integer(1))),
  /** how much frequent tokens lose: a token weighs a / (a + p); 1e-4 by default, null for equal weights */
  sifCoefficient: { ...orNull(share), fallback: 1e-4 as number | null },
  /** what the table stores of each number; "float32" by default */
  quantizeTo: optional(staticDtype),
  /** own words and phrases that become tokens; none by default */
  vocabulary: optional(textList("The vocabulary")),
  ...STOPPABLE,
  /** is told how far the reading is; what it returns is awaited */
  onProgress: optional(callback<(event: RowsEvent | WarningEvent) => unknown>()),
};

const FROM_VECTORS_OPTIONS = {
  /** what the table stores of each number; "float32" by default */
  quantizeTo: optional(staticDtype),
  ...STOPPABLE,
};

const ENCODE_OPTIONS = {
  /** how many tokens of a text count; null for all. What the model says by default, for sequences all */
  maxLength: optional(orNull(integer(1))),
};

/** Options of `StaticModel.fromPretrained`. @interface */
export type StaticModelOptions = GivenOptions<typeof FROM_PRETRAINED_OPTIONS>;
/** Options of `StaticModel.fromEmbeddings`. @interface */
export type FromEmbeddingsOptions = GivenOptions<typeof FROM_EMBEDDINGS_OPTIONS>;
/** Options of `StaticModel.fromKeyedVectors`. @interface */
export type FromKeyedVectorsOptions = GivenOptions<typeof FROM_VECTORS_OPTIONS>;
/** Options of `encode`, `encodeInto` and `encodeAsSequence`. @interface */
export type EncodeTextOptions = GivenOptions<typeof ENCODE_OPTIONS>;
/** Options of `savePretrained`. @interface */
export type SaveStaticModelOptions = GivenOptions<typeof STOPPABLE>;

/** A text or its vector; or a list of these. */
export type TextsOrVectors = string | Vector | Iterable<string> | Vectors;

/** How many principal components are kept where nothing is said. */
const DEFAULT_PCA_DIMS = 256;

type DescribedTokenizer = AutoTokenizer & Required<Pick<AutoTokenizer, "readDescription">>;

const asEmbeddings = having<EmbeddingMatrix>("load", "an EmbeddingMatrix");
/** What wraps another tokenizer, or is read from a compact file, has no tokenizer.json, and cannot be saved. */
const asTokenizer = having<DescribedTokenizer>(
  "readDescription",
  "an AutoTokenizer that was read from a folder with tokenizer.json, or with the files of a vocabulary, not from a compact file",
);
const asVectors = having<KeyedVectors>("detach", "KeyedVectors");

/**
 * A static encoder: a text's vector is the mean of its tokens' rows, so that no network runs. It knows what words mean, and
 * nothing of their order: "dog bites man" is "man bites dog".
 */
export class StaticModel {
  /** D, the length of each vector */
  readonly dimension: number;
  /** what the table stores of each number; vectors are given as float32, of a table of float16 rounded to it as in Python */
  readonly dtype: StaticDtype;
  /** whether vectors are divided by their length */
  readonly normalize: boolean;
  /** how many tokens of a text count; null for all */
  readonly maxLength: number | null;
  /** what makes tokens of texts */
  readonly tokenizer: AutoTokenizer;
  private readonly encoder: Encoder;
  /** tokenizer.json, for whoever saves the model */
  private readonly description: Uint8Array<ArrayBuffer>;

  private constructor(parts: EncoderParts, tokenizer: AutoTokenizer, description: Uint8Array<ArrayBuffer>) {
    this.dimension = parts.table.dimension;
    this.dtype = parts.table.dtype;
    this.normalize = parts.rules.normalize;
    this.maxLength = parts.rules.maxLength;
    this.tokenizer = tokenizer;
    this.encoder = new Encoder(parts, tokenizer);
    this.description = description;
  }

  /**
   * Opens a folder of model2vec, of sentence-transformers (StaticEmbedding, and Normalize after it), WordLlama's two files, or
   * one that `savePretrained` wrote. All of it is read. Texts become the vectors of the library that the folder is of:
   * model2vec leaves out tokens for what is unknown, the others count them.
   *
   * @param from the folder: model.safetensors and tokenizer.json, with config.json or modules.json, or in 0_StaticEmbedding
   * @throws {Wasm2VecError} `model-incomplete` without one of the files, or the table in them; `shape-mismatch` where the
   *   tokenizer has tokens without a row, or weights or a mapping are of another length; `format-damaged`, also for a mapping that
   *   points outside the table; `format-unknown` for other modules, models and kinds of number; `option-invalid`, also for NaN
   *   and Infinity; `option-unknown`, `too-large`, `out-of-memory`; and what openSource throws
   * @see https://github.com/MinishLab/model2vec
   */
  static async fromPretrained(from: FolderLike, options: StaticModelOptions = {}): Promise<StaticModel> {
    const given = checkOptions(FROM_PRETRAINED_OPTIONS, options, "StaticModel.fromPretrained");
    const folder = openFolder(from, given);
    const { readStaticFolder } = await import("./static/read-folder.ts");
    const { parts, tokenizer, json } = await readStaticFolder(folder, given, given.signal);
    return StaticModel.over(parts, tokenizer, json, folder.name, given.signal);
  }

  /**
   * Makes an encoder of a language model's input embeddings, without training: principal components of its rows, and less
   * weight for frequent tokens, as their order tells it. As model2vec's distill, but of the table alone: no text goes through
   * the model.
   *
   * @param embeddings the model's rows; it stays yours to close
   * @param tokenizer the model's, read from its folder; a compact file does not do
   * @throws {Wasm2VecError} `shape-mismatch` where the tokenizer has tokens without a row; `option-invalid`, also for a word in
   *   `vocabulary` that has no known token; `option-unknown`, `too-large`, `out-of-memory`, `closed`; and what the source throws
   * @see Arora et al. 2017, https://openreview.net/forum?id=SyK00v5xx
   */
  static async fromEmbeddings(
    embeddings: EmbeddingMatrix,
    tokenizer: AutoTokenizer,
    options: FromEmbeddingsOptions = {},
  ): Promise<StaticModel> {
    const where = "StaticModel.fromEmbeddings";
    const { pcaDims, sifCoefficient, quantizeTo, vocabulary, signal, onProgress } = checkOptions(
      FROM_EMBEDDINGS_OPTIONS,
      options,
      where,
    );
    checkValue("embeddings", embeddings, asEmbeddings, where);
    const described = checkValue("tokenizer", tokenizer as DescribedTokenizer, asTokenizer, where);
    const [rows, { tokenizerFacts }, description] = await Promise.all([
      import("./static/from-rows.ts"),
      import("./static/tokenizer-facts.ts"),
      described.readDescription(signal),
    ]);
    const known = tokenizerFacts(description);
    const { json, means } = rows.withVocabulary(description, known, tokenizer, vocabulary ?? []);
    const [all, columns] = embeddings.shape;
    const count = known.lastId + 1;
    if (!count || count > all) throw noRows(count, all);
    const dims = pcaDims === undefined ? Math.min(DEFAULT_PCA_DIMS, count, columns) : (pcaDims ?? undefined);
    const loaded = await embeddings.load({ rows: count, pcaDims: dims, dtype: "float32", signal, onProgress });
    try {
      const weights = sifCoefficient === null ? undefined : rows.sifWeights(count + means.length, sifCoefficient);
      const table = await rows.tableFrom(loaded, { means, weights }, signal);
      return await StaticModel.withTokenizer(table, json, quantizeTo, signal);
    } finally {
      loaded.close();
    }
  }

  /**
   * Makes an encoder of word vectors, such as a trained model's `wv`: a word is a token. Texts are split at white space and
   * between letters and other signs, in lower case where all of the words are; words that are not known do not count.
   *
   * @param vectors they stay yours to close
   * @throws {Wasm2VecError} `option-invalid`, `option-unknown`, `too-large`, `out-of-memory`, `closed`
   */
  static async fromKeyedVectors(vectors: KeyedVectors, options: FromKeyedVectorsOptions = {}): Promise<StaticModel> {
    const where = "StaticModel.fromKeyedVectors";
    const { quantizeTo, signal } = checkOptions(FROM_VECTORS_OPTIONS, options, where);
    checkValue("vectors", vectors, asVectors, where);
    // a copy of now: the vectors may change while others have their turn
    const copy = await vectors.detach();
    try {
      const { tableFrom, wordTokenizer } = await import("./static/from-rows.ts");
      const { json, added } = wordTokenizer([...copy.keys()]);
      const table = await tableFrom(copy, { zeros: added }, signal);
      return await StaticModel.withTokenizer(table, json, quantizeTo, signal);
    } finally {
      copy.close();
    }
  }

  /** Takes a table of float32, and closes it where another is wanted. */
  private static async withTokenizer(
    table: EncoderParts["table"],
    json: JsonObject,
    quantizeTo: StaticDtype | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StaticModel> {
    const made = table;
    try {
      const [{ tokenizerFacts }, { runSteps }, { DEFAULT_MAX_LENGTH }] = await Promise.all([
        import("./static/tokenizer-facts.ts"),
        import("./static/run-steps.ts"),
        import("./static/read-folder.ts"),
      ]);
      const isSame = !quantizeTo || quantizeTo === made.dtype;
      const stored = isSame ? made : await runSteps(made.converted(quantizeTo, made.dimension), signal);
      if (stored !== made) made.close();
      const rules = { normalize: true, maxLength: DEFAULT_MAX_LENGTH, dropsUnknown: true, roundsToHalf: true };
      const parts = { table: stored, mapping: undefined, weights: undefined, facts: tokenizerFacts(json), rules };
      const description = new TextEncoder().encode(JSON.stringify(json));
      return await StaticModel.over(parts, description, json, "the given vectors", signal);
    } catch (error) {
      made.close();
      throw error;
    }
  }

  /** @param description tokenizer.json: its bytes stay, what they say does not */
  private static async over(
    parts: EncoderParts,
    description: Uint8Array<ArrayBuffer>,
    json: JsonObject,
    folder: string,
    signal: AbortSignal | undefined,
  ): Promise<StaticModel> {
    try {
      const describe = async () => parseJson(description) as JsonObject;
      const tokenizer = await AutoTokenizer.fromDescription(json, folder, describe);
      if (signal?.aborted) tokenizer.close();
      signal?.throwIfAborted();
      return new StaticModel(parts, tokenizer, description);
    } catch (error) {
      parts.table.close();
      throw error;
    }
  }

  /**
   * The vectors of texts. That of a text without known tokens is zeros.
   *
   * @returns (D,) of a text, (N, D) of a list of N
   * @throws {Wasm2VecError} `option-invalid` unless they are texts; `id-out-of-range` where the tokenizer gives an id without a
   *   row; `key-not-found` for an unknown word where the tokenizer has no token for such; `option-unknown`, `closed`
   */
  encode(text: string, options?: EncodeTextOptions): Float32Array<ArrayBuffer>;
  encode(texts: Iterable<string>, options?: EncodeTextOptions): Matrix;
  encode(texts: string | Iterable<string>, options: EncodeTextOptions = {}): Float32Array<ArrayBuffer> | Matrix {
    const { maxLength = this.maxLength } = checkOptions(ENCODE_OPTIONS, options, "encode");
    this.checkOpen();
    const list = typeof texts === "string" ? [texts] : textsOf(texts);
    const matrix = zeroMatrix(list.length, this.dimension);
    for (let i = 0; i < list.length; i++) this.encoder.encodeInto(list[i], maxLength, matrix.row(i));
    return typeof texts === "string" ? matrix.data : matrix;
  }

  /**
   * Writes a text's vector to an array that is there already: no other is made.
   *
   * @param out (D,) at least; what is behind it stays
   * @throws {Wasm2VecError} as `encode`; `shape-mismatch` for an array that is too short
   */
  encodeInto(text: string, out: Float32Array, options: EncodeTextOptions = {}): void {
    const { maxLength = this.maxLength } = checkOptions(ENCODE_OPTIONS, options, "encodeInto");
    this.checkOpen();
    const checked = checkText(text);
    this.encoder.encodeInto(checked, maxLength, checkedOut(out, this.dimension));
  }

  /**
   * The vectors of a text's tokens, in their order: what `encode` makes the mean of.
   *
   * @returns (L, D)
   * @throws {Wasm2VecError} as `encode`
   */
  encodeAsSequence(text: string, options: EncodeTextOptions = {}): Matrix {
    const { maxLength = null } = checkOptions(ENCODE_OPTIONS, options, "encodeAsSequence");
    this.checkOpen();
    const ids = this.encoder.ids(checkText(text), maxLength);
    const matrix = zeroMatrix(ids.length, this.dimension);
    this.encoder.sequenceInto(ids, matrix.data);
    return matrix;
  }

  /**
   * The cosine of two texts, or of vectors that `encode` gave; 0 where one has no known token.
   *
   * @param a a text, a vector (D,), or N of these: a list of texts, a matrix
   * @param b the same, M of them
   * @returns a number; where one of them is a list, (N, M): the cosine of each of `a` with each of `b`
   * @throws {Wasm2VecError} as `encode`; `shape-mismatch`
   */
  similarity(a: string | Vector, b: string | Vector): number;
  similarity(a: TextsOrVectors, b: TextsOrVectors): number | Matrix;
  similarity(a: TextsOrVectors, b: TextsOrVectors): number | Matrix {
    this.checkOpen();
    const [rows, columns] = [this.vectorsOf(a), this.vectorsOf(b)];
    const matrix = zeroMatrix(rows.shape[0], columns.shape[0]);
    for (let i = 0; i < rows.shape[0]; i++) matrix.row(i).set(cosines(rows.row(i), columns));
    return isOne(a) && isOne(b) ? matrix.data[0] : matrix;
  }

  /**
   * Writes a folder that model2vec and sentence-transformers open in Python, as `fromPretrained` does here: model.safetensors,
   * tokenizer.json, modules.json and config.json. A mapping and weights become rows, one a token. The table is stored as it is;
   * sentence-transformers runs no int8.
   *
   * @param folder a path or file: URL of a folder, which is made where it is not there; a directory handle; or a Map, which is
   *   given the files by their names
   * @throws {Wasm2VecError} `file-not-writable`; `not-supported-here` for a path where there are no files; `shape-mismatch` where
   *   the tokenizer's ids have gaps; `option-invalid`, `option-unknown`, `closed`
   */
  async savePretrained(folder: FolderTarget, options: SaveStaticModelOptions = {}): Promise<void> {
    const { signal } = checkOptions(STOPPABLE, options, "savePretrained");
    this.checkOpen();
    const target = takenFolder(folder);
    const { staticFiles } = await import("./static/write-folder.ts");
    signal?.throwIfAborted();
    const json = parseJson(this.description) as JsonObject;
    await saveFolder(target, staticFiles(this.encoder.parts, json), signal);
  }

  /** Lets go of the table and the tokenizer. Use after it is an error. */
  close(): void {
    this.encoder.parts.table.close();
    this.tokenizer.close();
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** One line: its tokens, its width, and what it stores of each number. */
  toString(): string {
    return lineOf("StaticModel", () => {
      this.checkOpen();
      return [shapeOf(this.encoder.parts.facts.count, this.dimension), this.dtype];
    });
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: it can be saved */
  toJSON(): never {
    throw notJson("a StaticModel", "Save it with savePretrained(folder).");
  }

  private vectorsOf(given: TextsOrVectors): Matrix<Float32Array> {
    if (typeof given === "string") return this.encode([given]);
    if (isMatrixLike(given)) return checkedMatrix(given, this.dimension);
    if (isNumbers(given)) return new Matrix(checkedVector(given, this.dimension), [1, this.dimension]);
    const list: readonly unknown[] = listOf(given as Iterable<unknown>, "The texts");
    return list.some((item) => typeof item !== "string") && list.every(isVector)
      ? checkedMatrix(list as readonly Vector[], this.dimension)
      : this.encode(list as readonly string[]);
  }

  private checkOpen(): void {
    if (!this.encoder.parts.table.isClosed) return;
    throw new Wasm2VecError("closed", "The static model was closed. Open it again, or close it later.");
  }
}

/** Whether it is a vector itself, not a list of vectors or texts. */
const isNumbers = (given: unknown): given is Vector =>
  isVector(given) && (!isArray(given) || (given.length > 0 && typeof given[0] === "number"));

const isOne = (given: TextsOrVectors) => typeof given === "string" || (!isMatrixLike(given) && isNumbers(given));

/** @throws {Wasm2VecError} `option-invalid` unless it is a list of texts */
function textsOf(given: Iterable<string>): readonly string[] {
  const texts = listOf(given, "The texts");
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong < 0) return texts;
  throw new Wasm2VecError("option-invalid", `Text ${wrong} is ${show(texts[wrong])}; expected a string.`);
}

function checkText(text: string): string {
  if (typeof text === "string") return text;
  throw new Wasm2VecError("option-invalid", `The text is ${show(text)}; expected a string.`);
}

function checkedOut(out: Float32Array, dimension: number): Float32Array {
  if (!isFloat32Array(out)) {
    throw new Wasm2VecError("option-invalid", `out is ${show(out)}; expected a Float32Array of ${dimension} numbers.`);
  }
  if (out.length >= dimension) return out.subarray(0, dimension);
  throw new Wasm2VecError(
    "shape-mismatch",
    `out has room for ${out.length} numbers; a vector of this model has ${dimension}.`,
  );
}

function noRows(tokens: number, rows: number): Wasm2VecError {
  return new Wasm2VecError(
    "shape-mismatch",
    `The tokenizer has ids up to ${tokens - 1}, and the embeddings ${rows} rows: some tokens have none. Take the tokenizer that belongs to the model.`,
  );
}
