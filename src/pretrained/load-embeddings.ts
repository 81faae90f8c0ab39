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
import { show, sizeOf, type WarningEvent, Wasm2VecError } from "../errors.ts";
import { TimeSlice, tellerOf } from "../event-loop.ts";
import { NUMBER_NAMES, type NumberName } from "../formats/number-kinds.ts";
import type { StoredMatrix } from "../formats/stored-matrix.ts";
import { buildTable } from "../tables/build-table.ts";
import { ROW_FORMATS, type RowDtype, rowDtype } from "../tables/row-format.ts";
import { setRows } from "../tables/set-rows.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { type Components, Covariance, Projection } from "./principal-components.ts";

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
  /** how many principal components are kept of each row, computed as PCA computes them; none by default: rows as they are */
  pcaDims: optional(integer(1)),
  /** whose tokens become the keys; without one the keys are the ids */
  tokenizer: optional(having<TokenNames>("convertIdsToTokens", "an AutoTokenizer")),
  ...STOPPABLE,
  /** is told how far the reading is, and where the tokenizer has another size than the matrix; what it returns is awaited */
  onProgress: optional(callback<(event: RowsEvent | WarningEvent) => unknown>()),
};

/** Options of `EmbeddingMatrix.load`. @interface */
export type LoadTableOptions = GivenOptions<typeof LOAD_TABLE_OPTIONS>;

/** How many rows a table of embeddings may have: each has a key. The largest vocabularies of models have some 250,000. */
const MAX_ROWS = 2 ** 24;

/** How many bytes of rows one memory of the engine can hold at most. */
const MAX_BYTES = 2 ** 32;

/**
 * How many bytes of rows are read at a time, unless a row is longer: of a file, and of what takes its time to answer; and how
 * many such parts are under way.
 */
const FILE_PART = 1 << 20;
const PART = 1 << 23;
const PARTS_AT_ONCE = 4;

/** How many numbers are decoded at a time: as many as stay in a processor's cache until they are stored. */
const GROUP_NUMBERS = 1 << 16;

/** Where the rows come from. */
export interface StoredRows {
  stored: StoredMatrix;
  /**
   * The bytes of rows that lie one after the other.
   *
   * @param turn which of some buffers may hold them from now on: so many new ones would lie about until garbage is collected
   */
  read(begin: number, end: number, turn?: number): Promise<Uint8Array>;
  /** Is asked after others had their turn. @throws {Wasm2VecError} `closed` */
  checkOpen(): void;
}

/** What a table stores of a matrix by default: the same numbers where it can, else float32. */
export const tableDtype = (dtype: string): NumberName => NUMBER_NAMES.find((name) => name === dtype) ?? "float32";

/** A row that no token has, such as those that models add to make their number round. */
const unnamed = (id: number) => `<row ${id}>`;

/** The keys of rows, and what is to be told of them. */
export interface TokenKeys {
  keys: string[];
  warnings: WarningEvent[];
}

/** How many ids behind the last row are asked for a token. */
const ASKED_BEYOND = 256;

/**
 * The keys of ids 0 … count - 1: their tokens. Of a token that has several ids, the first one's; the others, and ids
 * without a token, are named by their number.
 *
 * @param all how many rows the matrix has
 */
export function tokenKeys(count: number, all: number, tokenizer: TokenNames | undefined): TokenKeys {
  const ids = Array.from({ length: count }, (_, id) => id);
  if (!tokenizer) return { keys: ids.map(String), warnings: [] };
  const seen = new Set<string>();
  let nameless = 0;
  const keys = checkTokens(tokenizer.convertIdsToTokens(ids), count).map((token, id) => {
    if (token === undefined) nameless++;
    const key = token === undefined || seen.has(token) ? unnamed(id) : token;
    seen.add(key);
    return key;
  });
  const beyond = Array.from({ length: ASKED_BEYOND }, (_, i) => all + i);
  const isLonger = checkTokens(tokenizer.convertIdsToTokens(beyond), ASKED_BEYOND).some((token) => token !== undefined);
  return { keys, warnings: sizeWarnings(count, all, nameless, isLonger) };
}

/** A model may have more rows than its tokenizer has tokens; fewer mean that it is another's. */
function sizeWarnings(count: number, all: number, nameless: number, isLonger: boolean): WarningEvent[] {
  const told: string[] = [];
  if (nameless) told.push(`${nameless} of ${count} rows have no token, and are named by their number`);
  if (isLonger) {
    told.push(`the tokenizer has tokens with ids from ${all} on, which have no row: does it belong to this model?`);
  }
  if (!told.length) return [];
  const message = `The tokenizer and the matrix differ in size: ${told.join("; ")}`;
  return [{ kind: "warning", code: "tokenizer-size", message: isLonger ? message : `${message}.` }];
}

/** @throws {Wasm2VecError} `option-invalid` when they are not as many as the ids, each a token or none */
function checkTokens(tokens: unknown, count: number): (string | undefined)[] {
  const isToken = (token: unknown) => token === undefined || typeof token === "string";
  // a list may have holes, which are no tokens either
  const given: unknown[] = Array.isArray(tokens) && tokens.length === count ? [...tokens] : [null];
  if (given.every(isToken)) return given as (string | undefined)[];
  throw new Wasm2VecError(
    "option-invalid",
    `load: convertIdsToTokens of the given tokenizer returned ${show(tokens)} for ${count} ids; expected an array of as many tokens, undefined for an id that has none.`,
  );
}

/**
 * Reads the rows of the keys, some at a time; with `pcaDims` twice, first to find the principal components.
 *
 * @throws {Wasm2VecError} `too-large`, `out-of-memory`; `option-invalid` for NaN or Infinity; and what `read` throws
 */
export async function loadTable(
  rows: StoredRows,
  { keys, warnings }: TokenKeys,
  { dtype, pcaDims, signal, onProgress }: CheckedOptions<typeof LOAD_TABLE_OPTIONS>,
): Promise<VectorTable> {
  const { stored } = rows;
  const total = keys.length;
  const tell = tellerOf(onProgress, signal);
  const tellDone = async (done: number) => tell?.({ kind: "rows", done, total: pcaDims ? total * 2 : total });
  await Engine.load(signal);
  for (const warning of warnings) await tell?.(warning);
  rows.checkOpen();
  if (!pcaDims) {
    return buildTable(keys, stored.shape[1], dtype ?? tableDtype(stored.dtype), (table) =>
      forEachGroup(rows, total, tellDone, signal, storeRows(table, stored)),
    );
  }
  const components = await findComponents(rows, total, pcaDims, tellDone, signal);
  const projection = new Projection(components);
  try {
    return await buildTable(keys, pcaDims, dtype ?? "float32", (table) =>
      forEachGroup(rows, total, (done) => tellDone(total + done), signal, storeProjected(table, stored, projection)),
    );
  } finally {
    projection.close();
  }
}

async function findComponents(
  rows: StoredRows,
  total: number,
  count: number,
  tellDone: (done: number) => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<Components> {
  const { stored } = rows;
  const covariance = new Covariance(stored.shape[1]);
  try {
    const numbers = new Float32Array(groupRows(stored) * stored.shape[1]);
    await forEachGroup(rows, total, tellDone, signal, (bytes, begin) =>
      covariance.add(decoded(stored, bytes, begin, numbers), begin),
    );
    return await runSteps(covariance.components(count), new TimeSlice(signal), rows);
  } finally {
    covariance.close();
  }
}

/** The numbers of some rows, in the memory that is given for them. */
function decoded(stored: StoredMatrix, bytes: Uint8Array, row: number, memory: Float32Array): Float32Array {
  const numbers = memory.subarray(0, (bytes.length / stored.rowBytes) * stored.shape[1]);
  stored.decode(bytes, numbers, row);
  return numbers;
}

/** What is done with some rows, from row `begin` on; a generator pauses. */
type GroupWork = (bytes: Uint8Array, begin: number) => Generator<void> | undefined;

/** Writes rows as they are where the table stores the same numbers, else their numbers. */
function storeRows(table: VectorTable, stored: StoredMatrix): GroupWork {
  const { rowBytes, shape } = stored;
  const isSame = tableDtype(stored.dtype) === stored.dtype && stored.dtype === table.dtype;
  if (isSame) return copyRows(table, rowBytes);
  const numbers = new Float32Array(groupRows(stored) * shape[1]);
  return (bytes, begin) => {
    setRows(table, begin, decoded(stored, bytes, begin, numbers));
    return undefined;
  };
}

function copyRows(table: VectorTable, rowBytes: number): GroupWork {
  return (bytes, begin) => {
    const count = bytes.length / rowBytes;
    const rows = table.storedRows(begin, begin + count);
    // without padding between them, all together
    if (rows.length === bytes.length) rows.set(bytes);
    else
      for (let i = 0; i < count; i++) table.storedRow(begin + i).set(bytes.subarray(i * rowBytes, (i + 1) * rowBytes));
    return undefined;
  };
}

function storeProjected(table: VectorTable, stored: StoredMatrix, projection: Projection): GroupWork {
  const count = groupRows(stored);
  const numbers = new Float32Array(count * stored.shape[1]);
  const coordinates = new Float32Array(count * table.vectorSize);
  return (bytes, begin) => {
    const rows = decoded(stored, bytes, begin, numbers);
    const projected = coordinates.subarray(0, (rows.length / stored.shape[1]) * table.vectorSize);
    projection.project(rows, projected);
    setRows(table, begin, projected);
    return undefined;
  };
}

const groupRows = ({ shape }: StoredMatrix) => Math.max(1, Math.floor(GROUP_NUMBERS / shape[1]));

/** Reads rows 0 … total - 1 in their order, some parts ahead of the work on them, and gives others their turn. */
async function forEachGroup(
  rows: StoredRows,
  total: number,
  tellDone: (done: number) => Promise<unknown>,
  signal: AbortSignal | undefined,
  work: GroupWork,
): Promise<void> {
  const { stored } = rows;
  const count = groupRows(stored);
  const slice = new TimeSlice(signal);
  for await (const { begin, end, bytes } of readAhead(rows, total)) {
    signal?.throwIfAborted();
    for (let at = begin; at < end; at += count) {
      const last = Math.min(at + count, end);
      const steps = work(bytes.subarray((at - begin) * stored.rowBytes, (last - begin) * stored.rowBytes), at);
      if (steps) await runSteps(steps, slice, rows);
      else if (slice.isOver) await takeTurns(slice, rows);
    }
    await tellDone(end);
    rows.checkOpen();
  }
}

async function runSteps<Result>(steps: Generator<void, Result>, slice: TimeSlice, rows: StoredRows): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (slice.isOver) await takeTurns(slice, rows);
  }
}

async function takeTurns(slice: TimeSlice, rows: StoredRows): Promise<void> {
  await slice.yield();
  rows.checkOpen();
}

/** Parts of the rows in their order, while the next ones are read already. A part is valid until the next is asked for. */
async function* readAhead({ stored, read }: StoredRows, total: number) {
  const count = Math.max(1, Math.floor((stored.source.readInto ? FILE_PART : PART) / stored.rowBytes));
  const under: { begin: number; end: number; reading: Promise<Uint8Array> }[] = [];
  try {
    for (let next = 0; next < total || under.length; ) {
      while (next < total && under.length < PARTS_AT_ONCE) {
        const [begin, end] = [next, Math.min(next + count, total)];
        const reading = read(begin, end, (begin / count) % PARTS_AT_ONCE);
        // a part that fails is told when its turn comes
        reading.catch(() => {});
        under.push({ begin, end, reading });
        next = end;
      }
      const [{ begin, end, reading }] = under;
      const bytes = await reading;
      under.shift();
      yield { begin, end, bytes };
    }
  } finally {
    await Promise.allSettled(under.map(({ reading }) => reading));
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

/** @throws {Wasm2VecError} `option-invalid` where there are not so many components */
export function checkComponents(pcaDims: number, rows: number, columns: number): void {
  const most = Math.min(rows, columns);
  if (pcaDims <= most) return;
  throw new Wasm2VecError(
    "option-invalid",
    `load: pcaDims is ${pcaDims}; expected an integer from 1 to ${most}, because ${rows} rows of ${columns} numbers have ${most} principal components.`,
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
