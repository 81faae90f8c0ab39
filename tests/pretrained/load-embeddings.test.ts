// A model's embeddings in memory, with its tokens as keys.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../../src/embedding-matrix.ts";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import { AutoTokenizer } from "../../src/tokenizer.ts";
import { fromBfloat16 } from "../helpers/reference.ts";
import { rejects } from "../helpers/rejects.ts";

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Four tokens with the ids 0, 1, 2 and 4. */
const tokenizer = () =>
  AutoTokenizer.fromPretrained({
    "tokenizer.json": json({
      added_tokens: [{ id: 4, content: "[end]", special: true }],
      normalizer: null,
      pre_tokenizer: { type: "Whitespace" },
      post_processor: null,
      decoder: null,
      model: { type: "WordLevel", vocab: { "<unk>": 0, cat: 1, dog: 2 }, unk_token: "<unk>" },
    }),
  });

/** A matrix (rows, 2) of bfloat16 whose row i is (i, 1). */
function open(rows: number, set?: { at: number; bits: number }) {
  const bits = Uint16Array.from({ length: rows * 2 }, (_, i) =>
    i % 2 ? 0x3f80 : new Uint32Array(Float32Array.of(i / 2).buffer)[0] >>> 16,
  );
  if (set) bits[set.at] = set.bits;
  const chunks = [new Uint8Array(bits.buffer)];
  const tensor = { name: "embed_tokens.weight", dtype: "BF16" as const, shape: [rows, 2], chunks };
  const file = new Uint8Array(Buffer.concat([...safetensorsChunks([tensor])]));
  return EmbeddingMatrix.fromPretrained({ "model.safetensors": file });
}

test("tokens are keys, ids are rows; rows that no token has are named by their number", async () => {
  using matrix = await open(6);
  using table = await matrix.load({ tokenizer: await tokenizer() });
  assert.equal([...table.indexToKey], ["<unk>", "cat", "dog", "<row 3>", "[end]", "<row 5>"]);
  assert.is(table.dtype, "bfloat16");
  assert.equal([...table.getVector("dog")], [2, 1]);
  assert.is(table.mostSimilar("cat", { topn: 1 })[0][0], "dog");
});

test("every dtype, with ids as keys where no tokenizer is given", async () => {
  using matrix = await open(200);
  for (const dtype of ["float32", "bfloat16", "float16", "int8"] as const) {
    using table = await matrix.load({ dtype });
    assert.is(table.dtype, dtype);
    assert.is(table.size, 200);
    const [x, y] = table.getVector("129");
    const exact = fromBfloat16(new Uint32Array(Float32Array.of(129).buffer)[0] >>> 16);
    assert.ok(Math.abs(x - exact) < 1e-4 && Math.abs(y - 1) < (dtype === "int8" ? 0.6 : 1e-9), `${x}, ${y}`);
  }
});

test("rows that lie where their vectors go are read before they are lost", async () => {
  using matrix = await open(200);
  for (const dtype of ["float32", "bfloat16"] as const) {
    using table = await matrix.load({ dtype });
    const out = new Float32Array(400);
    const rows = new Uint32Array(out.buffer, 0, 200);
    for (let i = 0; i < 200; i++) rows[i] = 199 - i;
    table.getVectorsInto(rows, out);
    assert.equal([...out], [...table.getVectors([...table.indexToKey].reverse()).data]);
  }
});

test("a tokenizer's list with holes: rows without a token", async () => {
  using matrix = await open(3);
  using table = await matrix.load({ tokenizer: { convertIdsToTokens: (ids) => new Array([...ids].length) } });
  assert.equal([...table.indexToKey], ["<row 0>", "<row 1>", "<row 2>"]);
});

test("only the first rows, and what is done", async () => {
  using matrix = await open(6);
  const events: unknown[] = [];
  using table = await matrix.load({ rows: 3, tokenizer: await tokenizer(), onProgress: (event) => events.push(event) });
  assert.equal([...table.indexToKey], ["<unk>", "cat", "dog"]);
  assert.equal(events, [{ kind: "rows", done: 3, total: 3 }]);
});

test("a tokenizer of another size than the matrix is told", async () => {
  const told = async (rows: number) => {
    using matrix = await open(rows);
    const warnings: string[] = [];
    const onProgress = (event: { kind: string; message?: string }) => event.message && warnings.push(event.message);
    (await matrix.load({ tokenizer: await tokenizer(), onProgress })).close();
    return warnings;
  };
  const [[padded], [shorter]] = [await told(6), await told(3)];
  assert.match(padded, /2 of 6 rows have no token, and are named by their number\.$/);
  assert.match(shorter, /tokens with ids from 3 on, which have no row: does it belong to this model\?$/);
  assert.equal(await told(5).then(([message]) => /1 of 5 rows/.test(message)), true);
});

test("more rows than are read at a time come in order; the table outlives the matrix", async () => {
  // two megabytes
  const matrix = await open(500_000);
  const table = await matrix.load({ dtype: "float32" });
  matrix.close();
  for (const row of [0, 262_143, 262_144, 499_999]) {
    assert.is(table.getVector(row)[0], fromBfloat16(new Uint32Array(Float32Array.of(row).buffer)[0] >>> 16));
  }
  table.close();
});

test("a number of rows or a dtype that cannot be, NaN, an abort, a closed matrix: errors", async () => {
  using matrix = await open(6);
  await rejects("option-invalid", /rows is 7; .* from 1 to 6/, () => matrix.load({ rows: 7 }));
  await rejects("option-invalid", /rows is 0/, () => matrix.load({ rows: 0 }));
  await rejects("option-invalid", /dtype is "int4"/, () => matrix.load({ dtype: "int4" as "int8" }));
  await rejects("option-unknown", /Did you mean "tokenizer"/, () => matrix.load({ tokeniser: 1 } as object));
  using broken = await open(3, { at: 2, bits: 0x7fc0 });
  await rejects("option-invalid", /Row 1 \("cat"\) holds NaN/, async () =>
    broken.load({ tokenizer: await tokenizer() }),
  );
  const reason = new Error("enough");
  try {
    await matrix.load({ signal: AbortSignal.abort(reason) });
    assert.unreachable();
  } catch (error) {
    assert.is(error, reason);
  }
  const closed = await open(1);
  closed.close();
  await rejects("closed", /closed/, () => closed.load());
});

/** A matrix of float32. */
function openRows(rows: number[][]) {
  const chunks = [new Uint8Array(Float32Array.from(rows.flat()).buffer)];
  const tensor = { name: "embed_tokens.weight", dtype: "F32" as const, shape: [rows.length, rows[0].length], chunks };
  const file = new Uint8Array(Buffer.concat([...safetensorsChunks([tensor])]));
  return EmbeddingMatrix.fromPretrained({ "model.safetensors": file });
}

test("principal components that one can see: rows on a line, and beside it", async () => {
  // around (10, 10), along (3, 4) / 5 by ±10, and across it by ±5
  using matrix = await openRows([
    [16, 18],
    [4, 2],
    [6, 13],
    [14, 7],
  ]);
  using table = await matrix.load({ pcaDims: 2 });
  const rounded = [...table.toMatrix().data].map((x) => Math.round(x * 1e5) / 1e5);
  assert.equal(
    rounded,
    [10, 0, -10, 0, 0, -5, 0, 5].map((x) => x + 0),
  );
  using first = await matrix.load({ pcaDims: 1, rows: 2, dtype: "int8" });
  assert.is(first.vectorSize, 1);
  assert.ok(Math.abs(first.getVector(0)[0] - 10) < 1e-5);
});

test("principal components of many rows agree with products in float64, whatever rows they are read with", async () => {
  let state = 5;
  const draw = () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state / 2 ** 31;
  };
  const [rows, columns, kept] = [1000, 24, 5];
  // far from zero, and less along each further axis
  const data = Array.from({ length: rows }, () =>
    Array.from({ length: columns }, (_, d) => Math.fround(3 + draw() / (d + 1))),
  );
  using matrix = await openRows(data);
  const events: { done: number; total: number }[] = [];
  using table = await matrix.load({
    pcaDims: kept,
    onProgress: (event) => event.kind === "rows" && events.push(event),
  });
  assert.equal(
    events.map(({ done, total }) => [done, total]),
    [
      [rows, 2 * rows],
      [2 * rows, 2 * rows],
    ],
  );
  const mean = data[0].map((_, d) => data.reduce((sum, row) => sum + row[d], 0) / rows);
  const centered = data.map((row) => row.map((x, d) => x - mean[d]));
  const coordinates = [...table.toMatrix()];
  // XᵀX of coordinates is diagonal, and each of its numbers is |Xᵀ c|² / |c|² of the rows
  for (let k = 0; k < kept; k++) {
    const axis = centered[0].map((_, d) => centered.reduce((sum, row, i) => sum + row[d] * coordinates[i][k], 0));
    const value = coordinates.reduce((sum, row) => sum + row[k] ** 2, 0);
    for (let i = 0; i < rows; i += 97) {
      const expected = centered[i].reduce((sum, x, d) => sum + (x * axis[d]) / value, 0);
      assert.ok(Math.abs(expected - coordinates[i][k]) < 1e-5, `${expected}, ${coordinates[i][k]}`);
    }
    for (let l = 0; l < k; l++) {
      const product = coordinates.reduce((sum, row) => sum + row[k] * row[l], 0);
      assert.ok(Math.abs(product) < 1e-4 * value, `components ${k} and ${l}: ${product}`);
    }
    assert.ok(Math.max(...axis) >= -Math.min(...axis), "the number furthest from zero is positive");
  }
});

test("principal components are numpy's", async () => {
  const golden: { values: number[]; coordinates: number[][] } = JSON.parse(
    readFileSync("tests/golden/components.json", "utf8"),
  );
  const rows = Array.from({ length: 300 }, (_, i) =>
    Array.from({ length: 24 }, (_, d) => 2 + Math.sin((i + 1) * (d + 2)) / (d + 1)),
  );
  using matrix = await openRows(rows);
  using table = await matrix.load({ pcaDims: 6 });
  const coordinates = [...table.toMatrix()];
  for (const [k, expected] of golden.values.entries()) {
    const length = Math.hypot(...coordinates.map((row) => row[k]));
    assert.ok(Math.abs(length - expected) < 1e-5 * expected, `component ${k}: ${length}, ${expected}`);
  }
  for (const [i, row] of golden.coordinates.entries()) {
    for (const [k, expected] of row.entries()) {
      assert.ok(Math.abs(coordinates[i * 50][k] - expected) < 1e-5, `row ${i * 50}, component ${k}`);
    }
  }
});

test("more components than there are, NaN among the rows: errors", async () => {
  using matrix = await openRows([
    [1, 2],
    [3, 4],
    [5, Number.NaN],
  ]);
  await rejects("option-invalid", /pcaDims is 3; .* from 1 to 2, because 3 rows of 2 numbers/, () =>
    matrix.load({ pcaDims: 3 }),
  );
  await rejects("option-invalid", /pcaDims is 2; .* from 1 to 1/, () => matrix.load({ pcaDims: 2, rows: 1 }));
  await rejects("option-invalid", /row 2 holds NaN or Infinity/, () => matrix.load({ pcaDims: 1 }));
  using table = await matrix.load({ pcaDims: 1, rows: 2 });
  assert.is(table.size, 2);
});

test("vectors into an array that is there: of every dtype, from any place on", async () => {
  for (const width of [3, 8]) {
    const rows = Array.from({ length: 5000 }, (_, i) => Array.from({ length: width }, (_, d) => (i % 100) + d));
    using matrix = await openRows(rows);
    for (const dtype of ["float32", "bfloat16", "float16"] as const) {
      using table = await matrix.load({ dtype });
      const out = new Float32Array(4000 * width + 1).fill(-1);
      const ids = Uint32Array.from({ length: 4000 }, (_, i) => (i * 7919) % 5000);
      table.getVectorsInto(ids, out);
      assert.equal([...out], [...Array.from(ids, (id) => rows[id]).flat(), -1]);
      table.getVectorsInto([4], out.subarray(width));
      assert.equal([...out.subarray(width, 2 * width)], rows[4]);
    }
  }
});

test("an array that is too short, or none, and rows that are not there", async () => {
  using matrix = await openRows([
    [1, 2],
    [3, 4],
  ]);
  using table = await matrix.load();
  const out = new Float32Array(3);
  await rejects("shape-mismatch", /out holds 3 numbers; expected 4/, () => table.getVectorsInto([0, 1], out));
  await rejects("id-out-of-range", /Row 2 is not there; expected an integer from 0 to 1/, () =>
    table.getVectorsInto([0, 2], out),
  );
  await rejects("option-invalid", /out is/, () => table.getVectorsInto([0], [0, 0] as unknown as Float32Array));
  assert.equal([...out], [0, 0, 0]);
});

test("a tokenizer that gives other than a token, or none, for each id", async () => {
  using matrix = await open(3);
  for (const tokens of [undefined, "abc", ["a", "b"], ["a", "b", 3], ["a", "b", null]]) {
    await rejects("option-invalid", /convertIdsToTokens of the given tokenizer returned .* for 3 ids/, () =>
      matrix.load({ tokenizer: { convertIdsToTokens: () => tokens as string[] } }),
    );
  }
});

test.run();
