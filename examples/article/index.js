// Both flows of wasm2vec: train Word2Vec on a few sentences, save it, load it, ask it; then read the rows of a few
// tokens out of a language model's embedding matrix.
//
//     npm start                                    with a stand-in of Qwen2.5-1.5B's shape
//     npm start -- --model <folder or URL>         with a real model
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { AutoTokenizer, EmbeddingMatrix, simplePreprocess, Word2Vec } from "wasm2vec";
import { makeStandIn } from "./stand-in.js";

const { values } = parseArgs({ options: { model: { type: "string" } } });
const temporary = await mkdtemp(path.join(tmpdir(), "wasm2vec-"));
try {
  await trainAndQuery(path.join(temporary, "word2vec.safetensors"));
  await lookUp(values.model ?? (await standIn(path.join(temporary, "model"))));
} finally {
  await rm(temporary, { recursive: true, force: true });
}

async function trainAndQuery(file) {
  const text = await readFile(new URL("train-data.txt", import.meta.url), "utf8");
  const sentences = text
    .trim()
    .split("\n")
    .map((line) => simplePreprocess(line));
  for (const sentence of sentences) console.log(sentence);

  const trained = await Word2Vec.train(sentences, {
    sg: 1,
    vectorSize: 100,
    window: 5,
    minCount: 1,
    workers: 4,
    reproduce: "gensim-4.3",
  });
  await trained.save(file);
  trained.close();

  const model = await Word2Vec.load(file);
  console.log('\nmostSimilar("python", { topn: 5 })');
  for (const [key, similarity] of model.wv.mostSimilar("python", { topn: 5 })) console.log(`  ${key} ${similarity}`);
  console.log('\nsimilarity("python", "language")');
  console.log(`  ${model.wv.similarity("python", "language").toFixed(4)}`);
  console.log('\ngetVector("python")');
  console.log(`  ${ends(model.wv.getVector("python"), 8)}`);
  model.close();
}

async function standIn(folder) {
  console.log("\nNo --model given: a stand-in of Qwen2.5-1.5B's shape, with made-up numbers, is looked up instead.");
  await makeStandIn(folder);
  return folder;
}

async function lookUp(folder) {
  const text = "Hi, 你好~";
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const tokens = tokenizer.tokenize(text);
  const ids = tokenizer.convertTokensToIds(tokens);
  const embeddings = await EmbeddingMatrix.fromPretrained(folder);
  const rows = await embeddings.lookup(ids);
  console.log("\nembedding matrix", embeddings.shape, embeddings.dtype);
  console.log(text, "tokens", tokens);
  console.log(text, "ids", ids);
  console.log(text, "embeddings", rows.shape);
  for (const row of rows) console.log(`  ${ends(row, 4)}`);
  embeddings.close();
}

/** The first and last three numbers of a vector. */
function ends(vector, digits) {
  const numbers = (part) => Array.from(part, (number) => number.toFixed(digits)).join(" ");
  return `${numbers(vector.subarray(0, 3))} ... ${numbers(vector.subarray(-3))}`;
}
