/** The tensors of a static encoder -> its table, mapping and weights. */

import { show, Wasm2VecError } from "../errors.ts";
import { openDecoder } from "../formats/decode-numbers.ts";
import type { SafetensorsDtype, SafetensorsFile, Tensor } from "../formats/safetensors.ts";
import { runSteps } from "./run-steps.ts";
import type { StaticDtype } from "./stored-numbers.ts";
import { TokenTable } from "./token-table.ts";

/** How many bytes of rows are read at a time, unless a row is longer. */
const PART = 1 << 22;

/** What a table stores of the kinds of number that files hold, and how many bytes those take. */
const TABLE_KINDS: Partial<Record<SafetensorsDtype, { dtype: StaticDtype; bytes: number }>> = {
  F64: { dtype: "float32", bytes: 8 },
  F32: { dtype: "float32", bytes: 4 },
  BF16: { dtype: "float32", bytes: 2 },
  F16: { dtype: "float16", bytes: 2 },
  I8: { dtype: "int8", bytes: 1 },
};

export interface TableRequest {
  /** how many numbers of each row, the first ones; all by default */
  dimensionality?: number;
  /** what the table shall store; what the file does by default */
  quantizeTo?: StaticDtype;
}

/**
 * Reads a tensor (V, D) to a table; the engine must be ready.
 *
 * @throws {Wasm2VecError} `shape-mismatch`, `format-unknown`; `option-invalid` for NaN, Infinity, and a dimensionality beyond D;
 *   `too-large`, `out-of-memory`
 */
export async function readTable(
  file: SafetensorsFile,
  name: string,
  { dimensionality, quantizeTo }: TableRequest,
  signal: AbortSignal | undefined,
): Promise<TokenTable> {
  const tensor = file.tensor(name);
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || !rows || !columns) {
    throw wrongShape(file, tensor, "[tokens, numbers], both at least 1");
  }
  const kind = TABLE_KINDS[tensor.dtype];
  if (!kind) throw unknownKind(file, tensor, Object.keys(TABLE_KINDS));
  checkDimensionality(dimensionality, columns);
  const dimension = dimensionality ?? columns;
  const dtype = quantizeTo ?? kind.dtype;
  // model2vec's scale is that of whole rows
  const isWhole = dtype === "int8" && kind.dtype !== "int8";
  const table = TokenTable.open(rows, isWhole ? columns : dimension, kind.dtype);
  try {
    await fill(table, file, tensor, kind.bytes, signal);
    const row = table.firstNotFinite();
    if (row >= 0) throw notFinite(file, row);
    if (dtype === table.dtype && dimension === table.dimension) return table;
    const converted = await runSteps(table.converted(dtype, dimension), signal);
    table.close();
    return converted;
  } catch (error) {
    table.close();
    throw error;
  }
}

/** @throws {Wasm2VecError} `option-invalid` */
function checkDimensionality(dimensionality: number | undefined, columns: number): void {
  if (dimensionality === undefined || dimensionality <= columns) return;
  throw new Wasm2VecError(
    "option-invalid",
    `StaticModel.fromPretrained: dimensionality is ${dimensionality}; expected an integer from 1 to ${columns}, because the table's rows have ${columns} numbers.`,
  );
}

async function fill(
  table: TokenTable,
  { source }: SafetensorsFile,
  { dtype, shape, begin }: Tensor,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [rows, columns] = shape;
  const rowBytes = columns * bytes;
  const count = Math.max(1, Math.floor(PART / rowBytes));
  const write = await rowWriter(table, dtype);
  try {
    for (let first = 0; first < rows; first += count) {
      signal?.throwIfAborted();
      const last = Math.min(first + count, rows);
      const part = await source.read(begin + first * rowBytes, begin + last * rowBytes, signal);
      for (let i = first; i < last; i++) {
        const row = (i - first) * rowBytes;
        write.row(i, part.subarray(row, row + table.dimension * bytes));
      }
    }
  } finally {
    write.close();
  }
}

/** Writes rows by their bytes, as a file holds them. */
async function rowWriter(table: TokenTable, dtype: SafetensorsDtype) {
  if (dtype === "F64") {
    return {
      row: (i: number, bytes: Uint8Array) => table.setRow(i, Float32Array.from(new Float64Array(bytes.slice().buffer))),
      close: () => {},
    };
  }
  if (dtype !== "BF16") return { row: (i: number, bytes: Uint8Array) => table.setBytes(i, bytes), close: () => {} };
  const decoder = await openDecoder("bfloat16");
  const numbers = new Float32Array(table.dimension);
  return {
    row(i: number, bytes: Uint8Array) {
      decoder.decode(bytes, numbers);
      table.setRow(i, numbers);
    },
    close: () => decoder.close(),
  };
}

/** What whole numbers and fractions are read as. */
const ARRAYS = {
  ...{ I64: BigInt64Array, U64: BigUint64Array, I32: Int32Array, U32: Uint32Array, I16: Int16Array, U16: Uint16Array },
  ...{ U8: Uint8Array, I8: Int8Array },
} as const;
const FLOATS = { F64: Float64Array, F32: Float32Array } as const;

/**
 * The rows of tokens (V,), where a file has a mapping.
 *
 * @param tokens V
 * @param rows how many rows the table has
 * @throws {Wasm2VecError} `format-damaged` for one that is not there; `shape-mismatch`, `format-unknown`
 */
export async function readMapping(
  file: SafetensorsFile,
  tokens: number,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<Uint32Array | undefined> {
  if (!file.tensors.has("mapping")) return undefined;
  const tensor = listTensor(file, "mapping", tokens);
  const Numbers = ARRAYS[tensor.dtype as keyof typeof ARRAYS];
  if (!Numbers) throw unknownKind(file, tensor, Object.keys(ARRAYS));
  const numbers = new Numbers((await file.read("mapping", signal)).slice().buffer);
  return Uint32Array.from({ length: numbers.length }, (_, token) => {
    const row = Number(numbers[token]);
    if (row >= 0 && row < rows) return row;
    throw new Wasm2VecError(
      "format-damaged",
      `The mapping in ${file.file} says row ${row} for token ${token}; the table has ${rows} rows. Copy or download it again.`,
    );
  });
}

/**
 * What tokens count (V,), where a file has weights: as float64 where they are it, else as float32.
 *
 * @throws {Wasm2VecError} `shape-mismatch`, `format-unknown`; `option-invalid` for NaN and Infinity
 */
export async function readWeights(
  file: SafetensorsFile,
  tokens: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array | Float64Array | undefined> {
  if (!file.tensors.has("weights")) return undefined;
  const tensor = listTensor(file, "weights", tokens);
  const bytes = await file.read("weights", signal);
  const weights = await floats(file, tensor, bytes);
  const token = weights.findIndex((weight) => !Number.isFinite(Math.fround(weight)));
  if (token < 0) return weights;
  throw new Wasm2VecError(
    "option-invalid",
    `The weights in ${file.file} say ${weights[token]} for token ${token}; expected finite numbers, up to 3.4e38. Copy or download it again.`,
  );
}

async function floats(file: SafetensorsFile, tensor: Tensor, bytes: Uint8Array): Promise<Float32Array | Float64Array> {
  if (tensor.dtype === "F16" || tensor.dtype === "BF16") {
    const decoder = await openDecoder(tensor.dtype === "F16" ? "float16" : "bfloat16");
    const numbers = new Float32Array(bytes.length / 2);
    decoder.decode(bytes, numbers);
    decoder.close();
    return numbers;
  }
  const Numbers = FLOATS[tensor.dtype as keyof typeof FLOATS];
  if (!Numbers) throw unknownKind(file, tensor, [...Object.keys(FLOATS), "F16", "BF16"]);
  return new Numbers(bytes.slice().buffer);
}

/** @throws {Wasm2VecError} `shape-mismatch` unless there is a number for each token */
function listTensor(file: SafetensorsFile, name: string, tokens: number): Tensor {
  const tensor = file.tensor(name);
  if (tensor.shape.length === 1 && tensor.shape[0] >= tokens) return tensor;
  throw wrongShape(file, tensor, `[${tokens}], a number for each token of the tokenizer`);
}

function wrongShape({ file }: SafetensorsFile, { name, shape }: Tensor, expected: string): Wasm2VecError {
  return new Wasm2VecError(
    "shape-mismatch",
    `Tensor ${show(name)} in ${file} has the shape [${shape}]; expected ${expected}. Take the files of one model.`,
  );
}

function unknownKind({ file }: SafetensorsFile, { name, dtype }: Tensor, known: readonly string[]): Wasm2VecError {
  return new Wasm2VecError(
    "format-unknown",
    `Tensor ${show(name)} in ${file} holds ${dtype}; expected ${known.join(", ")}. A newer version may read it.`,
  );
}

function notFinite({ file }: SafetensorsFile, row: number): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `Row ${row} of the table in ${file} holds NaN or Infinity; expected finite numbers. Copy or download it again.`,
  );
}
