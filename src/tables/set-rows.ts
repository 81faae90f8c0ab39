/** Many rows into a table: int8 ones are made by the engine. */

import { ROW_FORMATS, SMALLEST_SCALE } from "./row-format.ts";
import type { VectorTable } from "./vector-table.ts";

/** How many numbers are made int8 at a time: what is computed for their rows fits beside them. */
const TOGETHER = 4096;

/**
 * Gives rows (n, D) from row `begin` on other numbers, as `setRow` does each. Call `changed` afterwards; until then it
 * overwrites what lies between the rows and the queries.
 */
export function setRows(table: VectorTable, begin: number, numbers: Float32Array): void {
  const { vectorSize } = table;
  const count = table.dtype === "int8" ? Math.ceil(TOGETHER / vectorSize) : 1;
  for (let first = 0; first * vectorSize < numbers.length; first += count) {
    const rows = numbers.subarray(first * vectorSize, (first + count) * vectorSize);
    if (table.dtype === "int8") quantize(table, begin + first, rows);
    else table.setRow(begin + first, rows);
  }
}

function quantize(table: VectorTable, begin: number, numbers: Float32Array): void {
  const { engine, layout, rowBytes, vectorSize } = table;
  const count = numbers.length / vectorSize;
  const padded = engine.f32(layout.window, (count * rowBytes) / 4).fill(0);
  for (let i = 0; i < count; i++) {
    padded.set(numbers.subarray(i * vectorSize, (i + 1) * vectorSize), (i * rowBytes) / 4);
  }
  const storedBytes = ROW_FORMATS.int8.storedBytes(vectorSize);
  // of each row a length, which the engine divides by, its scale, and how far it is from what is stored
  const [lengths, scales, errors] = [0, 1, 2].map((i) => engine.f32(layout.gathered + i * count * 4, count));
  lengths.fill(1);
  engine.kernels.quantizeRows(
    layout.window,
    lengths.byteOffset,
    count,
    rowBytes,
    layout.rows + begin * storedBytes,
    storedBytes,
    scales.byteOffset,
    errors.byteOffset,
  );
  for (let i = 0; i < count; i++) {
    const isRight = Number.isFinite(errors[i]) && (scales[i] >= SMALLEST_SCALE || !errors[i]);
    if (isRight) table.storedRow(begin + i).set(engine.u8(scales.byteOffset + i * 4, 4), storedBytes - 4);
    else table.setRow(begin + i, numbers.subarray(i * vectorSize, (i + 1) * vectorSize));
  }
}
