/** A model's embeddings as a table in memory, whose keys are its tokens. */

import { Turns } from "../corpus/corpus.ts";
import type { RowDtype } from "../engine/layout.ts";
import { Wasm2VecError } from "../errors.ts";
import { KeyedVectors } from "../keyed-vectors.ts";
import { VectorTable } from "../tables/vector-table.ts";
import type { AutoTokenizer } from "../tokenizer.ts";
import { joinWords, Vocabulary } from "../vocabulary/vocabulary.ts";

/** What of a matrix's rows is in memory. */
export interface RowsEvent {
  kind: "rows";
  done: number;
  total: number;
}

export interface LoadTableOptions {
  /** what is kept of each number; as in the file by default */
  dtype?: RowDtype;
  /** how many rows, from the first on; all by default */
  rows?: number;
  /** whose tokens become the keys; without one the keys are the ids */
  tokenizer?: AutoTokenizer;
  /** stops the reading; the promise rejects with its reason */
  signal?: AbortSignal;
  onProgress?(event: RowsEvent): void;
}

/** Where the rows come from. */
export interface StoredRows {
  dimension: number;
  dtype: RowDtype;
  /** the bytes of rows that lie one after the other */
  read(begin: number, end: number): Promise<Uint8Array>;
  /** out (D,) = the numbers of a row */
  widen(bytes: Uint8Array, out: Float32Array): void;
}

/** A row that no token has, such as those that models add to make their number round. */
const unnamed = (id: number) => `<row ${id}>`;

/**
 * The keys of ids 0 … count - 1: their tokens. Of a token that has several ids, the first one's; the others, and ids
 * without a token, are named by their number.
 */
export function tokenKeys(count: number, tokenizer: AutoTokenizer | undefined): string[] {
  const ids = Array.from({ length: count }, (_, id) => id);
  if (!tokenizer) return ids.map(String);
  const seen = new Set<string>();
  return tokenizer.convertIdsToTokens(ids).map((token, id) => {
    const key = token === undefined || seen.has(token) ? unnamed(id) : token;
    seen.add(key);
    return key;
  });
}

/**
 * Reads the rows of the keys, some at a time.
 *
 * @param most how many rows are read at a time
 * @throws {Wasm2VecError} `too-large`, `out-of-memory`; `option-invalid` for NaN or Infinity; and what `read` throws
 */
export async function loadTable(
  stored: StoredRows,
  keys: readonly string[],
  most: number,
  { dtype = stored.dtype, signal, onProgress }: LoadTableOptions,
): Promise<KeyedVectors> {
  const total = keys.length;
  const counts = Float64Array.from(keys, (_, i) => total - i);
  const table = await VectorTable.open(await Vocabulary.from(joinWords(keys), counts), stored.dimension, dtype);
  try {
    const turns = new Turns(signal);
    for (let begin = 0; begin < total; begin += most) {
      signal?.throwIfAborted();
      const end = Math.min(begin + most, total);
      writeRows(table, begin, await stored.read(begin, end), stored);
      onProgress?.({ kind: "rows", done: end, total });
      if (turns.over) await turns.pass();
    }
    table.checkFinite();
    return new KeyedVectors(table);
  } catch (error) {
    table.close();
    throw error;
  }
}

/** Writes rows from row `begin` on: as they are where the table keeps the same numbers. */
function writeRows(
  table: VectorTable,
  begin: number,
  bytes: Uint8Array,
  { dtype, dimension, widen }: StoredRows,
): void {
  const rowBytes = (dtype === "float32" ? 4 : 2) * dimension;
  const numbers = new Float32Array(dimension);
  for (let i = 0; i * rowBytes < bytes.length; i++) {
    const row = bytes.subarray(i * rowBytes, (i + 1) * rowBytes);
    if (table.dtype === dtype) table.keptRow(begin + i).set(row);
    else {
      widen(row, numbers);
      table.setRow(begin + i, numbers);
    }
  }
}

/** @throws {Wasm2VecError} `option-invalid` */
export function checkRows(rows: number, all: number): void {
  if (Number.isInteger(rows) && rows >= 1 && rows <= all) return;
  throw new Wasm2VecError(
    "option-invalid",
    `rows is ${String(rows)}; expected a whole number from 1 to ${all}, because the matrix has ${all} rows.`,
  );
}
