// The exact earth mover's distance against POT's, and against moving unit by unit.

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { earthMoverCost } from "../../src/math/earth-mover.ts";
import * as reference from "../helpers/reference.ts";

const golden = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));

function costs(sources: number, sinks: number, cost: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: sources * sinks }, (_, arc) => cost(Math.floor(arc / sinks), arc % sinks));
}

test("each heap moves the shorter way", () => {
  // two heaps at 0 and 3 become three at 1, 2 and 3: work 2 · 1 + 1 · 2 for the first, none for the last
  const [from, to] = [
    [0, 3],
    [1, 2, 3],
  ];
  const cost = costs(2, 3, (i, j) => Math.abs(from[i] - to[j]));
  assert.is(earthMoverCost([3, 2], [2, 1, 2], cost), 4);
});

for (const { supply, demand, modulus, cost } of golden.earthMovers) {
  test(`${supply.length} sources and ${demand.length} sinks: the least cost is POT's`, () => {
    const matrix = costs(supply.length, demand.length, (i, j) => ((31 * i + 17 * j + 7 * i * j) % modulus) / modulus);
    const got = earthMoverCost(supply, demand, matrix);
    assert.ok(Math.abs(got - cost) <= 1e-9 * Math.max(1, cost), `${got}, POT ${cost}`);
  });
}

test("no way to move is cheaper", () => {
  const sides = fc.integer({ min: 1, max: 6 }).chain((sources) =>
    fc.integer({ min: 1, max: 6 }).chain((sinks) => {
      // units are dealt out on both sides, so that the sums are equal; each has one at least
      const dealt = (places: number, units: number) =>
        fc.array(fc.nat(places - 1), { minLength: units - places, maxLength: units - places }).map((extra) => {
          const amounts = new Array<number>(places).fill(1);
          for (const place of extra) amounts[place]++;
          return amounts;
        });
      const units = Math.max(sources, sinks) + 3;
      const prices = fc.array(fc.nat(4), { minLength: sources * sinks, maxLength: sources * sinks });
      return fc.tuple(dealt(sources, units), dealt(sinks, units), prices);
    }),
  );
  fc.assert(
    fc.property(sides, ([supply, demand, prices]) => {
      const expected = reference.earthMoverCost(supply, demand, (i, j) => prices[i * demand.length + j]);
      assert.is(earthMoverCost(supply, demand, Float64Array.from(prices)), expected);
    }),
    { numRuns: 1000, seed: 1 },
  );
});

test.run();
