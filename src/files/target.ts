/** Where bytes go to: path | file handle | stream, whole or not at all. */

import { runtime } from "#runtime";
import { Wasm2VecError } from "../errors.ts";

/** What can be written to: a path, a file that a user chose in a page, or any stream. */
export type TargetLike = string | FileSystemFileHandle | WritableStream<Uint8Array<ArrayBuffer>>;

/**
 * Writes the pieces one after the other. A file keeps its old content, or stays away, until all of the new is written; a
 * stream is aborted on failure, and closed at the end.
 *
 * @throws {Wasm2VecError} `file-not-writable`; `not-supported-here` for a path where there are no files; `option-invalid`
 */
export async function saveTo(target: TargetLike, pieces: Iterable<Uint8Array>): Promise<void> {
  try {
    if (typeof target === "string") await writePath(target, pieces);
    else await writeStream(await streamOf(target), pieces);
  } catch (cause) {
    if (cause instanceof Wasm2VecError) throw cause;
    const what = typeof target === "string" ? `"${target}"` : "The given target";
    throw new Wasm2VecError(
      "file-not-writable",
      `${what} could not be written: ${(cause as Error).message}. Choose a place that can be written to and has room.`,
      { cause },
    );
  }
}

async function writePath(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  if (runtime.writePath) return runtime.writePath(path, pieces);
  throw new Wasm2VecError(
    "not-supported-here",
    `"${path}" is a file's path, and none can be written here. Give a file handle or a WritableStream instead, or take the bytes.`,
  );
}

async function streamOf(target: Exclude<TargetLike, string>): Promise<WritableStream<Uint8Array<ArrayBuffer>>> {
  if (typeof (target as FileSystemFileHandle)?.createWritable === "function") {
    return (target as FileSystemFileHandle).createWritable();
  }
  if (target instanceof WritableStream) return target;
  throw new Wasm2VecError(
    "option-invalid",
    `A target is ${target === null ? target : typeof target}; expected a path, a file handle or a WritableStream.`,
  );
}

/** Pieces may be views of a memory that changes later, and streams keep what they were given: so each is copied. */
async function writeStream(stream: WritableStream<Uint8Array<ArrayBuffer>>, pieces: Iterable<Uint8Array>) {
  const writer = stream.getWriter();
  try {
    for (const piece of pieces) await writer.write(piece.slice());
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  }
}
