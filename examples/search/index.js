// Finds documents by what they are about: a document's vector is the mean of its words', and a question is a document too.
//
//     node examples/search/index.js
import { readFile } from "node:fs/promises";
import { KeyedVectors, Matrix, simplePreprocess, Word2Vec } from "wasm2vec";

const QUESTIONS = [
  "how long do I bake a loaf?",
  "planets and moons in a telescope",
  "strong gusts while the sails are up",
  "which seeds to sow in spring",
];

const text = await readFile(new URL("documents.txt", import.meta.url), "utf8");
const documents = text
  .trim()
  .split("\n")
  .map((line) => {
    const [topic, text] = line.split("\t");
    return { topic, text, words: simplePreprocess(text) };
  });

const model = await Word2Vec.train(
  documents.map(({ words }) => words),
  // so few words: all of them stay, and are seen often; a whole sentence is one context
  { sg: 1, vectorSize: 32, window: 20, minCount: 1, epochs: 100 },
);
const { wv } = model;

// document i has the key String(i)
const numbers = documents.flatMap(({ words }) => [...vectorOf(words)]);
const matrix = new Matrix(Float32Array.from(numbers), [documents.length, wv.vectorSize]);
const index = await KeyedVectors.from([...documents.keys()], matrix);
for (const question of QUESTIONS) {
  console.log(question);
  for (const [number, similarity] of index.similarByVector(vectorOf(simplePreprocess(question)), { topn: 3 })) {
    const { topic, text } = documents[Number(number)];
    console.log(`  ${similarity.toFixed(2)} ${topic.padEnd(8)}${text.slice(0, 60)} …`);
  }
}

const nearest = index.mostSimilarBatch(
  documents.map((_, row) => ({ row })),
  { topn: 1 },
);
const same = nearest.filter(([[number]], i) => documents[Number(number)].topic === documents[i].topic);
console.log(`\n${same.length} of ${documents.length} documents are nearest to one of their topic`);

/** The mean of words' vectors; frequent words, such as "the", count less. See Arora et al. 2017, SIF. */
function vectorOf(words) {
  const known = words.filter((word) => wv.has(word));
  const weights = known.map((word) => 1 / (1 + Number(wv.getVecattr(word, "count")) / 3));
  return wv.getMeanVector(known, { weights });
}
