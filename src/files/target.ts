/** Where bytes go to: path | URL | file handle | stream, whole or not at all. */

import { isObject, show, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { type Chunks, runtime } from "../runtime/runtime.ts";
import { isAddress, isUrl, type UrlLike } from "./address.ts";
import { clipped, locate, nameOf, quoted, URL_STRING } from "./source-kinds.ts";

/** A stream of the Web to write to, of whatever realm. */
export interface WritableStreamLike {
  getWriter(): {
    write(chunk: Uint8Array<ArrayBuffer>): Promise<unknown>;
    close(): Promise<unknown>;
    abort(reason?: unknown): Promise<unknown>;
  };
}

/** A file that a user chose in a page, to write to: a FileSystemFileHandle. */
export interface PageTargetLike {
  createWritable(): Promise<WritableStreamLike>;
}

/** What can be written to: a path or file: URL, a file that a user chose in a page, or any stream. */
export type TargetLike = string | UrlLike | PageTargetLike | WritableStreamLike;

/**
 * Writes the chunks one after the other. A file keeps its old content, or stays away, until all of the new is written; a
 * stream is aborted on failure, and closed at the end. An abort is heard between chunks.
 *
 * @throws {Wasm2VecError} `file-not-writable`; `not-supported-here` for a path where there are no files; `option-invalid`
 */
export async function saveTo(target: TargetLike, chunks: Chunks, signal?: AbortSignal): Promise<void> {
  try {
    signal?.throwIfAborted();
    if (isAddress(target)) await writePath(target, chunks, signal);
    else await writeStream(await streamOf(target), chunks, signal);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof Wasm2VecError) throw cause;
    const what = isAddress(target) ? nameOfTarget(target) : "The given target";
    throw new Wasm2VecError(
      "file-not-writable",
      `${what} could not be written: ${clipped((cause as Error).message)}. Choose a place that can be written to and has room.`,
      { cause },
    );
  }
}

const isUrlLike = (target: string | UrlLike) => isUrl(target) || URL_STRING.test(target);

/** A target's path, or a chosen file's name; "" where it has none. */
export function fileName(target: TargetLike): string {
  if (isAddress(target)) return isUrlLike(target) ? String(target).replace(/[?#].*/, "") : String(target);
  const name = isObject(target) ? (target as { name?: unknown }).name : undefined;
  return typeof name === "string" ? name : "";
}

/** A path is called as it was given, also where no paths are. */
const nameOfTarget = (target: string | UrlLike) => (isUrlLike(target) ? nameOf(target) : quoted(target));

async function writePath(target: string | UrlLike, chunks: Chunks, signal?: AbortSignal): Promise<void> {
  const isUrl = isUrlLike(target);
  if (isUrl && !/^file:/i.test(String(target))) {
    throw new Wasm2VecError(
      "option-invalid",
      `${nameOfTarget(target)} cannot be written to; expected a path, a file: URL, a file handle or a WritableStream.`,
    );
  }
  if (runtime.writePath) return runtime.writePath(locate(target), chunks, signal);
  throw new Wasm2VecError(
    "not-supported-here",
    `${nameOfTarget(target)} is a file's path, and none can be written here. Give a file handle or a WritableStream instead, or take the bytes.`,
  );
}

async function streamOf(target: Exclude<TargetLike, string | UrlLike>): Promise<WritableStreamLike> {
  const stream =
    isObject(target) && typeof (target as PageTargetLike).createWritable === "function"
      ? await (target as PageTargetLike).createWritable()
      : target;
  if (isObject(stream) && typeof (stream as WritableStreamLike).getWriter === "function")
    return stream as WritableStreamLike;
  throw new Wasm2VecError(
    "option-invalid",
    `A target is ${show(target)}; expected a path, a file: URL, a file handle or a WritableStream. A stream of Node becomes one by Writable.toWeb(stream).`,
  );
}

/** Chunks may be views of a memory that changes later, and streams keep what they were given: so each is copied. */
async function writeStream(stream: WritableStreamLike, chunks: Chunks, signal?: AbortSignal): Promise<void> {
  const writer = stream.getWriter();
  try {
    for await (const chunk of chunks) await orAbort(writer.write(new Uint8Array(chunk)), signal);
    signal?.throwIfAborted();
    await writer.close();
  } catch (error) {
    // a stream that does not take what it was given may not end either
    const ended = writer.abort(error).catch(() => {});
    if (!signal?.aborted) await ended;
    throw error;
  }
}
