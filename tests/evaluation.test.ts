// Analogies and pairs of words, against gensim 4.4, and files that are not as they should be.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import type { AnalogySection } from "../src/queries/word-analogies.ts";
import { sharedData } from "./helpers/data.ts";
import { rejects } from "./helpers/rejects.ts";

const { analogies, pairs } = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));
const { table } = JSON.parse(readFileSync("tests/golden/keyed-vectors.json", "utf8"));

const tableOf = (rows: Record<string, number[]>) => {
  const [keys, vectors] = [Object.keys(rows), Object.values(rows)];
  return KeyedVectors.from(keys, {
    data: Float32Array.from(vectors.flat()),
    shape: [keys.length, vectors[0].length],
  });
};

const file = (text: string) => new TextEncoder().encode(text);

for (const { options, score, sections } of analogies.cases) {
  test(`analogies with ${JSON.stringify(options)} are solved as gensim solves them`, async () => {
    using vectors = await tableOf(analogies.table);
    const got = await vectors.evaluateWordAnalogies(file(analogies.text), options);
    assert.is(got.score, score);
    assert.equal(got.sections, sections);
  });
}

test("an analogy is solved by the word that lies where the others point", async () => {
  using vectors = await tableOf({
    man: [1, 0, 0],
    woman: [1, 1, 0],
    king: [1, 0, 1],
    queen: [1, 1, 1],
    cat: [0, 1, 3],
  });
  const { score, sections } = await vectors.evaluateWordAnalogies(
    file(": royal\nman woman king queen\nman king woman cat\n"),
    { caseInsensitive: false },
  );
  assert.is(score, 0.5);
  const expected: AnalogySection = {
    section: "royal",
    correct: [["man", "woman", "king", "queen"]],
    incorrect: [["man", "king", "woman", "cat"]],
  };
  assert.equal(sections, [expected, { ...expected, section: "Total accuracy" }]);
});

test("a file without known words scores 0", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const { score, sections } = await vectors.evaluateWordAnalogies(file(": s\nw x y z\n"));
  assert.is(score, 0);
  assert.equal(
    sections.map(({ section }) => section),
    ["s", "Total accuracy"],
  );
  assert.is((await vectors.evaluateWordAnalogies(file(""))).score, 0);
});

test("a damaged line of analogies is an error with its number", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const evaluate = (text: string) => vectors.evaluateWordAnalogies(file(text));
  await rejects("format-damaged", /The given source, line 3, has 3 words: "a b c"; expected four/, () =>
    evaluate(": s\na b c d\na b c\n"),
  );
  await rejects("format-damaged", /line 2, belongs to no section/, () => evaluate("\na b c d\n"));
});

test("similarityFunction is one of two", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const options = { similarityFunction: "toString" as never };
  await rejects("option-invalid", /"toString"; expected "mostSimilar" or "mostSimilarCosmul"/, () =>
    vectors.evaluateWordAnalogies(file(""), options),
  );
});

test("restrictVocab must leave a row", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  for (const restrictVocab of [0, -1, 1.5]) {
    await rejects("option-invalid", /restrictVocab is .*; expected an integer of at least 1/, () =>
      vectors.evaluateWordPairs(file(""), { restrictVocab }),
    );
  }
});

for (const { options, ...expected } of pairs.cases) {
  test(`pairs with ${JSON.stringify(options)} correlate as in gensim`, async () => {
    using vectors = await tableOf(table);
    const text = pairs.text.replaceAll("\t", options.delimiter ?? "\t");
    const got = await vectors.evaluateWordPairs(file(text), options);
    for (const name of ["pearson", "spearman"] as const) {
      const [coefficient, pValue] = expected[name];
      assert.ok(Math.abs(got[name].coefficient - coefficient) <= 1e-6, `${name} ${got[name].coefficient}`);
      assert.ok(Math.abs(got[name].pValue - pValue) <= 1e-6, `${name} p ${got[name].pValue}`);
    }
    assert.ok(Math.abs(got.oovRatio - expected.oovRatio) <= 1e-12);
  });
}

test("a damaged line of pairs is an error with its number", async () => {
  using vectors = await tableOf(table);
  const evaluate = (text: string) => vectors.evaluateWordPairs(file(text));
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
  using vectors = await tableOf(table);
  await rejects("empty-query", /1 of 2 pairs have both words in the table; a correlation needs two/, () =>
    vectors.evaluateWordPairs(file("king\tqueen\t1\nking\tunknown\t2\n")),
  );
});

const questions = sharedData("eval/questions-words.txt");
if (questions) {
  test("the usual file of analogies has 19,544 in 14 sections, and files of pairs are read to their end", async () => {
    using vectors = await tableOf({ a: [1, 0] });
    const { sections } = await vectors.evaluateWordAnalogies(questions, { dummy4unknown: true });
    assert.is(sections.length, 14 + 1);
    assert.is(sections[14].incorrect.length, 19_544);
    for (const pairs of ["wordsim353.tsv", "simlex999.txt", "EN-MEN-TR-3k.txt"]) {
      const file = sharedData(`eval/${pairs}`) as string;
      assert.is((await vectors.evaluateWordPairs(file, { dummy4unknown: true })).oovRatio, 100);
    }
  });
} else console.log("not run: the usual files of analogies and pairs, which are not on this machine");

test("an abort ends an evaluation with the signal's reason", async () => {
  using vectors = await tableOf(table);
  const signal = AbortSignal.abort(new Error("enough"));
  let thrown: unknown;
  await vectors.evaluateWordAnalogies(file(": s\n"), { signal }).catch((error) => {
    thrown = error;
  });
  assert.is((thrown as Error).message, "enough");
});

test("a closed table cannot be evaluated", async () => {
  const vectors = await tableOf(table);
  vectors.close();
  await rejects("closed", /closed/, () => vectors.evaluateWordAnalogies(file("")));
  await rejects("closed", /closed/, () => vectors.evaluateWordPairs(file("")));
});

test.run();
