// Pairs of words against gensim 4.4 (tests/golden/make-queries.py), and files that are not as they should be.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { PairOptions } from "../../src/queries/evaluation-options.ts";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass, goldenRows, tableOf } from "../helpers/tables.ts";
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
  await rejects("format-damaged", /line 3, is "sea water"; .* with spaces between them, in the columns 0, 1, 3/, () =>
    evaluate("king man N 1\nking queen N 2\nsea water\n"),
  );
});

/** The first lines of the files, laid out as their authors did, with the words of the table. */
const files: Record<string, { text: string; header: string | null; options?: PairOptions }> = {
  "WordSim-353, combined.tab": {
    text: "Word 1\tWord 2\tHuman (mean)\r\neast\tnorth\t6.77\r\neast\twest\t1.31\r\nnorth\tnortheast\t7.35\r\ntiger\tcat\t7.35\r\n",
    header: "Word 1\tWord 2\tHuman (mean)",
  },
  "WordSim-353, combined.csv": {
    text: "Word 1,Word 2,Human (mean)\neast,north,6.77\neast,west,1.31\nnorth,northeast,7.35\ntiger,cat,7.35\n",
    header: "Word 1,Word 2,Human (mean)",
  },
  "WordSim-353, set1.csv, whose header has numbers": {
    text: "Word 1,Word 2,Human (mean),1,2,3\neast,north,6.77,9,6,8\neast,west,1.31,1,2,1\nnorth,northeast,7.35,9,7,8\ntiger,cat,7.35,9,7,8\n",
    header: "Word 1,Word 2,Human (mean),1,2,3",
  },
  "SimLex-999": {
    text: "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)\neast\tnorth\tA\t6.77\t2.72\t2.81\t2\t7.25\t1\t0.41\neast\twest\tA\t1.31\t1.75\t2.46\t1\t7.11\t1\t0.67\nnorth\tnortheast\tA\t7.35\t3.07\t3.16\t2\t1.7\t0\t1.28\ntiger\tcat\tN\t7.35\t2\t2\t1\t1\t1\t1\n",
    header: "word1\tword2\tPOS\tSimLex999\tconc(w1)\tconc(w2)\tconcQ\tAssoc(USF)\tSimAssoc333\tSD(SimLex)",
  },
  "RW, the mean before the ratings": {
    text: "east\tnorth\t6.77\t7\t7\t4\t6\neast\twest\t1.31\t0\t2\t1\t1\nnorth\tnortheast\t7.35\t7\t7\t8\t9\ntiger\tcat\t7.35\t5\t9\t8\t7\n",
    header: null,
  },
  "SimVerb-3500, no header": {
    text: "east\tnorth\tV\t6.77\tSYNONYMS\neast\twest\tV\t1.31\tANTONYMS\nnorth\tnortheast\tV\t7.35\tNONE\ntiger\tcat\tV\t7.35\tNONE\n",
    header: null,
  },
  "MEN, natural form": {
    text: "east north 6.770000\neast west 1.310000\nnorth northeast 7.350000\ntiger cat 7.350000\n",
    header: null,
  },
  "semicolons, and the number first": {
    text: "score;a;b\n6.77;east;north\n1.31;east;west\n7.35;north;northeast\n7.35;tiger;cat\n",
    header: "score;a;b",
    options: { columns: [1, 2, 0] },
  },
  "a header that reads as a pair": {
    text: "first\tsecond\t1\neast\tnorth\t6.77\neast\twest\t1.31\nnorth\tnortheast\t7.35\ntiger\tcat\t7.35\n",
    header: "first\tsecond\t1",
    options: { skipHeader: true },
  },
};

for (const [name, { text, header, options }] of Object.entries(files)) {
  test(`pairs as their authors wrote them: ${name}`, async () => {
    using vectors = await compass();
    const got = await vectors.evaluateWordPairs(utf8(text), options);
    assert.equal({ used: got.used, unknown: got.unknown, header: got.header }, { used: 3, unknown: 1, header });
    assert.is(got.oovRatio, 25);
    const { pearson } = await vectors.evaluateWordPairs(
      utf8("east\tnorth\t6.77\neast\twest\t1.31\nnorth\tnortheast\t7.35"),
    );
    assert.is(got.pearson.coefficient, pearson.coefficient);
  });
}

test("a first line without a number is an error where there is no header", async () => {
  using vectors = await compass();
  const text = utf8("Word 1,Word 2,Human (mean)\neast,north,6.77\neast,west,1.31\n");
  await rejects("format-damaged", /line 1, is "Word 1,Word 2,Human \(mean\)"; .* with "," between/, () =>
    vectors.evaluateWordPairs(text, { skipHeader: false }),
  );
  assert.is((await vectors.evaluateWordPairs(text, { dummy4unknown: true })).used, 2);
});

test("columns are three different ones", async () => {
  using vectors = await compass();
  for (const columns of [[0, 1], [0, 0, 1], [0, 1, -1], "012"]) {
    await rejects("option-invalid", /columns is .*; expected three different columns/, () =>
      vectors.evaluateWordPairs(utf8(""), { columns: columns as never }),
    );
  }
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

test("a test file's URL that is changed after the call", async () => {
  using vectors = await compass();
  const url = new URL("data:text/plain,east;north;6.77%0Aeast;west;1.31");
  const pairs = vectors.evaluateWordPairs(url);
  url.href = "data:text/plain,: directions%0Aeast west north south";
  const analogies = vectors.evaluateWordAnalogies(url);
  url.href = "file:///no/such";
  assert.is((await pairs).used, 2);
  assert.is((await analogies).sections[0].section, "directions");
});

test("a closed table cannot be evaluated", async () => {
  const vectors = await tableOf(goldenRows);
  vectors.close();
  await rejects("closed", /closed/, () => vectors.evaluateWordPairs(utf8("")));
});

test.run();
