/** Files by their names -> a folder: a path | URL | directory handle | Map. */

import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { isAddress, isUrl, type UrlLike } from "../files/address.ts";
import { joinBytes } from "../files/bytes.ts";
import { locate, URL_STRING } from "../files/source-kinds.ts";
import { type PageTargetLike, saveTo } from "../files/target.ts";
import { runtime } from "../runtime/runtime.ts";

/** A folder that a user chose in a page, to write to: a FileSystemDirectoryHandle. */
export interface PageFolderTarget {
  getFileHandle(name: string, options: { create: boolean }): Promise<PageTargetLike>;
}

/** What a folder can be written to: a path or file: URL, a directory handle, or a Map that is given its files. */
export type FolderTarget = string | UrlLike | PageFolderTarget | Map<string, Uint8Array>;

/**
 * A target as it is now: a URL may be changed later.
 *
 * @throws {Wasm2VecError} `option-invalid` for what is none
 */
export function takenFolder(target: FolderTarget): FolderTarget {
  if (isUrl(target)) return new URL(target.href);
  if (isAddress(target) || (isObject(target) && (isMap(target) || isDirectoryHandle(target)))) return target;
  throw new Wasm2VecError(
    "option-invalid",
    `A folder to save to is ${show(target)}; expected a path, a file: URL, a directory handle or a Map.`,
  );
}

/**
 * Writes the files, each whole or not at all. A folder that is not there is made.
 *
 * @throws {Wasm2VecError} `file-not-writable`, `not-supported-here`, `option-invalid`
 */
export async function saveFolder(
  target: FolderTarget,
  files: ReadonlyMap<string, Iterable<Uint8Array>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (isMap(target)) {
    const whole = Array.from(files, ([name, chunks]) => [name, joinBytes([...chunks])] as const);
    for (const [name, bytes] of whole) target.set(name, bytes);
    return;
  }
  if (isAddress(target)) await makeFolder(target);
  for (const [name, chunks] of files) {
    signal?.throwIfAborted();
    await saveTo(
      isAddress(target) ? fileIn(target, name) : await orAbort(handleIn(target, name), signal),
      chunks,
      signal,
    );
  }
}

/** Of any realm. */
const isMap = (target: FolderTarget): target is Map<string, Uint8Array> => isObject(target) && tagOf(target) === "Map";

const isDirectoryHandle = (target: object): target is PageFolderTarget =>
  typeof (target as Partial<PageFolderTarget>).getFileHandle === "function";

async function makeFolder(target: string | UrlLike): Promise<void> {
  const folder = locate(target);
  if (typeof folder !== "string" && folder.protocol !== "file:") return;
  try {
    await runtime.makeFolder?.(folder);
  } catch (cause) {
    throw notWritable(show(String(target)), cause);
  }
}

async function handleIn(target: PageFolderTarget, name: string): Promise<PageTargetLike> {
  try {
    return await target.getFileHandle(name, { create: true });
  } catch (cause) {
    throw notWritable(`${name} in the given directory handle`, cause);
  }
}

function notWritable(what: string, cause: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "file-not-writable",
    `${what} could not be written: ${(cause as Error).message}. Choose a folder that can be written to.`,
    { cause },
  );
}

function fileIn(target: string | UrlLike, name: string): string | URL {
  if (typeof target === "string" && !URL_STRING.test(target)) return `${target.replace(/[/\\]$/, "")}/${name}`;
  const url = new URL(locate(target));
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${name}`;
  return url;
}
