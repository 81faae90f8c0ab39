// What one sees: in a console, in a text, as JSON.

import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../src/embedding-matrix.ts";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import { KeyedVectors } from "../src/keyed-vectors.ts";
import { Matrix } from "../src/tables/matrix.ts";
import { LineSentences } from "../src/text/line-sentences.ts";
import { AutoTokenizer } from "../src/tokenizer.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { rejects } from "./helpers/rejects.ts";
import { compass, tableOf } from "./helpers/tables.ts";

const sentences = [
  ["a", "b", "a", "c"],
  ["a", "b"],
];
const options = { vectorSize: 8, minCount: 1, sg: 1, epochs: 3 } as const;

/** A model of five tokens in four dimensions. */
const folder = {
  "model.safetensors": new Uint8Array(
    Buffer.concat([
      ...safetensorsChunks([
        { name: "model.embed_tokens.weight", dtype: "BF16", shape: [5, 4], chunks: [new Uint8Array(40)] },
      ]),
    ]),
  ),
  "tokenizer.json": new TextEncoder().encode(
    JSON.stringify({
      ...{ added_tokens: [], normalizer: null, pre_tokenizer: { type: "Whitespace" }, post_processor: null },
      ...{ decoder: null, model: { type: "WordLevel", vocab: { "<unk>": 0 }, unk_token: "<unk>" } },
    }),
  ),
};

/** What a console shows, which is what a text says, too. */
function line(value: object): string {
  assert.is(inspect(value), String(value));
  return String(value);
}

test("a model: words × vectorSize, what differs from the defaults, how far it is", async () => {
  assert.is(line(new Word2Vec()), "Word2Vec(no vocabulary, vectorSize 100)");
  const seen: string[] = [];
  using model = new Word2Vec({ ...options, callbacks: { onEpochEnd: (model) => seen.push(line(model)) } });
  await model.buildVocab(sentences);
  assert.is(line(model), "Word2Vec(3 words × 8, minCount 1, sg 1, epochs 3, callbacks, not trained)");
  await model.train(sentences, { epochs: 1 });
  assert.equal(seen, ["Word2Vec(3 words × 8, minCount 1, sg 1, epochs 3, callbacks, in train)"]);
  assert.is(line(model), "Word2Vec(3 words × 8, minCount 1, sg 1, epochs 3, callbacks, trained)");
});

test("options are shown as they are given", () => {
  const model = new Word2Vec({
    ...{ alpha: 0.1, maxVocabSize: 1000, computeLoss: true, shrinkWindows: 0, comment: "of fish" },
    ...{ reproduce: "gensim-4.3", trimRule: () => "keep" },
  });
  const shown = 'alpha 0.1, maxVocabSize 1000, trimRule, computeLoss 1, comment "of fish", shrinkWindows 0';
  assert.is(line(model), `Word2Vec(no vocabulary, vectorSize 100, ${shown}, reproduce "gensim-4.3")`);
});

test("a table, its keys, its index", async () => {
  using vectors = await compass();
  assert.is(line(vectors), "KeyedVectors(4 × 2, float32)");
  assert.is(inspect(vectors.indexToKey), "[ 'east', 'north', 'northeast', 'west' ]");
  assert.is(inspect(vectors.keyToIndex), 'KeyIndex(4: "east" => 0, "north" => 1, "northeast" => 2, …)');
  using index = await vectors.buildIndex({ dtype: "int8" });
  assert.match(line(index), /^VectorIndex\(int8, 0\.\d MB\)$/);
  index.close();
  assert.is(line(index), "VectorIndex(closed)");
  using large = await KeyedVectors.from(
    Array.from({ length: 1750 }, (_, i) => i),
    new Matrix(new Float32Array(1750), [1750, 1]),
    { dtype: "int8" },
  );
  assert.is(line(large), "KeyedVectors(1,750 × 1, int8)");
  assert.is(inspect({ large }), "{ large: KeyedVectors(1,750 × 1, int8) }");
});

test("a language model's matrix and its tokenizer, and a text", async () => {
  const embeddings = await EmbeddingMatrix.fromPretrained(folder);
  assert.is(line(embeddings), 'EmbeddingMatrix(5 × 4, bfloat16, "model.embed_tokens.weight")');
  embeddings.close();
  assert.is(line(embeddings), "EmbeddingMatrix(closed)");
  assert.is(line(await AutoTokenizer.fromPretrained(folder)), "AutoTokenizer(the given object)");
  assert.is(line(new LineSentences("corpus.txt.gz")), 'LineSentences("corpus.txt.gz")');
  assert.is(line(new LineSentences("corpus.txt", { limit: 5 })), 'LineSentences("corpus.txt", limit 5)');
  assert.is(line(new LineSentences(new Blob([]))), "LineSentences(an object of class Blob)");
});

test("what is closed says so", async () => {
  const model = await Word2Vec.train(sentences, options);
  const { wv } = model;
  const { indexToKey, keyToIndex } = wv;
  model.close();
  assert.equal([model, wv].map(line), ["Word2Vec(closed)", "KeyedVectors(closed)"]);
  assert.equal(
    [indexToKey, keyToIndex].map((keys) => inspect(keys)),
    ["KeyList(closed)", "KeyIndex(closed)"],
  );
  const other = await Word2Vec.train(sentences, options);
  other.wv.close();
  assert.is(line(other), "Word2Vec(closed)");
});

test("a matrix: one line in a console, rows and columns as a text", () => {
  const matrix = Matrix.from([
    [1, -0.5],
    [0.1, 1e6],
  ]);
  assert.is(inspect(matrix), "Matrix(2 × 2) [[1, -0.5], [0.1, 1.0000e+6]]");
  assert.is(String(matrix), "Matrix(2 × 2)\n[        1       -0.5]\n[      0.1  1.0000e+6]");
  const empty = new Matrix(new Float32Array(0), [0, 4]);
  assert.equal([String(empty), inspect(empty)], ["Matrix(0 × 4) []", "Matrix(0 × 4) []"]);
});

test("of a large matrix, the beginning and the end", () => {
  const data = Float32Array.from({ length: 1800 }, (_, i) => i);
  const matrix = new Matrix(data, [9, 200]);
  assert.is(inspect(matrix), "Matrix(9 × 200) [[0, 1, 2, …], [200, 201, 202, …], [400, 401, 402, …], …]");
  const lines = String(matrix).split("\n");
  assert.is(lines.length, 8);
  assert.is(lines[1], "[   0     1     2     …   197   198   199]");
  assert.is(lines[4], "[   …     …     …     …     …     …     …]");
  assert.is(lines[7], "[1600  1601  1602     …  1797  1798  1799]");
});

test("JSON: plain lists of a matrix and of keys, an object of their rows", async () => {
  using vectors = await tableOf({ b: [1, 0.5], a: [0, 2] });
  assert.is(JSON.stringify(vectors.toMatrix()), "[[1,0.5],[0,2]]");
  assert.is(JSON.stringify({ keys: vectors.indexToKey }), '{"keys":["b","a"]}');
  assert.is(JSON.stringify(vectors.keyToIndex), '{"b":0,"a":1}');
});

test("JSON: a model, a table, a model's matrix are errors that say what to do", async () => {
  using model = await Word2Vec.train(sentences, options);
  const embeddings = await EmbeddingMatrix.fromPretrained(folder);
  await rejects("option-invalid", /a Word2Vec model, which is no JSON\..*save\(path\).*toBytes\(\)/, () =>
    JSON.stringify({ model }),
  );
  await rejects("option-invalid", /a KeyedVectors,.*save\(path\).*indexToKey and toMatrix\(\)/, () =>
    JSON.stringify([model.wv]),
  );
  await rejects("option-invalid", /an EmbeddingMatrix,.*lookup\(ids\)/, () => JSON.stringify(embeddings));
  embeddings.close();
});

for (const file of ["entries/node.js", "cjs/node.cjs", "cdn/wasm2vec.js"]) {
  test(`the library's classes keep their names, in stack traces where they are not minified too: ${file}`, async () => {
    const library = await import(pathToFileURL(`build/${file}`).href);
    const names = Object.entries(library).filter(
      ([name, value]) => typeof value === "function" && !/^(default|module\.exports)$/.test(name),
    );
    assert.ok(names.length > 8);
    for (const [name, value] of names) assert.is((value as { name: string }).name, name);
    using vectors = await library.KeyedVectors.from(["a"], { data: [1], shape: [1, 1] });
    let error = new Error();
    try {
      vectors.mostSimilar("b");
    } catch (thrown) {
      error = thrown as Error;
    }
    assert.match(String(error), /^Wasm2VecError: Key "b" is not among the 1 keys\./);
    assert.is(error.constructor.name, "Wasm2VecError");
    if (file.startsWith("entries")) assert.match(error.stack as string, /at KeyedVectors\.mostSimilar /);
  });
}

test.run();
