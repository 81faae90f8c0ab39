/** The files of one of gensim's saves: the pickle, and the arrays that lie beside it under longer names. */

import { isObject, show, tagOf, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { isAddress, isSeveral, locate, nameOf, openIfThere, openSource, type SourceLike } from "../files/source.ts";
import { isGzip, unzip } from "../files/unzip.ts";

/** One file, beside which the others lie; or all of them, as a page's input gives them, or by their names. */
export type SaveSource = SourceLike | Iterable<File> | ReadonlyMap<string, SourceLike>;

/** Where the files of a save are found. */
interface Places {
  name: string;
  pickle: SourceLike;
  /** What the file of this longer name is; undefined where it is known not to be there. */
  beside(suffix: string): SourceLike | undefined;
  /** where messages say that it was looked for */
  placeOf(suffix: string): string;
}

/** The opened files of a save. Close them. */
export class SaveFiles {
  private readonly opened: RandomAccess[] = [];

  private constructor(
    private readonly places: Places,
    private readonly source: RandomAccess,
    /** the pickle's bytes, unzipped */
    readonly pickle: RandomAccess,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.opened.push(source);
  }

  /** @throws {Wasm2VecError} what openSource throws; `option-invalid` where it is not clear which file is the pickle */
  static async open(from: SaveSource, signal?: AbortSignal): Promise<SaveFiles> {
    const places = placesOf(from);
    const source = await openSource(places.pickle, signal);
    try {
      const head = await source.read(0, Math.min(2, source.size), signal);
      const pickle = isGzip(head) ? await unzip(source, "gzip", { file: places.name, signal }) : source;
      return new SaveFiles(places, source, pickle, signal);
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }

  /** what messages call the save */
  get name(): string {
    return this.places.name;
  }

  /** whether the pickle was gzipped, and with it each array: .npz instead of .npy */
  get isZipped(): boolean {
    return this.source !== this.pickle;
  }

  /**
   * Opens a file beside the pickle.
   *
   * @param suffix what its name has more than the pickle's
   * @param what what messages say is in it
   * @throws {Wasm2VecError} `file-not-found`, which says where it was looked for
   */
  async openBeside(suffix: string, what: string): Promise<RandomAccess> {
    const place = this.places.beside(suffix);
    const source = place === undefined ? undefined : await openIfThere(place, this.signal);
    if (source) {
      this.opened.push(source);
      return source;
    }
    throw new Wasm2VecError(
      "file-not-found",
      `${this.name} keeps its ${what} in a second file, which is not there: looked for ${this.places.placeOf(suffix)}. Put all files of the save into one folder, with the names that gensim gave them; of bytes and Blobs, give a Map of names and files.`,
    );
  }

  async close(): Promise<void> {
    for (const source of this.opened) await source.close?.();
  }
}

function placesOf(from: SaveSource): Places {
  if (isAddress(from)) return besideAddress(from);
  if (isSeveral(from)) {
    if (tagOf(from) === "Map") return amongFiles([...(from as ReadonlyMap<string, SourceLike>)], "the given Map");
    return amongFiles(namedFiles(from as Iterable<File>), "the given files");
  }
  const name = nameOf(from);
  const placeOf = (suffix: string) => `the file whose name ends with "${suffix}", and only one file was given`;
  return { name, pickle: from, beside: () => undefined, placeOf };
}

function besideAddress(from: string | URL): Places {
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
    return place === undefined ? `"${suffix}"` : nameOf(place);
  };
  return { name: nameOf(from), pickle: from, beside, placeOf };
}

const isArrayFile = (name: string) => /\.np[yz]$/.test(name);

/** @throws {Wasm2VecError} `option-invalid` unless one of the names is the pickle's */
function amongFiles(files: readonly (readonly [name: string, file: SourceLike])[], where: string): Places {
  const pickles = files.filter(([name]) => !isArrayFile(name));
  if (pickles.length !== 1) {
    const names = show(pickles.map(([name]) => name));
    const got = pickles.length ? `are ${names}` : "are none";
    const message = `Of ${where}, those that may be the save itself ${got}; expected one, and arrays (.npy) beside it.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  const [[name, pickle]] = pickles;
  const beside = (suffix: string) => {
    const exact = files.find(([other]) => other === `${name}${suffix}`);
    const alike = files.filter(([other]) => other.endsWith(suffix));
    return exact?.[1] ?? (alike.length === 1 ? alike[0][1] : undefined);
  };
  return { name: show(name), pickle, beside, placeOf: (suffix) => `${show(`${name}${suffix}`)} among ${where}` };
}

function namedFiles(files: Iterable<unknown>): [string, SourceLike][] {
  return Array.from(files, (file, i) => {
    if (isObject(file) && file instanceof Blob && typeof (file as File).name === "string") {
      return [(file as File).name, file];
    }
    const message = `File ${i} of the given list is ${show(file)}; expected Files, as a page's input gives them.`;
    throw new Wasm2VecError("option-invalid", message);
  });
}
