/** Sentences to vectors, without a network: the mean of a table's rows, one a token. */

import { checkOptions, type GivenOptions, integer, option, optional, orNull, STOPPABLE, toggle } from "./check-options.ts";
import { Wasm2VecError } from "./errors.ts";
import type { EmbeddingMatrix } from "./embedding-matrix.ts";
import type { FolderLike } from "./files/folder.ts";
import type { KeyedVectors } from "./keyed-vectors.ts";
import type { Matrix } from "./tables/matrix.ts";
import type { Vector } from "./tables/vector-arguments.ts";
import type { AutoTokenizer } from "./tokenizer.ts";

export type StaticDtype = "float32" | "float16" | "int8";

export class StaticModel {
  /** D, the length of each vector */
  declare readonly dimension: number;
  /** what the table stores of each number */
  declare readonly dtype: StaticDtype;
  /** whether vectors are divided by their length */
  declare readonly normalize: boolean;
  /** how many tokens of a text count; null for all of them */
  declare readonly maxLength: number | null;
  /** what makes tokens of texts */
  declare readonly tokenizer: AutoTokenizer;

  static async fromPretrained(
    from: FolderLike,
    options?: { dimensionality?: number; normalize?: boolean; quantizeTo?: StaticDtype; signal?: AbortSignal },
  ): Promise<StaticModel>;
  static async fromPretrained(): Promise<StaticModel> {
    throw new Wasm2VecError("not-supported-here", "");
  }

  static async fromEmbeddings(
    embeddings: EmbeddingMatrix,
    tokenizer: AutoTokenizer,
    options?: { pcaDims?: number | null; sifCoefficient?: number | null; quantizeTo?: StaticDtype; vocabulary?: Iterable<string> },
  ): Promise<StaticModel>;
  static async fromEmbeddings(): Promise<StaticModel> {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** Word vectors as an encoder: a word is a token. */
  static async fromKeyedVectors(vectors: KeyedVectors, options?: { quantizeTo?: StaticDtype }): Promise<StaticModel>;
  static async fromKeyedVectors(): Promise<StaticModel> {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** The vector (D,) of a text, or a matrix (N, D) of N texts. */
  encode(text: string, options?: { maxLength?: number | null }): Float32Array<ArrayBuffer>;
  encode(texts: Iterable<string>, options?: { maxLength?: number | null }): Matrix;
  encode(): never {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** out (D,) = the vector of a text */
  encodeInto(text: string, out: Float32Array, options?: { maxLength?: number | null }): void;
  encodeInto(): never {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** The vectors (L, D) of a text's tokens. */
  encodeAsSequence(text: string, options?: { maxLength?: number | null }): Matrix;
  encodeAsSequence(): never {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** The cosine of two texts or vectors; of lists on either side, all of them: (N, M). */
  similarity(a: string | Vector, b: string | Vector): number;
  similarity(a: string | Vector | Iterable<string> | Matrix, b: string | Vector | Iterable<string> | Matrix): number | Matrix;
  similarity(): never {
    throw new Wasm2VecError("not-supported-here", "");
  }

  /** Writes a folder that Python opens; into a Map, its files by their names. */
  async savePretrained(_folder: string | URL | Map<string, Uint8Array>): Promise<void> {}

  close(): void {}
  [Symbol.dispose](): void {}
}
void [checkOptions, integer, option, optional, orNull, STOPPABLE, toggle];
export type Unused = GivenOptions<typeof STOPPABLE>;
