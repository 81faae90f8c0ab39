// Static encoders of each layout give the vectors of the library that their folder is of (tests/golden/make-static.py).

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { StaticDtype } from "../../src/static/stored-numbers.ts";
import { StaticModel } from "../../src/static-model.ts";
import { assertNear } from "../helpers/near.ts";

interface Case {
  name: string;
  /** which of the contents each file has */
  files: Record<string, number>;
  options: { dimensionality?: number; normalize?: boolean; quantizeTo?: StaticDtype };
  maxLength: number | null;
  dtype: string;
  normalize: boolean;
  vectors: number[][];
  sequences?: number[][][];
}

const golden = JSON.parse(readFileSync("tests/golden/static-models.json", "utf8")) as {
  texts: string[];
  contents: string[];
  cases: Case[];
};

const filesOf = ({ files }: Case) =>
  new Map(Object.entries(files).map(([name, i]) => [name, new Uint8Array(Buffer.from(golden.contents[i], "base64"))]));

function assertRows(got: Iterable<ArrayLike<number>>, expected: number[][], bound: number, what: string): void {
  const rows = [...got];
  assert.is(rows.length, expected.length, what);
  for (const [i, row] of rows.entries()) assertNear(row, expected[i], bound, `${what}, vector ${i}`);
}

/** float32's last bit where vectors are of length 1, and of sums of int8 */
const boundOf = ({ dtype, normalize }: Case) => (dtype === "int8" && !normalize ? 1e-5 : 5e-7);

for (const expected of golden.cases) {
  test(expected.name, async () => {
    const { name, options, maxLength, dtype, normalize } = expected;
    const model = await StaticModel.fromPretrained(filesOf(expected), options);
    assert.is(model.dtype, dtype === "float64" ? "float32" : dtype);
    assert.is(model.normalize, normalize);
    const limit = maxLength === null ? {} : { maxLength };
    const vectors = model.encode(golden.texts, limit);
    assertRows(vectors, expected.vectors, boundOf(expected), name);
    assert.is(vectors.data.some(Number.isNaN), false);
    for (const [i, text] of golden.texts.entries()) assert.equal(model.encode(text, limit), vectors.row(i).slice());
    for (const [i, sequence] of expected.sequences?.entries() ?? []) {
      assertRows(model.encodeAsSequence(golden.texts[i]), sequence, boundOf(expected), `${name}, tokens of text ${i}`);
    }
    model.close();
  });
}

test.run();
