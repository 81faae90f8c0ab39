// Chinese has no spaces between its words: Intl.Segmenter, which every runtime has, finds them.
//
//     node examples/chinese/index.js
import { readFile } from "node:fs/promises";
import { Word2Vec } from "wasm2vec";

const segmenter = new Intl.Segmenter("zh", { granularity: "word" });

const text = await readFile(new URL("text.txt", import.meta.url), "utf8");
const sentences = text.trim().split("\n").map(words);
for (const sentence of sentences.slice(0, 3)) console.log(sentence.join(" | "));

// small data: words are seen often, and none is dropped for being frequent
const model = await Word2Vec.train(sentences, {
  sg: 1,
  vectorSize: 24,
  window: 3,
  minCount: 3,
  sample: 0,
  epochs: 200,
});
const { wv } = model;
for (const word of ["绿茶", "小猫", "火车", "北京"]) {
  const neighbors = wv.mostSimilar(word, { topn: 3 });
  console.log(`${word}: ${neighbors.map(([key, similarity]) => `${key} ${similarity.toFixed(2)}`).join(", ")}`);
}
const drinks = ["绿茶", "咖啡", "牛奶", "小狗"];
console.log(`${drinks.join(", ")}: ${wv.doesntMatch(drinks)} is none of them`);

/** The words of a text, without marks. */
function words(text) {
  return Array.from(segmenter.segment(text))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}
