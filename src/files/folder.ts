/**
 * A model folder: a path | URL | name on the hub | list of files | directory handle | map | user's folder -> its files, by
 * name.
 */

import { checkList, isIterable } from "../check-options.ts";
import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { runtime } from "../runtime/runtime.ts";
import { isAddress, nameOfUrl, type UrlLike } from "./address.ts";
import type { Fetching } from "./fetching.ts";
import { arePartsOfOne, type Folder, fileOf, isWeights, type OpenableFolder, WEIGHTS_FILE } from "./folder-kinds.ts";
import type { FolderOptions } from "./folder-options.ts";
import { checkedRevision, type HubAddress, hubAddress, isHubName, isInside, nameOfHub } from "./hub-address.ts";
import { hubEndpoint, hubSettings } from "./hub-settings.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";
import { openIfThere, readAll } from "./source.ts";
import {
  clipped,
  type FileLike,
  isBlob,
  isHttp,
  isSingleFile,
  locate,
  type MaybePromise,
  type PageFileLike,
  plainName,
  quoted,
  type SourceLike,
} from "./source-kinds.ts";

export { type Folder, incomplete, WEIGHTS_FILE } from "./folder-kinds.ts";
export { isJsonObject, type JsonObject } from "./json.ts";

/** A folder that a user chose in a page: a FileSystemDirectoryHandle. */
export interface PageFolderLike {
  readonly name: string;
  getFileHandle(name: string): Promise<PageFileLike>;
  getDirectoryHandle(name: string): Promise<PageFolderLike>;
  /** the names of what is in it; older browsers lack it */
  keys?(): AsyncIterable<string>;
}

/**
 * What a model folder can be: a path or URL that its files lie below; a model on the Hugging Face hub, "owner/name" where there
 * is no folder of this name, or "hf://owner/name@revision"; the files that a user chose in a page, as a list or as a directory
 * handle; a Map or a plain object of names and what they stand for; a user's own folder, an object with a method `open`. A single
 * file of weights (.safetensors, .gguf, .bin), as a path or URL, a Blob, bytes, or an object with size and read, is a folder that
 * holds nothing else.
 */
export type FolderLike =
  | SourceLike
  | Iterable<FileLike>
  | PageFolderLike
  | OpenableFolder
  | ReadonlyMap<string, SourceLike>
  | Readonly<Record<string, SourceLike>>;

/**
 * Says where a folder's files are found. Nothing is read yet, so it may turn out not to exist.
 *
 * @throws {Wasm2VecError} `option-invalid`
 */
export function openFolder(from: FolderLike, options: FolderOptions = {}): Folder {
  const subfolder = checkedSubfolder(options.subfolder);
  // an empty path would be the root of all files
  if (isAddress(from) && from !== "") return addressFolder(from, { ...options, subfolder });
  if (!isObject(from) || !isFolder(from)) {
    throw new Wasm2VecError(
      "option-invalid",
      `A folder is ${show(from)}; expected a path, a URL, a name on the hub, a list of Files, a directory handle, a map of names and bytes, or an object with open.`,
    );
  }
  checkNotOfHub("The given folder", options, ["revision"]);
  if (isDirectoryHandle(from)) {
    const folder = folderOf(from.name, (file) => findInDirectory(from, file.split("/")), { subfolder });
    return { ...folder, list: () => namesInDirectory(from, subfolder?.split("/") ?? []) };
  }
  if (isSingleFile(from)) return singleFolder(isBlob(from) ? "the given file" : "the given source", from, subfolder);
  if (isMap(from)) return entriesFolder("the given map", from, subfolder);
  if (isIterable(from)) return listFolder(checkList(from as Iterable<FileLike>, "The files"), subfolder);
  if (isOpenable(from)) {
    const name = typeof from.name === "string" ? plainName(from.name) : "the given folder";
    return folderOf(name, (file, signal) => from.open(file, signal), { subfolder });
  }
  return entriesFolder("the given object", Object.entries(from as Readonly<Record<string, SourceLike>>), subfolder);
}

/** Of names and what they stand for now: they may be changed while something is awaited. */
function entriesFolder(name: string, given: Iterable<readonly [string, SourceLike]>, subfolder?: string): Folder {
  const entries = new Map(given);
  return folderOf(name, (file) => entries.get(file), { subfolder, names: entries.keys() });
}

/** Whether it may stand for files: of objects that are neither files nor lists, only plain ones do, not a promise or a stream. */
const isFolder = (from: object) =>
  isSingleFile(from) || isDirectoryHandle(from) || isIterable(from) || isOpenable(from) || tagOf(from) === "Object";

/** Of any realm. */
const isMap = (from: object): from is ReadonlyMap<string, SourceLike> => tagOf(from) === "Map";

const isOpenable = (from: object): from is OpenableFolder => typeof (from as OpenableFolder).open === "function";

/** @throws {Wasm2VecError} `option-invalid` where it leads elsewhere */
function checkedSubfolder(given: string | undefined): string | undefined {
  const subfolder = given?.replace(/\/+$/, "");
  if (!subfolder || isInside(subfolder)) return subfolder || undefined;
  const message = `subfolder is ${quoted(subfolder)}; expected the name of a folder below, with "/" between names.`;
  throw new Wasm2VecError("option-invalid", message);
}

/** @throws {Wasm2VecError} `option-invalid` where one of the options is given */
function checkNotOfHub(name: string, options: FolderOptions, names: readonly (keyof FolderOptions)[]): void {
  const given = names.find((option) => options[option]);
  if (!given) return;
  const message = `${name} is not on the hub, and the option ${given} is for what is there. Leave it out, or name the model as hf://owner/name.`;
  throw new Wasm2VecError("option-invalid", message);
}

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

interface FolderOfOptions {
  /** the folder within that is meant */
  subfolder?: string;
  /** the names of all files, where they are known at once */
  names?: Iterable<string>;
  /** how files are fetched */
  fetching?: Fetching;
}

function folderOf(
  name: string,
  find: (file: string, signal?: AbortSignal) => MaybePromise<SourceLike | null | undefined>,
  { subfolder, names, fetching }: FolderOfOptions = {},
): Folder {
  const prefix = subfolder === undefined ? "" : `${subfolder}/`;
  let refusal: Wasm2VecError | undefined;
  const onAbsent = (why: Wasm2VecError) => {
    refusal ??= why;
  };
  const listed = names && [...names].filter((file) => typeof file === "string" && file.startsWith(prefix));
  return {
    name: `${name}${prefix && `/${subfolder}`}`,
    get refusal() {
      return refusal;
    },
    async open(file, signal) {
      checkName(file, name);
      const found = await orAbort(find(`${prefix}${file}`, signal), signal);
      return found === undefined || found === null ? undefined : openIfThere(found, signal, { ...fetching, onAbsent });
    },
    ...(listed && { list: async () => listed.map((file) => file.slice(prefix.length)).filter(isAtTop) }),
  };
}

const isAtTop = (file: string) => !file.includes("/");

/** Names come from files, which may lie: they must not lead out of the folder, nor be URLs or drives. */
function checkName(file: string, folder: string): void {
  if (!isInside(file))
    throw new Wasm2VecError("format-damaged", `${show(file)} is not the name of a file in ${folder}.`);
}

/** A folder of a single file. */
function singleFolder(name: string, weights: SourceLike, subfolder?: string): Folder {
  checkNoSubfolder(name, subfolder);
  return folderOf(name, (file) => (file === WEIGHTS_FILE ? weights : undefined), { names: [WEIGHTS_FILE] });
}

/** One file of a folder, and those that its model was split into, as a folder that holds nothing else. */
function oneFileOf(folder: Folder, name: string, file: string, subfolder: string | undefined): Folder {
  checkNoSubfolder(name, subfolder);
  return {
    ...{ name, file },
    get refusal() {
      return folder.refusal;
    },
    async open(asked, signal) {
      checkName(asked, name);
      const meant = asked === WEIGHTS_FILE ? file : asked;
      return meant === file || arePartsOfOne(meant, file) ? folder.open(meant, signal) : undefined;
    },
    list: async () => [file],
  };
}

/** @throws {Wasm2VecError} `option-invalid` */
function checkNoSubfolder(file: string, subfolder: string | undefined): void {
  if (subfolder === undefined) return;
  const message = `subfolder is ${quoted(subfolder)}, and ${file} is a single file. Leave it out, or give the folder.`;
  throw new Wasm2VecError("option-invalid", message);
}

/**
 * A scheme makes it a URL: hf: one on the hub, as the hub's web addresses are. A bare owner/name is a folder of this name or,
 * where there is none, a model on the hub. All else is a path.
 */
function addressFolder(from: string | UrlLike, options: FolderOptions): Folder {
  const text = typeof from === "string" ? from : from.href;
  const onHub = hubAddress(text, hubEndpoint);
  if (onHub) return hubFolder(addressOnHub(onHub, options), options);
  if (typeof from === "string" && isHubName(from) && !isWeights(from)) return namedFolder(from, options);
  const address = locate(from);
  const { subfolder, fetch, token, timeout, allowFullDownload } = options;
  const name = typeof address === "string" ? plainName(address) : clipped(nameOfUrl(address));
  checkNotOfHub(name, options, isHttp(address) ? ["revision", "localFilesOnly", "download"] : ["revision"]);
  const fetching = { fetch, token, timeout, allowFullDownload };
  const path = typeof address === "string" ? address : address.pathname;
  if (isWeights(path)) {
    const file = fileOf(path);
    const find = (asked: string) => (asked === file ? address : beside(address, asked));
    return oneFileOf(folderOf(name, find, { fetching }), name, file, subfolder);
  }
  if (isHttp(address)) return folderOf(name, (file) => below(address, file), { subfolder, fetching });
  return localFolder(name, address, subfolder);
}

function localFolder(name: string, address: string | URL, subfolder: string | undefined): Folder {
  const pathOf = (file: string) =>
    typeof address === "string" ? `${address.replace(/[/\\]$/, "")}/${file}` : below(address, file);
  const folder = folderOf(name, pathOf, { subfolder });
  const { listFolder } = runtime;
  if (!listFolder) return folder;
  const list = async () => {
    const files = await listFolder(subfolder === undefined ? address : pathOf(subfolder)).catch(() => undefined);
    return (files ?? []).map(fileOf);
  };
  return { ...folder, list };
}

/** The URL keeps its query, which may hold a permission. */
function below(folder: URL, file: string): URL {
  const url = new URL(folder);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/${file.split("/").map(encodeURIComponent).join("/")}`;
  return url;
}

/** What lies in the same folder as a file. */
function beside(file: string | URL, name: string): string | URL {
  if (typeof file === "string") return `${file.slice(0, -fileOf(file).length)}${name}`;
  const url = new URL(file);
  url.pathname = `${url.pathname.slice(0, -fileOf(url.pathname).length)}${encodeURIComponent(name)}`;
  return url;
}

/** A name that may be a folder's here, and a model's on the hub. Pages have no folders. */
function namedFolder(name: string, options: FolderOptions): Folder {
  const address = addressOnHub({ kind: "models", id: name, path: "" }, options);
  const { listFolder } = runtime;
  if (!listFolder) return hubFolder(address, options);
  return lateFolder(name, async () => {
    const isHere = await listFolder(name).then(Boolean, () => true);
    if (!isHere) return elsewhere(name, hubFolder(address, options));
    checkNotOfHub(`${quoted(name)}, a folder here,`, options, ["revision"]);
    return localFolder(name, name, options.subfolder);
  });
}

/** A folder on the hub, whose errors say that there is none of its name here either. */
function elsewhere(name: string, onHub: Folder): Folder {
  return {
    get name() {
      return onHub.name;
    },
    list: onHub.list,
    open: (file, signal) =>
      onHub.open(file, signal).catch((error) => {
        if (!(error instanceof Wasm2VecError) || !/^(file-not-found|http-failed)$/.test(error.code)) throw error;
        const message = `There is no folder ${quoted(name)} here; on the hub: ${error.message}`;
        throw new Wasm2VecError(error.code, message, { cause: error });
      }),
  };
}

function hubFolder(address: HubAddress, options: FolderOptions): Folder {
  const { path } = address;
  const settings = hubSettings();
  const open = async (at: HubAddress) => new (await import("./hub.ts")).HubFolder(at, options, settings);
  if (!isWeights(path)) return lateFolder(nameOfHub(address), () => open(address));
  const name = nameOfHub(address);
  const file = fileOf(path);
  const folder = lateFolder(name, () => open({ ...address, path: path.slice(0, -file.length - 1) }));
  return oneFileOf(folder, name, file, options.subfolder);
}

/** With what the options add to the address. */
function addressOnHub(given: HubAddress, { revision = given.revision, subfolder }: FolderOptions): HubAddress {
  const name = nameOfHub(given);
  if (given.revision !== undefined && revision !== given.revision) {
    const message = `${clipped(name)} names a revision, and the option revision another, ${quoted(revision as string)}. Leave one of them out.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  const path = isWeights(given.path) ? given.path : [given.path, subfolder].filter(Boolean).join("/");
  return { ...given, revision: revision === undefined ? undefined : checkedRevision(revision, name), path };
}

/** A folder that is found when a file of it is asked for. */
function lateFolder(name: string, find: () => Promise<Folder>): Folder {
  let found: Folder | undefined;
  let finding: Promise<Folder> | undefined;
  const folder = async () => {
    finding ??= find();
    found = await finding;
    return found;
  };
  return {
    get name() {
      return found?.name ?? name;
    },
    open: async (file, signal) => (await folder()).open(file, signal),
    list: async (signal) => (await (await folder()).list?.(signal)) ?? [],
  };
}

/** A list of one folder's files, or of several's: the file that lies least deep is meant. */
function listFolder(files: Iterable<FileLike>, subfolder?: string): Folder {
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
  const depth = (path: string) => path.split("/").length;
  listed.sort((a, b) => depth(a.path) - depth(b.path) || a.path.length - b.path.length);
  const find = (file: string) => listed.find(({ path }) => path.endsWith(`/${file}`))?.file;
  // in a page, names begin with that of the folder that was chosen
  const names = listed.map(({ file, path }) => (file.webkitRelativePath ? path.replace(/^\/[^/]*\//, "") : file.name));
  return folderOf("the given list of files", find, { subfolder, names });
}

function isDirectoryHandle(from: object): from is PageFolderLike {
  return "getFileHandle" in from && typeof from.getFileHandle === "function";
}

/** The names of what is in a directory, or in one below; none where it is not there, or the browser does not tell them. */
async function namesInDirectory(folder: PageFolderLike, below: string[]): Promise<string[]> {
  const names: string[] = [];
  try {
    let directory = folder;
    for (const name of below) directory = await directory.getDirectoryHandle(name);
    for await (const name of directory.keys?.() ?? []) names.push(String(name));
  } catch {
    return [];
  }
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
