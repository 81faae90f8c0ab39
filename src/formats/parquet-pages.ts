/** Parquet's pages: the values of a column, some at a time, and for lists where each begins. */

import { Wasm2VecError } from "../errors.ts";
import type { ByteCursor, Damaged } from "../files/byte-cursor.ts";
import { unpack } from "./decompress.ts";
import { type ColumnChunk, type ParquetColumn, type ParquetType, UNPACKED } from "./parquet-metadata.ts";
import { readStruct, type ThriftStruct } from "./thrift.ts";

/** Values by their numbers: texts as views of bytes that stay. */
export type PageValues = Float32Array | Float64Array | Int32Array | readonly Uint8Array[];

export interface Page {
  /** of each value, whether it begins a row (0) or goes on with one (1); absent where each value is a row */
  repetition?: Uint8Array;
  values: PageValues;
}

/** Kinds of page, and how values are written, by the format's numbers. */
const PAGES = { data: 0, dictionary: 2, data2: 3 } as const;
const ENCODINGS = [
  ...["PLAIN", "GROUP_VAR_INT", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED"],
  ...["DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"],
];

/** How long the head of a page may be: it holds the smallest and the largest value. */
const HEAD_BYTES = 1 << 14;
const MOST_HEAD_BYTES = 1 << 22;

/** So many values are believed to be in a page whatever its length; more only where they are no more than so many a byte. */
const BELIEVED_VALUES = 1 << 20;
const BELIEVED_A_BYTE = 1000;

/**
 * The pages of a column's chunk.
 *
 * @throws what `damaged` makes
 */
export async function* readPages(
  cursor: ByteCursor,
  column: ParquetColumn,
  chunk: ColumnChunk,
  name = "The file",
): AsyncGenerator<Page> {
  const { damaged } = cursor;
  let dictionary: PageValues | undefined;
  cursor.seek(chunk.begin, chunk.end);
  for (let left = chunk.values; left > 0; ) {
    if (cursor.position >= chunk.end) throw damaged(`column "${column.name}" lacks ${left} of its values`);
    const head = await readHead(cursor, chunk, damaged);
    const size = head.number(3);
    if (size < 0 || cursor.position + size > chunk.end) throw damaged(`a page claims to have ${size} bytes`);
    await cursor.ahead(size, "a page");
    // values are views of the page, which the cursor would overwrite
    const bytes = cursor.bytes(size).slice();
    const kind = head.number(1);
    if (kind !== PAGES.data && kind !== PAGES.data2 && kind !== PAGES.dictionary) continue;
    const page = new PageReader(column, chunk, head, damaged, name);
    if (kind === PAGES.dictionary) dictionary = await page.dictionary(bytes);
    else {
      yield await page.data(bytes, kind === PAGES.data2, dictionary);
      left -= page.count;
    }
  }
}

async function readHead(cursor: ByteCursor, chunk: ColumnChunk, damaged: Damaged): Promise<ThriftStruct> {
  const begin = cursor.position;
  for (let most = HEAD_BYTES; ; most *= 16) {
    const count = Math.min(most, chunk.end - begin);
    await cursor.ahead(count, "the head of a page");
    const bytes = cursor.bytes(count);
    try {
      const { struct, length } = readStruct(bytes);
      cursor.seek(begin + length);
      return struct;
    } catch (cause) {
      cursor.seek(begin);
      if (count === chunk.end - begin || most > MOST_HEAD_BYTES)
        throw damaged(`the head of a page: ${(cause as Error).message}`);
    }
  }
}

const notRead = (name: string, what: string) =>
  new Wasm2VecError("format-unknown", `${name} is a Parquet file ${what}. Write it with other settings.`);

class PageReader {
  /** how many values there are, those that are missing too */
  readonly count: number;
  private readonly numbers: ThriftStruct | undefined;

  constructor(
    private readonly column: ParquetColumn,
    private readonly chunk: ColumnChunk,
    private readonly head: ThriftStruct,
    private readonly damaged: Damaged,
    private readonly name: string,
  ) {
    this.numbers = head.struct(5) ?? head.struct(7) ?? head.struct(8);
    this.count = this.numbers?.number(1) ?? -1;
    const most = Math.max(BELIEVED_VALUES, head.number(3) * BELIEVED_A_BYTE);
    if (!(this.count >= 0) || this.count > most) throw damaged(`a page claims to have ${this.count} values`);
  }

  async dictionary(bytes: Uint8Array): Promise<PageValues> {
    return this.plain(await this.unpack(bytes, this.head.number(2)));
  }

  async data(bytes: Uint8Array, isSecond: boolean, dictionary: PageValues | undefined): Promise<Page> {
    const { maxRepetition, maxDefinition } = this.column;
    const { levels, values } = isSecond ? await this.second(bytes) : await this.first(bytes);
    const repetition = maxRepetition ? this.levels(levels[0], maxRepetition) : undefined;
    if (maxDefinition) this.checkThere(this.levels(levels[1], maxDefinition));
    return { repetition, values: this.decode(values, dictionary) };
  }

  /** Levels and values of a page that is packed as a whole; each kind of level begins with its length. */
  private async first(packed: Uint8Array): Promise<{ levels: Uint8Array[]; values: Uint8Array }> {
    let bytes = await this.unpack(packed, this.head.number(2));
    const levels = [this.column.maxRepetition, this.column.maxDefinition].map((max) => {
      if (!max) return new Uint8Array();
      const length = bytes.length < 4 ? -1 : viewOf(bytes).getUint32(0, true);
      if (length < 0 || 4 + length > bytes.length) throw this.damaged("the levels of a page are cut short");
      const part = bytes.subarray(4, 4 + length);
      bytes = bytes.subarray(4 + length);
      return part;
    });
    return { levels, values: bytes };
  }

  /** Levels and values of a page whose levels are not packed. */
  private async second(bytes: Uint8Array): Promise<{ levels: Uint8Array[]; values: Uint8Array }> {
    const [definition, repetition] = [this.numbers?.number(5) ?? 0, this.numbers?.number(6) ?? 0];
    const begin = definition + repetition;
    if (!(definition >= 0 && repetition >= 0 && begin <= bytes.length))
      throw this.damaged("the levels of a page lie outside");
    const rest = bytes.subarray(begin);
    const isPacked = this.numbers?.flag(7, true);
    const values = isPacked && rest.length ? await this.unpack(rest, this.head.number(2) - begin) : rest;
    return { levels: [bytes.subarray(0, repetition), bytes.subarray(repetition, begin)], values };
  }

  private async unpack(bytes: Uint8Array, length: number): Promise<Uint8Array> {
    const { codec } = this.chunk;
    if (codec === "UNCOMPRESSED") return bytes;
    const known = UNPACKED[codec];
    if (known) return unpack(known, bytes, length, this.damaged);
    throw notRead(this.name, `compressed by ${codec}; expected ${Object.keys(UNPACKED).join(", ")} or nothing`);
  }

  private levels(bytes: Uint8Array, max: number): Uint8Array {
    const levels = new Uint8Array(this.count);
    this.readRuns(bytes, 32 - Math.clz32(max), levels);
    return levels;
  }

  private checkThere(definition: Uint8Array): void {
    const { maxDefinition } = this.column;
    let missing = 0;
    while (missing < definition.length && definition[missing] === maxDefinition) missing++;
    if (missing === definition.length) return;
    throw new Wasm2VecError(
      "format-damaged",
      `Column "${this.column.name}" of ${this.name} lacks values, such as number ${missing} of a page. Leave these rows out, or fill them.`,
    );
  }

  private decode(bytes: Uint8Array, dictionary: PageValues | undefined): PageValues {
    const encoding = ENCODINGS[this.numbers?.number(this.head.has(8) ? 4 : 2) ?? -1];
    const { physical } = this.column;
    if (encoding === "PLAIN") return this.plain(bytes);
    if (encoding === "RLE_DICTIONARY" || encoding === "PLAIN_DICTIONARY") return this.fromDictionary(bytes, dictionary);
    if (encoding === "BYTE_STREAM_SPLIT" && (physical === "FLOAT" || physical === "DOUBLE")) return this.split(bytes);
    if (encoding === "DELTA_BINARY_PACKED" && physical.startsWith("INT")) return this.deltas(bytes, this.count).numbers;
    if (encoding === "DELTA_LENGTH_BYTE_ARRAY" && physical === "BYTE_ARRAY") return this.textsByLength(bytes);
    if (encoding === "DELTA_BYTE_ARRAY" && physical === "BYTE_ARRAY") return this.textsByPrefix(bytes);
    throw notRead(
      this.name,
      `whose column "${this.column.name}" (${physical}) is encoded as ${encoding ?? "something unknown"}`,
    );
  }

  private plain(bytes: Uint8Array): PageValues {
    const { count } = this;
    const { physical } = this.column;
    if (physical === "BYTE_ARRAY") return this.texts(bytes);
    const size = BYTES[physical];
    if (!size) throw this.damaged(`a column of ${physical} is no number`);
    this.checkBytes(bytes, count * size);
    return numbersOf(physical, bytes.slice(0, count * size).buffer);
  }

  /** Texts, each after its length. */
  private texts(bytes: Uint8Array): Uint8Array[] {
    const view = viewOf(bytes);
    this.checkBytes(bytes, this.count * 4);
    let at = 0;
    return Array.from({ length: this.count }, () => {
      const length = at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
      const begin = at + 4;
      at = begin + length;
      if (at > bytes.length) throw this.damaged("a text ends outside of its page");
      return bytes.subarray(begin, at);
    });
  }

  private fromDictionary(bytes: Uint8Array, dictionary: PageValues | undefined): PageValues {
    const width = bytes[0];
    if (!dictionary || !(width <= 32)) throw this.damaged("a page has no dictionary");
    const places = new Uint32Array(this.count);
    this.readRuns(bytes.subarray(1), width, places);
    if (places.some((place) => place >= dictionary.length)) throw this.damaged("a value is not in the dictionary");
    if (Array.isArray(dictionary)) return Array.from(places, (place) => dictionary[place]);
    return Float64Array.from(places, (place) => (dictionary as Float64Array)[place]);
  }

  /** Numbers whose first bytes come first, then all second ones, … */
  private split(bytes: Uint8Array): PageValues {
    const { count } = this;
    const size = BYTES[this.column.physical] as number;
    this.checkBytes(bytes, count * size);
    const joined = new Uint8Array(count * size);
    for (let byte = 0; byte < size; byte++) {
      for (let i = 0; i < count; i++) joined[i * size + byte] = bytes[byte * count + i];
    }
    return numbersOf(this.column.physical, joined.buffer);
  }

  private textsByLength(bytes: Uint8Array): Uint8Array[] {
    const { numbers, end } = this.deltas(bytes, this.count);
    let at = end;
    return Array.from(numbers, (length) => {
      if (!(length >= 0 && at + length <= bytes.length)) throw this.damaged("a text ends outside of its page");
      at += length;
      return bytes.subarray(at - length, at);
    });
  }

  /** Texts, each without what it shares with the one before. */
  private textsByPrefix(bytes: Uint8Array): Uint8Array[] {
    const prefixes = this.deltas(bytes, this.count);
    const rests = this.textsByLength(bytes.subarray(prefixes.end));
    let last = new Uint8Array();
    let made = 0;
    return rests.map((rest, i) => {
      const shared = prefixes.numbers[i];
      made += shared;
      if (!(shared >= 0 && shared <= last.length) || made > Math.max(BELIEVED_VALUES, bytes.length * BELIEVED_A_BYTE)) {
        throw this.damaged(`a text claims to share ${shared} bytes with the one before`);
      }
      const text = new Uint8Array(shared + rest.length);
      text.set(last.subarray(0, shared));
      text.set(rest, shared);
      last = text;
      return text;
    });
  }

  /** Whole numbers by their differences, in blocks of miniblocks; and where they end. */
  private deltas(bytes: Uint8Array, count: number): { numbers: Float64Array; end: number } {
    let at = 0;
    const unsigned = () => {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = bytes[at++];
        if (byte === undefined) break;
        value |= BigInt(byte & 127) << shift;
        if (byte < 128) return value;
      }
      throw this.damaged("a number is cut short");
    };
    const signed = () => {
      const value = unsigned();
      return value & 1n ? -(value >> 1n) - 1n : value >> 1n;
    };
    const [block, parts, total] = [Number(unsigned()), Number(unsigned()), Number(unsigned())];
    let value = signed();
    const size = block / parts;
    if (total !== count || !(block <= BELIEVED_VALUES && size > 0 && size % 8 === 0)) {
      throw this.damaged(`${total} differences in blocks of ${block} by ${parts}; expected ${count}`);
    }
    const numbers = new Float64Array(count);
    let done = 0;
    if (count) numbers[done++] = Number(value);
    while (done < count) {
      const least = signed();
      const widths = bytes.subarray(at, at + parts);
      at += parts;
      if (widths.length < parts) throw this.damaged("differences are cut short");
      for (const width of widths) {
        if (done >= count) break;
        if (width > 64 || at + (size * width) / 8 > bytes.length) throw this.damaged("differences are cut short");
        for (let i = 0; i < size && done < count; i++) {
          value = BigInt.asIntN(64, value + least + bitsAt(bytes, at * 8 + i * width, width));
          numbers[done++] = Number(value);
        }
        at += (size * width) / 8;
      }
    }
    return { numbers, end: at };
  }

  /** Small numbers of so many bits, some repeated, some packed, eight at a time. */
  private readRuns(bytes: Uint8Array, width: number, out: Uint8Array | Uint32Array): void {
    let [at, done] = [0, 0];
    const valueBytes = Math.ceil(width / 8);
    while (done < out.length) {
      let [head, factor, byte] = [0, 1, 128];
      for (; byte >= 128 && factor <= 2 ** 28; factor *= 128) {
        byte = bytes[at++];
        head += (byte & 127) * factor;
      }
      if (at > bytes.length || head < 2) throw this.damaged("the runs of a page are cut short");
      const count = head % 2 ? ((head - 1) / 2) * 8 : head / 2;
      const end = Math.min(out.length, done + count);
      if (head % 2) {
        const packed = (count / 8) * width;
        // the last ones may lack bytes that stand for nothing
        if (at + Math.ceil(((end - done) * width) / 8) > bytes.length)
          throw this.damaged("the runs of a page are cut short");
        for (let bit = at * 8; done < end; bit += width) out[done++] = smallBitsAt(bytes, bit, width);
        at += packed;
      } else {
        if (at + valueBytes > bytes.length) throw this.damaged("the runs of a page are cut short");
        let value = 0;
        for (let i = 0; i < valueBytes; i++) value += bytes[at++] * 2 ** (8 * i);
        out.fill(value, done, end);
        done = end;
      }
    }
  }

  private checkBytes(bytes: Uint8Array, needed: number): void {
    if (bytes.length < needed)
      throw this.damaged(`a page of ${this.count} values has ${bytes.length} bytes; expected ${needed}`);
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const BYTES: Partial<Record<ParquetType, number>> = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

function numbersOf(type: ParquetType, buffer: ArrayBuffer): Float32Array | Float64Array | Int32Array {
  if (type === "FLOAT") return new Float32Array(buffer);
  if (type === "DOUBLE") return new Float64Array(buffer);
  return type === "INT32" ? new Int32Array(buffer) : Float64Array.from(new BigInt64Array(buffer), Number);
}

/** A number of up to 32 bits, the lowest first; bytes behind the last count as 0. */
function smallBitsAt(bytes: Uint8Array, bit: number, width: number): number {
  let value = 0;
  for (let got = 0; got < width; ) {
    const place = bit + got;
    const more = Math.min(8 - (place & 7), width - got);
    value += (((bytes[place >>> 3] ?? 0) >> (place & 7)) & ((1 << more) - 1)) * 2 ** got;
    got += more;
  }
  return value;
}

function bitsAt(bytes: Uint8Array, bit: number, width: number): bigint {
  const low = Math.min(width, 32);
  return BigInt(smallBitsAt(bytes, bit, low)) | (BigInt(smallBitsAt(bytes, bit + low, width - low)) << BigInt(low));
}
