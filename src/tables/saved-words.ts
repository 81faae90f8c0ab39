/** Words, counts and attributes as our files hold them: what files of models and of vectors share. */

import { Engine } from "../engine/engine.ts";
import { Wasm2VecError } from "../errors.ts";
import type { TensorToWrite } from "../formats/safetensors.ts";
import { damaged, type SealedReader, tensorOf } from "../formats/sealed-file.ts";
import { Vocabulary } from "../vocabulary/vocabulary.ts";
import { tableChanged } from "./table-changed.ts";
import type { VectorTable } from "./vector-table.ts";

const ATTRIBUTES = "attributes";

/** Copies of a table's words: the tensors whose numbers are wide, which lie first, and the others, which lie last. */
export function wordTensors({ vocabulary, attributes }: VectorTable): [first: TensorToWrite[], last: TensorToWrite[]] {
  const { counts, bytes } = vocabulary;
  const kept = attributes.toJson();
  return [
    [tensorOf("counts", "F64", counts.slice()), tensorOf("vocabulary.offsets", "U32", bytes.offsets.slice())],
    [
      tensorOf("vocabulary.text", "U8", bytes.text.slice()),
      ...(kept === undefined ? [] : [tensorOf(ATTRIBUTES, "U8", new TextEncoder().encode(kept))]),
    ],
  ];
}

/**
 * Chunks, as long as the table that they are made from has this version.
 *
 * @throws {Wasm2VecError} `table-changed`, `closed`
 */
export function* unchanged(
  chunks: Iterable<Uint8Array>,
  table: { readonly version: number },
  version: number,
): Generator<Uint8Array, undefined> {
  for (const chunk of chunks) {
    if (table.version !== version) throw tableChanged("they were being saved", "save");
    yield chunk;
  }
  if (table.version !== version) throw tableChanged("they were being saved", "save");
}

/**
 * The words with their counts, in an engine of their own.
 *
 * @param checkRows is told how many there are before memory is taken for them, and throws unless there are as many rows
 * @param wanted how many, the first ones; all by default
 * @throws {Wasm2VecError} `format-damaged`, `too-large`, `out-of-memory`
 */
export async function readWords(
  reader: SealedReader,
  checkRows: (size: number) => void,
  wanted = Number.POSITIVE_INFINITY,
): Promise<Vocabulary> {
  const { file } = reader;
  const counts = new Float64Array((await reader.read("counts", "F64")).buffer);
  const size = counts.length;
  const offsets = new Uint32Array((await reader.read("vocabulary.offsets", "U32", [size + 1])).buffer);
  const text = await reader.read("vocabulary.text", "U8");
  checkRows(size);
  checkWords(file.file, text, offsets);
  if (!counts.every(isCount)) throw damaged(file.file, "a word's count is no count");
  const words = { text: text.subarray(0, offsets[Math.min(size, wanted)]), offsets: offsets.subarray(0, wanted + 1) };
  try {
    return Vocabulary.from(words, counts.subarray(0, wanted), Engine.another());
  } catch (cause) {
    if (cause instanceof Wasm2VecError && cause.code === "key-duplicate") {
      throw damaged(file.file, cause.message, cause);
    }
    throw cause;
  }
}

/** The words are UTF-8, cover the text, and none ends within a character. */
export function checkWords(file: string, text: Uint8Array, offsets: Uint32Array): void {
  const last = offsets.length - 1;
  const rises = offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]);
  if (!rises || offsets[0] !== 0 || offsets[last] !== text.length) {
    throw damaged(file, "the offsets of its words do not cover their text");
  }
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch (cause) {
    throw damaged(file, "its words are not UTF-8", cause);
  }
  const within = offsets.findIndex((offset) => offset < text.length && (text[offset] & 0xc0) === 0x80);
  if (within >= 0) throw damaged(file, `word ${within} begins within a character`);
}

/**
 * Reads a table's attributes, where the file has any: those of its rows, which may be the first of the file's.
 *
 * @throws {Wasm2VecError} `format-damaged`
 */
export async function readAttributes(reader: SealedReader, table: VectorTable): Promise<void> {
  const [rows] = reader.file.tensor("counts").shape;
  if (!reader.file.tensors.has(ATTRIBUTES)) return;
  const json = new TextDecoder().decode(await reader.read(ATTRIBUTES, "U8"));
  try {
    table.attributes.takeJson(json, rows, table.size);
  } catch (cause) {
    throw damaged(reader.file.file, `its attributes: ${(cause as Error).message}`, cause);
  }
}

/** Sums of counts may be larger than what a float64 counts exactly. */
export const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
