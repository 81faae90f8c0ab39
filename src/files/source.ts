/** Where bytes come from: path | URL | Blob | bytes | stream -> reads in any order, or chunks in theirs. */

import { show, Wasm2VecError } from "../errors.ts";
import { type BytePipe, type FileAccess, runtime } from "../runtime/runtime.ts";
import type { UrlLike } from "./address.ts";
import { isBytes } from "./bytes.ts";
import type { Fetching } from "./fetching.ts";
import { blobAccess, bytesAccess, fileHandleAccess, type RandomAccess, userAccess } from "./random-access.ts";
import {
  addressOf,
  type ChunkSource,
  checkSource,
  clipped,
  type FileLike,
  isBlob,
  isFileHandle,
  isHttp,
  isPageHandle,
  isPath,
  isStream,
  isUserSource,
  quoted,
  type SourceLike,
  type StreamLike,
} from "./source-kinds.ts";
import { streamChunks } from "./stream.ts";

export type { RandomAccess } from "./random-access.ts";

/** How much is read at a time, where all of a source is wanted. */
const CHUNK = 1 << 18;

/**
 * Opens a source for reads in any order. Nothing, or little, of it is read yet: http is read by ranges, and only where
 * the server knows none is the file fetched whole and kept in memory.
 *
 * @param signal stops the opening
 * @param fetching how it is fetched, where its address is one of http
 * @throws {Wasm2VecError} `file-not-found`, `file-not-readable`, `http-failed`; `too-large` for a large file of a server
 *   without ranges, where that is not allowed; `not-supported-here` for a path where there are no files; `option-invalid`
 */
export async function openSource(from: SourceLike, signal?: AbortSignal, fetching?: Fetching): Promise<RandomAccess> {
  const opened = await open(from, signal, fetching);
  if (opened instanceof Wasm2VecError) throw opened;
  if (!opened) throw notFound(from);
  return opened;
}

/**
 * As openSource; undefined where there is no such file. On a server, one that needs a permission, or has an HTML page in its
 * place, is none either: `fetching.onAbsent` is told why.
 */
export async function openIfThere(
  from: SourceLike,
  signal?: AbortSignal,
  fetching?: Fetching,
): Promise<RandomAccess | undefined> {
  const opened = await open(from, signal, fetching);
  return opened instanceof Wasm2VecError ? undefined : opened;
}

/** The source, or why there is none where more is known than that. */
async function open(from: SourceLike, signal?: AbortSignal, fetching?: Fetching) {
  signal?.throwIfAborted();
  const address = addressOf(from);
  if (address === undefined) return openObject(from as Exclude<SourceLike, string | UrlLike>);
  if (isHttp(address)) return (await http()).openHttp(address, signal, fetching);
  if (!isPath(address)) return (await http()).fetchWhole(address, signal);
  const opened = await openPath(address);
  if (!opened || "size" in opened) return opened;
  await opened.close();
  throw notReadable(address, new Error("it is not a regular file"));
}

/** Is loaded where something is fetched. */
const http = () => import("./http.ts");

async function openObject(from: Exclude<SourceLike, string | UrlLike>): Promise<RandomAccess> {
  checkSource(from);
  if (isBytes(from)) return bytesAccess(from);
  if (isBlob(from)) return blobAccess(from);
  if (isPageHandle(from)) return blobAccess(checkedFile(await from.getFile()));
  if (isFileHandle(from)) return fileHandleAccess(from);
  if (isUserSource(from)) return userAccess(from);
  throw new Wasm2VecError(
    "option-invalid",
    `A source is ${show(from)}, which is read once and in its order; expected what can be read in any order: a path, a URL, a Blob, bytes, or an object with size and read. Pass the bytes: await new Response(stream).arrayBuffer()`,
  );
}

/** @throws {Wasm2VecError} `file-not-readable` where a file handle's file is none */
function checkedFile(file: FileLike): FileLike {
  if (isBlob(file)) return file;
  const message = `getFile() of the given file handle gave ${show(file)}; expected a File. Choose the file again.`;
  throw new Wasm2VecError("file-not-readable", message);
}

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
  if (isHttp(address)) return yield* (await http()).streamHttp(address, signal);
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
      readNow(into, begin) {
        try {
          opened.readNow(into, begin);
        } catch (cause) {
          fail(cause);
        }
      },
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
