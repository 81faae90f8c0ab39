/** A language model's embedding matrix: rows by token ids, read from the model's file when they are asked for. */

import { checkOptions, type GivenOptions, optional, STOPPABLE, string } from "./check-options.ts";
import { show, Wasm2VecError } from "./errors.ts";
import { type FolderLike, openFolder } from "./files/folder.ts";
import { FOLDER_OPTIONS } from "./files/folder-options.ts";
import type { StoredMatrix } from "./formats/stored-matrix.ts";
import { KeyedVectors } from "./keyed-vectors.ts";
import {
  checkComponents,
  checkRows,
  checkTableSize,
  LOAD_TABLE_OPTIONS,
  type LoadTableOptions,
  loadTable,
  type StoredRows,
  tableDtype,
  tokenKeys,
} from "./pretrained/load-embeddings.ts";
import type { Weights } from "./pretrained/weights.ts";
import { CONSOLE, lineOf, notJson, shapeOf } from "./printed.ts";
import type { Matrix } from "./tables/matrix.ts";
import { type IdsLike, idsOf } from "./tokenizing/ids.ts";

const FROM_PRETRAINED_OPTIONS = {
  /** the tensor's name in the model's file; found by itself in most models */
  tensor: optional(string),
  ...FOLDER_OPTIONS,
};

/** Options of `EmbeddingMatrix.fromPretrained`. @interface */
export type EmbeddingMatrixOptions = GivenOptions<typeof FROM_PRETRAINED_OPTIONS>;
/** Options of `EmbeddingMatrix.lookup`. @interface */
export type LookupOptions = GivenOptions<typeof STOPPABLE>;

/** The input embeddings (V, D) of a model. They stay in its file: lookups read the rows they need. */
export class EmbeddingMatrix {
  /** [rows, columns]; there may be more rows than the tokenizer has tokens */
  readonly shape: readonly [rows: number, columns: number];
  /** what the file stores of each number, such as "bfloat16", "int8" or "q6_k"; rows are always given as float32 */
  readonly dtype: string;
  /** the tensor's name in the file */
  readonly tensor: string;
  private isOpen = true;

  private constructor(
    private readonly weights: Weights,
    private readonly stored: StoredMatrix,
  ) {
    this.shape = stored.shape;
    this.dtype = stored.dtype;
    this.tensor = stored.name;
  }

  /**
   * Opens a model's input embeddings. Only headers are read.
   *
   * @param from the model's folder: model.safetensors or pytorch_model.bin, or its index and shards, or one .safetensors, .gguf
   *   or .bin of any name; and config.json, which is asked which tensor is meant. Or that one file, as a path, a Blob, bytes or an
   *   object with size and read
   * @throws {Wasm2VecError} `model-incomplete` when a file or the tensor is missing; `format-damaged`, also for an index that is
   *   stale; `format-unknown` for numbers that are not read; `pickle-refused`; `shape-mismatch` for a tensor that is no matrix, or
   *   an empty one; `too-large`;
   *   `option-unknown`; and what openSource throws
   */
  static async fromPretrained(from: FolderLike, options: EmbeddingMatrixOptions = {}): Promise<EmbeddingMatrix> {
    const given = checkOptions(FROM_PRETRAINED_OPTIONS, options, "EmbeddingMatrix.fromPretrained");
    const { tensor, signal } = given;
    const folder = openFolder(from, given);
    const [{ Weights }, { findEmbeddingTensor }, { openMatrix }] = await Promise.all([
      import("./pretrained/weights.ts"),
      import("./pretrained/embedding-tensor.ts"),
      import("./pretrained/open-matrix.ts"),
    ]);
    const weights = await Weights.open(folder, signal);
    try {
      const name = await findEmbeddingTensor(weights, folder, tensor, signal);
      return new EmbeddingMatrix(weights, await openMatrix(weights, folder, name, signal));
    } catch (error) {
      await weights.close();
      throw error;
    }
  }

  /**
   * Reads the rows of tokens, each once. Of the rest of the table, at most what lies between rows that are near each other.
   *
   * @param ids (N,) token ids, whole numbers in [0, rows): an array, a typed array, a tensor whose `data` they are; or one
   * @returns (N, D), in the order of the ids
   * @throws {Wasm2VecError} `option-invalid`, `id-out-of-range`, `closed`, `out-of-memory`; and what the source throws
   */
  async lookup(ids: IdsLike, options: LookupOptions = {}): Promise<Matrix> {
    const { signal } = checkOptions(STOPPABLE, options, "lookup");
    this.checkOpen();
    const wanted = idsOf(ids, "The ids", this.shape[0]);
    const { lookupRows } = await import("./pretrained/lookup-rows.ts");
    return lookupRows(this.storedRows(signal), wanted, signal);
  }

  /**
   * Reads rows into memory, to query them: their keys are tokens, their rows ids. A row that no token has is named by
   * its number, such as "<row 151665>".
   *
   * With `pcaDims` a row becomes its coordinates on the axes along which the rows differ most, from their mean, the first the
   * most; of each axis the number furthest from zero is positive, as scikit-learn's PCA has it. The rows are read twice then.
   *
   * @throws {Wasm2VecError} `option-invalid`, also for NaN or Infinity; `too-large`, `out-of-memory`, `closed`; and what the
   *   source throws
   */
  async load(options: LoadTableOptions = {}): Promise<KeyedVectors> {
    const given = checkOptions(LOAD_TABLE_OPTIONS, options, "load");
    const [all, vectorSize] = this.shape;
    const { rows = all, pcaDims, tokenizer, signal } = given;
    checkRows(rows, all);
    if (pcaDims) checkComponents(pcaDims, rows, vectorSize);
    this.checkOpen();
    checkTableSize(rows, pcaDims ?? vectorSize, given.dtype ?? (pcaDims ? "float32" : tableDtype(this.dtype)));
    return new KeyedVectors(await loadTable(this.storedRows(signal), tokenKeys(rows, all, tokenizer), given));
  }

  /** Lets go of the file and the memory. Use after it is an error. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.stored.close();
    // its files were only read: nothing is lost where closing one fails
    this.weights.close().catch(() => {});
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** One line: its shape, dtype and tensor. */
  toString(): string {
    return lineOf("EmbeddingMatrix", () => {
      this.checkOpen();
      return [shapeOf(...this.shape), this.dtype, show(this.tensor)];
    });
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: rows that were looked up can be written as JSON */
  toJSON(): never {
    throw notJson("an EmbeddingMatrix", "Look rows up with lookup(ids): a Matrix can be written as JSON.");
  }

  private storedRows(signal?: AbortSignal): StoredRows {
    const { stored } = this;
    const { rowBytes, source, begin: first } = stored;
    const buffers: Uint8Array<ArrayBuffer>[] = [];
    return {
      stored,
      read: async (begin, end, turn) => {
        signal?.throwIfAborted();
        const [from, to] = [first + begin * rowBytes, first + end * rowBytes];
        const bytes =
          turn === undefined || !source.readInto
            ? await source.read(from, to, signal)
            : await filled(buffers, turn, to - from, (into) => source.readInto?.(into, from));
        this.checkOpen();
        return bytes;
      },
      checkOpen: () => this.checkOpen(),
    };
  }

  private checkOpen(): void {
    if (this.isOpen) return;
    throw new Wasm2VecError(
      "closed",
      "The embedding matrix was closed. Open it again with EmbeddingMatrix.fromPretrained.",
    );
  }
}

/** Fills the buffer whose turn it is, which is made where there is none that is large enough. */
async function filled(
  buffers: Uint8Array<ArrayBuffer>[],
  turn: number,
  length: number,
  fill: (into: Uint8Array<ArrayBuffer>) => Promise<void> | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!(buffers[turn]?.length >= length)) buffers[turn] = new Uint8Array(length);
  const into = buffers[turn].subarray(0, length);
  await fill(into);
  return into;
}
