// Static encoders as users have them: five tokens in two dimensions, so that every number can be done by head.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../src/embedding-matrix.ts";
import type { ErrorCode } from "../src/errors.ts";
import { joinBytes } from "../src/files/bytes.ts";
import { safetensorsChunks, type TensorToWrite } from "../src/formats/safetensors.ts";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { StaticModel, type StaticModelOptions } from "../src/static-model.ts";
import { AutoTokenizer } from "../src/tokenizer.ts";
import { assertNear } from "./helpers/near.ts";
import { rejects } from "./helpers/rejects.ts";
import { withFolder } from "./helpers/temporary.ts";

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const tokenizerJson = {
  ...{ added_tokens: [], truncation: null, padding: null, post_processor: null, decoder: null },
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: { "[UNK]": 0, cat: 1, dog: 2, sat: 3, "!": 4 }, unk_token: "[UNK]" },
};

type Row = readonly [number, number];
const rows: Row[] = [
  [9, 9],
  [3, 0],
  [0, 4],
  [1, 1],
  [0, 0],
];

const floats = (name: string, numbers: readonly number[], shape: number[]): TensorToWrite => ({
  name,
  dtype: "F32",
  shape,
  chunks: [new Uint8Array(Float32Array.from(numbers).buffer)],
});
const table = (name = "embeddings", of: readonly Row[] = rows) => floats(name, of.flat(), [of.length, 2]);
const integers = (name: string, numbers: number[]): TensorToWrite => ({
  name,
  dtype: "I32",
  shape: [numbers.length],
  chunks: [new Uint8Array(Int32Array.from(numbers).buffer)],
});
const weightsFile = (...tensors: TensorToWrite[]) => joinBytes([...safetensorsChunks(tensors)]);

const model2vec = (tensors: TensorToWrite[] = [table()], config: object = {}, tokenizer: object = tokenizerJson) => ({
  "model.safetensors": weightsFile(...tensors),
  "config.json": bytesOf({ model_type: "model2vec", normalize: false, ...config }),
  "tokenizer.json": bytesOf(tokenizer),
});

const STATIC_EMBEDDING = "sentence_transformers.models.StaticEmbedding";
const NORMALIZE = "sentence_transformers.models.Normalize";
const sentenceTransformers = (types: readonly string[], tokenizer: object = tokenizerJson) => ({
  "model.safetensors": weightsFile(table("embedding.weight")),
  "modules.json": bytesOf(types.map((type, idx) => ({ idx, name: String(idx), path: idx ? `${idx}_X` : "", type }))),
  "tokenizer.json": bytesOf(tokenizer),
});

const open = (files: Record<string, Uint8Array> = model2vec(), options?: StaticModelOptions) =>
  StaticModel.fromPretrained(files, options);

test("a text's vector is the mean of its tokens' rows", async () => {
  const model = await open();
  assert.equal([...model.encode("Cat dog")], [1.5, 2]);
  assert.equal([...model.encode("cat cat dog sat")], [7 / 4, 5 / 4]);
  assert.equal(model.encode(["cat", "dog"]).toArrays(), [
    [3, 0],
    [0, 4],
  ]);
  assert.equal(model.encode(new Set(["dog", "cat"])).toArrays(), [
    [0, 4],
    [3, 0],
  ]);
  assert.equal(model.encode([]).shape, [0, 2]);
  assert.is(model.dimension, 2);
  assert.is(model.dtype, "float32");
  assert.is(model.maxLength, 512);
});

test("divided by its length, where the folder or the caller says so", async () => {
  for (const model of [
    await open(model2vec([table()], { normalize: true })),
    await open(undefined, { normalize: true }),
  ]) {
    assertNear(model.encode("cat dog"), [0.6, 0.8], 1e-7);
    assert.is(model.normalize, true);
  }
});

test("an empty text, and one whose tokens are all unknown: zeros", async () => {
  for (const normalize of [true, false]) {
    const model = await open(undefined, { normalize });
    assert.equal(model.encode(["", "  ", "bird fish", "!"]).toArrays(), Array(4).fill([0, 0]));
  }
});

test("model2vec leaves out what is unknown, sentence-transformers counts it", async () => {
  const both = "cat bird";
  assert.equal([...(await open()).encode(both)], [3, 0]);
  assert.equal([...(await open(sentenceTransformers([STATIC_EMBEDDING]))).encode(both)], [6, 4.5]);
});

test("tokens that are too many go before unknown ones do", async () => {
  const model = await open();
  assert.equal([...model.encode("x x x cat dog", { maxLength: 4 })], [3, 0]);
  assert.equal([...(await open(model2vec([table()], { max_length: 2 }))).encode("cat cat dog")], [3, 0]);
  // as many characters as so many tokens have: the median of [UNK], cat, dog, sat and ! is 3
  assert.equal([...model.encode("cat    dog", { maxLength: 2 })], [3, 0]);
  assert.equal([...model.encode("cat    dog", { maxLength: null })], [1.5, 2]);
});

test("a tokenizer.json that cuts texts: obeyed where sentence-transformers does it", async () => {
  const cutting = {
    ...tokenizerJson,
    truncation: { max_length: 1, strategy: "LongestFirst", direction: "Left", stride: 0 },
  };
  const text = "cat dog";
  assert.equal([...(await open(sentenceTransformers([STATIC_EMBEDDING], cutting))).encode(text)], [0, 4]);
  assert.equal([...(await open(model2vec([table()], {}, cutting))).encode(text)], [1.5, 2]);
});

test("Normalize among the modules divides by the length", async () => {
  const model = await open(sentenceTransformers([STATIC_EMBEDDING, NORMALIZE]));
  assertNear(model.encode("cat dog"), [0.6, 0.8], 1e-7);
});

test("a mapping says which row a token has, weights what it counts", async () => {
  const mapped = await open(
    model2vec([
      table("embeddings", [
        [2, 0],
        [0, 2],
      ]),
      integers("mapping", [0, 1, 0, 1, 0]),
    ]),
  );
  assert.equal([...mapped.encode("cat dog")], [1, 1]);
  const weighted = await open(model2vec([table(), floats("weights", [1, 2, 0.5, 1, 1], [5])]));
  assert.equal([...weighted.encode("cat dog")], [3, 1]);
  assert.equal(weighted.encodeAsSequence("dog bird cat").toArrays(), [
    [0, 2],
    [6, 0],
  ]);
});

test("weights of float64 are counted in it, as NumPy does", async () => {
  const of = (...numbers: number[]): TensorToWrite => ({
    name: "weights",
    dtype: "F64",
    shape: [5],
    chunks: [new Uint8Array(Float64Array.from(numbers).buffer)],
  });
  // 3e8, 200 times 1, and -3e8 where float32 would have lost each 1
  const flipped = await open(
    model2vec([
      table("embeddings", [
        [9, 9],
        [3, 0],
        [-3, 0],
        [1, 1],
        [0, 0],
      ]),
      of(1, 1e8, 1e8, 1, 1),
    ]),
  );
  const text = `cat ${"sat ".repeat(200)}dog`;
  assertNear(flipped.encode(text), [200 / 202, 200 / 202], 1e-6);
  assert.equal([...flipped.encode("")], [0, 0]);
  await rejects("option-invalid", /1e\+300 for token 1/, () => open(model2vec([table(), of(1, 1e300, 1, 1, 1)])));
});

test("numbers that float16 does not hold are refused", async () => {
  const large = model2vec([
    table("embeddings", [
      [9, 9],
      [1e5, 0],
      [0, 4],
      [1, 1],
      [0, 0],
    ]),
  ]);
  await rejects("option-invalid", /float16.*row 1/, () => open(large, { quantizeTo: "float16" }));
  const vectors = await KeyedVectors.from({ cat: [1, 0], dog: [-7e4, 1] });
  await rejects("option-invalid", /float16.*row 1/, () =>
    StaticModel.fromKeyedVectors(vectors, { quantizeTo: "float16" }),
  );
});

test("a table may have more rows than there are tokens", async () => {
  const model = await open(model2vec([table("embeddings", [...rows, [7, 7], [8, 8]])]));
  assert.equal([...model.encode("dog")], [0, 4]);
  const saved = new Map<string, Uint8Array<ArrayBuffer>>();
  await model.savePretrained(saved);
  assert.equal((await EmbeddingMatrix.fromPretrained(saved, { tensor: "embeddings" })).shape, [5, 2]);
});

test("fewer numbers, and stored as int8: with the scale of whole rows", async () => {
  assert.equal([...(await open(undefined, { dimensionality: 1 })).encode("cat dog")], [1.5]);
  const int8 = await open(undefined, { quantizeTo: "int8" });
  // 127 / 9 × 3 is 42.3, × 4 is 56.4
  assert.equal(int8.encode(["cat", "dog", "cat dog"]).toArrays(), [
    [42, 0],
    [0, 56],
    [21, 28],
  ]);
  assert.is(int8.dtype, "int8");
});

test("into an array that is there: nothing behind it changes", async () => {
  const model = await open();
  const out = new Float32Array(3).fill(7);
  model.encodeInto("cat dog", out);
  assert.equal([...out], [1.5, 2, 7]);
});

test("similarity: a number of two, a matrix where one is a list", async () => {
  const model = await open();
  assertNear([model.similarity("cat", "cat dog")], [0.6], 1e-6);
  assertNear([model.similarity("cat", model.encode("cat dog"))], [0.6], 1e-6);
  assert.is(model.similarity("cat", "bird"), 0);
  const many = model.similarity(["cat", "dog"], "cat dog");
  assert.ok(typeof many !== "number");
  assert.equal(many.shape, [2, 1]);
  assertNear(many.data, [0.6, 0.8], 1e-6);
  const all = model.similarity(model.encode(["cat"]), [
    [1, 0],
    [0, 5],
  ]);
  assert.ok(typeof all !== "number");
  assert.equal(all.toArrays(), [[1, 0]]);
});

test("saved and opened again it is the same, also in folders that are not there yet", () =>
  withFolder(async (folder) => {
    const texts = ["cat dog", "bird dog sat", ""];
    const kinds = [model2vec(), sentenceTransformers([STATIC_EMBEDDING, NORMALIZE])];
    for (const [i, files] of kinds.entries()) {
      const model = await open(files);
      const path = join(folder, "below", String(i));
      await model.savePretrained(path);
      const again = await StaticModel.fromPretrained(path);
      assert.equal(again.encode(texts), model.encode(texts));
      assert.is(readdirSync(path).length, 4);
    }
  }));

test("a folder that keeps a text's end is saved so", async () => {
  const truncation = { max_length: 1, strategy: "LongestFirst", direction: "Left", stride: 0 };
  const model = await open(sentenceTransformers([STATIC_EMBEDDING], { ...tokenizerJson, truncation }));
  const saved = new Map<string, Uint8Array<ArrayBuffer>>();
  await model.savePretrained(saved);
  assert.equal([...(await StaticModel.fromPretrained(saved)).encode("cat dog")], [0, 4]);
});

test("a mapping and weights are saved as rows", async () => {
  const model = await open(
    model2vec([table(), integers("mapping", [0, 2, 1, 3, 4]), floats("weights", [1, 2, 3, 4, 5], [5])]),
  );
  const saved = new Map<string, Uint8Array<ArrayBuffer>>();
  await model.savePretrained(saved);
  const again = await StaticModel.fromPretrained(saved);
  assert.equal(again.encode(["cat", "dog", "cat dog"]), model.encode(["cat", "dog", "cat dog"]));
  assert.equal([...again.encode("cat")], [0, 8]);
});

test("word vectors: a word is a token", async () => {
  const vectors = await KeyedVectors.from({ cat: [3, 0], dog: [0, 4], don: [1, 1] });
  const model = await StaticModel.fromKeyedVectors(vectors);
  vectors.close();
  assertNear(model.encode("Cat, dog & bird!"), [0.6, 0.8], 1e-7);
  assertNear(model.encode("DON't"), [Math.SQRT1_2, Math.SQRT1_2], 1e-7);
  const cased = await StaticModel.fromKeyedVectors(await KeyedVectors.from({ Cat: [3, 0], "[UNK]": [1, 1] }));
  assert.equal(cased.encode(["Cat", "cat"]).toArrays(), [
    [1, 0],
    [0, 0],
  ]);
});

const languageModel = () => ({
  "model.safetensors": weightsFile(table("wte.weight", [...rows, [5, 5]])),
  "tokenizer.json": bytesOf(tokenizerJson),
});

test("of a language model's rows, frequent tokens count less", async () => {
  const files = languageModel();
  const [embeddings, tokenizer] = [
    await EmbeddingMatrix.fromPretrained(files),
    await AutoTokenizer.fromPretrained(files),
  ];
  const model = await StaticModel.fromEmbeddings(embeddings, tokenizer, { pcaDims: null, sifCoefficient: 0.1 });
  // ranks 2 to 6: p of cat is (1/3) / (1/2 + 1/3 + 1/4 + 1/5 + 1/6), of dog (1/4) / …
  const sum = 1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6;
  const [cat, dog] = [(3 * 0.1) / (0.1 + 1 / 3 / sum), (4 * 0.1) / (0.1 + 1 / 4 / sum)];
  const length = Math.hypot(cat, dog);
  assertNear(model.encode("cat dog"), [cat / length, dog / length], 1e-6);
  const equal = await StaticModel.fromEmbeddings(embeddings, tokenizer, { pcaDims: null, sifCoefficient: null });
  assertNear(equal.encode("cat dog"), [0.6, 0.8], 1e-7);
});

test("own phrases are tokens, whose rows are the means of their pieces'", async () => {
  const files = languageModel();
  const [embeddings, tokenizer] = [
    await EmbeddingMatrix.fromPretrained(files),
    await AutoTokenizer.fromPretrained(files),
  ];
  const options = { pcaDims: null, sifCoefficient: null, vocabulary: ["cat dog", "sat"] };
  const model = await StaticModel.fromEmbeddings(embeddings, tokenizer, options);
  assert.equal(model.encodeAsSequence("sat CAT dog cat").toArrays(), [
    [1, 1],
    [1.5, 2],
    [3, 0],
  ]);
  assert.equal(model.tokenizer.tokenize("a cat dog cats"), ["[UNK]", "cat dog", "[UNK]"]);
  const saved = new Map<string, Uint8Array<ArrayBuffer>>();
  await model.savePretrained(saved);
  const again = await StaticModel.fromPretrained(saved);
  assert.equal(again.encodeAsSequence("cat dog").toArrays(), [[1.5, 2]]);
});

test("principal components: as many as asked for, or as there are", async () => {
  const files = languageModel();
  const [embeddings, tokenizer] = [
    await EmbeddingMatrix.fromPretrained(files),
    await AutoTokenizer.fromPretrained(files),
  ];
  assert.is((await StaticModel.fromEmbeddings(embeddings, tokenizer)).dimension, 2);
  const one = await StaticModel.fromEmbeddings(embeddings, tokenizer, { pcaDims: 1, quantizeTo: "int8" });
  assert.is(one.dimension, 1);
  assert.is(one.dtype, "int8");
  // [UNK] at (9, 9) lies far out: the axis is the diagonal, and all others lie on the other side of the mean
  assert.equal(one.encode(["cat", "dog"]).toArrays(), [[-1], [-1]]);
});

// bad input, one each

const refusals: [what: string, code: ErrorCode, files: () => Record<string, Uint8Array>, said: RegExp][] = [
  ["no weights", "model-incomplete", () => ({ "config.json": bytesOf({}) }), /No model\.safetensors/],
  ["no tokenizer", "model-incomplete", () => ({ "model.safetensors": weightsFile(table()) }), /No tokenizer\.json/],
  ["no table", "model-incomplete", () => model2vec([table("other")]), /"other".*fromEmbeddings/],
  [
    "fewer rows than tokens",
    "shape-mismatch",
    () => model2vec([table("embeddings", rows.slice(0, 4))]),
    /4 rows.*5 tokens/,
  ],
  [
    "a table of three dimensions",
    "shape-mismatch",
    () => model2vec([floats("embeddings", rows.flat(), [5, 2, 1])]),
    /\[5,2,1\]/,
  ],
  ["an empty table", "shape-mismatch", () => model2vec([floats("embeddings", [], [5, 0])]), /\[5,0\]/],
  [
    "a mapping outside the table",
    "format-damaged",
    () => model2vec([table(), integers("mapping", [0, 1, 2, 3, 5])]),
    /row 5 for token 4/,
  ],
  [
    "a mapping below the table",
    "format-damaged",
    () => model2vec([table(), integers("mapping", [0, -1, 2, 3, 4])]),
    /row -1 for token 1/,
  ],
  [
    "a mapping that is too short",
    "shape-mismatch",
    () => model2vec([table(), integers("mapping", [0, 1])]),
    /"mapping".*\[2\]/,
  ],
  [
    "a mapping of fractions",
    "format-unknown",
    () => model2vec([table(), floats("mapping", [0, 1, 2, 3, 4], [5])]),
    /F32/,
  ],
  [
    "weights of another length",
    "shape-mismatch",
    () => model2vec([table(), floats("weights", [1, 1], [2])]),
    /"weights".*\[2\]/,
  ],
  [
    "weights of whole numbers",
    "format-unknown",
    () => model2vec([table(), integers("weights", [1, 1, 1, 1, 1])]),
    /I32/,
  ],
  [
    "weights that are not finite",
    "option-invalid",
    () => model2vec([table(), floats("weights", [1, Number.NaN, 1, 1, 1], [5])]),
    /NaN for token 1/,
  ],
  [
    "rows that are not finite",
    "option-invalid",
    () => model2vec([table("embeddings", [...rows.slice(1), [1, Infinity]])]),
    /Row 4/,
  ],
  [
    "an unknown kind of number",
    "format-unknown",
    () => model2vec([integers("embeddings", rows.flat())].map((one) => ({ ...one, shape: [5, 2] }))),
    /holds I32/,
  ],
  [
    "another type of model",
    "format-unknown",
    () => model2vec([table()], { model_type: "bert" }),
    /"bert".*fromEmbeddings/,
  ],
  ["a normalize that is none", "format-damaged", () => model2vec([table()], { normalize: "yes" }), /normalize: "yes"/],
  ["a max_length that is none", "format-damaged", () => model2vec([table()], { max_length: -1 }), /max_length: -1/],
  [
    "modules that cannot be run",
    "format-unknown",
    () => sentenceTransformers([STATIC_EMBEDDING, "sentence_transformers.models.Dense"]),
    /"Dense"/,
  ],
  [
    "other modules",
    "format-unknown",
    () => sentenceTransformers(["sentence_transformers.models.Transformer"]),
    /"Transformer"/,
  ],
  ["no modules", "format-unknown", () => sentenceTransformers([]), /"none"/],
  ["modules that are no list", "format-damaged", () => ({ ...model2vec(), "modules.json": bytesOf({}) }), /no list/],
  [
    "a module without a type",
    "format-damaged",
    () => ({ ...model2vec(), "modules.json": bytesOf([{}]) }),
    /without a type/,
  ],
  [
    "a damaged tokenizer",
    "format-damaged",
    () => ({ ...model2vec(), "tokenizer.json": new Uint8Array([123]) }),
    /tokenizer\.json/,
  ],
];

for (const [what, code, files, said] of refusals) {
  test(`a folder with ${what} is refused`, () => rejects(code, said, () => open(files())));
}

test("an id without a row is told when it comes", async () => {
  const model = await open();
  // biome-ignore lint/suspicious/noExplicitAny: what a tokenizer of another kind may give
  (model as any).encoder.tokenize = () => [5];
  await rejects("id-out-of-range", /the id 5.*below 5/, () => model.encode("cat"));
});

test("arguments that are none", async () => {
  const model = await open();
  await rejects("option-invalid", /The texts are 5/, () => model.encode(5 as never));
  await rejects("option-invalid", /Text 1 is 5/, () => model.encode(["cat", 5] as never));
  await rejects("option-invalid", /maxLength is 0/, () => model.encode("cat", { maxLength: 0 }));
  await rejects("option-invalid", /out is \[0, 0\]/, () => model.encodeInto("cat", [0, 0] as never));
  await rejects("shape-mismatch", /room for 1/, () => model.encodeInto("cat", new Float32Array(1)));
  await rejects("option-invalid", /The text is/, () => model.encodeAsSequence(["cat"] as never));
  await rejects("shape-mismatch", /3 numbers/, () => model.similarity("cat", [1, 2, 3]));
  await rejects("option-invalid", /The texts are/, () => model.similarity("cat", {} as never));
  await rejects("option-invalid", /from 1 to 2/, () => open(undefined, { dimensionality: 3 }));
  await rejects("option-invalid", /quantizeTo/, () => open(undefined, { quantizeTo: "int4" as never }));
  await rejects("option-unknown", /dimensionality/, () => open(undefined, { dimension: 1 } as never));
  await rejects("option-invalid", /A folder to save to is 5/, () => model.savePretrained(5 as never));
  await rejects("option-invalid", /KeyedVectors/, () => StaticModel.fromKeyedVectors({} as never));
});

async function bytePairs(): Promise<Uint8Array> {
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  const tokenizer = await AutoTokenizer.fromPretrained({
    "tokenizer.json": new TextEncoder().encode(JSON.stringify({ model })),
  });
  return tokenizer.toBytes();
}

test("what is made of a language model: its tokenizer must be of its size, and known", async () => {
  const files = languageModel();
  const [embeddings, tokenizer] = [
    await EmbeddingMatrix.fromPretrained(files),
    await AutoTokenizer.fromPretrained(files),
  ];
  const make = (...options: unknown[]) => StaticModel.fromEmbeddings(embeddings, tokenizer, ...(options as []));
  await rejects("option-invalid", /pcaDims is 3/, () => make({ pcaDims: 3 }));
  await rejects("option-invalid", /sifCoefficient is 1/, () => make({ sifCoefficient: 1 }));
  await rejects("option-invalid", /vocabulary/, () => make({ vocabulary: "cat" }));
  await rejects("option-invalid", /"some bird"/, () => make({ vocabulary: ["cat", "some bird"] }));
  await rejects("option-invalid", /EmbeddingMatrix/, () => StaticModel.fromEmbeddings({} as never, tokenizer));
  const given = AutoTokenizer.from({ encode: () => [1] });
  await rejects("option-invalid", /read from a folder/, () => StaticModel.fromEmbeddings(embeddings, given));
  const compact = await AutoTokenizer.fromPretrained({ "tokenizer.wasm2vec": await bytePairs() });
  await rejects("option-invalid", /not from a compact file/, () => StaticModel.fromEmbeddings(embeddings, compact));
  const small = await EmbeddingMatrix.fromPretrained({
    "model.safetensors": weightsFile(table("wte.weight", rows.slice(1))),
  });
  await rejects("shape-mismatch", /up to 4.*4 rows/, () => StaticModel.fromEmbeddings(small, tokenizer));
});

test("a closed one says so, and is closed twice without harm", async () => {
  const model = await open();
  model.close();
  model.close();
  await rejects("closed", /static model/, () => model.encode("cat"));
  await rejects("closed", /static model/, () => model.savePretrained(new Map()));
  assert.is(String(model), "StaticModel(closed)");
});

test("one line where it is printed", async () => {
  assert.is(String(await open()), "StaticModel(5 × 2, float32)");
});

test("an abort ends the reading", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  await open(undefined, { signal }).then(
    () => assert.unreachable(),
    (error) => assert.is(error, reason),
  );
});

test.run();
