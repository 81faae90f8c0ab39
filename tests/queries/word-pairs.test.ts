// Pairs of words against gensim 4.4 (tests/golden/make-queries.py), and files that are not as they should be.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { goldenRows, tableOf } from "../helpers/tables.ts";
import { utf8 } from "../helpers/texts.ts";

const { pairs } = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));

for (const { options, ...expected } of pairs.cases) {
  test(`pairs with ${JSON.stringify(options)} correlate as in gensim`, async () => {
    using vectors = await tableOf(goldenRows);
    const text = pairs.text.replaceAll("\t", options.delimiter ?? "\t");
    const got = await vectors.evaluateWordPairs(utf8(text), options);
    for (const name of ["pearson", "spearman"] as const) {
      const [coefficient, pValue] = expected[name];
      assert.ok(Math.abs(got[name].coefficient - coefficient) <= 1e-6, `${name} ${got[name].coefficient}`);
      assert.ok(Math.abs(got[name].pValue - pValue) <= 1e-6, `${name} p ${got[name].pValue}`);
    }
    assert.ok(Math.abs(got.oovRatio - expected.oovRatio) <= 1e-12);
  });
}

test("a damaged line of pairs is an error with its number", async () => {
  using vectors = await tableOf(goldenRows);
  const evaluate = (text: string) => vectors.evaluateWordPairs(utf8(text));
  await rejects(
    "format-damaged",
    /The given source, line 2, is "king man"; expected two words and a number, with "\\t"/,
    () => evaluate("king\tman\t1\nking man\n"),
  );
  await rejects("format-damaged", /line 3,/, () => evaluate("#\n\nking\tman\tfar\n"));
  await rejects("format-damaged", /line 1,/, () => evaluate("king\tman\t\n"));
  await rejects("format-damaged", /line 1,/, () => evaluate("king\tman\t1\t2\n"));
});

test("a correlation needs two known pairs", async () => {
  using vectors = await tableOf(goldenRows);
  await rejects("empty-query", /1 of 2 pairs have both words in the table; a correlation needs two/, () =>
    vectors.evaluateWordPairs(utf8("king\tqueen\t1\nking\tunknown\t2\n")),
  );
});

for (const name of ["wordsim353.tsv", "simlex999.txt", "EN-MEN-TR-3k.txt"]) {
  const path = sharedData(`eval/${name}`);
  if (path) {
    test(`${name} is read to its end`, async () => {
      using vectors = await tableOf({ a: [1, 0] });
      assert.is((await vectors.evaluateWordPairs(path, { dummy4unknown: true })).oovRatio, 100);
    });
  } else console.log(`not run: the pairs of ${name}, which is not on this machine`);
}

test("a closed table cannot be evaluated", async () => {
  const vectors = await tableOf(goldenRows);
  vectors.close();
  await rejects("closed", /closed/, () => vectors.evaluateWordPairs(utf8("")));
});

test.run();
