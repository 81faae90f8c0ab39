/** Where a static encoder's table lies in an engine's memory, and what its rows are summed up in; loaded with it. */

import { rowBytesOf, Space } from "./layout.ts";

/**
 * Rows (V, D) as they are stored, and beside them one row and a sum of rows as float32:
 *
 *     base | sum (D) f32, padded | row (D) f32, padded | rows (V, storedBytes) |
 */
export function tokenTableLayout(base: number, rows: number, dimension: number, storedBytes: number) {
  const space = new Space(base);
  return {
    sum: space.take(rowBytesOf(dimension)),
    row: space.take(rowBytesOf(dimension)),
    rows: space.take(rows * storedBytes),
    end: space.end,
  };
}
