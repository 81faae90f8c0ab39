/** Vectors out of a file for words that a table has already. */

import { show, Wasm2VecError } from "../errors.ts";
import { type ChunkSource, nameOf } from "../files/source-kinds.ts";
import { keyText } from "../formats/key-text.ts";
import type { UnicodeErrors, VectorSink } from "../formats/vector-file.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { readInto } from "./load-vectors.ts";

/**
 * Gives a table's words the vectors that a file has for them: all, or where something is wrong with the file, none.
 *
 * @returns the rows that were changed
 * @throws {Wasm2VecError} `shape-mismatch` where the file's vectors have another length; and as loadVectors
 */
export async function intersect(
  table: VectorTable,
  from: ChunkSource,
  unicodeErrors: UnicodeErrors,
  signal: AbortSignal,
): Promise<number[]> {
  const sink = new MatchingSink(table, unicodeErrors, nameOf(from));
  await readInto(sink, from, signal);
  signal.throwIfAborted();
  for (const [row, vector] of sink.matches) table.setRow(row, vector);
  if (sink.matches.size) table.changed();
  return [...sink.matches.keys()];
}

/** Keeps the vectors of words that a table has; of a word that comes again, the first. */
class MatchingSink implements VectorSink {
  readonly matches = new Map<number, Float32Array>();
  private row = -1;

  constructor(
    private readonly table: VectorTable,
    private readonly unicodeErrors: UnicodeErrors,
    private readonly file: string,
  ) {}

  begin({ width }: { width: number }): void {
    const { vectorSize } = this.table;
    if (width === vectorSize) return;
    throw new Wasm2VecError(
      "shape-mismatch",
      `The vectors of ${this.file} have ${width} numbers, the model's ${vectorSize}. Take a file of such vectors, or a model with vectorSize: ${width}.`,
    );
  }

  add(key: string | Uint8Array, vector: ArrayLike<number>): boolean {
    this.row++;
    const word = typeof key === "string" ? key : keyText(key, this.unicodeErrors, this.row, this.file);
    const row = this.table.vocabulary.find(word);
    if (row < 0 || this.matches.has(row)) return true;
    const copy = Float32Array.from(vector);
    if (!copy.every(Number.isFinite)) {
      const message = `Row ${this.row} (${show(word)}) of ${this.file} holds NaN or Infinity, which a model cannot learn from. Mend the file.`;
      throw new Wasm2VecError("format-damaged", message);
    }
    this.matches.set(row, copy);
    return true;
  }
}
