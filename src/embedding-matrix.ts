/** A language model's embedding matrix: rows by token ids, read from the model's file when they are asked for. */

import { Wasm2VecError, withDefaults } from "./errors.ts";
import { type FolderLike, openFolder } from "./files/folder.ts";
import type { RandomAccess } from "./files/random-access.ts";
import { openWidener, type WidenedDtype, type Widener } from "./formats/decode-numbers.ts";
import type { Tensor } from "./formats/safetensors.ts";
import type { KeyedVectors } from "./keyed-vectors.ts";
import { checkGiven } from "./model/options.ts";
import { findEmbeddingTensor } from "./pretrained/embedding-tensor.ts";
import { checkRows, type LoadTableOptions, loadTable, tokenKeys } from "./pretrained/load-embeddings.ts";
import { Checkpoint } from "./pretrained/weights.ts";
import { Matrix } from "./tables/matrix.ts";
import { checkDtype } from "./tables/row-format.ts";

/** The kinds of number that a matrix may hold, and how many bytes each takes. */
const DTYPES = {
  BF16: { name: "bfloat16", bytes: 2 },
  F16: { name: "float16", bytes: 2 },
  F32: { name: "float32", bytes: 4 },
} as const;

/** The longest read, in bytes, unless a row is longer. */
const LONGEST_READ = 1 << 20;

/** Reads that may be under way at a time. */
const READS_AT_ONCE = 8;

export interface EmbeddingMatrixOptions {
  /** the tensor's name in the model's file; found by itself in most models */
  tensor?: string;
  /** stops the opening; the promise rejects with its reason */
  signal?: AbortSignal;
}

export interface LookupOptions {
  /** stops the reading; the promise rejects with its reason */
  signal?: AbortSignal;
}

const FROM_PRETRAINED_DEFAULTS: EmbeddingMatrixOptions = { tensor: undefined, signal: undefined };
const LOAD_DEFAULTS: LoadTableOptions = {
  dtype: undefined,
  rows: undefined,
  tokenizer: undefined,
  signal: undefined,
  onProgress: undefined,
};
const LOOKUP_DEFAULTS: LookupOptions = { signal: undefined };

/** Rows that lie one after the other: from `begin` up to, not including, `end`. */
interface Run {
  begin: number;
  end: number;
}

/** The input embeddings (V, D) of a model. They stay in its file: lookups read the rows they need. */
export class EmbeddingMatrix {
  /** [rows, columns]; there may be more rows than the tokenizer has tokens */
  readonly shape: readonly [rows: number, columns: number];
  /** the kind of number in the file; rows are always given as float32 */
  readonly dtype: (typeof DTYPES)[WidenedDtype]["name"];
  /** the tensor's name in the file */
  readonly tensor: string;
  private readonly rowBytes: number;
  private isOpen = true;

  private constructor(
    private readonly checkpoint: Checkpoint,
    private readonly source: RandomAccess,
    private readonly place: MatrixPlace,
    private readonly widener: Widener,
  ) {
    const { bytes, name } = DTYPES[place.dtype];
    this.shape = place.shape;
    this.dtype = name;
    this.tensor = place.name;
    this.rowBytes = place.shape[1] * bytes;
  }

  /**
   * Opens a model's input embeddings. Only headers are read.
   *
   * @param from the model's folder: model.safetensors, or model.safetensors.index.json and its shards; and config.json,
   *   which is asked where the tensor's name is not one of the known
   * @throws {Wasm2VecError} `model-incomplete` when a file or the tensor is missing; `format-damaged`; `format-unknown` for
   *   numbers other than bfloat16, float16 and float32; `option-unknown`; and what openSource throws
   */
  static async fromPretrained(from: FolderLike, options: EmbeddingMatrixOptions = {}): Promise<EmbeddingMatrix> {
    const { tensor, signal } = withDefaults(FROM_PRETRAINED_DEFAULTS, options, "EmbeddingMatrix.fromPretrained");
    const folder = openFolder(from);
    const checkpoint = await Checkpoint.open(folder, signal);
    try {
      const name = await findEmbeddingTensor(checkpoint, folder, tensor, signal);
      const file = await checkpoint.fileOf(name, signal);
      const place = checkTensor(file.tensor(name), file.file);
      return new EmbeddingMatrix(checkpoint, file.source, place, await openWidener(place.dtype));
    } catch (error) {
      await checkpoint.close();
      throw error;
    }
  }

  /**
   * Reads the rows of tokens, these and no others, each once.
   *
   * @param ids (N,) token ids, whole numbers in [0, rows)
   * @returns (N, D), in the order of the ids
   * @throws {Wasm2VecError} `id-out-of-range`, `closed`, `out-of-memory`; and what the source throws
   */
  async lookup(ids: Iterable<number>, options: LookupOptions = {}): Promise<Matrix> {
    const { signal } = withDefaults(LOOKUP_DEFAULTS, options, "lookup");
    this.checkOpen();
    const wanted = Array.from(ids);
    this.checkIds(wanted);
    const matrix = zeros(wanted.length, this.shape[1]);
    const places = new Map(wanted.map((id, place) => [id, place]));
    const runs = consecutive([...places.keys()], this.rowsAtOnce);
    await forEachAtOnce(runs, READS_AT_ONCE, (run) => this.readRun(run, matrix, places, signal));
    wanted.forEach((id, place) => {
      const filled = places.get(id) as number;
      if (filled !== place) matrix.row(place).set(matrix.row(filled));
    });
    return matrix;
  }

  /**
   * Reads rows into memory, to query them: their keys are tokens, their row numbers ids. A row that no token has is named by
   * its number, such as "<row 151665>".
   *
   * @throws {Wasm2VecError} `option-invalid`, also for NaN or Infinity; `too-large`, `out-of-memory`, `closed`; and what the
   *   source throws
   */
  async load(options: LoadTableOptions = {}): Promise<KeyedVectors> {
    const [all, dimension] = this.shape;
    const given = withDefaults(LOAD_DEFAULTS, options, "load");
    const { dtype = this.dtype, rows = all, tokenizer, signal, onProgress } = given;
    checkGiven({ signal, onProgress });
    checkDtype(dtype);
    checkRows(rows, all);
    this.checkOpen();
    const stored = {
      dimension,
      dtype: this.dtype,
      read: async (begin: number, end: number) => {
        const { place, rowBytes, source } = this;
        const bytes = await source.read(place.begin + begin * rowBytes, place.begin + end * rowBytes, signal);
        this.checkOpen();
        return bytes;
      },
      widen: (bytes: Uint8Array, out: Float32Array) => this.widener.widen(bytes, out),
    };
    return loadTable(stored, tokenKeys(rows, tokenizer), this.rowsAtOnce, given);
  }

  /** Lets go of the file and the memory. Use after it is an error. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.widener.close();
    // its files were only read: nothing is lost where closing one fails
    this.checkpoint.close().catch(() => {});
  }

  [Symbol.dispose](): void {
    this.close();
  }

  private get rowsAtOnce(): number {
    return Math.max(1, Math.floor(LONGEST_READ / this.rowBytes));
  }

  /** Reads rows, and puts each where it belongs in the matrix. */
  private async readRun({ begin, end }: Run, to: Matrix, places: Map<number, number>, signal?: AbortSignal) {
    const { rowBytes, source, place } = this;
    signal?.throwIfAborted();
    const bytes = await source.read(place.begin + begin * rowBytes, place.begin + end * rowBytes, signal);
    this.checkOpen();
    for (let id = begin; id < end; id++) {
      const row = bytes.subarray((id - begin) * rowBytes, (id - begin + 1) * rowBytes);
      this.widener.widen(row, to.row(places.get(id) as number));
    }
  }

  private checkOpen(): void {
    if (this.isOpen) return;
    throw new Wasm2VecError(
      "closed",
      "The embedding matrix was closed. Open it again with EmbeddingMatrix.fromPretrained.",
    );
  }

  private checkIds(ids: readonly number[]): void {
    const [rows] = this.shape;
    const wrong = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= rows);
    if (wrong < 0) return;
    throw new Wasm2VecError(
      "id-out-of-range",
      `Id ${wrong} is ${String(ids[wrong])}; expected a whole number from 0 to ${rows - 1}, because the matrix has ${rows} rows. Does the tokenizer belong to this model?`,
    );
  }
}

/** A tensor that is a matrix of numbers which can be widened. */
interface MatrixPlace extends Tensor {
  dtype: WidenedDtype;
  shape: [rows: number, columns: number];
}

function checkTensor(tensor: Tensor, file: string): MatrixPlace {
  const { name, dtype, shape } = tensor;
  if (shape.length !== 2) {
    throw new Wasm2VecError(
      "shape-mismatch",
      `Tensor "${name}" in ${file} has the shape [${shape}]; expected [rows, columns]. Pass another as the option tensor.`,
    );
  }
  if (!(dtype in DTYPES)) {
    throw new Wasm2VecError(
      "format-unknown",
      `Tensor "${name}" in ${file} holds ${dtype}; expected ${Object.keys(DTYPES).join(", ")}. Take a checkpoint whose embeddings are not quantized.`,
    );
  }
  return tensor as MatrixPlace;
}

/** @throws {Wasm2VecError} `out-of-memory` */
function zeros(rows: number, columns: number): Matrix {
  try {
    return new Matrix(new Float32Array(rows * columns), [rows, columns]);
  } catch (cause) {
    const gigabytes = ((rows * columns * 4) / 1e9).toFixed(1);
    const message = `${rows} rows of ${columns} floats need ${gigabytes} GB. Look up fewer at a time.`;
    throw new Wasm2VecError("out-of-memory", message, { cause });
  }
}

/** Ids in runs of at most `longest` neighbours. */
function* consecutive(ids: number[], longest: number): Generator<Run> {
  ids.sort((a, b) => a - b);
  for (let from = 0, to = 0; from < ids.length; from = to) {
    while (to < ids.length && to - from < longest && ids[to] - ids[from] === to - from) to++;
    yield { begin: ids[from], end: ids[from] + to - from };
  }
}

/** Does the work for all items, for a few of them at the same time. The first failure ends it. */
async function forEachAtOnce<T>(items: Generator<T>, limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const takeTurns = async () => {
    for (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, takeTurns));
}
