/** What bytes can be read from, and what it is that one has: nothing is opened here. */

import { isIterable, listOf } from "../check-options.ts";
import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import type { ReadableFile } from "../runtime/read-file.ts";
import { runtime } from "../runtime/runtime.ts";
import { isAddress, isUrl, nameOfText, nameOfUrl, type UrlLike } from "./address.ts";
import { isBytes } from "./bytes.ts";

/** A user's own source, for instance over an object store. What it gives is copied and checked. */
export interface RandomAccessLike {
  /** how many bytes there are */
  readonly size: number;
  /** The bytes from `begin` up to, not including, `end`, no more and no fewer; both lie within the size. */
  read(begin: number, end: number, signal?: AbortSignal): MaybePromise<ArrayBufferView | ArrayBufferLike>;
}

export type MaybePromise<Value> = Value | PromiseLike<Value>;

/** A Blob, of whatever realm. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(begin?: number, end?: number): BlobLike;
}

/** A File, of whatever realm. */
export interface FileLike extends BlobLike {
  readonly name: string;
  /** its path below the folder that was chosen; "" where files were */
  readonly webkitRelativePath?: string;
}

/** A file that the user opened, as `open` of node:fs/promises gives it. */
export interface FileHandleLike {
  /** its number in the system */
  readonly fd: number;
  /** Says how many bytes there are, and whether it is a regular file. */
  stat(): Promise<{ size: number; isFile(): boolean }>;
}

/** What of it is not in the public type, where TypeScript could not tell it from a user's `read`. */
export type ReadableHandle = FileHandleLike & ReadableFile;

/** A stream of the Web, of whatever realm. */
export interface ReadableStreamLike<Chunk> {
  readonly locked: boolean;
  getReader(): { read(): Promise<{ done: boolean; value?: Chunk }>; cancel(reason?: unknown): Promise<unknown> };
}

/** An answer of fetch, of whatever realm. */
export interface ResponseLike {
  /** whether the status is 200 to 299 */
  readonly ok: boolean;
  /** such as 206 */
  readonly status: number;
  /** such as "Partial Content" */
  readonly statusText: string;
  /** whether somebody has read it */
  readonly bodyUsed: boolean;
  /** what was answered, as it comes; null where that is nothing */
  readonly body: ReadableStreamLike<Uint8Array> | null;
}

/** A stream of the Web or of Node, an answer of fetch, or any async iterable of bytes. */
export type StreamLike =
  | ReadableStreamLike<ArrayBufferView | ArrayBufferLike>
  | ResponseLike
  | AsyncIterable<ArrayBufferView | ArrayBufferLike>;

/** A file that a user chose in a page: a FileSystemFileHandle. */
export interface PageFileLike {
  getFile(): Promise<FileLike>;
}

/**
 * What bytes can be read from in any order: a path, a URL (a string that begins with http:, https:, file:, data: or blob:
 * is one too), a Blob or File, bytes, anything with a `size` and a `read`, and a FileHandle of Node.
 */
export type SourceLike =
  | string
  | UrlLike
  | BlobLike
  | ArrayBufferView
  | ArrayBufferLike
  | RandomAccessLike
  | FileHandleLike
  | PageFileLike;

/** What bytes can be read from in their order: streams, too, which are read once. */
export type ChunkSource = SourceLike | StreamLike;

/** Several files: as a page's input gives them, or by their names. */
export type SeveralFiles = Iterable<FileLike> | ReadonlyMap<string, SourceLike>;

/** What a URL given as a string begins with; `C:\x` is a path. */
export const URL_STRING = /^(https?|file|data|blob):/i;

export type HttpUrl = URL & { protocol: "http:" | "https:" };

/** The longest path, URL or reason that a message shows whole. */
const MAX_SHOWN = 160;

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
  isUrl(from) ||
  isBytes(from) ||
  isBlob(from) ||
  isPageHandle(from) ||
  isFileHandle(from) ||
  isStreamed(from) ||
  isUserSource(from);

export const isPageHandle = (from: object): from is PageFileLike =>
  typeof (from as PageFileLike).getFile === "function";

/** Streams of Node have a method `read` too, but no size. */
export const isUserSource = (from: object): from is RandomAccessLike =>
  typeof (from as RandomAccessLike).read === "function" && ("size" in from || !isStreamed(from));

/** Whether it is read in its order. */
export const isStream = (from: object): from is StreamLike => isStreamed(from) && !isUserSource(from);

/** Whether it can be read only once. */
export const isOneShotSource = (from: ChunkSource) =>
  typeof from === "object" && isStream(from) && isOneShotStream(from);

/** Whether it stands for a single file by itself, whatever its kind. */
export function isSingleFile(from: object): from is Exclude<SourceLike, string | UrlLike> {
  return isBlob(from) || isBytes(from) || isPageHandle(from) || isFileHandle(from) || isUserSource(from);
}

/** Whether it is several files. */
export const isSeveral = (from: ChunkSource | SeveralFiles): from is SeveralFiles =>
  isObject(from) && !isSource(from) && (tagOf(from) === "Map" || isIterable(from));

/** Whether a value is a Blob or a File, of whatever realm. */
export const isBlob = (value: unknown): value is BlobLike => isObject(value) && /^(Blob|File)$/.test(tagOf(value));
export function isFileHandle(from: object): from is ReadableHandle {
  const { fd, stat, read } = from as ReadableHandle;
  return typeof fd === "number" && typeof stat === "function" && typeof read === "function";
}

/** Whether it is a ReadableStream, of whatever realm. */
export const isWebStream = (from: object): from is ReadableStreamLike<ArrayBufferView | ArrayBufferLike> =>
  typeof (from as ReadableStream).getReader === "function";

export const isResponse = (from: object): from is ResponseLike => "body" in from && "bodyUsed" in from;

export const isNodeStream = (from: object): from is { readableDidRead: boolean; destroy(): void } =>
  "readableDidRead" in from;

export function isStreamed(from: object): from is StreamLike {
  return isWebStream(from) || isResponse(from) || isAsyncIterable(from);
}

const isAsyncIterable = (from: object) => typeof (from as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function";

/** Whether it can be read only once: a stream or an iterator, but not an object that makes a new one each time. */
export function isOneShotStream(from: object): boolean {
  return (
    isWebStream(from) ||
    isResponse(from) ||
    isNodeStream(from) ||
    typeof (from as { next?: unknown }).next === "function"
  );
}

/** A source or target as it is now: a URL may be changed while something else is awaited. */
export const asItIs = <Place>(place: Place): Place => (isUrl(place) ? (new URL(place.href) as Place & URL) : place);

/**
 * A source, or several files, as they are now.
 *
 * @throws {Wasm2VecError} `option-invalid` for what is neither
 */
export function taken<Source extends ChunkSource>(from: Source | SeveralFiles): Source | SeveralFiles {
  if (isSeveral(from)) {
    const isMap = tagOf(from) === "Map";
    return isMap ? new Map(from as ReadonlyMap<string, SourceLike>) : listOf(from as Iterable<FileLike>, "The files");
  }
  checkSource(from);
  return asItIs(from);
}

/** The URL or path that is meant; undefined for what is neither. */
export const addressOf = (from: unknown) => (isAddress(from) ? locate(from) : undefined);

/** The URL that is meant, or the path where files have paths. */
export function locate(from: string | UrlLike): string | URL {
  // a URL of this realm, whatever realm it comes from
  if (isUrl(from)) return parseUrl(from.href);
  if (URL_STRING.test(from)) return parseUrl(from);
  const base = runtime.baseUrl?.();
  return base ? parseUrl(from, base) : from;
}

function parseUrl(text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch {
    // the cause would show all of it, as Node's does
    throw new Wasm2VecError("option-invalid", `${quoted(text)} is no valid URL.`);
  }
}

export function isHttp(address: string | URL | undefined): address is HttpUrl {
  return typeof address === "object" && /^https?:$/.test(address.protocol);
}

/** Whether it is a file's path or its file: URL. */
export function isPath(address: string | URL | undefined): address is string | URL {
  return typeof address === "string" || address?.protocol === "file:";
}

/** What messages call a source. */
export function nameOf(from: ChunkSource): string {
  const address = addressOf(from);
  if (address === undefined) return "The given source";
  return typeof address === "string" ? quoted(address) : clipped(nameOfUrl(address));
}

/** An address in a message. */
export const quoted = (address: string | UrlLike): string => `"${plainName(address)}"`;

/** What an address of a server begins with, whether it can be read or not. */
const SERVER = /^\s*((https?|hf):|[a-z][\w+.-]+:\/\/)/i;

/** A path as it is; an address without its query, user and password. */
export function plainName(address: string | UrlLike): string {
  const text = String(address);
  return clipped(SERVER.test(text) ? nameOfText(text) : text);
}

/** The beginning and the end of what is too long to be shown: names are at the end. */
export const clipped = (text: string) =>
  text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN / 2)}…${text.slice(-MAX_SHOWN / 2)}` : text;
