// Static encoders of each layout give the vectors of the library that their folder is of (tests/golden/make-static.py).

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { StaticDtype } from "../../src/static/stored-numbers.ts";
import { StaticModel } from "../../src/static-model.ts";
import { withFolder } from "../helpers/temporary.ts";

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

function assertNear(got: Iterable<ArrayLike<number>>, expected: number[][], bound: number, what: string): void {
  const rows = [...got];
  assert.is(rows.length, expected.length, what);
  for (const [i, row] of rows.entries()) {
    assert.is(row.length, expected[i].length, what);
    for (let d = 0; d < row.length; d++) {
      assert.ok(
        Math.abs(row[d] - expected[i][d]) <= bound,
        `${what}: number ${d} of vector ${i} is ${row[d]}, ${expected[i][d]} in Python`,
      );
    }
  }
}

/** float32's last bit where vectors are of length 1, and of sums of int8 */
const boundOf = ({ dtype, normalize }: Case) => (dtype === "int8" && !normalize ? 1e-5 : 5e-7);

for (const golden_ of golden.cases) {
  test(golden_.name, async () => {
    const { name, options, maxLength, dtype, normalize } = golden_;
    const model = await StaticModel.fromPretrained(filesOf(golden_), options);
    assert.is(model.dtype, dtype === "float64" ? "float32" : dtype);
    assert.is(model.normalize, normalize);
    const limit = maxLength === null ? {} : { maxLength };
    const vectors = model.encode(golden.texts, limit);
    assertNear(vectors, golden_.vectors, boundOf(golden_), name);
    assert.is(vectors.data.some(Number.isNaN), false);
    for (const [i, text] of golden.texts.entries()) assert.equal(model.encode(text, limit), vectors.row(i).slice());
    for (const [i, sequence] of golden_.sequences?.entries() ?? []) {
      assertNear(model.encodeAsSequence(golden.texts[i]), sequence, boundOf(golden_), `${name}, tokens of text ${i}`);
    }
    model.close();
  });
}
void withFolder;
test.run();
