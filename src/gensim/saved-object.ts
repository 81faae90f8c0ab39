/** An object as gensim saved it: its attributes, some of them pickled, some in files beside the pickle. */

import { show, Wasm2VecError } from "../errors.ts";
import { bytesAccess, type RandomAccess } from "../files/random-access.ts";
import { foreignFile, HEAD_BYTES, isPickle } from "../formats/foreign-files.ts";
import { checkSize, elementsOf, readNpy, type StoredArray } from "../formats/npy.ts";
import { readPickle } from "../formats/pickle.ts";
import { NdArray, PyDict, PyObject, StoredBytes } from "../formats/pickle-values.ts";
import { GENSIM_GLOBALS } from "./classes.ts";
import type { SaveFiles } from "./save-files.ts";

const ADVICE =
  "Models of gensim are read: Word2Vec, FastText, Doc2Vec, KeyedVectors, Phrases. Where you trust the file, load it in gensim and save its vectors with wv.save_word2vec_format.";

/** An object of a save, and where its arrays lie. */
export class SavedObject {
  /**
   * @param suffix what the names of its arrays' files begin with, behind the pickle's name
   */
  constructor(
    private readonly object: PyObject,
    private readonly files: SaveFiles,
    private readonly suffix = "",
  ) {}

  /** Reads the pickle of a save. See readGensimObject. */
  static async open(files: SaveFiles): Promise<SavedObject> {
    return new SavedObject(await readGensimObject(files.pickle, files.name, files.signal), files);
  }

  /** what messages call the save */
  get file(): string {
    return this.files.name;
  }

  /** The class's name, without its module's. */
  get className(): string {
    return this.object.type.split(".").at(-1) as string;
  }

  /** An attribute that was pickled; undefined for None. */
  get(name: string): unknown {
    return this.object.get(name) ?? undefined;
  }

  /** An attribute that is an object, such as a model's vectors; undefined where there is none. */
  child(name: string): SavedObject | undefined {
    const value = this.get(name);
    return value instanceof PyObject ? new SavedObject(value, this.files, `${this.suffix}.${name}`) : undefined;
  }

  /**
   * An attribute that is an array, in the pickle or beside it; undefined where there is none.
   *
   * @throws {Wasm2VecError} `file-not-found`, `format-damaged`, `format-unknown` for an array of no numbers
   */
  async array(name: string): Promise<StoredArray | undefined> {
    const value = this.get(name);
    if (value instanceof NdArray) return this.stored(value, name);
    const beside = this.get("__numpys");
    if (!Array.isArray(beside) || !beside.includes(name)) return undefined;
    const { source, file } = await this.files.openArray(this.suffix, name);
    return readNpy(source, file, this.files.signal);
  }

  /** An array of the pickle as one that can be read. See storedArray. */
  stored(array: NdArray, name: string): StoredArray {
    return storedArray(array, this.files.pickle, `${name} of ${this.file}`);
  }

  damaged(what: string): Wasm2VecError {
    return new Wasm2VecError("format-damaged", `${this.file} is no whole save: ${what}. Copy or download it again.`);
  }
}

/**
 * The object that a pickle of gensim's holds.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `format-unknown` where it is no pickle, or holds no object of gensim's; and what readPickle throws
 */
export async function readGensimObject(pickle: RandomAccess, file: string, signal?: AbortSignal): Promise<PyObject> {
  const head = await pickle.read(0, Math.min(HEAD_BYTES, pickle.size), signal);
  if (!isPickle(head)) {
    const [what, advice] = foreignFile(head) ?? ["something else", ADVICE];
    throw new Wasm2VecError("format-unknown", `${file} is ${what}; expected a pickle of gensim's. ${advice}`);
  }
  const value = await readPickle(pickle, { file, globals: GENSIM_GLOBALS, advice: ADVICE, signal });
  if (value instanceof PyObject && value.type.startsWith("gensim.")) return value;
  const kind = value instanceof PyDict ? "a dict" : Array.isArray(value) ? "a list" : show(value);
  const what = value instanceof PyObject ? value.type : kind;
  throw new Wasm2VecError("format-unknown", `${file} is a pickle of ${what}; expected a model. ${ADVICE}`);
}

/**
 * An array of a pickle as one that can be read.
 *
 * @param what what messages call it
 * @throws {Wasm2VecError} `format-unknown` for an array of no numbers; `format-damaged`
 */
export function storedArray(
  { dtype, shape, isFortran, data }: NdArray,
  pickle: RandomAccess,
  what: string,
): StoredArray {
  const { element: type, text } = dtype;
  if (!type || Array.isArray(data)) {
    throw new Wasm2VecError("format-unknown", `${what} is an array of ${show(text)}; expected numbers.`);
  }
  const bytes = data as Uint8Array | StoredBytes;
  const place =
    bytes instanceof StoredBytes
      ? placeOf(bytes, pickle, elementsOf(shape) * type.bytes, what)
      : { source: bytesAccess(bytes), begin: 0 };
  const array = { type, shape, isFortran, name: what, ...place };
  checkSize(array);
  return array;
}

/** Where the bytes of an array lie in a pickle, or a source that makes them of its text. */
function placeOf({ begin, end, encoding }: StoredBytes, pickle: RandomAccess, size: number, what: string) {
  if (encoding === "latin1") return { source: latin1Access(pickle, begin, end, size, what), begin: 0 };
  return { source: { size: end, read: pickle.read.bind(pickle), ...readIntoOf(pickle) }, begin };
}

/** What fills a buffer, where the source is a file. */
function readIntoOf(source: RandomAccess): object {
  const { readInto } = source as { readInto?: unknown };
  return typeof readInto === "function" ? { readInto: readInto.bind(source) } : {};
}

/** How much text is decoded at a time. */
const TEXT_BYTES = 1 << 18;

/** Bytes that are written as the characters with these codes, in UTF-8. They are best read in their order. */
function latin1Access(pickle: RandomAccess, begin: number, end: number, size: number, what: string): RandomAccess {
  const damaged = () =>
    new Wasm2VecError("format-damaged", `${what} is not ${size} bytes as text. Copy or download the file again.`);
  if (end - begin < size || end - begin > 2 * size) throw damaged();
  // the bytes that were decoded last, which of all the first of them is, and where the text goes on
  let [decoded, first, position] = [new Uint8Array(), 0, begin];
  const decodeNext = async (signal?: AbortSignal) => {
    const text = await pickle.read(position, Math.min(position + TEXT_BYTES, end), signal);
    const isCut = position + text.length < end && text[text.length - 1] >= 0xc0;
    const whole = text.subarray(0, text.length - Number(isCut));
    first += decoded.length;
    decoded = decodeLatin1(whole) ?? raise(damaged());
    position += whole.length;
  };
  const read = async (from: number, to: number, signal?: AbortSignal) => {
    if (from < first) [decoded, first, position] = [new Uint8Array(), 0, begin];
    const bytes = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      if (at >= first + decoded.length) {
        if (position === end) throw damaged();
        await decodeNext(signal);
        continue;
      }
      const part = decoded.subarray(at - first, to - first);
      bytes.set(part, at - from);
      at += part.length;
    }
    if (to === size && (position !== end || to !== first + decoded.length)) throw damaged();
    return bytes;
  };
  return { size, read };
}

function raise(error: Error): never {
  throw error;
}

/** The codes of characters in UTF-8; undefined where one is beyond 255. Without branches, which nobody foresees, twice as fast. */
function decodeLatin1(utf8: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(utf8.length);
  let [count, wrong] = [0, 0];
  for (let i = 0; i < utf8.length; ) {
    const byte = utf8[i];
    const next = utf8[i + 1] | 0;
    const isTwo = byte >> 7;
    wrong |= -isTwo & (((byte ^ 0xc2) & 0xfe) | ((next ^ 0x80) & 0xc0));
    bytes[count++] = byte ^ (-isTwo & (byte ^ (((byte & 3) << 6) | (next & 0x3f))));
    i += 1 + isTwo;
  }
  return wrong ? undefined : bytes.subarray(0, count);
}
