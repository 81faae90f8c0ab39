/**
 * Arrays of numbers as NumPy lays them out, and its .npy files:
 *
 *     | "\x93NUMPY" | u8: version 1, 2, 3 | u8: 0 | u16 or, from version 2 on, u32: header's length | header | data |
 *
 * The header is a Python dict, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }`, filled up with spaces and a
 * newline so that the data begin at a multiple of 64 bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import type { ReadOptions } from "../files/source.ts";
import { type Decoder, openDecoder } from "./decode-numbers.ts";

/** What an element of an array is. */
export interface ElementType {
  /** float, signed or unsigned integer, or a truth value */
  readonly kind: "f" | "i" | "u" | "b";
  readonly bytes: 1 | 2 | 4 | 8;
  readonly isBigEndian: boolean;
}

/** An array that lies somewhere in a source, whose elements are not read yet. */
export interface StoredArray {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** whether columns, not rows, lie one after the other */
  readonly isFortran: boolean;
  readonly source: RandomAccess;
  /** where the first element begins */
  readonly begin: number;
  /** what messages call it */
  readonly name: string;
}

const MAGIC = "\x93NUMPY";

/** A header longer than this is refused. NumPy itself trusts 10,000. */
const LONGEST_HEADER = 1 << 20;

/** How many bytes are read at a time. */
const CHUNK_BYTES = 1 << 20;

/** Where data begin in a file that is written: at a multiple of so many bytes. */
const ALIGNMENT = 64;

const TYPES: Readonly<Record<string, readonly number[]>> = { f: [2, 4, 8], i: [1, 2, 4, 8], u: [1, 2, 4, 8], b: [1] };

/** The type that NumPy's text stands for, such as "<f4"; undefined where its elements are no numbers. */
export function elementType(text: string): ElementType | undefined {
  const [, order = "", kind, bytes] = /^([<>|=]?)([fiub])([1248])$/.exec(text) ?? [];
  if (!kind || !TYPES[kind].includes(Number(bytes))) return undefined;
  return { kind, bytes: Number(bytes), isBigEndian: order === ">" } as ElementType;
}

/** How many elements a shape has; NaN beyond what a number counts exactly. */
export function elementsOf(shape: readonly number[]): number {
  let elements = 1;
  for (const size of shape) elements = Number.isSafeInteger(elements * size) ? elements * size : Number.NaN;
  return elements;
}

/**
 * Reads the header of a .npy file, and nothing else of it.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `format-unknown` for another file, and for elements that are no numbers; `format-damaged`
 */
export async function readNpy(source: RandomAccess, file: string, signal?: AbortSignal): Promise<StoredArray> {
  const head = await source.read(0, Math.min(12, source.size), signal);
  const magic = String.fromCharCode(...head.subarray(0, MAGIC.length));
  if (magic !== MAGIC) {
    throw new Wasm2VecError("format-unknown", `${file} is no .npy file. Write it with numpy.save(path, array).`);
  }
  const version = head[6];
  if (head.length < 12 || version < 1 || version > 3) throw damaged(file, `its version is ${show(version)}`);
  const view = new DataView(head.buffer, head.byteOffset);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerBegin = version === 1 ? 10 : 12;
  const begin = headerBegin + length;
  if (length > LONGEST_HEADER || begin > source.size) throw damaged(file, `its header claims to have ${length} bytes`);
  const text = new TextDecoder().decode(await source.read(headerBegin, begin, signal));
  const array = { ...parseHeader(text, file), source, begin, name: file };
  checkSize(array);
  return array;
}

function parseHeader(text: string, file: string): Pick<StoredArray, "type" | "shape" | "isFortran"> {
  const descr = /'descr'\s*:\s*('([^']*)'|\[)/.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\dL,\s]*)\)/.exec(text);
  if (!descr || !fortran || !shape) throw damaged(file, `its header is ${show(text.trim())}`);
  const type = descr[2] === undefined ? undefined : elementType(descr[2]);
  if (!type) {
    throw new Wasm2VecError(
      "format-unknown",
      `${file} holds elements of type ${show(descr[2] ?? "with fields")}; expected numbers. Convert them: numpy.save(path, array.astype("float32")).`,
    );
  }
  const sizes = shape[1].match(/\d+/g) ?? [];
  return { type, isFortran: fortran[1] === "True", shape: sizes.map(Number) };
}

/** @throws {Wasm2VecError} `format-damaged` unless the source is as long as the array's elements need */
export function checkSize({ type, shape, source, begin, name }: StoredArray): void {
  const bytes = elementsOf(shape) * type.bytes;
  if (bytes <= source.size - begin) return;
  throw damaged(
    name,
    `its shape (${shape.slice(0, 8).join(", ")}) takes ${bytes} bytes, and it has ${source.size - begin}`,
  );
}

/** Reads a part of an array as numbers. */
class ElementReader {
  private bytes = new Uint8Array();

  private constructor(
    private readonly array: StoredArray,
    private readonly options: ReadOptions,
    /** of float16 only */
    private readonly decoder: Decoder | undefined,
  ) {}

  static async open(array: StoredArray, options: ReadOptions): Promise<ElementReader> {
    const { kind, bytes } = array.type;
    return new ElementReader(array, options, kind === "f" && bytes === 2 ? await openDecoder("float16") : undefined);
  }

  /** Elements from number `first` on, as many as `count`: valid until the next are read. */
  async read(first: number, count: number): Promise<ArrayLike<number>> {
    const { source, begin, type, name } = this.array;
    const { signal, reading } = this.options;
    const length = count * type.bytes;
    if (this.bytes.length < length) this.bytes = new Uint8Array(length);
    const bytes = this.bytes.subarray(0, length);
    signal?.throwIfAborted();
    await readInto(source, bytes, begin + first * type.bytes, signal);
    if (reading) reading.bytes += length;
    if (type.isBigEndian) swapBytes(bytes, type.bytes);
    if (!this.decoder) return numbersOf(bytes, type, name);
    const out = new Float32Array(count);
    this.decoder.decode(bytes, out);
    return out;
  }

  close(): void {
    this.decoder?.close();
  }
}

/** Fills `into` with a source's bytes from `begin` on; a file does so without another buffer. */
async function readInto(source: RandomAccess, into: Uint8Array<ArrayBuffer>, begin: number, signal?: AbortSignal) {
  const file = source as RandomAccess & { readInto?(into: Uint8Array<ArrayBuffer>, begin: number): Promise<void> };
  if (file.readInto) return file.readInto(into, begin);
  into.set(await source.read(begin, begin + into.length, signal));
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
}

/** The numbers of bytes that lie at the beginning of a buffer. */
function numbersOf(
  { buffer, byteLength }: Uint8Array<ArrayBuffer>,
  { kind, bytes }: ElementType,
  name: string,
): ArrayLike<number> {
  const length = byteLength / bytes;
  if (kind === "f") return bytes === 4 ? new Float32Array(buffer, 0, length) : new Float64Array(buffer, 0, length);
  if (bytes === 8) return wideIntegers(new Uint32Array(buffer, 0, 2 * length), kind === "i", name);
  if (kind === "i") {
    return new (bytes === 1 ? Int8Array : bytes === 2 ? Int16Array : Int32Array)(buffer, 0, length);
  }
  return new (bytes === 1 ? Uint8Array : bytes === 2 ? Uint16Array : Uint32Array)(buffer, 0, length);
}

/** @param halves the lower and the upper 32 bits of each integer */
function wideIntegers(halves: Uint32Array, isSigned: boolean, name: string): Float64Array {
  const numbers = new Float64Array(halves.length / 2);
  for (let i = 0; i < numbers.length; i++) {
    const upper = isSigned ? halves[2 * i + 1] | 0 : halves[2 * i + 1];
    numbers[i] = upper * 2 ** 32 + halves[2 * i];
    if (!Number.isSafeInteger(numbers[i])) throw damaged(name, "it holds integers beyond 2^53");
  }
  return numbers;
}

/**
 * All numbers of an array, in its rows' order.
 *
 * @throws {Wasm2VecError} `format-damaged` for integers beyond 2^53
 */
export async function readNumbers(array: StoredArray, options: ReadOptions = {}): Promise<Float64Array> {
  checkSize(array);
  const elements = elementsOf(array.shape);
  const numbers = new Float64Array(elements);
  const reader = await ElementReader.open(array, options);
  const step = CHUNK_BYTES / array.type.bytes;
  try {
    for (let first = 0; first < elements; first += step) {
      numbers.set(await reader.read(first, Math.min(step, elements - first)), first);
    }
    return array.isFortran && array.shape.length > 1 ? transposed(numbers, array.shape) : numbers;
  } finally {
    reader.close();
  }
}

/** The same elements, with the last index, not the first, running fastest. */
function transposed(numbers: Float64Array, shape: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => elementsOf(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  return numbers.map(() => {
    const value = numbers[index.reduce((sum, i, axis) => sum + i * strides[axis], 0)];
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
    return value;
  });
}

/** Consecutive rows of a matrix from number `begin` on. */
export interface ArrayRows {
  begin: number;
  /** (n · columns,) valid until the next are asked for */
  rows: Float32Array;
}

/**
 * The rows of an array (rows, columns) as float32, some at a time, the first `limit` of them.
 *
 * @throws {Wasm2VecError} `shape-mismatch` unless it has two dimensions; `format-damaged`
 */
export async function* readRows(
  array: StoredArray,
  { limit = Number.POSITIVE_INFINITY, ...options }: ReadOptions & { limit?: number } = {},
): AsyncGenerator<ArrayRows> {
  const { shape, type, isFortran } = array;
  const [allRows, columns] = matrixShape(array);
  checkSize(array);
  const rows = Math.min(allRows, limit);
  if (!rows || !columns) return;
  const step = Math.max(1, Math.floor((isFortran ? 8 * CHUNK_BYTES : CHUNK_BYTES) / (columns * type.bytes)));
  const reader = await ElementReader.open(array, options);
  const buffer = new Float32Array(Math.min(step, rows) * columns);
  try {
    for (let begin = 0; begin < rows; begin += step) {
      const count = Math.min(step, rows - begin);
      const out = buffer.subarray(0, count * columns);
      if (!isFortran) {
        const numbers = await reader.read(begin * columns, count * columns);
        if (numbers instanceof Float32Array) yield { begin, rows: numbers };
        else {
          out.set(numbers);
          yield { begin, rows: out };
        }
        continue;
      }
      for (let column = 0; column < columns; column++) {
        const numbers = await reader.read(column * shape[0] + begin, count);
        for (let i = 0; i < count; i++) out[i * columns + column] = numbers[i];
      }
      yield { begin, rows: out };
    }
  } finally {
    reader.close();
  }
}

/** @throws {Wasm2VecError} `shape-mismatch` unless it has two dimensions */
export function matrixShape({ shape, name }: StoredArray): [rows: number, columns: number] {
  if (shape.length === 2) return [shape[0], shape[1]];
  throw new Wasm2VecError(
    "shape-mismatch",
    `${name} has the shape (${shape.slice(0, 8).join(", ")}); expected (rows, columns).`,
  );
}

/**
 * A .npy file of float32 in chunks.
 *
 * @param rows the numbers of some rows, one after the other, as often as it takes
 */
export function* npyChunks(shape: readonly number[], rows: Iterable<Float32Array>): Generator<Uint8Array> {
  yield npyHeader("<f4", shape);
  for (const some of rows) yield new Uint8Array(some.buffer, some.byteOffset, some.byteLength);
}

/** What a file of version 1 begins with. */
function npyHeader(descr: string, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + dict.length + 1) / ALIGNMENT) * ALIGNMENT - 10;
  const header = `${dict.padEnd(length - 1)}\n`;
  const bytes = Uint8Array.from(`${MAGIC}\x01\x00\x00\x00${header}`, (character) => character.charCodeAt(0));
  new DataView(bytes.buffer).setUint16(8, length, true);
  return bytes;
}

function damaged(file: string, what: string): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `${file} is no whole array: ${what}. Copy or download it again.`);
}
