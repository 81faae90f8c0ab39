// 3CosMul, against gensim 4.4 (tests/golden) and its plain twin.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { assertClose, testGoldenCalls } from "../helpers/golden-calls.ts";
import * as reference from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";
import { anySmallTable, compass, tableOf } from "../helpers/tables.ts";

testGoldenCalls("mostSimilarCosmul");

test("restrictVocab limits mostSimilarCosmul, which gensim forgets", async () => {
  using vectors = await compass();
  const neighbors = vectors.mostSimilarCosmul("north", { restrictVocab: 2 });
  assert.equal(
    neighbors.map(([key]) => key),
    ["east"],
  );
});

test("a zero vector is as near to all as a right angle, and never NaN", async () => {
  using vectors = await tableOf({ zero: [0, 0], one: [1, 0] });
  assert.equal(vectors.mostSimilarCosmul("zero", { topn: 1 })[0][0], "one");
});

test("3CosMul agrees with its plain twin", async () => {
  await fc.assert(
    fc.asyncProperty(anySmallTable, fc.nat(), fc.nat(), async (rows, i, j) => {
      const [a, b] = [i % rows.length, j % rows.length];
      using vectors = await tableOf(rows);
      const cosmul = vectors.mostSimilarCosmul({ row: a }, { negative: { row: b }, topn: null });
      for (const [row, expected] of reference.cosmul([rows[a]], [rows[b]], rows).entries()) {
        // opposite vectors: the divisor is rounding and 1e-6
        if (reference.cosine(rows[b], rows[row]) > -0.99) assertClose(cosmul[row], expected, `cosmul ${row}`, 1e-4);
      }
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("a topn that is negative is an error", async () => {
  using vectors = await compass();
  await rejects("option-invalid", /at least 0/, () => vectors.mostSimilarCosmul("east", { topn: -1 }));
});

test.run();
