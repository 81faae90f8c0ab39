/** A table made of keys and of rows that come from anywhere. */

import { Engine } from "../engine/engine.ts";
import { joinWords, Vocabulary } from "../vocabulary/vocabulary.ts";
import type { RowDtype } from "./row-format.ts";
import { VectorTable } from "./vector-table.ts";

/**
 * Makes a table with a memory of its own; the engine must be ready. Where it cannot be filled, nothing of it stays. Keys
 * and what `fill` reads without waiting are read at once.
 *
 * @param keys (V,) different strings; the first counts as the most frequent
 * @param fill writes the rows of the table, which are zeros
 * @throws {Wasm2VecError} `key-duplicate`, `too-large`, `out-of-memory`; `option-invalid` for NaN or Infinity; and what
 *   `fill` throws
 */
export async function buildTable(
  keys: readonly string[],
  vectorSize: number,
  dtype: RowDtype,
  fill: (table: VectorTable) => void | Promise<void>,
): Promise<VectorTable> {
  const counts = Float64Array.from(keys, (_, i) => keys.length - i);
  const table = VectorTable.open(Vocabulary.from(joinWords(keys), counts, Engine.another()), vectorSize, dtype);
  try {
    await fill(table);
    table.checkFinite();
    return table;
  } catch (error) {
    table.close();
    throw error;
  }
}
