/**
 * The GGUF format:
 *
 *     | "GGUF" | u32: version | u64: tensors | u64: pairs | pairs: key, type, value | tensors: name, shape, type, offset | data |
 *
 * A string is a u64 and so many bytes of UTF-8; a shape's fastest dimension comes first; the data begin at the next multiple of
 * the alignment, and offsets count from there. A model's vocabulary is among the pairs, before the tensors: all of it is
 * passed over to come to them, and none of it is kept.
 *
 * @see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */

import { show, Wasm2VecError } from "../errors.ts";
import { ByteCursor } from "../files/byte-cursor.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { BLOCK_KINDS } from "./ggml-blocks.ts";
import { checkMiscounted, damagedFile, type StoredTensor, TensorFile } from "./tensor-file.ts";

/** What is read at first, and at most at a time: it doubles, because most headers are small, and some have megabytes. */
const FIRST_READ = 1 << 18;
const LONGEST_READ = 1 << 23;

/** What the format allows. */
const LONGEST_KEY = 65535;
const LONGEST_NAME = 64;
const MAX_DIMENSIONS = 4;
const DEFAULT_ALIGNMENT = 32;

/** How deep arrays may lie in one another, and how many tensors there may be: the largest models have a few thousand. */
const MAX_DEPTH = 8;
const MAX_TENSORS = 2 ** 20;

/** The types of values: how many bytes each takes. */
const [STRING, ARRAY] = [8, 9];
const VALUE_BYTES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];

/** What of a value is read: unsigned and signed integers of up to 32 bits. */
const INTEGERS: Readonly<Record<number, (view: DataView) => number>> = {
  0: (view) => view.getUint8(0),
  1: (view) => view.getInt8(0),
  2: (view) => view.getUint16(0, true),
  3: (view) => view.getInt16(0, true),
  4: (view) => view.getUint32(0, true),
  5: (view) => view.getInt32(0, true),
};

/** The types of tensors by their numbers. */
// biome-ignore format: a few a line
const TYPES: Readonly<Record<number, string>> = {
  0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1",
  10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K",
  16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS",
  24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16",
  34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
};

const NUMBER_BYTES: Readonly<Record<string, number>> = {
  F32: 4,
  F16: 2,
  BF16: 2,
  F64: 8,
  I8: 1,
  I16: 2,
  I32: 4,
  I64: 8,
};

/** What is kept of the pairs. */
const KEPT = ["general.alignment", "split.count"] as const;
type Kept = Partial<Record<(typeof KEPT)[number], number>>;

/** A GGUF file whose header is read and checked. */
export class GgufFile extends TensorFile {
  /** @param headerBytes where its header ends */
  constructor(
    source: RandomAccess,
    file: string,
    tensors: ReadonlyMap<string, StoredTensor>,
    override readonly parts: number,
    readonly headerBytes: number,
  ) {
    super(source, file, tensors, {}, FORMAT);
  }
}

const FORMAT = "GGUF file";

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads the header, and nothing else of the file but what comes in the same read.
 *
 * @param file what messages call the file
 * @throws {Wasm2VecError} `format-damaged` for whatever breaks the format's rules; `format-unknown` for another version or byte
 *   order; `too-large`
 */
export async function readGguf(source: RandomAccess, file = "The file", signal?: AbortSignal): Promise<GgufFile> {
  const reader = new HeaderReader(source, file, signal);
  await reader.ahead(24, "the header");
  const magic = reader.cursor.u32();
  if (magic !== 0x46554747) throw reader.damaged('it does not begin with "GGUF"');
  checkVersion(reader.cursor.u32(), file);
  const tensorCount = reader.u64("the number of tensors");
  const pairCount = reader.u64("the number of pairs");
  reader.checkCount(tensorCount, 24, "tensors");
  reader.checkCount(pairCount, 13, "pairs");
  if (tensorCount > MAX_TENSORS) {
    throw new Wasm2VecError("too-large", `${file} holds ${tensorCount} tensors; ${MAX_TENSORS} are read at most.`);
  }
  const kept = await readPairs(reader, pairCount);
  const alignment = kept["general.alignment"] ?? DEFAULT_ALIGNMENT;
  if (!(alignment > 0 && Number.isInteger(Math.log2(alignment)))) {
    throw reader.damaged(`its general.alignment is ${alignment}; expected a power of two`);
  }
  const tensors = await readTensors(reader, tensorCount, alignment);
  const headerBytes = reader.cursor.position;
  const dataBegin = Math.ceil(headerBytes / alignment) * alignment;
  const last = [...tensors.values()].reduce((most, { offset, bytes }) => Math.max(most, dataBegin + offset + bytes), 0);
  checkMiscounted(file, Math.ceil(last / alignment) * alignment, source.size);
  return new GgufFile(source, file, placed(tensors, dataBegin, reader), kept["split.count"] || 1, headerBytes);
}

function checkVersion(version: number, file: string): void {
  if (version === 2 || version === 3) return;
  const isSwapped = (version & 0xffff) === 0 && version !== 0;
  const what = isSwapped ? "whose bytes are in the other order (big endian)" : `of version ${version}`;
  const advice = isSwapped
    ? "Convert it with gguf-convert-endian."
    : "Convert the model again, with a newer llama.cpp.";
  throw new Wasm2VecError(
    "format-unknown",
    `${file} is a GGUF file ${what}; expected version 2 or 3, little endian. ${advice}`,
  );
}

/** Passes over the pairs; what is known of them is kept. */
async function readPairs(reader: HeaderReader, count: number): Promise<Kept> {
  const kept: Kept = {};
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const key = await reader.string(LONGEST_KEY, `key ${i}`);
    if (seen.has(key)) throw reader.damaged(`it has the key ${show(key)} twice`);
    seen.add(key);
    await reader.ahead(4, `the type of ${show(key)}`);
    const type = reader.cursor.u32();
    const name = KEPT.find((known) => known === key);
    if (!name) await reader.skip(type, key);
    else if (!INTEGERS[type]) throw reader.damaged(`its ${key} has the type ${type}; expected an integer`);
    else kept[name] = await reader.integer(type, key);
  }
  return kept;
}

/** A tensor as the table has it: `offset` from where the data begin. */
type Listed = Omit<StoredTensor, "begin" | "end"> & { offset: number; bytes: number };

async function readTensors(reader: HeaderReader, count: number, alignment: number): Promise<Map<string, Listed>> {
  const tensors = new Map<string, Listed>();
  for (let i = 0; i < count; i++) {
    const name = await reader.string(LONGEST_NAME, `the name of tensor ${i}`);
    if (tensors.has(name)) throw reader.damaged(`it has the tensor ${show(name)} twice`);
    const tensor = await readTensor(reader, name);
    if (tensor.offset % alignment) {
      throw reader.damaged(`tensor ${show(name)} has the offset ${tensor.offset}; expected a multiple of ${alignment}`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

async function readTensor(reader: HeaderReader, name: string): Promise<Listed> {
  const what = `tensor ${show(name)}`;
  const { cursor } = reader;
  await reader.ahead(4, what);
  const dimensions = cursor.u32();
  if (dimensions > MAX_DIMENSIONS) {
    throw reader.damaged(`${what} has ${dimensions} dimensions; at most ${MAX_DIMENSIONS} are allowed`);
  }
  await reader.ahead(8 * dimensions + 12, what);
  const shape = Array.from({ length: dimensions }, () => reader.u64(`a dimension of ${what}`)).reverse();
  const type = cursor.u32();
  const offset = reader.u64(`the offset of ${what}`);
  const dtype = TYPES[type] ?? `type ${type}`;
  return {
    name,
    dtype,
    shape,
    offset,
    bytes: byteLength(dtype, shape, (problem) => reader.damaged(`${what}${problem}`)),
  };
}

/** 0 for a type that is not known. */
function byteLength(dtype: string, shape: readonly number[], fail: (what: string) => Error): number {
  const { values, bytes } = BLOCK_KINDS[dtype] ?? { values: 1, bytes: NUMBER_BYTES[dtype] ?? 0 };
  let elements = 1;
  for (const size of shape) elements = Number.isSafeInteger(elements * size) ? elements * size : Number.NaN;
  const width = shape.at(-1) ?? 1;
  if (width % values) throw fail(` is ${dtype} [${shape}]; expected rows of a multiple of ${values} numbers`);
  const length = (elements / values) * bytes;
  if (!Number.isSafeInteger(length)) throw fail(` has the shape [${shape}], which is too large`);
  return length;
}

function placed(tensors: Map<string, Listed>, dataBegin: number, reader: HeaderReader): Map<string, StoredTensor> {
  const found = new Map<string, StoredTensor>();
  for (const { offset, bytes, ...tensor } of tensors.values()) {
    const begin = dataBegin + offset;
    const end = begin + bytes;
    if (end > reader.size) {
      const name = show(tensor.name);
      throw reader.damaged(`tensor ${name} ends at byte ${end}, and the file has ${reader.size} bytes`);
    }
    found.set(tensor.name, { ...tensor, begin, end });
  }
  return found;
}

/** Reads on through a header, in reads that become longer. */
class HeaderReader {
  readonly cursor: ByteCursor;
  private next = FIRST_READ;
  /** up to where the file was read */
  private loaded = 0;

  constructor(
    private readonly source: RandomAccess,
    private readonly file: string,
    signal?: AbortSignal,
  ) {
    this.cursor = new ByteCursor(source, this.damaged, { signal });
  }

  get size(): number {
    return this.source.size;
  }

  readonly damaged = (what: string) => damagedFile(this.file, FORMAT, what);

  /** Makes sure that so many bytes can be read without waiting. */
  async ahead(count: number, what: string): Promise<void> {
    const { cursor } = this;
    if (this.holds(count)) return;
    cursor.checkLeft(count, what);
    const read = Math.min(Math.max(count, this.next), cursor.left);
    this.next = Math.min(2 * this.next, LONGEST_READ);
    await cursor.ahead(read, what);
    this.loaded = cursor.position + read;
  }

  private holds(count: number): boolean {
    return this.cursor.position + count <= this.loaded;
  }

  u64(what: string): number {
    const number = this.cursor.i64();
    if (Number.isSafeInteger(number) && number >= 0) return number;
    throw this.damaged(`${what} is beyond 2^53`);
  }

  /** Things of so many bytes at least must fit what is left of the file. */
  checkCount(count: number, bytes: number, what: string): void {
    if (count * bytes <= this.cursor.left) return;
    throw this.damaged(`it claims to hold ${count} ${what}, and ${this.cursor.left} bytes are left`);
  }

  async string(longest: number, what: string): Promise<string> {
    await this.ahead(8, what);
    const length = this.u64(`the length of ${what}`);
    if (length > longest) throw this.damaged(`${what} has ${length} bytes; at most ${longest} are allowed`);
    await this.ahead(length, what);
    return utf8.decode(this.cursor.bytes(length));
  }

  async integer(type: number, key: string): Promise<number> {
    const count = VALUE_BYTES[type] as number;
    await this.ahead(count, key);
    const { buffer, byteOffset } = this.cursor.bytes(count);
    return INTEGERS[type](new DataView(buffer, byteOffset));
  }

  /** Passes over a value. */
  async skip(type: number, key: string, depth = 0): Promise<void> {
    const bytes = VALUE_BYTES[type];
    if (bytes !== undefined) return this.pass(bytes, key);
    if (type === STRING) return this.skipStrings(1, key);
    if (type !== ARRAY)
      throw this.damaged(`${show(key)} has the type ${type}; expected 0 to ${VALUE_BYTES.length - 1}`);
    if (depth > MAX_DEPTH) throw this.damaged(`${show(key)} has arrays more than ${MAX_DEPTH} deep`);
    await this.ahead(12, key);
    const itemType = this.cursor.u32();
    const count = this.u64(`the length of ${show(key)}`);
    const itemBytes = VALUE_BYTES[itemType];
    this.checkCount(count, itemBytes ?? 8, `items of ${show(key)}`);
    if (itemBytes !== undefined) return this.pass(count * itemBytes, key);
    if (itemType === STRING) return this.skipStrings(count, key);
    for (let i = 0; i < count; i++) await this.skip(itemType, key, depth + 1);
  }

  /** A vocabulary has hundreds of thousands. */
  private async skipStrings(count: number, key: string): Promise<void> {
    const { cursor } = this;
    for (let i = 0; i < count; i++) {
      if (!this.holds(8)) await this.ahead(8, key);
      const length = cursor.u32() + 2 ** 32 * cursor.u32();
      if (length > cursor.left) cursor.checkLeft(length, show(key));
      cursor.seek(cursor.position + length);
    }
  }

  private pass(bytes: number, key: string): void {
    this.cursor.checkLeft(bytes, show(key));
    this.cursor.seek(this.cursor.position + bytes);
  }
}
