/** Where bytes come from: path | URL | Blob | bytes -> random-access reads, or a stream. */

import { runtime } from "#runtime";
import { Wasm2VecError } from "../errors.ts";
import { fetchWhole, httpAbsent, nameOfUrl, openHttp, streamHttp } from "./http.ts";
import { blobAccess, bytesAccess, type RandomAccess } from "./random-access.ts";

export type { RandomAccess } from "./random-access.ts";

/**
 * What bytes can be read from: a path, a URL (a string that begins with http:, https:, file:, data: or blob: is one
 * too), a Blob or File, bytes, or anything with a `size` and a `read`.
 */
export type SourceLike = string | URL | Blob | Uint8Array | ArrayBuffer | RandomAccess;

/** `C:\x` is a path. */
const URL_STRING = /^(https?|file|data|blob):/i;

type HttpUrl = URL & { protocol: "http:" | "https:" };

/** How much is read at a time, where all of a source is wanted. */
const CHUNK = 1 << 18;

/**
 * Opens a source for reads in any order. Nothing, or little, of it is read yet: http is read by ranges, and only where
 * the server knows none is the file fetched whole and kept in memory.
 *
 * @param signal stops the opening
 * @throws {Wasm2VecError} `file-not-found`, `file-not-readable`, `http-failed`; `not-supported-here` for a path where
 *   there are no files; `option-invalid`
 */
export async function openSource(from: SourceLike, signal?: AbortSignal): Promise<RandomAccess> {
  const source = await openIfThere(from, signal);
  if (source) return source;
  const address = addressOf(from);
  if (isHttp(address)) throw httpAbsent(address);
  throw new Wasm2VecError(
    "file-not-found",
    `There is no file "${address}". Check the path; a relative one starts from the working directory.`,
  );
}

/** As openSource; undefined where there is no such file. */
export async function openIfThere(from: SourceLike, signal?: AbortSignal): Promise<RandomAccess | undefined> {
  signal?.throwIfAborted();
  const address = addressOf(from);
  if (address === undefined) return openObject(from as Exclude<SourceLike, string | URL>);
  if (isHttp(address)) return openHttp(address, signal);
  if (typeof address === "string" || address.protocol === "file:") return openFile(address);
  return fetchWhole(address, signal);
}

/** What messages call a source. */
export function nameOf(from: SourceLike): string {
  const address = addressOf(from);
  if (address === undefined) return "The given source";
  return typeof address === "string" ? `"${address}"` : nameOfUrl(address);
}

function openObject(from: Exclude<SourceLike, string | URL>): RandomAccess {
  if (from instanceof Blob) return blobAccess(from);
  if (from instanceof ArrayBuffer) return bytesAccess(new Uint8Array(from));
  if (from instanceof Uint8Array) return bytesAccess(from);
  if (typeof from?.read === "function") return checkedAccess(from);
  throw new Wasm2VecError(
    "option-invalid",
    `A source is ${from === null ? from : typeof from}; expected a path, a URL, a Blob, bytes, or an object with size and read.`,
  );
}

/** All bytes of a source. */
export async function readAll(source: RandomAccess, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  return source.read(0, source.size, signal);
}

/** How far a source was read. */
export interface Reading {
  bytes: number;
  /** how many there are, where that is known */
  totalBytes?: number;
}

/**
 * A source's bytes as UTF-8 text.
 *
 * @throws {Wasm2VecError} as openSource
 */
export async function readText(from: SourceLike, signal?: AbortSignal): Promise<string> {
  const source = await openSource(from, signal);
  try {
    return new TextDecoder().decode(await readAll(source, signal));
  } finally {
    await source.close?.();
  }
}

/**
 * The bytes of a source from the first to the last, without holding more than a chunk of it: http as one request, all
 * else in reads of 256 KiB. What goes wrong, goes wrong at a read: see openSource.
 *
 * @param reading is told how far it was read
 */
export function openStream(from: SourceLike, reading?: Reading): ReadableStream<Uint8Array<ArrayBuffer>> {
  const chunks = chunksOf(from, reading);
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) return controller.close();
        if (reading) reading.bytes += value.length;
        controller.enqueue(value);
      },
      async cancel() {
        await chunks.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

async function* chunksOf(from: SourceLike, reading?: Reading): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const address = addressOf(from);
  if (isHttp(address)) return yield* streamHttp(address);
  const source = await openSource(from);
  if (reading) reading.totalBytes = source.size;
  try {
    for (let begin = 0; begin < source.size; begin += CHUNK) {
      yield await source.read(begin, Math.min(begin + CHUNK, source.size));
    }
  } finally {
    await source.close?.();
  }
}

function addressOf(from: SourceLike): string | URL | undefined {
  return typeof from === "string" || from instanceof URL ? locate(from) : undefined;
}

/** The URL that is meant, or the path where files have paths. */
export function locate(from: string | URL): string | URL {
  if (from instanceof URL) return from;
  if (URL_STRING.test(from)) return parseUrl(from);
  const base = runtime.baseUrl?.();
  return base ? parseUrl(from, base) : from;
}

function parseUrl(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch (cause) {
    throw new Wasm2VecError("option-invalid", `"${text}" is no valid URL.`, { cause });
  }
}

function isHttp(address: string | URL | undefined): address is HttpUrl {
  return address instanceof URL && /^https?:$/.test(address.protocol);
}

async function openFile(path: string | URL): Promise<RandomAccess | undefined> {
  if (!runtime.openPath) {
    const advice = "Give an http URL, a Blob or bytes instead.";
    throw new Wasm2VecError("not-supported-here", `"${path}" is a file's path, and there are no files here. ${advice}`);
  }
  const source = await runtime.openPath(path).catch((cause) => notReadable(path, cause));
  return (
    source && { ...source, read: (begin, end) => source.read(begin, end).catch((cause) => notReadable(path, cause)) }
  );
}

function notReadable(path: string | URL, cause: Error): never {
  throw new Wasm2VecError(
    "file-not-readable",
    `"${path}" could not be read: ${cause.message}. Check that it is a file and that you may read it.`,
    { cause },
  );
}

/** A user's source: what it reads must be as long as what was asked for. It stays the user's to close. */
function checkedAccess(source: RandomAccess): RandomAccess {
  return {
    size: source.size,
    async read(begin, end, signal) {
      const bytes = await source.read(begin, end, signal);
      if (bytes?.length === end - begin) return bytes;
      throw new Wasm2VecError(
        "file-not-readable",
        `read(${begin}, ${end}) of the given source gave ${bytes?.length} bytes; expected ${end - begin}.`,
      );
    },
  };
}
