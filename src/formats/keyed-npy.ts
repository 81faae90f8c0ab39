/** A NumPy array of rows, (V, D), whose keys lie beside it. See npy.ts, row-keys.ts. */

import { TimeSlice } from "../event-loop.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { matrixShape, npyChunks, readNpy, readRows } from "./npy.ts";
import { type KeysSource, readRowKeys } from "./row-keys.ts";
import { tilesOf } from "./tiles.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

/**
 * Reads rows and their keys.
 *
 * @throws {Wasm2VecError} `shape-mismatch` where there are more keys than rows, or fewer; and what readNpy and readRowKeys
 *   throw
 */
export async function readKeyedNpy(
  source: RandomAccess,
  from: KeysSource,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY, name = "The file", reading, signal } = options;
  const array = await readNpy(source, name, signal);
  const [size, width] = matrixShape(array);
  const keys = await readRowKeys(from, size, signal);
  keys.check(size);
  const slice = new TimeSlice(signal);
  let isWanted = true;
  sink.begin({ rows: Math.min(size, limit), width });
  for await (const { rows } of readRows(array, { limit, reading, signal })) {
    for (let at = 0; at < rows.length && isWanted; at += width) {
      isWanted = sink.add(keys.next() as string, rows.subarray(at, at + width));
    }
    if (!isWanted) break;
    if (slice.isOver) await slice.yield();
  }
  if (keys.counts) sink.attribute?.("count", keys.counts);
}

/** The array (V, D) of a list's rows. */
export function npyOf(list: VectorList): Generator<Uint8Array> {
  const { size, width } = list;
  return npyChunks([size, width], floatTiles(list));
}

function* floatTiles(list: VectorList): Generator<Float32Array> {
  for (const tile of tilesOf(list, 0, list.size)) yield new Float32Array(tile.buffer);
}
