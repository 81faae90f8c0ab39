// The part of static-models.py that runs here: saves static encoders for Python to open, and says what they give.
//
//     node tests/golden/static-models.mjs <folder>
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AutoTokenizer, EmbeddingMatrix, KeyedVectors, StaticModel } from "wasm2vec";

const folder = process.argv[2];
const json = (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
const texts = json("texts.json");

/** Opens a model anew from what was saved, and compares. */
async function save(name, model, kinds) {
  const target = path.join(folder, "ours", name);
  await model.savePretrained(target);
  const again = await StaticModel.fromPretrained(target);
  const [vectors, others] = [model.encode(texts), again.encode(texts)];
  const isSame = vectors.data.every((x, i) => Math.abs(x - others.data[i]) < 1e-6);
  if (!isSame) throw new Error(`${name} is another model when it is opened again`);
  again.close();
  return [name, { vectors: vectors.toArrays(), kinds }];
}

const saved = [];
for (const [name, { options, kinds }] of Object.entries(json("theirs.json"))) {
  const model = await StaticModel.fromPretrained(path.join(folder, "theirs", name), options);
  saved.push(await save(name, model, kinds));
  model.close();
}

const both = ["model2vec", "sentence-transformers"];
const words = ["the", "cat", "sat", "on", "mat", "你好", "naïve", "don", "t", "42"];
const vectors = await KeyedVectors.from(
  words,
  words.map((_, i) => Array.from({ length: 6 }, (_, d) => Math.sin(i * 7 + d * 3))),
);
saved.push(await save("word vectors", await StaticModel.fromKeyedVectors(vectors), both));
saved.push(
  await save("word vectors, int8", await StaticModel.fromKeyedVectors(vectors, { quantizeTo: "int8" }), [both[0]]),
);

const embeddings = await EmbeddingMatrix.fromPretrained(path.join(folder, "language-model"));
const tokenizer = await AutoTokenizer.fromPretrained(path.join(folder, "language-model"));
for (const [name, options] of [
  ["of embeddings", { pcaDims: 8 }],
  ["of embeddings, float16", { pcaDims: 8, quantizeTo: "float16" }],
  ["of embeddings, with phrases", { pcaDims: null, vocabulary: ["new york", "hot dog", "sentence-transformers"] }],
]) {
  saved.push(await save(name, await StaticModel.fromEmbeddings(embeddings, tokenizer, options), both));
}
writeFileSync(path.join(folder, "ours.json"), JSON.stringify(Object.fromEntries(saved)));
