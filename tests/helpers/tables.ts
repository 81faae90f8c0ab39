/** Small tables for tests of queries: of rows one can see through, of random ones, of gensim's golden ones. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import type { Vector } from "../../src/tables/vector-arguments.ts";
import { MersenneTwister } from "./reference.ts";
import { randomRows } from "./scratch.ts";

/** "key 0", "key 1", … */
export const named = (size: number) => Array.from({ length: size }, (_, i) => `key ${i}`);

/** A table of rows by their keys; rows of a list are "key 0", "key 1", … */
export function tableOf(rows: readonly Vector[] | Readonly<Record<string, Vector>>): Promise<KeyedVectors> {
  return Array.isArray(rows)
    ? KeyedVectors.from(named(rows.length), rows)
    : KeyedVectors.from(rows as Readonly<Record<string, Vector>>);
}

/** (V, D) of random numbers. */
export const randomTable = (seed: number, size: number, dimension: number) =>
  randomRows(new MersenneTwister(seed), size, dimension);

/** Four keys in a plane, whose cosines one can see. */
export const compass = () => tableOf({ east: [1, 0], north: [0, 2], northeast: [3, 3], west: [-4, 0] });

/** (12, 5) the rows that tests/golden's queries were asked of, by their keys. */
export const goldenRows: Readonly<Record<string, number[]>> = JSON.parse(
  readFileSync("tests/golden/keyed-vectors.json", "utf8"),
).table;

/** Tables of 2 to 12 rows of 3 small integers, so that ties and zero vectors are common. */
export const anySmallTable = fc.array(fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: -2, max: 2 }))), {
  minLength: 2,
  maxLength: 12,
});
