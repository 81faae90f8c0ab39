/** Where bytes come from: path | URL | Blob | bytes | stream -> reads in any order, or chunks in theirs. */

import { runtime } from "#runtime";
import { isIterable, listOf } from "../check-options.ts";
import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import type { BytePipe, FileAccess } from "../runtime/runtime.ts";
import { fetchWhole, httpAbsent, nameOfUrl, openHttp, streamHttp } from "./http.ts";
import {
  blobAccess,
  bytesAccess,
  type FileHandleLike,
  fileHandleAccess,
  isBytes,
  isFileHandle,
  type RandomAccess,
  type RandomAccessLike,
  userAccess,
} from "./random-access.ts";
import { isOneShotStream, isStreamed, type StreamLike, streamChunks } from "./stream.ts";

export type { RandomAccess, RandomAccessLike } from "./random-access.ts";

/**
 * What bytes can be read from in any order: a path, a URL (a string that begins with http:, https:, file:, data: or blob:
 * is one too), a Blob or File, bytes, anything with a `size` and a `read`, and a FileHandle of Node.
 */
export type SourceLike =
  | string
  | URL
  | Blob
  | ArrayBufferView
  | ArrayBufferLike
  | RandomAccessLike
  | FileHandleLike
  | FileSystemFileHandle;

/** What bytes can be read from in their order: streams, too, which are read once. */
export type ChunkSource = SourceLike | StreamLike;

/** What a URL given as a string begins with; `C:\x` is a path. */
export const URL_STRING = /^(https?|file|data|blob):/i;

type HttpUrl = URL & { protocol: "http:" | "https:" };

/** How much is read at a time, where all of a source is wanted. */
const CHUNK = 1 << 18;

/** The longest path, URL or reason that a message shows whole. */
const MAX_SHOWN = 160;

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
  throw isHttp(address) ? httpAbsent(address) : notFound(from);
}

/** As openSource; undefined where there is no such file. */
export async function openIfThere(from: SourceLike, signal?: AbortSignal): Promise<RandomAccess | undefined> {
  signal?.throwIfAborted();
  const address = addressOf(from);
  if (address === undefined) return openObject(from as Exclude<SourceLike, string | URL>);
  if (isHttp(address)) return openHttp(address, signal);
  if (!isPath(address)) return fetchWhole(address, signal);
  const opened = await openPath(address);
  if (!opened || "size" in opened) return opened;
  await opened.close();
  throw notReadable(address, new Error("it is not a regular file"));
}

/** What messages call a source. */
export function nameOf(from: ChunkSource): string {
  const address = addressOf(from);
  if (address === undefined) return "The given source";
  return typeof address === "string" ? quoted(address) : clipped(nameOfUrl(address));
}

/** An address in a message. */
export const quoted = (address: string | URL) => `"${clipped(String(address))}"`;

/** The beginning and the end of what is too long to be shown: names are at the end. */
export const clipped = (text: string) =>
  text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 2)}` : text;

async function openObject(from: Exclude<SourceLike, string | URL>): Promise<RandomAccess> {
  checkSource(from);
  if (isBytes(from)) return bytesAccess(from);
  if (from instanceof Blob) return blobAccess(from);
  if (isPageHandle(from)) return blobAccess(checkedFile(await from.getFile()));
  if (isFileHandle(from)) return fileHandleAccess(from);
  if (isUserSource(from)) return userAccess(from);
  throw new Wasm2VecError(
    "option-invalid",
    `A source is ${show(from)}, which is read once and in its order; expected what can be read in any order: a path, a URL, a Blob, bytes, or an object with size and read. Pass the bytes: await new Response(stream).arrayBuffer()`,
  );
}

/** @throws {Wasm2VecError} `file-not-readable` where a file handle's file is none */
function checkedFile(file: File): File {
  if (isObject(file) && file instanceof Blob) return file;
  const message = `getFile() of the given file handle gave ${show(file)}; expected a File. Choose the file again.`;
  throw new Wasm2VecError("file-not-readable", message);
}

/**
 * Refuses what is no source at all, before anything is opened.
 *
 * @throws {Wasm2VecError} `option-invalid`
 */
export function checkSource(from: ChunkSource): void {
  if (typeof from === "string" || (isObject(from) && isSource(from))) return;
  throw new Wasm2VecError(
    "option-invalid",
    `A source is ${show(from)}; expected a path, a URL, a Blob, bytes, or an object with size and read.`,
  );
}

/** Whether it is a source of any kind, but for paths and URLs given as strings. */
export const isSource = (from: object) =>
  from instanceof URL ||
  isBytes(from) ||
  from instanceof Blob ||
  isPageHandle(from) ||
  isFileHandle(from) ||
  isStreamed(from) ||
  isUserSource(from);

const isPageHandle = (from: object): from is FileSystemFileHandle =>
  typeof (from as FileSystemFileHandle).getFile === "function";

/** Streams of Node have a method `read` too, but no size. */
const isUserSource = (from: object): from is RandomAccessLike =>
  typeof (from as RandomAccessLike).read === "function" && ("size" in from || !isStreamed(from));

/** Whether it is read in its order. */
const isStream = (from: object): from is StreamLike => isStreamed(from) && !isUserSource(from);

/** Whether it can be read only once. */
export const isOneShotSource = (from: ChunkSource) =>
  typeof from === "object" && isStream(from) && isOneShotStream(from);

/** Whether it stands for a single file by itself, whatever its kind. */
export function isSingleFile(from: object): from is Exclude<SourceLike, string | URL> {
  return from instanceof Blob || isBytes(from) || isPageHandle(from) || isFileHandle(from) || isUserSource(from);
}

/** Several files: as a page's input gives them, or by their names. */
export type SeveralFiles = Iterable<File> | ReadonlyMap<string, SourceLike>;

/** Whether it is several files. */
export const isSeveral = (from: ChunkSource | SeveralFiles): from is SeveralFiles =>
  isObject(from) && !isSource(from) && (tagOf(from) === "Map" || isIterable(from));

/** All bytes of a source. */
export async function readAll(source: RandomAccess, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  return source.read(0, source.size, signal);
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

/** How far a source was read. */
export interface Reading {
  bytes: number;
  /** how many there are, where that is known */
  totalBytes?: number;
}

export interface ReadOptions {
  /** is told how far the source was read */
  reading?: Reading;
  /** ends the reading, also where it waits */
  signal?: AbortSignal;
}

/**
 * The bytes of a source from the first to the last, without holding more than a chunk of it: http as one request, streams
 * and named pipes as they come, all else in reads of 256 KiB. What goes wrong, goes wrong at a read: see openSource. A chunk
 * is valid until the next but one is asked for: so one may be read while another is worked on.
 *
 * @throws {Wasm2VecError} also `one-shot-corpus` for a stream that was read before
 */
export async function* readChunks(
  from: ChunkSource,
  { reading, signal }: ReadOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const chunk of chunksOf(from, reading, signal)) {
    if (reading) reading.bytes += chunk.length;
    yield chunk;
  }
}

async function* chunksOf(
  from: ChunkSource,
  reading: Reading | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  const address = addressOf(from);
  if (isHttp(address)) return yield* streamHttp(address, signal);
  if (address === undefined) {
    checkSource(from);
    if (isStream(from as object)) return yield* streamChunks(from as StreamLike, signal);
  }
  const source = isPath(address) ? await openPath(address) : await openSource(from as SourceLike, signal);
  if (!source) throw notFound(from);
  try {
    if (isFile(source)) yield* readFile(source, reading);
    else if ("size" in source) yield* readInOrder(source, reading, signal);
    else yield* pipeChunks(source, signal);
  } finally {
    await source.close?.();
  }
}

async function* readInOrder(source: RandomAccess, reading: Reading | undefined, signal: AbortSignal | undefined) {
  const { size } = source;
  if (reading) reading.totalBytes = size;
  for (let begin = 0; begin < size; begin += CHUNK) {
    yield await source.read(begin, Math.min(begin + CHUNK, size), signal);
  }
}

const isFile = (source: RandomAccess | BytePipe): source is FileAccess => "readInto" in source;

/** Reads by turns into two buffers: new ones for each read would lie about until garbage is collected. */
async function* readFile(file: FileAccess, reading: Reading | undefined) {
  const { size } = file;
  if (reading) reading.totalBytes = size;
  const [buffer, other] = [0, 1].map(() => new Uint8Array(Math.min(CHUNK, size)));
  for (let begin = 0; begin < size; begin += CHUNK) {
    const into = (begin / CHUNK) % 2 ? other : buffer;
    const chunk = into.subarray(0, size - begin);
    await file.readInto(chunk, begin);
    yield chunk;
  }
}

async function* pipeChunks(pipe: BytePipe, signal: AbortSignal | undefined) {
  for (;;) {
    const chunk = await pipe.next(signal);
    if (!chunk) return;
    yield chunk;
  }
}

/** Whether a value is a path or a URL. */
export const isAddress = (value: unknown): value is string | URL =>
  typeof value === "string" || (isObject(value) && value instanceof URL);

/** A source or target as it is now: a URL may be changed while something else is awaited. */
export const asItIs = <Place>(place: Place): Place =>
  isAddress(place) && place instanceof URL ? (new URL(place) as Place & URL) : place;

/**
 * A source, or several files, as they are now.
 *
 * @throws {Wasm2VecError} `option-invalid` for what is neither
 */
export function taken<Source extends ChunkSource>(from: Source | SeveralFiles): Source | SeveralFiles {
  if (isSeveral(from)) {
    const isMap = tagOf(from) === "Map";
    return isMap ? new Map(from as ReadonlyMap<string, SourceLike>) : listOf(from as Iterable<File>, "The files");
  }
  checkSource(from);
  return asItIs(from);
}

/** The URL or path that is meant; undefined for what is neither. */
const addressOf = (from: unknown) => (isAddress(from) ? locate(from) : undefined);

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
    throw new Wasm2VecError("option-invalid", `${quoted(text)} is no valid URL.`, { cause });
  }
}

function isHttp(address: string | URL | undefined): address is HttpUrl {
  return address instanceof URL && /^https?:$/.test(address.protocol);
}

/** Whether it is a file's path or its file: URL. */
function isPath(address: string | URL | undefined): address is string | URL {
  return typeof address === "string" || address?.protocol === "file:";
}

const hubAdvice = (name: string) =>
  `If it is a name on the Hugging Face hub, pass its file's address: https://huggingface.co/${name}/resolve/main/model.safetensors`;

function notFound(from: ChunkSource): Wasm2VecError {
  const hub = typeof from === "string" && /^[\w-]+\/[\w.-]+$/.test(from) ? ` ${hubAdvice(from)}` : "";
  return new Wasm2VecError(
    "file-not-found",
    `There is no file ${quoted(String(addressOf(from)))}. Check the path; a relative one starts from the working directory.${hub}`,
  );
}

async function openPath(path: string | URL): Promise<FileAccess | BytePipe | undefined> {
  if (!runtime.openPath) {
    const advice = "Give an http URL, a Blob or bytes instead.";
    throw new Wasm2VecError(
      "not-supported-here",
      `${quoted(path)} is a file's path, and there are no files here. ${advice}`,
    );
  }
  const fail = (cause: unknown) => {
    throw notReadable(path, cause);
  };
  const opened = await runtime.openPath(path).catch(fail);
  if (!opened) return undefined;
  if ("size" in opened) {
    return {
      ...opened,
      read: (begin, end) => opened.read(begin, end).catch(fail),
      readInto: (into, begin) => opened.readInto(into, begin).catch(fail),
    };
  }
  return {
    ...opened,
    next: (signal) => opened.next(signal).catch((cause) => (signal?.aborted ? Promise.reject(cause) : fail(cause))),
  };
}

function notReadable(path: string | URL, cause: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "file-not-readable",
    `${quoted(path)} could not be read: ${clipped((cause as Error).message)}. Check that it is a file and that you may read it.`,
    { cause },
  );
}
