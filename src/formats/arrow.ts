/**
 * Arrow files, which are also called IPC files and Feather of version 2:
 *
 *     | "ARROW1" | the schema | batches of rows | end | footer | its length: i32 | "ARROW1" |
 *
 * We write the columns key (Utf8), count (Int64, where it is known) and vector (FixedSizeList of float32). Others are read
 * too, by whatever name and of whatever width, also where their buffers are compressed.
 */

import { Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { RandomAccess } from "../files/random-access.ts";
import {
  type ArrowColumn,
  type Batch,
  type Block,
  batchMessage,
  footerBytes,
  type Region,
  readBatch,
  readFooter,
  schemaMessage,
} from "./arrow-metadata.ts";
import { chooseColumns } from "./columns.ts";
import { openDecoder } from "./decode-numbers.ts";
import { unpack } from "./decompress.ts";
import { textBatches, tilesOf } from "./tiles.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

const MAGIC = new TextEncoder().encode("ARROW1");

/** As many rows a batch as pyarrow writes; fewer where keys are long. */
const BATCH_ROWS = 65_536;

/** Buffers of a body begin at multiples of this. */
const ALIGNMENT = 64;

/** How many bytes of vectors are read at a time. */
const TILE_BYTES = 1 << 20;

/** What goes wrong with a file, by its name. */
const errorsOf = (name = "The file") => ({
  name,
  damaged: (what: string) =>
    new Wasm2VecError("format-damaged", `${name} is no whole Arrow file: ${what}. Copy or download it again.`),
  unknown: (what: string) => new Wasm2VecError("format-unknown", `${name} is an Arrow file ${what}. Write it anew.`),
});

type Errors = ReturnType<typeof errorsOf>;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The bytes of an Arrow file. Of the list, the keys of a batch are kept, and some rows. */
export function* arrowChunks(list: VectorList): Generator<Uint8Array> {
  const { width, counts } = list;
  let position = 0;
  const placed = (bytes: Uint8Array) => {
    position += bytes.length;
    return bytes;
  };
  yield placed(new Uint8Array(8).map((_, i) => MAGIC[i] ?? 0));
  yield placed(schemaMessage(width, counts !== undefined));
  const batches: Block[] = [];
  for (const { begin, end, offsets, text } of textBatches(list, BATCH_ROWS)) {
    const rows = end - begin;
    const lengths = [0, offsets.byteLength, text.length, ...(counts ? [0, rows * 8] : []), 0, 0, rows * width * 4];
    let bodyBytes = 0;
    const buffers = lengths.map((length) => {
      const buffer = [bodyBytes, length];
      bodyBytes += aligned(length);
      return buffer;
    });
    const nodes = [...Array.from({ length: counts ? 3 : 2 }, () => [rows, 0]), [rows * width, 0]];
    const head = batchMessage(rows, nodes, buffers, bodyBytes);
    batches.push({ begin: position, metaBytes: head.length, bodyBytes });
    yield placed(head);
    yield placed(padded(new Uint8Array(offsets.buffer)));
    yield placed(padded(text));
    if (counts) yield placed(padded(countBytes(counts, begin, end)));
    for (const tile of tilesOf(list, begin, end)) yield placed(tile);
    yield placed(new Uint8Array(aligned(rows * width * 4) - rows * width * 4));
  }
  const footer = footerBytes(width, counts !== undefined, batches);
  const tail = new DataView(new ArrayBuffer(8 + footer.length + 4 + MAGIC.length));
  tail.setInt32(0, -1, true);
  const bytes = new Uint8Array(tail.buffer);
  bytes.set(footer, 8);
  tail.setInt32(8 + footer.length, footer.length, true);
  bytes.set(MAGIC, 12 + footer.length);
  yield bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(aligned(bytes.length));
  longer.set(bytes);
  return longer;
}

function countBytes(counts: ArrayLike<number>, begin: number, end: number): Uint8Array {
  return new Uint8Array(BigInt64Array.from({ length: end - begin }, (_, i) => BigInt(counts[begin + i])).buffer);
}

/**
 * Reads the rows of an Arrow file.
 *
 * @throws {Wasm2VecError} `format-damaged`; `format-unknown` where its columns are no keys and vectors, or its numbers are
 *   big endian; `shape-mismatch` where lists are not of one length
 */
export async function readArrow(
  source: RandomAccess,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const { signal, limit = Number.POSITIVE_INFINITY, reading } = options;
  if (reading) reading.totalBytes = source.size;
  const errors = errorsOf(options.name);
  const { columns, isBigEndian, batches } = await readEnd(source, errors, signal);
  if (isBigEndian) throw errors.unknown("of big-endian numbers; expected little-endian ones");
  const { key, vector, count } = chooseColumns(columns, errors.name, "an Arrow file");
  const opened: BatchReader[] = [];
  for (const block of batches) opened.push(await BatchReader.open(source, block, errors, options));
  const rows = Math.min(
    limit,
    opened.reduce((sum, batch) => sum + batch.rows, 0),
  );
  const width = vector.width ?? (await opened.find((batch) => batch.rows > 0)?.firstWidth(vector)) ?? 0;
  if (width < 1) throw errors.damaged(`its vectors have ${width} numbers`);
  sink.begin({ rows, width });
  const counts: number[] = [];
  const slice = new TimeSlice(signal);
  let done = 0;
  for (const batch of opened) {
    const texts = await batch.texts(key);
    if (count) for await (const number of batch.integers(count)) counts.push(number);
    let row = 0;
    for await (const numbers of batch.vectors(vector, width)) {
      if (done === rows) break;
      done++;
      if (!sink.add(texts(row++), numbers)) break;
      if (slice.isOver) await slice.yield();
    }
    if (row < batch.rows) break;
  }
  if (count) sink.attribute?.("count", counts.slice(0, done));
}

/** Calls what reads metadata, which throws a RangeError where these lead outside. */
function orDamaged<Result>({ damaged }: Errors, what: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Wasm2VecError) throw cause;
    throw damaged(`${what}: ${(cause as Error).message}`);
  }
}

async function readEnd(source: RandomAccess, errors: Errors, signal?: AbortSignal) {
  const { damaged } = errors;
  const { size } = source;
  const endBytes = 4 + MAGIC.length;
  if (size < 8 + endBytes) throw damaged(`it has ${size} bytes`);
  const end = await source.read(size - endBytes, size, signal);
  if (MAGIC.some((byte, i) => end[4 + i] !== byte)) throw damaged('it does not end with "ARROW1"');
  const length = new DataView(end.buffer, end.byteOffset).getInt32(0, true);
  if (length < 0 || length > size - endBytes) throw damaged(`its footer claims to have ${length} bytes`);
  const footer = await source.read(size - endBytes - length, size - endBytes, signal);
  return orDamaged(errors, "its footer", () => readFooter(footer));
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

interface OpenBuffer {
  length: number;
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** Reads the columns of a batch of rows. */
class BatchReader {
  private constructor(
    private readonly source: RandomAccess,
    private readonly block: Block,
    private readonly batch: Batch,
    private readonly errors: Errors,
    private readonly options: ReadVectorsOptions,
  ) {}

  static async open(
    source: RandomAccess,
    block: Block,
    errors: Errors,
    options: ReadVectorsOptions,
  ): Promise<BatchReader> {
    const { damaged } = errors;
    const { begin, metaBytes, bodyBytes } = block;
    const isInside = begin >= 0 && metaBytes >= 8 && bodyBytes >= 0 && begin + metaBytes + bodyBytes <= source.size;
    if (!isInside) throw damaged(`a batch claims to lie at byte ${begin}, ${metaBytes} and ${bodyBytes} bytes long`);
    const bytes = await source.read(begin, begin + metaBytes, options.signal);
    // files of before 2019 lack the -1
    const head = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true) === -1 ? 8 : 4;
    const batch = orDamaged(errors, "a batch", () => readBatch(bytes.subarray(head)));
    if (!batch || !(batch.rows >= 0)) throw damaged("a batch is none");
    return new BatchReader(source, block, batch, errors, options);
  }

  get rows(): number {
    return this.batch.rows;
  }

  /** How long the first list of a column is. */
  async firstWidth(column: ArrowColumn): Promise<number> {
    const ends = await this.offsets(column);
    return ends(1) - ends(0);
  }

  /** The bytes of each row's text. */
  async texts(column: ArrowColumn): Promise<(row: number) => Uint8Array> {
    this.checkNode(column, 0, this.rows);
    if (column.offsetBytes === undefined) return this.viewedTexts(column);
    const ends = await this.offsets(column);
    const text = await this.whole(column, 2);
    return (row) => {
      const [begin, end] = [ends(row), ends(row + 1)];
      if (!(begin >= 0 && begin <= end && end <= text.length))
        throw this.errors.damaged(`text ${row} claims to lie at ${begin} to ${end}`);
      return text.subarray(begin, end);
    };
  }

  /** Texts whose views hold them, where they are short, or say where they lie. */
  private async viewedTexts(column: ArrowColumn): Promise<(row: number) => Uint8Array> {
    const views = viewOf(await this.whole(column, 1));
    this.checkBytes(views.byteLength, this.rows * 16);
    const count = this.batch.views[column.viewsBefore] ?? 0;
    if (count < 0 || count > this.batch.buffers.length) throw this.errors.damaged(`a column has ${count} buffers`);
    const buffers: Uint8Array[] = [];
    for (let i = 0; i < count; i++) buffers.push(await this.whole(column, 2 + i));
    return (row) => {
      const at = row * 16;
      const length = views.getInt32(at, true);
      const isShort = length <= 12;
      const from = isShort
        ? new Uint8Array(views.buffer, views.byteOffset + at + 4, 12)
        : buffers[views.getInt32(at + 8, true)];
      const begin = isShort ? 0 : views.getInt32(at + 12, true);
      if (length >= 0 && begin >= 0 && begin + length <= (from?.length ?? -1))
        return from.subarray(begin, begin + length);
      throw this.errors.damaged(`text ${row} claims to have ${length} bytes`);
    };
  }

  /** A column of integers. */
  async *integers(column: ArrowColumn): AsyncGenerator<number> {
    const { bytes, isSigned } = column;
    const view = viewOf(await this.whole(column, 1));
    this.checkBytes(view.byteLength, this.rows * bytes);
    for (let at = 0; at < this.rows * bytes; at += bytes) {
      if (bytes === 8) yield Number(isSigned ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
      else if (bytes === 4) yield isSigned ? view.getInt32(at, true) : view.getUint32(at, true);
      else if (bytes === 2) yield isSigned ? view.getInt16(at, true) : view.getUint16(at, true);
      else yield isSigned ? view.getInt8(at) : view.getUint8(at);
    }
  }

  /** The rows of a column of vectors (D,): each is valid until the next is asked for. */
  async *vectors(column: ArrowColumn, width: number): AsyncGenerator<Float32Array | Float64Array> {
    const { rows } = this;
    const { bytes } = column;
    if (!rows) return;
    this.checkNode(column, 0, rows);
    const first = column.width === undefined ? await this.firstOf(column, width) : 0;
    this.checkNode(column, 1, first + rows * width);
    const { length, read } = await this.open(column, column.width === undefined ? 3 : 2);
    this.checkBytes(length, (first + rows * width) * bytes);
    const decoder = bytes === 2 ? await openDecoder("float16") : undefined;
    try {
      const most = Math.max(1, Math.floor(TILE_BYTES / (width * bytes)));
      for (let row = 0; row < rows; row += most) {
        const count = Math.min(most, rows - row) * width;
        const begin = (first + row * width) * bytes;
        const { buffer } = (await read(begin, begin + count * bytes)).slice();
        const numbers =
          bytes === 8 ? new Float64Array(buffer) : decoder ? new Float32Array(count) : new Float32Array(buffer);
        decoder?.decode(new Uint8Array(buffer), numbers as Float32Array);
        for (let at = 0; at < count; at += width) yield numbers.subarray(at, at + width);
      }
    } finally {
      decoder?.close();
    }
  }

  /** Where the first list's numbers lie; all lists must be of one length. */
  private async firstOf(column: ArrowColumn, width: number): Promise<number> {
    const ends = await this.offsets(column);
    for (let row = 0; row < this.rows; row++) {
      const length = ends(row + 1) - ends(row);
      if (length === width) continue;
      throw new Wasm2VecError(
        "shape-mismatch",
        `Vector ${row} of a batch of ${this.errors.name} has ${length} numbers; expected ${width} as the first.`,
      );
    }
    if (ends(0) >= 0) return ends(0);
    throw this.errors.damaged(`lists begin at ${ends(0)}`);
  }

  /** Where row i of texts or lists begins; the last one's end is that of row V. */
  private async offsets(column: ArrowColumn): Promise<(row: number) => number> {
    const view = viewOf(await this.whole(column, 1));
    const { offsetBytes } = column;
    if (offsetBytes === 8) {
      this.checkBytes(view.byteLength, (this.rows + 1) * 8);
      return (row) => Number(view.getBigInt64(row * 8, true));
    }
    this.checkBytes(view.byteLength, (this.rows + 1) * 4);
    return (row) => view.getInt32(row * 4, true);
  }

  private async whole(column: ArrowColumn, index: number): Promise<Uint8Array> {
    const { length, read } = await this.open(column, index);
    return read(0, length);
  }

  /** A buffer of a column, and how long it is. Where it is compressed, it is read and unpacked as a whole. */
  private async open(column: ArrowColumn, index: number): Promise<OpenBuffer> {
    const region = this.region(column, index);
    const raw = (begin: number, end: number) => this.read(region.begin + begin, region.begin + end);
    const { codec } = this.batch;
    if (codec === undefined || region.length === 0) return { length: region.length, read: raw };
    if (region.length < 8) throw this.errors.damaged("a compressed buffer has less than 8 bytes");
    const length = Number(viewOf(await raw(0, 8)).getBigInt64(0, true));
    if (length === -1) {
      return { length: region.length - 8, read: (begin: number, end: number) => raw(begin + 8, end + 8) };
    }
    const name = (["LZ4_FRAME", "ZSTD"] as const)[codec];
    if (!name) throw this.errors.unknown(`compressed by codec ${codec}; expected LZ4 or Zstandard`);
    const bytes = await unpack(name, await raw(8, region.length), length, this.errors.damaged);
    return { length, read: async (begin: number, end: number) => bytes.subarray(begin, end) };
  }

  private region({ buffer, viewsBefore }: ArrowColumn, index: number): Region {
    const more = this.batch.views.slice(0, viewsBefore).reduce((sum, count) => sum + count, 0);
    const region = this.batch.buffers[buffer + more + index];
    const isInside =
      region && region.begin >= 0 && region.length >= 0 && region.begin + region.length <= this.block.bodyBytes;
    if (isInside) return region;
    throw this.errors.damaged(`buffer ${buffer + more + index} of a batch lies outside`);
  }

  private async read(begin: number, end: number): Promise<Uint8Array> {
    const { reading, signal } = this.options;
    signal?.throwIfAborted();
    const body = this.block.begin + this.block.metaBytes;
    const bytes = await this.source.read(body + begin, body + end, signal);
    signal?.throwIfAborted();
    if (reading) reading.bytes += bytes.length;
    return bytes;
  }

  /** A column, or what lies so far below it, must have so many rows at least, and none that is missing. */
  private checkNode({ name, node }: ArrowColumn, below: number, rows: number): void {
    const found = this.batch.nodes[node + below];
    if (!found || found.rows < rows)
      throw this.errors.damaged(`a batch of ${rows} rows has ${found?.rows} in column "${name}"`);
    if (found.nulls > 0)
      throw new Wasm2VecError(
        "format-damaged",
        `Column "${name}" of ${this.errors.name} lacks ${found.nulls} values. Leave these rows out, or fill them.`,
      );
  }

  private checkBytes(length: number, needed: number): void {
    if (length < needed) throw this.errors.damaged(`a buffer has ${length} bytes; expected ${needed}`);
  }
}
