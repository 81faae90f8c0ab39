// Analogies against gensim 4.4 (tests/golden/make-queries.py), and files that are not as they should be.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AnalogySection } from "../../src/queries/word-analogies.ts";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { goldenRows, tableOf } from "../helpers/tables.ts";
import { utf8 } from "../helpers/texts.ts";

const { analogies } = JSON.parse(readFileSync("tests/golden/queries.json", "utf8"));
const questions = sharedData("eval/questions-words.txt");

for (const { options, score, sections } of analogies.cases) {
  test(`analogies with ${JSON.stringify(options)} are solved as gensim solves them`, async () => {
    using vectors = await tableOf(analogies.table);
    const got = await vectors.evaluateWordAnalogies(utf8(analogies.text), options);
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
    utf8(": royal\nman woman king queen\nman king woman cat\n"),
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

test("line ends of Windows and comments are no part of an analogy; what is unknown is counted", async () => {
  using vectors = await tableOf({ man: [1, 0, 0], woman: [1, 1, 0], king: [1, 0, 1], queen: [1, 1, 1] });
  const text = utf8("//Copyright 2013\r\n: royal\r\nman woman king queen\r\nman woman uncle aunt\r\n");
  const { score, sections, unknown } = await vectors.evaluateWordAnalogies(text);
  assert.equal([score, sections[0].section, sections[0].correct.length, unknown], [1, "royal", 1, 1]);
});

test("a file without known words scores 0", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const { score, sections } = await vectors.evaluateWordAnalogies(utf8(": s\nw x y z\n"));
  assert.is(score, 0);
  assert.equal(
    sections.map(({ section }) => section),
    ["s", "Total accuracy"],
  );
  assert.is((await vectors.evaluateWordAnalogies(utf8(""))).score, 0);
});

test("a damaged line of analogies is an error with its number", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const evaluate = (text: string) => vectors.evaluateWordAnalogies(utf8(text));
  await rejects("format-damaged", /The given source, line 3, has 3 words: "a b c"; expected four/, () =>
    evaluate(": s\na b c d\na b c\n"),
  );
  await rejects("format-damaged", /line 2, belongs to no section/, () => evaluate("\na b c d\n"));
});

test("similarityFunction is one of two", async () => {
  using vectors = await tableOf({ a: [1, 0] });
  const options = { similarityFunction: "toString" as never };
  await rejects("option-invalid", /"toString"; expected "mostSimilar" or "mostSimilarCosmul"/, () =>
    vectors.evaluateWordAnalogies(utf8(""), options),
  );
});

if (questions) {
  test("the usual file of analogies has 19,544 in 14 sections", async () => {
    using vectors = await tableOf({ a: [1, 0] });
    const { sections } = await vectors.evaluateWordAnalogies(questions, { dummy4unknown: true });
    assert.is(sections.length, 14 + 1);
    assert.is(sections[14].incorrect.length, 19_544);
  });
} else console.log("not run: the usual file of analogies, which is not on this machine");

test("an abort ends an evaluation with the signal's reason", async () => {
  using vectors = await tableOf(goldenRows);
  const signal = AbortSignal.abort(new Error("enough"));
  let thrown: unknown;
  await vectors.evaluateWordAnalogies(utf8(": s\n"), { signal }).catch((error) => {
    thrown = error;
  });
  assert.is((thrown as Error).message, "enough");
});

test("a closed table cannot be evaluated", async () => {
  const vectors = await tableOf({ a: [1, 0] });
  vectors.close();
  await rejects("closed", /closed/, () => vectors.evaluateWordAnalogies(utf8("")));
});

test.run();
