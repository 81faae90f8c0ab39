/** Files that belong together: one that is opened, and others that lie beside it under longer names. */

import { show, tagOf, Wasm2VecError } from "../errors.ts";
import { isAddress, type UrlLike } from "./address.ts";
import { openIfThere, type RandomAccess } from "./source.ts";
import {
  type ChunkSource,
  checkSource,
  type FileLike,
  isBlob,
  isSeveral,
  locate,
  nameOf,
  type SeveralFiles,
  type SourceLike,
} from "./source-kinds.ts";

/** A file, and what lies beside it. */
export interface FilesBeside {
  /** what messages call the file */
  readonly name: string;
  readonly main: ChunkSource;
  /** What has the file's name with a suffix; undefined where it is known not to be there. */
  beside(suffix: string): SourceLike | undefined;
  /** Where messages say that it was looked for. */
  placeOf(suffix: string): string;
}

/**
 * A file and what lies beside it: beside a path or URL, or among the files that are given.
 *
 * @throws {Wasm2VecError} `option-invalid` where it is no source, or not clear which of the files is meant
 */
export function filesBeside(from: ChunkSource | SeveralFiles): FilesBeside {
  if (isSeveral(from)) {
    if (tagOf(from) === "Map") return amongFiles([...(from as ReadonlyMap<string, SourceLike>)], "the given Map");
    return amongFiles(namedFiles(from as Iterable<unknown>), "the given files");
  }
  if (isAddress(from)) return besideAddress(from);
  checkSource(from);
  const placeOf = (suffix: string) => `a file whose name ends with ${show(suffix)}, and only one file was given`;
  return { name: nameOf(from), main: from, beside: () => undefined, placeOf };
}

/**
 * Opens a file beside another.
 *
 * @param what what messages say is in it
 * @throws {Wasm2VecError} `file-not-found`, which says where it was looked for
 */
export async function openBeside(
  files: FilesBeside,
  suffix: string,
  what: string,
  signal?: AbortSignal,
): Promise<RandomAccess> {
  const place = files.beside(suffix);
  const source = place === undefined ? undefined : await openIfThere(place, signal);
  if (source) return source;
  throw new Wasm2VecError(
    "file-not-found",
    `${files.name} keeps its ${what} in a second file, which is not there: looked for ${files.placeOf(suffix)}. Put the files into one folder, with the names that they were saved under; of bytes and Blobs, pass a Map of names and files.`,
  );
}

function besideAddress(from: string | UrlLike): FilesBeside {
  const address = locate(from);
  const beside = (suffix: string) => {
    if (typeof address === "string") return `${address}${suffix}`;
    if (!/^(https?|file):$/.test(address.protocol)) return undefined;
    const url = new URL(address);
    url.pathname += encodeURI(suffix);
    return url;
  };
  const placeOf = (suffix: string) => {
    const place = beside(suffix);
    return place === undefined ? show(suffix) : nameOf(place);
  };
  return { name: nameOf(from), main: from, beside, placeOf };
}

/** Arrays of NumPy's lie beside another file. */
const isArray = (name: string) => /\.np[yz]$/.test(name);

/** @throws {Wasm2VecError} `option-invalid` unless one of them is the file beside which the others lie */
function amongFiles(files: readonly (readonly [name: string, file: SourceLike])[], where: string): FilesBeside {
  const found = files.filter(([name]) => !isArray(String(name)));
  if (found.length !== 1) {
    const got = found.length ? `are ${show(found.map(([name]) => name))}` : "are none";
    const message = `Of ${where}, those that are no arrays (.npy) ${got}; expected one, and the arrays that belong to it.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  const [[name, main]] = found;
  checkSource(main);
  const beside = (suffix: string) => {
    const exact = files.find(([other]) => other === `${name}${suffix}`);
    const alike = files.filter(([other]) => String(other).endsWith(suffix));
    return exact?.[1] ?? (alike.length === 1 ? alike[0][1] : undefined);
  };
  return { name: show(name), main, beside, placeOf: (suffix) => `${show(`${name}${suffix}`)} among ${where}` };
}

function namedFiles(files: Iterable<unknown>): [string, SourceLike][] {
  return Array.from(files, (file, i) => {
    if (isBlob(file) && typeof (file as FileLike).name === "string") {
      return [(file as FileLike).name, file];
    }
    const message = `File ${i} of the given list is ${show(file)}; expected Files, as a page's input gives them.`;
    throw new Wasm2VecError("option-invalid", message);
  });
}
