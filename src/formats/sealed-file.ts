/**
 * Safetensors files that hold checksums: the last tensor, `checksums` (T, 16) U8, has those of the header and of each tensor
 * before it. What our own files consist of.
 */

import { show, Wasm2VecError } from "../errors.ts";
import { plainBytes } from "../files/bytes.ts";
import { Checksum, DIGEST_BYTES } from "./checksum.ts";
import { type SafetensorsDtype, type SafetensorsFile, safetensorsChunks, type TensorToWrite } from "./safetensors.ts";

const CHECKSUMS = "checksums";

/** How many bytes of a matrix are copied at a time. */
const CHUNK_BYTES = 1 << 22;

type Numbers = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** A tensor of one dimension. */
export function tensorOf(name: string, dtype: SafetensorsDtype, values: Numbers): TensorToWrite {
  return { name, dtype, shape: [values.length], chunks: [plainBytes(values)] };
}

/** How many rows of so many bytes are copied at a time. */
export const chunkRows = (rowBytes: number) => Math.max(1, Math.floor(CHUNK_BYTES / rowBytes));

/** A file whose last tensor holds the checksums of all before it. */
export function* sealedChunks(
  tensors: readonly TensorToWrite[],
  metadata: Record<string, string>,
): Generator<Uint8Array> {
  const checksum = Checksum.open();
  const digests: Uint8Array[] = [];
  function* digested(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const chunk of chunks) {
      checksum.add(chunk);
      yield chunk;
    }
    digests.push(checksum.digest());
  }
  const checksums: TensorToWrite = {
    name: CHECKSUMS,
    dtype: "U8",
    shape: [tensors.length + 1, DIGEST_BYTES],
    chunks: digests,
  };
  const sums = [...tensors.map((tensor) => ({ ...tensor, chunks: digested(tensor.chunks) })), checksums];
  try {
    const chunks = safetensorsChunks(sums, metadata);
    yield* digested([chunks.next().value as Uint8Array]);
    yield* chunks;
  } finally {
    checksum.close();
  }
}

/**
 * The version of a file's format.
 *
 * @param newest that is read
 * @throws {Wasm2VecError} `format-damaged` for what is no whole number from 1 on; `format-unknown` for a newer one
 */
export function versionOf({ file, metadata: { formatVersion } }: SafetensorsFile, newest: number): number {
  if (!/^[1-9]\d*$/.test(formatVersion ?? "")) throw damaged(file, `its formatVersion is ${show(formatVersion)}`);
  if (Number(formatVersion) <= newest) return Number(formatVersion);
  throw new Wasm2VecError(
    "format-unknown",
    `${file} has the format version ${show(formatVersion)}; this wasm2vec reads versions up to ${newest}. Install a newer one.`,
  );
}

/** Reads a file's tensors, and compares their checksums where it has them. */
export class SealedReader {
  private constructor(
    readonly file: SafetensorsFile,
    private readonly checksum: Checksum,
    /** the digest of each tensor; absent in files without */
    private readonly digests: ReadonlyMap<string, Uint8Array> | undefined,
    readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * The engine must be ready.
   *
   * @throws {Wasm2VecError} `format-damaged` where the header is not what was written
   */
  static async open(file: SafetensorsFile, isSealed: boolean, signal?: AbortSignal): Promise<SealedReader> {
    const checksum = Checksum.open();
    try {
      if (!isSealed) return new SealedReader(file, checksum, undefined, signal);
      const names = [...file.tensors.keys()].filter((name) => name !== CHECKSUMS);
      const { begin, end } = checkTensor(file, CHECKSUMS, "U8", [names.length + 1, DIGEST_BYTES]);
      const bytes = await file.source.read(begin, end, signal);
      const digests = names.map((_, i) => bytes.slice((i + 1) * DIGEST_BYTES, (i + 2) * DIGEST_BYTES));
      const reader = new SealedReader(file, checksum, new Map(names.map((name, i) => [name, digests[i]])), signal);
      const dataBegin = Math.min(...Array.from(file.tensors.values(), (tensor) => tensor.begin));
      checksum.add(await file.source.read(0, dataBegin, signal));
      reader.compare("its header", bytes.subarray(0, DIGEST_BYTES));
      return reader;
    } catch (error) {
      checksum.close();
      throw error;
    }
  }

  /** All of a tensor, at the beginning of a buffer of its own. @param shape one dimension of any size by default */
  async read(name: string, dtype: SafetensorsDtype, shape?: number[]): Promise<Uint8Array<ArrayBuffer>> {
    checkTensor(this.file, name, dtype, shape);
    const bytes = aligned(await this.file.read(name, this.signal));
    if (this.digests) this.checksum.add(bytes);
    this.compareTensor(name);
    return bytes;
  }

  /**
   * A tensor of so many rows, some at a time: their bytes, which may be a view of a larger buffer. Where not all are wanted, their checksum is not compared.
   *
   * @param wanted how many rows, the first ones; all by default
   */
  async *rows(
    name: string,
    wanted?: number,
  ): AsyncGenerator<{ begin: number; end: number; bytes: Uint8Array<ArrayBuffer> }> {
    const { begin: at, end: last, shape } = this.file.tensor(name);
    const rows = wanted ?? shape[0];
    const rowBytes = (last - at) / shape[0];
    const step = chunkRows(rowBytes);
    for (let begin = 0; begin < rows; begin += step) {
      const end = Math.min(begin + step, rows);
      const bytes = await this.file.source.read(at + begin * rowBytes, at + end * rowBytes, this.signal);
      if (this.digests) this.checksum.add(bytes);
      yield { begin, end, bytes };
    }
    if (rows === shape[0]) this.compareTensor(name);
    else this.checksum.digest();
  }

  close(): void {
    this.checksum.close();
  }

  private compareTensor(name: string): void {
    const expected = this.digests?.get(name);
    if (expected) this.compare(`tensor ${show(name)}`, expected);
  }

  private compare(what: string, expected: Uint8Array): void {
    const digest = this.checksum.digest();
    if (digest.every((byte, i) => byte === expected[i])) return;
    throw damaged(this.file.file, `${what} is not what was written: its checksum differs`);
  }
}

/**
 * @param shape one dimension of any size by default
 * @throws {Wasm2VecError} `format-damaged`
 */
export function checkTensor(saved: SafetensorsFile, name: string, dtype: SafetensorsDtype, shape?: number[]) {
  const tensor = saved.tensor(name);
  const fits = shape ? String(tensor.shape) === String(shape) : tensor.shape.length === 1;
  if (tensor.dtype === dtype && fits) return tensor;
  const got = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  throw damaged(saved.file, `tensor ${show(name)} is ${got}; expected ${dtype} [${shape ? shape.join(", ") : "V"}]`);
}

/** Bytes that fill a buffer of their own: what a source reads may be a view of a larger one. */
export function aligned(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

export function damaged(file: string, what: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `${file} is not whole: ${what}. Copy or download it again.`, {
    cause,
  });
}
