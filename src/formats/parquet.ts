/**
 * Parquet files:
 *
 *     | "PAR1" | pages of the columns of each group of rows | footer | its length: i32 | "PAR1" |
 *
 * We write the columns key (text), count (int64, where it is known) and vector (a list of float), plain and in groups of
 * 10,000 rows at most, so that whoever reads them needs little memory. Others are read too, by whatever name.
 */

import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import { ByteCursor, type Damaged } from "../files/byte-cursor.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { chooseColumns } from "./columns.ts";
import {
  footerBytes,
  type ParquetColumn,
  type ParquetFooter,
  pageHeader,
  type RowGroup,
  readFooter,
  type WrittenChunk,
  type WrittenGroup,
} from "./parquet-metadata.ts";
import { type PageValues, readPages } from "./parquet-pages.ts";
import { textBatches, tilesOf } from "./tiles.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

const MAGIC = new TextEncoder().encode("PAR1");

const GROUP_ROWS = 10_000;

/** How many bytes of vectors a page has, about. */
const PAGE_BYTES = 1 << 20;

/** Keys differ, so each takes a byte at least, packed as it may be: of more rows a byte nobody is believed. */
const MOST_ROWS_A_BYTE = 8;

const damagedIn =
  (name: string): Damaged =>
  (what) =>
    new Wasm2VecError("format-damaged", `${name} is no whole Parquet file: ${what}. Copy or download it again.`);

/** The bytes of a Parquet file. Of the list, the keys of a group are kept, and some rows. */
export function* parquetChunks(list: VectorList): Generator<Uint8Array> {
  const { size, width, counts } = list;
  const groups: WrittenGroup[] = [];
  let position = MAGIC.length;
  yield MAGIC;
  for (const { begin, end, offsets, text } of textBatches(list, GROUP_ROWS)) {
    const rows = end - begin;
    const chunks: WrittenChunk[] = [];
    function* chunk(column: WrittenChunk["column"], pages: Iterable<Uint8Array>, values = rows): Generator<Uint8Array> {
      const start = position;
      for (const bytes of pages) {
        position += bytes.length;
        yield bytes;
      }
      chunks.push({ column, values, begin: start, bytes: position - start });
    }
    yield* chunk("key", keyPage(offsets, text));
    if (counts) yield* chunk("count", countPage(counts, begin, end));
    yield* chunk("vector", vectorPages(list, begin, end), rows * width);
    groups.push({ rows, chunks });
  }
  const footer = footerBytes(size, width, counts !== undefined, groups);
  yield footer;
  const tail = new Uint8Array(4 + MAGIC.length);
  new DataView(tail.buffer).setUint32(0, footer.length, true);
  tail.set(MAGIC, 4);
  yield tail;
}

function* keyPage(offsets: Int32Array, text: Uint8Array): Generator<Uint8Array> {
  const rows = offsets.length - 1;
  const bytes = new Uint8Array(rows * 4 + text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < rows; i++) {
    const at = i * 4 + offsets[i];
    view.setUint32(at, offsets[i + 1] - offsets[i], true);
    bytes.set(text.subarray(offsets[i], offsets[i + 1]), at + 4);
  }
  yield pageHeader(rows, bytes.length);
  yield bytes;
}

function* countPage(counts: ArrayLike<number>, begin: number, end: number): Generator<Uint8Array> {
  const numbers = BigInt64Array.from({ length: end - begin }, (_, i) => BigInt(counts[begin + i]));
  yield pageHeader(numbers.length, numbers.byteLength);
  yield new Uint8Array(numbers.buffer);
}

/** Pages of rows: where each row begins, that every value is there, and the values. */
function* vectorPages(list: VectorList, begin: number, end: number): Generator<Uint8Array> {
  const { width } = list;
  const most = Math.max(1, Math.floor(PAGE_BYTES / (width * 4)));
  for (let first = begin; first < end; first += most) {
    const rows = Math.min(most, end - first);
    const row = width > 1 ? [...run(1, 0), ...run(width - 1, 1)] : run(1, 0);
    const levels = [...withLength(Array.from({ length: rows }, () => row).flat()), ...withLength(run(rows * width, 1))];
    yield pageHeader(rows * width, levels.length + rows * width * 4);
    yield Uint8Array.from(levels);
    yield* tilesOf(list, first, first + rows);
  }
}

/** A level that comes so many times. */
function run(count: number, level: number): number[] {
  const bytes: number[] = [];
  let rest = count * 2;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest, level];
}

const withLength = (bytes: readonly number[]) => [...new Uint8Array(Uint32Array.of(bytes.length).buffer), ...bytes];

/**
 * Reads the rows of a Parquet file.
 *
 * @throws {Wasm2VecError} `format-damaged`; `format-unknown` where its columns are no keys and vectors; `shape-mismatch` where
 *   lists are not of one length
 */
export async function readParquet(
  source: RandomAccess,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY, name = "The file", signal } = options;
  const damaged = damagedIn(name);
  const { columns, groups } = await readEnd(source, name, damaged, signal);
  const { key, vector, count } = chooseColumns(columns, name, "a Parquet file");
  const promised = groups.reduce((sum, { rows }) => sum + rows, 0);
  if (!(promised <= source.size * MOST_ROWS_A_BYTE))
    throw damaged(`it claims to have ${promised} rows in ${source.size} bytes`);
  if (!promised) throw damaged("it has no rows, which would tell how long vectors are");
  const rows = Math.min(limit, promised);
  const counts: number[] = [];
  let begun: { width: number } | undefined;
  const slice = new TimeSlice(signal);
  for await (const { text, vector: numbers, count: seen } of rowsOf(
    groups,
    source,
    { key, vector, count },
    damaged,
    options,
  )) {
    begun ??= begin(sink, rows, numbers.length, damaged);
    if (numbers.length !== begun.width) throw otherWidth(name, counts.length, numbers.length, begun.width);
    if (counts.length === rows) break;
    counts.push(seen);
    if (!sink.add(text, numbers)) break;
    if (slice.isOver) await slice.yield();
  }
  if (count) sink.attribute?.("count", counts);
}

function begin(sink: VectorSink, rows: number, width: number, damaged: Damaged) {
  if (width < 1) throw damaged(`its vectors have ${width} numbers`);
  sink.begin({ rows, width });
  return { width };
}

const otherWidth = (name: string, row: number, got: number, width: number) =>
  new Wasm2VecError(
    "shape-mismatch",
    `Vector ${row} of ${name} has ${got} numbers; expected ${width} as the first. Leave it out, or fill it.`,
  );

interface Chosen {
  key: ParquetColumn;
  vector: ParquetColumn;
  count?: ParquetColumn;
}

/** The rows of all groups; a vector is valid until the next row is asked for. */
async function* rowsOf(
  groups: readonly RowGroup[],
  source: RandomAccess,
  chosen: Chosen,
  damaged: Damaged,
  options: ReadVectorsOptions,
) {
  for (const group of groups) {
    const open = (column: ParquetColumn) => {
      const cursor = new ByteCursor(source, damaged, options);
      return readPages(cursor, column, chunkOf(group, column, source.size, damaged), options.name);
    };
    const texts = singles<Uint8Array>(open(chosen.key));
    const counts = chosen.count && singles<number>(open(chosen.count));
    let row = 0;
    for await (const vector of lists(open(chosen.vector), damaged)) {
      const { value: text } = await texts.next();
      if (!text || row++ >= group.rows) throw damaged(`a group of ${group.rows} rows has more vectors than keys`);
      yield { text, vector, count: (await counts?.next())?.value ?? 0 };
    }
    if (row !== group.rows) throw damaged(`a group of ${group.rows} rows has ${row} vectors`);
  }
}

/** Where a column's pages lie. */
function chunkOf(group: RowGroup, { leaf, name }: ParquetColumn, size: number, damaged: Damaged) {
  const chunk = group.chunks[leaf];
  const isInside = chunk && chunk.begin >= MAGIC.length && chunk.begin <= chunk.end && chunk.end <= size;
  if (isInside) return chunk;
  throw damaged(`column "${name}" claims to lie at bytes ${chunk?.begin} to ${chunk?.end}`);
}

/** The values of a column that has one a row. */
async function* singles<Value>(pages: AsyncIterable<{ values: PageValues }>): AsyncGenerator<Value, undefined> {
  for await (const { values } of pages) for (let i = 0; i < values.length; i++) yield values[i] as Value;
}

/** The lists of a column, which may go on over pages: each is valid until the next is asked for. */
async function* lists(pages: ReturnType<typeof readPages>, damaged: Damaged): AsyncGenerator<ArrayLike<number>> {
  // what of a list stands on pages before
  let unfinished: number[] | undefined;
  for await (const { repetition = new Uint8Array(), values } of pages) {
    const numbers = values as Float32Array;
    let begin = firstOf(repetition, 0);
    if (unfinished) for (let i = 0; i < begin; i++) unfinished.push(numbers[i]);
    else if (begin > 0) throw damaged("a list goes on that did not begin");
    while (begin < repetition.length) {
      if (unfinished) yield unfinished;
      unfinished = undefined;
      const end = firstOf(repetition, begin + 1);
      if (end === repetition.length) unfinished = Array.from(numbers.subarray(begin));
      else yield numbers.subarray(begin, end);
      begin = end;
    }
  }
  if (unfinished) yield unfinished;
}

/** Where the next list begins. */
function firstOf(repetition: Uint8Array, from: number): number {
  const found = repetition.indexOf(0, from);
  return found < 0 ? repetition.length : found;
}

async function readEnd(
  source: RandomAccess,
  name: string,
  damaged: Damaged,
  signal?: AbortSignal,
): Promise<ParquetFooter> {
  const { size } = source;
  const endBytes = 4 + MAGIC.length;
  if (size < MAGIC.length + endBytes) throw damaged(`it has ${size} bytes`);
  const end = await source.read(size - endBytes, size, signal);
  const mark = String.fromCharCode(...end.subarray(4));
  if (mark === "PARE")
    throw new Wasm2VecError("format-unknown", `${name} is an encrypted Parquet file. Write it without encryption.`);
  if (mark !== "PAR1") throw damaged('it does not end with "PAR1"');
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true);
  if (length > size - MAGIC.length - endBytes) throw damaged(`its footer claims to have ${length} bytes`);
  const footer = await source.read(size - endBytes - length, size - endBytes, signal);
  try {
    return readFooter(footer);
  } catch (cause) {
    throw damaged(`its footer: ${(cause as Error).message}`);
  }
}
