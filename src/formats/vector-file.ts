/** What readers and writers of vector files agree on: rows go one by one, so that a file never lies in memory whole. */

import type { ReadOptions } from "../files/source.ts";
import type { KeysSource } from "./row-keys.ts";

/** The formats that vectors are read from: see exchange/readers.ts. */
export const READ_FORMATS = [
  ...(["safetensors", "word2vec", "word2vec-binary", "glove", "gensim", "fasttext"] as const),
  ...(["arrow", "parquet", "finalfusion", "npy", "tsv", "embeddings"] as const),
] as const;

/** The formats that they are written in: see exchange/writers.ts. */
export const WRITTEN_FORMATS = [
  ...(["safetensors", "word2vec", "word2vec-binary", "glove", "gensim"] as const),
  ...(["arrow", "parquet", "npy", "tsv", "embeddings"] as const),
] as const;

/** The formats of files that hold rows alone: their keys lie beside. */
export const KEYLESS_FORMATS: readonly ReadFormat[] = ["npy", "tsv", "embeddings"];

/**
 * A format that vectors are read from: "safetensors" (our own), "word2vec" and "word2vec-binary", "glove", "gensim", "fasttext"
 * (.bin, .ftz), "arrow", "parquet", "finalfusion"; and of rows alone, whose keys lie beside, "npy", "tsv", "embeddings".
 */
export type ReadFormat = (typeof READ_FORMATS)[number];
/**
 * A format that vectors are written in: "safetensors" (our own), "word2vec" and "word2vec-binary", "glove", "gensim", "arrow",
 * "parquet"; and of rows alone "npy", "tsv", "embeddings".
 */
export type WrittenFormat = (typeof WRITTEN_FORMATS)[number];

/** The format that a file's extension stands for, before .gz. */
export const EXTENSIONS: Readonly<Record<string, WrittenFormat>> = {
  ".safetensors": "safetensors",
  ".bin": "word2vec-binary",
  ".txt": "word2vec",
  ".vec": "word2vec",
  ".kv": "gensim",
  ".model": "gensim",
  ".arrow": "arrow",
  ".feather": "arrow",
  ".parquet": "parquet",
  ".npy": "npy",
  ".tsv": "tsv",
};

/** A file name's extension, in lower case, before .gz; "" where it has none. */
export const extensionOf = (name: string) => /\.[^./\\]*$/.exec(name.toLowerCase().replace(/\.gz$/, ""))?.[0] ?? "";

/** What is done with keys that are not UTF-8, as Python calls it. */
export const UNICODE_ERRORS = ["strict", "ignore", "replace"] as const;

/** What is done with keys that are not UTF-8: "strict" is an error, "ignore" leaves such bytes out, "replace" takes U+FFFD. */
export type UnicodeErrors = (typeof UNICODE_ERRORS)[number];

/** Where a reader puts what it reads. */
export interface VectorSink {
  /**
   * Is told, once and before the first row, how wide rows are, and how many there will be where the file says so: a promise
   * that is not believed before the rows are there.
   */
  begin(shape: { rows?: number; width: number }): void;
  /**
   * Takes a row: its key, or the key's bytes as they stand in the file, and its numbers (D,), which are valid during the call
   * only.
   *
   * @returns false where no more rows are wanted
   */
  add(key: string | Uint8Array, vector: ArrayLike<number>): boolean;
  /** Takes a number for each row, such as "count", before or after the rows. */
  attribute?(name: string, values: ArrayLike<number>): void;
  /** Takes what vectors of words are made of that are not among the keys, after the rows. */
  subwords?(vectors: SubwordVectors): void;
}

/** The vectors of n-grams, which several may share. */
export interface SubwordVectors {
  /** The rows of a word's n-grams, each as often as it comes; an n-gram without a row is left out. */
  rowsOf(word: string): number[];
  /** Row i, (D,): valid until the next is asked for. */
  row(i: number): ArrayLike<number>;
}

/** What a reader is told beside its source. */
export interface ReadVectorsOptions extends ReadOptions {
  /** how many rows are wanted, the first ones; all by default */
  limit?: number;
  /** what messages call the file; "The file" by default */
  name?: string;
  /** the keys, where the file holds rows alone */
  keys?: KeysSource;
}

/** Vectors to be written, in the order of their rows. */
export interface VectorList {
  /** V */
  readonly size: number;
  /** D */
  readonly width: number;
  key(row: number): string;
  /** Row i, (D,): a view, valid until the next is asked for. */
  row(row: number): Float32Array;
  /** how often each key came, (V,), where that is known */
  readonly counts?: ArrayLike<number>;
}
