// The neighbour graph: for each row what mostSimilar finds, while others work.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { rejects } from "../helpers/rejects.ts";
import { compass, randomTable, tableOf } from "../helpers/tables.ts";

test("the neighbour graph: for each row what mostSimilar finds", async () => {
  for (const indexed of [false, true]) {
    using vectors = await tableOf(randomTable(8, 700, 12));
    if (indexed) await vectors.buildIndex({ dtype: "int8" });
    const events: unknown[] = [];
    const graph = await vectors.neighborGraph({ k: 4, onProgress: (event) => events.push(event) });
    assert.equal(graph.shape, [700, 4]);
    for (let row = 0; row < 700; row++) {
      const expected = vectors.mostSimilar({ row }, { topn: 4 });
      const places = [0, 1, 2, 3].map((i) => row * 4 + i);
      assert.equal(
        places.map((place) => [`key ${graph.ids[place]}`, graph.similarities[place]]),
        expected,
      );
    }
    assert.equal(events, [
      { kind: "neighbors", done: 256, total: 700 },
      { kind: "neighbors", done: 512, total: 700 },
      { kind: "neighbors", done: 700, total: 700 },
    ]);
  }
});

test("the neighbour graph of a small table has all other rows; of one row or equal ones, too", async () => {
  using vectors = await compass();
  const graph = await vectors.neighborGraph({ k: 100 });
  assert.equal(graph.shape, [4, 3]);
  assert.equal([...graph.ids], [2, 1, 3, 2, 0, 3, 0, 1, 3, 1, 2, 0]);
  using single = await tableOf([[1, 2]]);
  assert.equal((await single.neighborGraph()).shape, [1, 0]);
  using equal = await tableOf(Array.from({ length: 5 }, () => [1, 1]));
  assert.equal([...(await equal.neighborGraph({ k: 2 })).ids], [1, 2, 0, 2, 0, 1, 0, 1, 0, 1]);
});

test("the neighbour graph lets others work, who may ask the table meanwhile", async () => {
  for (const indexed of [false, true]) {
    using vectors = await tableOf(randomTable(9, 4000, 100));
    if (indexed) await vectors.buildIndex({ dtype: "int8" });
    const expected = await vectors.neighborGraph({ k: 3 });
    let longest = 0;
    let last = performance.now();
    let turns = 0;
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      turns++;
      vectors.mostSimilar({ row: turns });
      vectors.mostSimilarBatch([{ row: 1 }, { row: 2 }, { row: 3 }]);
      last = performance.now();
    });
    const graph = await vectors.neighborGraph({ k: 3 });
    clearInterval(timer);
    assert.equal(graph, expected);
    assert.ok(turns > 0, "nobody had a turn");
    // 50 ms where the machine is free
    assert.ok(longest < 500, `others waited for ${longest} ms`);
  }
});

test("the neighbour graph can be aborted, and refuses a table that changes meanwhile", async () => {
  using vectors = await tableOf(randomTable(10, 6000, 100));
  const reason = new Error("enough");
  const aborted = async (signal: AbortSignal) => {
    try {
      await vectors.neighborGraph({ signal });
    } catch (error) {
      return error;
    }
  };
  assert.is(await aborted(AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason));
  assert.is(await aborted(controller.signal), reason);
  setTimeout(() => vectors.setVector(0, new Float32Array(100)));
  await rejects("table-changed", /Await neighborGraph/, () => vectors.neighborGraph());
});

test("a neighbour graph of no neighbours is an error, and so is an unknown option", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /k is 0/, () => vectors.neighborGraph({ k: 0 }));
  await rejects("option-invalid", /k is 1\.5/, () => vectors.neighborGraph({ k: 1.5 }));
  await rejects("option-unknown", /Did you mean "k"/, () => vectors.neighborGraph({ K: 3 } as object));
});

test("a closed table has no neighbour graph", async () => {
  const vectors = await compass();
  vectors.close();
  await rejects("closed", /closed/, () => vectors.neighborGraph());
});

test.run();
