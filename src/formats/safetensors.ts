/**
 * The safetensors format:
 *
 *     | u64: header's length N | header: N bytes of JSON | data |
 *
 * The header holds, for each tensor, `"name": { "dtype", "shape", "data_offsets": [begin, end] }` with offsets from the
 * data's beginning, and texts in `"__metadata__"`. Tensors are little endian, in row order; together they cover the data
 * without overlap or hole.
 *
 * @see https://huggingface.co/docs/safetensors
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { foreignFile, HEAD_BYTES } from "./foreign-files.ts";
import { JsonReader } from "./json-reader.ts";
import { checkMiscounted } from "./tensor-file.ts";

/** How many bits an element has. */
// biome-ignore format: a line for each size
const DTYPE_BITS = {
  F4: 4,
  F6_E2M3: 6, F6_E3M2: 6,
  BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8,
  I16: 16, U16: 16, F16: 16, BF16: 16,
  I32: 32, U32: 32, F32: 32,
  C64: 64, F64: 64, I64: 64, U64: 64,
} as const;

/** How many dimensions a tensor may have; numpy and PyTorch allow no more. */
const MAX_DIMENSIONS = 64;

/** What the header must hold of a tensor, as messages say it. */
const EXPECTED = {
  dtype: `the format knows ${Object.keys(DTYPE_BITS)}`,
  shape: `expected whole numbers from 0 on, ${MAX_DIMENSIONS} at most`,
  data_offsets: "expected [begin, end]",
};

/** The kinds of element that the format knows. */
export type SafetensorsDtype = keyof typeof DTYPE_BITS;

/** What the header tells of a tensor. */
export interface Tensor {
  name: string;
  dtype: SafetensorsDtype;
  shape: number[];
  /** where its bytes begin in the file */
  begin: number;
  /** where they end: the first byte after them */
  end: number;
}

/** A tensor to be written: its bytes in chunks, one after the other. */
export interface TensorToWrite extends Pick<Tensor, "name" | "dtype" | "shape"> {
  chunks: Iterable<Uint8Array>;
}

/** A header longer than this is refused, as the format wants it. */
const LONGEST_HEADER = 100_000_000;

/** The header's length comes first. */
const LENGTH_BYTES = 8;

/** A safetensors file whose header is read and checked. */
export class SafetensorsFile {
  /**
   * @param file what messages call it
   * @param tensors by their names, in the header's order
   * @param metadata the header's texts
   */
  constructor(
    readonly source: RandomAccess,
    readonly file: string,
    readonly tensors: ReadonlyMap<string, Tensor>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  /** @throws {Wasm2VecError} `format-damaged` when there is none of this name */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor) return tensor;
    throw damaged(this.file, `it has no tensor ${show(name)}`);
  }

  /** All bytes of a tensor. */
  async read(name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const { begin, end } = this.tensor(name);
    return this.source.read(begin, end, signal);
  }
}

/**
 * Reads the header, and nothing else of the file.
 *
 * @param file what messages call the file
 * @throws {Wasm2VecError} `format-damaged` for whatever breaks the format's rules; `format-unknown` for a file of another
 *   format that is known
 */
export async function readSafetensors(
  source: RandomAccess,
  file = "The file",
  signal?: AbortSignal,
): Promise<SafetensorsFile> {
  const dataBegin = await readDataBegin(source, file, signal);
  const header = await source.read(LENGTH_BYTES, dataBegin, signal);
  if (header[0] !== "{".charCodeAt(0)) throw await notThis(source, file, 'its header does not begin with "{"', signal);
  const { tensors, metadata } = readHeader(header, dataBegin, file);
  checkCover(tensors, dataBegin, source.size, file);
  return new SafetensorsFile(source, file, new Map(tensors.map((tensor) => [tensor.name, tensor])), metadata);
}

/** What to say of a file that does not begin as it should: what it is instead, where that is known. */
async function notThis(source: RandomAccess, file: string, what: string, signal?: AbortSignal): Promise<Wasm2VecError> {
  const foreign = foreignFile(await source.read(0, Math.min(HEAD_BYTES, source.size), signal));
  if (!foreign) return damaged(file, what);
  const [name, advice] = foreign;
  return new Wasm2VecError("format-unknown", `${file} is ${name}; expected a safetensors file. ${advice}`);
}

function damaged(file: string, what: string, cause?: unknown): Wasm2VecError {
  const message = `${file} is no whole safetensors file: ${what}. Copy or download it again.`;
  return new Wasm2VecError("format-damaged", message, { cause });
}

/** Where the data begins. The header's length is compared with the file's before anyone believes it. */
async function readDataBegin(source: RandomAccess, file: string, signal?: AbortSignal): Promise<number> {
  const { size } = source;
  const fail = (what: string) => notThis(source, file, what, signal);
  if (size < LENGTH_BYTES) throw await fail(`it has ${size} bytes; expected ${LENGTH_BYTES} for the header's length`);
  const bytes = await source.read(0, LENGTH_BYTES, signal);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LONGEST_HEADER) {
    throw await fail(`its header claims to have ${length} bytes; at most ${LONGEST_HEADER} are allowed`);
  }
  const dataBegin = LENGTH_BYTES + Number(length);
  if (dataBegin > size) {
    throw await fail(`its header claims to end at byte ${dataBegin}, and the file has ${size} bytes`);
  }
  return dataBegin;
}

/** What a header tells. It is read as it is written: whatever it holds, no more is made of it than tensors and texts. */
function readHeader(bytes: Uint8Array, dataBegin: number, file: string) {
  const reader = new JsonReader(decodeHeader(bytes, file), (what, cause) => notJson(file, what, cause));
  const tensors: Tensor[] = [];
  let metadata: Record<string, string> = {};
  for (const name of reader.entries()) {
    if (name === "__metadata__") metadata = readMetadata(reader, file);
    else tensors.push(readTensor(name, reader, dataBegin, file));
  }
  reader.end();
  return { tensors, metadata };
}

function decodeHeader(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw notJson(file, (cause as Error).message, cause);
  }
}

const notJson = (file: string, what: string, cause?: unknown) =>
  damaged(file, `its header is not JSON: ${what}`, cause);

function readMetadata(reader: JsonReader, file: string): Record<string, string> {
  const fail = () => damaged(file, "its __metadata__ is not an object that holds texts only");
  if (reader.peek() !== "{") throw fail();
  const texts: [name: string, text: string][] = [];
  for (const name of reader.entries()) {
    if (reader.peek() !== '"') throw fail();
    texts.push([name, reader.string()]);
  }
  return Object.fromEntries(texts);
}

function readTensor(name: string, reader: JsonReader, dataBegin: number, file: string): Tensor {
  const fail = (what: string) => damaged(file, `tensor ${show(name)}${what}`);
  const { dtype, shape, offsets } = readEntry(reader, fail);
  const bytes = byteLength(dtype, shape);
  const [begin, end] = offsets;
  if (Number.isNaN(bytes)) throw fail(`, ${dtype} ${show(shape)}, makes no whole number of bytes`);
  if (bytes !== end - begin) {
    throw fail(`, ${dtype} ${show(shape)}, takes ${bytes} bytes, but its data_offsets hold ${end - begin}`);
  }
  return { name, dtype, shape, begin: dataBegin + begin, end: dataBegin + end };
}

/** What the header holds of a tensor; what the format does not know is passed over. */
function readEntry(reader: JsonReader, fail: (what: string) => Error) {
  const failField = (field: keyof typeof EXPECTED, got: string): never => {
    throw fail(` has the ${field} ${got}; ${EXPECTED[field]}`);
  };
  let dtype: SafetensorsDtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  for (const field of reader.peek() === "{" ? reader.entries() : []) {
    if (field === "dtype") {
      const name = reader.peek() === '"' ? reader.string() : failField(field, reader.glimpse());
      dtype = isDtype(name) ? name : failField(field, show(name));
    } else if (field === "shape") {
      shape = reader.sizes(MAX_DIMENSIONS) ?? failField(field, reader.glimpse());
    } else if (field === "data_offsets") {
      offsets = reader.sizes(2) ?? failField(field, reader.glimpse());
      if (!(offsets[0] <= offsets[1])) failField(field, show(offsets));
    } else reader.skip();
  }
  return {
    dtype: dtype ?? failField("dtype", "undefined"),
    shape: shape ?? failField("shape", "undefined"),
    offsets: offsets ?? failField("data_offsets", "undefined"),
  };
}

const isDtype = (name: string): name is SafetensorsDtype => Object.hasOwn(DTYPE_BITS, name);

/** The tensors lie one after the other from the data's beginning to the file's end. */
function checkCover(tensors: Tensor[], dataBegin: number, size: number, file: string): void {
  const last = tensors.reduce((most, { end }) => Math.max(most, end), dataBegin);
  checkMiscounted(file, last, size);
  let covered = dataBegin;
  for (const { name, begin, end } of [...tensors].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const fail = (what: string) => damaged(file, `tensor ${show(name)} ${what}`);
    if (end > size) throw fail(`ends at byte ${end}, and the file has ${size} bytes`);
    if (begin < covered) throw fail(`begins at byte ${begin}, within the one before it`);
    if (begin > covered) throw damaged(file, `no tensor holds the bytes from ${covered} to ${begin}`);
    covered = end;
  }
  if (covered < size) throw damaged(file, `no tensor holds its last ${size - covered} bytes`);
}

/** NaN where the bits make no whole bytes, or more than a number counts exactly. */
function byteLength(dtype: SafetensorsDtype, shape: readonly number[]): number {
  let bits: number = DTYPE_BITS[dtype];
  for (const size of shape) bits = Number.isSafeInteger(bits * size) ? bits * size : Number.NaN;
  return bits % 8 === 0 ? bits / 8 : Number.NaN;
}

/**
 * A safetensors file in chunks. Tensors lie in the given order; the data begins at a multiple of 8 bytes, so they are
 * aligned where those of wider elements come first.
 *
 * @throws {Wasm2VecError} `too-large` when the header is; `shape-mismatch` when a tensor's chunks do not fill its shape
 */
export function* safetensorsChunks(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  yield headerBytes(tensors, metadata);
  for (const tensor of tensors) {
    let left = byteLength(tensor.dtype, tensor.shape);
    for (const chunk of tensor.chunks) {
      left -= chunk.byteLength;
      yield chunk;
    }
    if (left !== 0) {
      throw new Wasm2VecError(
        "shape-mismatch",
        `Tensor ${show(tensor.name)}, ${tensor.dtype} [${tensor.shape}], was given ${Math.abs(left)} bytes too ${left > 0 ? "few" : "many"}.`,
      );
    }
  }
}

/** The header's length, the header, and spaces up to a multiple of 8 bytes. */
function headerBytes(tensors: readonly TensorToWrite[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape }) => {
    const begin = end;
    end += byteLength(dtype, shape);
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > LONGEST_HEADER) {
    throw new Wasm2VecError("too-large", `The header would have ${length} bytes; the format allows ${LONGEST_HEADER}.`);
  }
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}
