/** A model folder: a path | URL | list of files | directory handle | map -> its files, by name. */

import { checkList, isIterable } from "../check-options.ts";
import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { isAddress, type UrlLike } from "./address.ts";
import { parseJson } from "./json.ts";
import type { RandomAccess } from "./random-access.ts";
import { openIfThere, readAll } from "./source.ts";
import {
  clipped,
  type FileLike,
  isBlob,
  isPath,
  isSingleFile,
  locate,
  type PageFileLike,
  type SourceLike,
} from "./source-kinds.ts";

/** A folder that a user chose in a page: a FileSystemDirectoryHandle. */
export interface PageFolderLike {
  readonly name: string;
  getFileHandle(name: string): Promise<PageFileLike>;
  getDirectoryHandle(name: string): Promise<PageFolderLike>;
  /** the names of what is in it; older browsers lack it */
  keys?(): AsyncIterable<string>;
}

/**
 * What a model folder can be: a path or URL that its files lie below; the files that a user chose in a page, as a list or
 * as a directory handle; a Map or a plain object of names and what they stand for. A single file of weights, .safetensors, .gguf
 * or .bin, as a path or URL, a Blob, bytes, or an object with size and read, is a folder that holds nothing else.
 */
export type FolderLike =
  | SourceLike
  | Iterable<FileLike>
  | PageFolderLike
  | ReadonlyMap<string, SourceLike>
  | Readonly<Record<string, SourceLike>>;

/** The files of a folder. */
export interface Folder {
  /** what messages call it */
  readonly name: string;
  /** Opens a file by its name, "/" between folders below; undefined where there is none. */
  open(file: string, signal?: AbortSignal): Promise<RandomAccess | undefined>;
  /** The names of its files, where they can be known; "/" between folders below. */
  list?(signal?: AbortSignal): Promise<string[]>;
  /** the name of its one file, where it stands for that; what the file refers to may be opened too */
  readonly file?: string;
}

/** What a JSON file holds: to be checked before it is believed. */
export type JsonObject = Record<string, unknown>;

/** The weights' usual name: what a folder of a single file calls it. */
export const WEIGHTS_FILE = "model.safetensors";

/**
 * Says where a folder's files are found. Nothing is read yet, so it may turn out not to exist.
 *
 * @throws {Wasm2VecError} `option-invalid`
 */
export function openFolder(from: FolderLike): Folder {
  if (isAddress(from)) return addressFolder(from);
  if (!isObject(from) || !isFolder(from)) {
    throw new Wasm2VecError(
      "option-invalid",
      `A folder is ${show(from)}; expected a path, a URL, a list of Files, a directory handle, or a map of names and bytes.`,
    );
  }
  if (isDirectoryHandle(from)) {
    return folderOf(
      from.name,
      (file) => findInDirectory(from, file.split("/")),
      () => namesInDirectory(from),
    );
  }
  if (isSingleFile(from)) return weightsFolder(isBlob(from) ? "the given file" : "the given source", from);
  if (isMap(from))
    return folderOf(
      "the given map",
      (file) => from.get(file),
      async () => [...from.keys()].filter((name) => typeof name === "string"),
    );
  if (isIterable(from)) return listFolder(checkList(from as Iterable<FileLike>, "The files"));
  const entries = new Map(Object.entries(from));
  return folderOf(
    "the given object",
    (file) => entries.get(file),
    async () => [...entries.keys()],
  );
}

/** Whether it may stand for files: of objects that are neither files nor lists, only plain ones do, not a promise or a stream. */
const isFolder = (from: object) =>
  isSingleFile(from) || isDirectoryHandle(from) || isIterable(from) || tagOf(from) === "Object";

/** Of any realm. */
const isMap = (from: object): from is ReadonlyMap<string, SourceLike> => tagOf(from) === "Map";

/**
 * The object that a JSON file of a folder holds.
 *
 * @returns undefined where there is no such file
 * @throws {Wasm2VecError} `format-damaged` when it holds anything else
 */
export async function readJson(folder: Folder, file: string, signal?: AbortSignal): Promise<JsonObject | undefined> {
  const source = await folder.open(file, signal);
  if (!source) return undefined;
  try {
    return parseObject(await readAll(source, signal), `${file} of ${folder.name}`);
  } finally {
    await source.close?.();
  }
}

/** Whether a value of JSON is an object, not an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function parseObject(bytes: Uint8Array, what: string): JsonObject {
  let cause: unknown;
  try {
    const value = parseJson(bytes);
    if (isJsonObject(value)) return value;
  } catch (error) {
    cause = error;
  }
  const reason = cause ? `: ${(cause as Error).message}` : "";
  throw new Wasm2VecError("format-damaged", `${what} is no JSON object${reason}. Copy or download it again.`, {
    cause,
  });
}

function folderOf(
  name: string,
  find: (file: string) => MaybePromise<SourceLike | undefined>,
  list?: () => Promise<string[]>,
): Folder {
  return {
    name,
    ...(list && { list }),
    async open(file, signal) {
      if (!isInside(file))
        throw new Wasm2VecError("format-damaged", `${show(file)} is not the name of a file in ${name}.`);
      const found = await find(file);
      return found === undefined ? undefined : openIfThere(found, signal);
    },
  };
}

type MaybePromise<T> = T | Promise<T>;

/** Names come from files, which may lie: they must not lead out of the folder, nor be URLs or drives. */
function isInside(file: string): boolean {
  return !/[\\:]/.test(file) && file.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function addressFolder(from: string | UrlLike): Folder {
  const address = locate(from);
  const isLocal = typeof address === "string";
  const path = isLocal ? address : address.pathname;
  const name = clipped(isLocal ? address : address.href.split(/[?#]/)[0]);
  if (WEIGHTS.test(path)) return { ...weightsFolder(name, address, partsBeside(address, path)), file: fileOf(path) };
  const list = isPath(address) ? () => filesIn(address) : undefined;
  if (!isLocal) return folderOf(name, (file) => below(address, file), list);
  return folderOf(name, (file) => `${address.replace(/[/\\]$/, "")}/${file}`, list);
}

/** The names of the files in a folder on disk. */
async function filesIn(path: string | URL): Promise<string[]> {
  const files = await runtime.listFolder?.(path).catch(() => undefined);
  return (files ?? []).map(fileOf);
}

const fileOf = (path: string) => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

/** What the paths of single files of weights end with. */
const WEIGHTS = /\.(safetensors|gguf|bin|pt|pth)$/i;

/** Files that a model was split into: "model-00001-of-00003.gguf". */
const PART = /-\d{5}(-of-\d{5}\.gguf)$/i;

/** Finds the other files that one of them was split into. */
function partsBeside(address: string | URL, path: string): (file: string) => SourceLike | undefined {
  const own = fileOf(path);
  const family = (file: string) => file.replace(PART, "$1");
  return (file) => {
    if (file === own) return address;
    if (!PART.test(own) || !PART.test(file) || family(file) !== family(own)) return undefined;
    return typeof address === "string" ? `${path.slice(0, -own.length)}${file}` : below(new URL(".", address), file);
  };
}

/** A folder of a single file. */
function weightsFolder(
  name: string,
  weights: SourceLike,
  find: (file: string) => SourceLike | undefined = () => undefined,
): Folder {
  return folderOf(name, (file) => (file === WEIGHTS_FILE ? weights : find(file)));
}

/** The URL keeps its query, which may hold a permission. */
function below(folder: URL, file: string): URL {
  const url = new URL(folder);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${file.split("/").map(encodeURIComponent).join("/")}`;
  return url;
}

/** A list of one folder's files, or of several's: the file that lies least deep is meant. */
function listFolder(files: Iterable<FileLike>): Folder {
  const listed: { file: FileLike; path: string }[] = [];
  for (const file of files) {
    if (!isBlob(file) || typeof file.name !== "string") {
      throw new Wasm2VecError(
        "option-invalid",
        `File ${listed.length} of the given list is ${show(file)}; expected Files, as a page's input gives them.`,
      );
    }
    listed.push({ file, path: `/${file.webkitRelativePath || file.name}` });
  }
  listed.sort((a, b) => a.path.length - b.path.length);
  const depthOf = (path: string) => path.split("/").length;
  const least = Math.min(...listed.map(({ path }) => depthOf(path)));
  return folderOf(
    "the given list of files",
    (file) => listed.find(({ path }) => path.endsWith(`/${file}`))?.file,
    async () => listed.filter(({ path }) => depthOf(path) === least).map(({ path }) => fileOf(path)),
  );
}

function isDirectoryHandle(from: object): from is PageFolderLike {
  return "getFileHandle" in from && typeof from.getFileHandle === "function";
}

async function namesInDirectory(folder: PageFolderLike): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys?.() ?? []) names.push(name);
  return names;
}

async function findInDirectory(folder: PageFolderLike, parts: string[]): Promise<FileLike | undefined> {
  try {
    if (parts.length > 1) return await findInDirectory(await folder.getDirectoryHandle(parts[0]), parts.slice(1));
    return await (await folder.getFileHandle(parts[0])).getFile();
  } catch (cause) {
    const { name, message } = cause as Error;
    if (name === "NotFoundError" || name === "TypeMismatchError") return undefined;
    if (cause instanceof Wasm2VecError) throw cause;
    throw new Wasm2VecError(
      "file-not-readable",
      `${show(parts[0])} of the given directory handle could not be read: ${message}. Ask for the permission, or choose the folder again.`,
      { cause },
    );
  }
}
