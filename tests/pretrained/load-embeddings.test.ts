// A model's embeddings in memory, with its tokens as keys.

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

test("only the first rows, and what is done", async () => {
  using matrix = await open(6);
  const events: unknown[] = [];
  using table = await matrix.load({ rows: 3, tokenizer: await tokenizer(), onProgress: (event) => events.push(event) });
  assert.equal([...table.indexToKey], ["<unk>", "cat", "dog"]);
  assert.equal(events, [{ kind: "rows", done: 3, total: 3 }]);
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

test("a tokenizer that gives other than a token, or none, for each id", async () => {
  using matrix = await open(3);
  for (const tokens of [undefined, "abc", ["a", "b"], ["a", "b", 3], ["a", "b", null]]) {
    await rejects("option-invalid", /convertIdsToTokens of the given tokenizer returned .* for 3 ids/, () =>
      matrix.load({ tokenizer: { convertIdsToTokens: () => tokens as string[] } }),
    );
  }
});

test.run();
