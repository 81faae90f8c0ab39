// Which rows a search looks at: a function, a list, or a range says.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { MostSimilarOptions, Neighbor } from "../../src/queries/most-similar.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass, randomTable, tableOf } from "../helpers/tables.ts";

const keysOf = (neighbors: Neighbor[]) => neighbors.map(([key]) => key);

test("a filter is a function, a list of keys or rows, or a range", async () => {
  using vectors = await compass();
  const ask = (filter: MostSimilarOptions) => keysOf(vectors.mostSimilar("east", filter));
  assert.equal(ask({ filter: (key) => key.endsWith("t") }), ["northeast", "west"]);
  assert.equal(ask({ filter: (_, row) => row !== 2 }), ["north", "west"]);
  assert.equal(ask({ filter: ["west", "north"] }), ["north", "west"]);
  assert.equal(ask({ filter: new Set([{ row: 3 }, "north", "west"]) }), ["north", "west"]);
  assert.equal(ask({ filter: { begin: 2 } }), ["northeast", "west"]);
  assert.equal(ask({ filter: { end: 2 } }), ["north"]);
  assert.equal(ask({ filter: { begin: 1, end: 4 }, clipEnd: 3 }), ["northeast", "north"], "of the clipped rows");
  assert.equal([...vectors.mostSimilar("east", { topn: null, filter: ["west", "east"] })], [1, -1]);
  assert.equal(vectors.mostSimilarBatch(["east", "west"], { topn: 1, filter: ["north", "northeast"] }).map(keysOf), [
    ["northeast"],
    ["north"],
  ]);
});

test("a filter works with the index too", async () => {
  using vectors = await tableOf(randomTable(4, 500, 10));
  const even = (_: string, row: number) => row % 2 === 0;
  const ask = () => [
    vectors.mostSimilar({ row: 7 }, { filter: even }),
    vectors.mostSimilar({ row: 7 }, { filter: { begin: 100, end: 400 } }),
  ];
  const expected = ask();
  await vectors.buildIndex({ dtype: "int8" });
  assert.equal(ask(), expected);
  assert.ok(expected[0].every(([key]) => Number(key.slice(4)) % 2 === 0));
  assert.ok(expected[1].every(([key]) => Number(key.slice(4)) >= 100 && Number(key.slice(4)) < 400));
});

test("a filter that leaves nothing, or is none, is an error", async () => {
  using vectors = await compass();
  const ask = (filter: unknown) => () => vectors.mostSimilar("east", { filter } as object);
  await rejects(
    "empty-filter",
    /none of the rows from 0 to 3/,
    ask(() => false),
  );
  await rejects("empty-filter", /none of the rows/, ask([]));
  await rejects("empty-filter", /none of the rows/, ask({ begin: 4 }));
  await rejects("key-not-found", /"south"/, ask(["south"]));
  await rejects("option-invalid", /The filter is "east"/, ask("east"));
  await rejects("option-invalid", /The filter is \{"from":1\}/, ask({ from: 1 }));
  await rejects("option-invalid", /The filter is \{"begin":0\.5\}/, ask({ begin: 0.5 }));
});

test("a filter that would take all rows by mistake is an error", async () => {
  using vectors = await compass();
  const ask = (filter: unknown) => () => vectors.mostSimilar("east", { filter } as object);
  for (const filter of [/b/, {}, new Date(), Promise.resolve(["north"]), new Float32Array(2).buffer, "north"]) {
    await rejects("option-invalid", /The filter is .*; expected a function of a key and its row, a list/, ask(filter));
  }
  await rejects(
    "option-invalid",
    /returned a Promise; expected true or false/,
    ask(async () => false),
  );
  await rejects(
    "option-invalid",
    /returned a Promise/,
    ask(() => Promise.reject(new Error("nobody's concern"))),
  );
});

test.run();
