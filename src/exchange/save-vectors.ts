/** Vectors into files of any format. */

import { show, Wasm2VecError } from "../errors.ts";
import { withSignals } from "../event-loop.ts";
import { gzipped } from "../files/gzip.ts";
import { fileName, saveTo, type TargetLike } from "../files/target.ts";
import {
  EXTENSIONS,
  extensionOf,
  KEYLESS_FORMATS,
  type VectorList,
  type WrittenFormat,
} from "../formats/vector-file.ts";
import { wordCountsChunks } from "../formats/word-counts.ts";
import { unchanged } from "../tables/saved-words.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { SaveVectorsSettings } from "./options.ts";
import { WRITERS } from "./writers.ts";

/**
 * Writes a table's vectors.
 *
 * @param version of the table, when the call came: when rows change before the last byte is written, nothing is replaced
 * @throws {Wasm2VecError} `option-invalid` where no format is known, or a key cannot be kept; `table-changed`, `closed`; and
 *   what saveTo throws
 */
export async function saveVectors(
  table: VectorTable,
  version: number,
  target: TargetLike,
  { format: given, counts, keys, signal }: SaveVectorsSettings,
): Promise<void> {
  const format = given ?? formatOf(target);
  checkKeys(format, keys);
  const write = await WRITERS[format]();
  const { keyLines } = await import("../formats/tsv.ts");
  const list = listOf(table);
  await withSignals([signal, table.closed], async (signal) => {
    await saveChunks(target, unchanged(write(table, list), table, version), signal);
    if (keys !== undefined) await saveChunks(keys, unchanged(keyLines(list, format === "tsv"), table, version), signal);
    if (counts !== undefined) await saveChunks(counts, unchanged(wordCountsChunks(list), table, version), signal);
  });
}

/** @throws {Wasm2VecError} `option-invalid` where a format of rows alone has no file for the keys, or another has one */
function checkKeys(format: WrittenFormat, keys: TargetLike | undefined): void {
  const isKeyless = KEYLESS_FORMATS.includes(format);
  if (isKeyless === (keys !== undefined)) return;
  const message = isKeyless
    ? `save: a file of the format ${format} holds no keys; expected another file for them, such as { keys: "keys.txt" }.`
    : `save: a file of the format ${format} holds the keys itself. Leave the option keys out.`;
  throw new Wasm2VecError("option-invalid", message);
}

/** Writes chunks, zipped where the target's name says so. */
export async function saveChunks(target: TargetLike, chunks: Iterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  const isGzipped = /\.gz$/i.test(fileName(target));
  await saveTo(target, isGzipped ? gzipped(chunks, signal) : chunks, signal);
}

/** A stream has no name: it gets our own format. */
function formatOf(target: TargetLike): WrittenFormat {
  const path = fileName(target);
  if (!path) return "safetensors";
  const format = EXTENSIONS[extensionOf(path)];
  if (format) return format;
  const known = Object.keys(EXTENSIONS).join(", ");
  throw new Wasm2VecError(
    "option-invalid",
    `save: ${show(path)} ends with none of ${known}, each also with .gz behind it. Pass the format as an option: { format: "safetensors" }.`,
  );
}

/** A table as writers read it. */
function listOf(table: VectorTable): VectorList {
  return {
    size: table.size,
    width: table.vectorSize,
    key: (row) => table.vocabulary.word(row),
    row: (row) => table.row(row),
    get counts() {
      return table.vocabulary.counts;
    },
  };
}
