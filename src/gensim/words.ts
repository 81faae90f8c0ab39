/** The words of a save, and what gensim keeps of each, of all versions. */

import { show, Wasm2VecError } from "../errors.ts";
import { elementsOf, readNumbers } from "../formats/npy.ts";
import { NdArray, PyDict, PyObject } from "../formats/pickle-values.ts";
import { checkedPaths, type HuffmanPaths } from "../model/huffman.ts";
import type { SavedObject } from "./saved-object.ts";

/** What is known of each word beside its vector, by name: numbers (V,), or arrays of them. */
export interface Words {
  /** (V,) */
  keys: string[];
  /** the names that have a number for each word, but for what training needs */
  names: string[];
  /** (V,) the numbers of a name, such as "count"; undefined where the file has none */
  numbers(name: string): Promise<Float64Array | undefined>;
  /** the words' places in a Huffman tree; undefined where there is none */
  paths(): HuffmanPaths | undefined;
}

/** The object that has the words: a model's vectors, or before 0.13.4 the model itself. */
export const vectorsOf = (save: SavedObject) => save.child("wv") ?? save;

/**
 * The words of an object that has them.
 *
 * @throws {Wasm2VecError} `format-unknown` for keys that are neither texts nor numbers; `format-damaged`
 */
export function readWords(vectors: SavedObject): Words {
  const list = vectors.get("index_to_key") ?? vectors.get("index2word") ?? vectors.get("index2entity");
  if (!Array.isArray(list)) throw vectors.damaged(`it has no list of words, but ${show(list)}`);
  const keys = list.map((key, row) => keyText(key, row, vectors));
  const vocabulary = vectors.get("vocab");
  const expandos = vectors.get("expandos");
  if (vocabulary instanceof PyDict) return { keys, ...ofEntries(vocabulary, keys.length, vectors) };
  return { keys, ...ofColumns(expandos instanceof PyDict ? expandos : new PyDict(), keys.length, vectors) };
}

function keyText(key: unknown, row: number, { file }: SavedObject): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "bigint") return String(key);
  if (key instanceof Uint8Array) return new TextDecoder().decode(key);
  throw new Wasm2VecError("format-unknown", `Key ${row} of ${file} is ${show(key)}; expected a text or a number.`);
}

/** What training needs of words, which follows from their counts. */
const DERIVED = ["sample_int", "code", "point"];

/** Since 4.0 each name has an array. */
function ofColumns(expandos: PyDict, size: number, vectors: SavedObject): Omit<Words, "keys"> {
  const column = (name: string) => {
    const array = expandos.get(name);
    if (!(array instanceof NdArray)) return undefined;
    if (elementsOf(array.shape) !== size) throw vectors.damaged(`it has ${array.shape} values ${show(name)}`);
    return array;
  };
  const isNumeric = (value: unknown) => value instanceof NdArray && value.dtype.element !== undefined;
  return {
    names: [...expandos.entries()].flatMap(([name, value]) =>
      typeof name === "string" && isNumeric(value) && !DERIVED.includes(name) ? [name] : [],
    ),
    async numbers(name) {
      const array = column(name);
      if (!array) return undefined;
      return Array.isArray(array.data)
        ? Float64Array.from(array.data, numberOf)
        : readNumbers(vectors.stored(array, name));
    },
    paths() {
      const [points, codes] = [column("point")?.data, column("code")?.data];
      return Array.isArray(points) && Array.isArray(codes) ? pathsOf(points, codes, vectors) : undefined;
    },
  };
}

/** Before 4.0 each word had an object. */
function ofEntries(vocabulary: PyDict, size: number, vectors: SavedObject): Omit<Words, "keys"> {
  const ordered = new Array<PyObject | undefined>(size);
  for (const [, entry] of vocabulary.entries()) {
    const row = entry instanceof PyObject ? entry.get("index") : undefined;
    if (typeof row === "number" && row >= 0 && row < size) ordered[row] = entry as PyObject;
  }
  const values = (name: string) => ordered.map((entry) => entry?.get(name));
  return {
    names: ["count"],
    async numbers(name) {
      return ordered.some((entry) => entry?.get(name) !== undefined)
        ? Float64Array.from(values(name), numberOf)
        : undefined;
    },
    paths() {
      const [points, codes] = [values("point"), values("code")];
      return points[0] === undefined ? undefined : pathsOf(points, codes, vectors);
    },
  };
}

const numberOf = (value: unknown) => (typeof value === "number" ? value : 0);

/** @throws {Wasm2VecError} `format-damaged` where a path is none */
function pathsOf(points: readonly unknown[], codes: readonly unknown[], vectors: SavedObject): HuffmanPaths {
  const pointLists = points.map(smallNumbers);
  const codeLists = codes.map(smallNumbers);
  const offsets = new Uint32Array(points.length + 1);
  for (const [word, list] of pointLists.entries()) {
    if (list?.length !== codeLists[word]?.length) throw vectors.damaged(`word ${word} has no place in its tree`);
    offsets[word + 1] = offsets[word] + (list?.length ?? 0);
  }
  const paths = checkedPaths(
    offsets,
    flat(pointLists, new Uint32Array(offsets[points.length])),
    flat(codeLists, new Uint8Array(offsets[points.length])),
  );
  if (!paths) throw vectors.damaged("its words' places in the tree are none");
  return paths;
}

/** Puts lists one after the other. */
function flat<Numbers extends Uint32Array | Uint8Array>(
  lists: readonly (readonly number[] | undefined)[],
  into: Numbers,
): Numbers {
  let at = 0;
  for (const list of lists) {
    if (!list) continue;
    into.set(list, at);
    at += list.length;
  }
  return into;
}

/** The numbers of an array that lies in the pickle and has bytes without a sign; undefined for another. */
function smallNumbers(value: unknown): number[] | undefined {
  if (Array.isArray(value)) return value.every((n) => Number.isInteger(n) && n >= 0) ? value : undefined;
  if (!(value instanceof NdArray && value.data instanceof Uint8Array)) return undefined;
  const { element } = value.dtype;
  if (!element || element.kind === "f" || element.bytes === 8) return undefined;
  const { data } = value;
  const { bytes, isBigEndian } = element;
  return Array.from({ length: data.length / bytes }, (_, i) => {
    let number = 0;
    for (let b = 0; b < bytes; b++) number = number * 256 + data[i * bytes + (isBigEndian ? b : bytes - 1 - b)];
    return number;
  });
}
