/** A model's embeddings as a table in memory, whose keys are its tokens. */

import {
  type CheckedOptions,
  callback,
  type GivenOptions,
  having,
  integer,
  optional,
  STOPPABLE,
} from "../check-options.ts";
import { Engine } from "../engine/engine.ts";
import { show, sizeOf, Wasm2VecError } from "../errors.ts";
import { TimeSlice, tellerOf } from "../event-loop.ts";
import { NUMBER_NAMES, type NumberName } from "../formats/number-kinds.ts";
import type { StoredMatrix } from "../formats/stored-matrix.ts";
import { buildTable } from "../tables/build-table.ts";
import { ROW_FORMATS, type RowDtype, rowDtype } from "../tables/row-format.ts";
import type { VectorTable } from "../tables/vector-table.ts";

/** What of a matrix's rows is in memory. */
export interface RowsEvent {
  /** tells it from the other events */
  kind: "rows";
  /** rows that were read */
  done: number;
  /** rows that will be read */
  total: number;
}

/** Who knows the tokens of ids: an AutoTokenizer does. */
export interface TokenNames {
  /** The token of each id; undefined for an id that has none. */
  convertIdsToTokens(ids: Iterable<number>): (string | undefined)[];
}

export const LOAD_TABLE_OPTIONS = {
  /** what is stored of each number; as in the file by default */
  dtype: optional(rowDtype),
  /** how many rows, from the first on; all by default */
  rows: optional(integer(1)),
  /** whose tokens become the keys; without one the keys are the ids */
  tokenizer: optional(having<TokenNames>("convertIdsToTokens", "an AutoTokenizer")),
  ...STOPPABLE,
  /** is told how far the reading is; what it returns is awaited */
  onProgress: optional(callback<(event: RowsEvent) => unknown>()),
};

/** Options of `EmbeddingMatrix.load`. @interface */
export type LoadTableOptions = GivenOptions<typeof LOAD_TABLE_OPTIONS>;

/** How many rows a table of embeddings may have: each has a key. The largest vocabularies of models have some 250,000. */
const MAX_ROWS = 2 ** 24;

/** How many bytes of rows one memory of the engine can hold at most. */
const MAX_BYTES = 2 ** 32;

/** Where the rows come from. */
export interface StoredRows {
  stored: StoredMatrix;
  /** how many rows are read at a time */
  maxRows: number;
  /** the bytes of rows that lie one after the other */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** What a table stores of a matrix by default: the same numbers where it can, else float32. */
export const tableDtype = (dtype: string): NumberName => NUMBER_NAMES.find((name) => name === dtype) ?? "float32";

/** A row that no token has, such as those that models add to make their number round. */
const unnamed = (id: number) => `<row ${id}>`;

/**
 * The keys of ids 0 … count - 1: their tokens. Of a token that has several ids, the first one's; the others, and ids
 * without a token, are named by their number.
 */
export function tokenKeys(count: number, tokenizer: TokenNames | undefined): string[] {
  const ids = Array.from({ length: count }, (_, id) => id);
  if (!tokenizer) return ids.map(String);
  const seen = new Set<string>();
  return checkTokens(tokenizer.convertIdsToTokens(ids), count).map((token, id) => {
    const key = token === undefined || seen.has(token) ? unnamed(id) : token;
    seen.add(key);
    return key;
  });
}

/** @throws {Wasm2VecError} `option-invalid` when they are not as many as the ids, each a token or none */
function checkTokens(tokens: unknown, count: number): (string | undefined)[] {
  const isToken = (token: unknown) => token === undefined || typeof token === "string";
  if (Array.isArray(tokens) && tokens.length === count && tokens.every(isToken)) return tokens;
  throw new Wasm2VecError(
    "option-invalid",
    `load: convertIdsToTokens of the given tokenizer returned ${show(tokens)} for ${count} ids; expected an array of as many tokens, undefined for an id that has none.`,
  );
}

/**
 * Reads the rows of the keys, some at a time.
 *
 * @throws {Wasm2VecError} `too-large`, `out-of-memory`; `option-invalid` for NaN or Infinity; and what `read` throws
 */
export async function loadTable(
  { stored, maxRows, read }: StoredRows,
  keys: readonly string[],
  { dtype = tableDtype(stored.dtype), signal, onProgress }: CheckedOptions<typeof LOAD_TABLE_OPTIONS>,
): Promise<VectorTable> {
  const total = keys.length;
  const tell = tellerOf(onProgress, signal);
  await Engine.load(signal);
  return buildTable(keys, stored.shape[1], dtype, async (table) => {
    const slice = new TimeSlice(signal);
    for (let begin = 0; begin < total; begin += maxRows) {
      signal?.throwIfAborted();
      const end = Math.min(begin + maxRows, total);
      writeRows(table, begin, await read(begin, end), stored);
      await tell?.({ kind: "rows", done: end, total });
      if (slice.isOver) await slice.yield();
    }
  });
}

/** Writes rows from row `begin` on: as they are where the table stores the same numbers. */
function writeRows(table: VectorTable, begin: number, bytes: Uint8Array, stored: StoredMatrix): void {
  const { rowBytes, shape } = stored;
  const isSame = tableDtype(stored.dtype) === stored.dtype && stored.dtype === table.dtype;
  const numbers = new Float32Array(shape[1]);
  for (let i = 0; i * rowBytes < bytes.length; i++) {
    const row = bytes.subarray(i * rowBytes, (i + 1) * rowBytes);
    if (isSame) table.storedRow(begin + i).set(row);
    else {
      stored.decode(row, numbers, begin + i);
      table.setRow(begin + i, numbers);
    }
  }
}

/** @throws {Wasm2VecError} `option-invalid` */
export function checkRows(rows: number, all: number): void {
  if (rows <= all) return;
  throw new Wasm2VecError(
    "option-invalid",
    `load: rows is ${rows}; expected an integer from 1 to ${all}, because the matrix has ${all} rows.`,
  );
}

/**
 * Refuses what no table can hold, before keys are made for it.
 *
 * @throws {Wasm2VecError} `too-large`
 */
export function checkTableSize(rows: number, vectorSize: number, dtype: RowDtype): void {
  const bytes = rows * ROW_FORMATS[dtype].storedBytes(vectorSize);
  if (rows <= MAX_ROWS && bytes <= MAX_BYTES) return;
  throw new Wasm2VecError(
    "too-large",
    `load: ${rows} rows of ${vectorSize} numbers (${dtype}) take ${sizeOf(bytes)}; a table holds ${MAX_ROWS} rows and ${sizeOf(MAX_BYTES)} at most. Load fewer with the option rows, store less of each number with dtype, or look rows up in the file with lookup.`,
  );
}
