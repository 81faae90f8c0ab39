// How model-v2.safetensors was made, by version 2 of the format. It is kept to show that files of this version
// can always be read, so it is never made again: when the format changes, add a file of the new version beside it.
//
//     node build.mjs && node tests/golden/make-model-v2.mjs <path>
import { Word2Vec } from "wasm2vec";

const sentences = [
  ["the", "cat", "sees", "the", "dog"],
  ["你好", "New York", "", "the", "cat"],
];
const model = await Word2Vec.train(sentences, {
  vectorSize: 3,
  window: 2,
  minCount: 1,
  sample: 0,
  sg: 1,
  hs: 1,
  negative: 2,
  epochs: 2,
  seed: 7,
  comment: "a model to keep",
  reproduce: "gensim-4.3",
});
model.wv.setVecattr("cat", "kind", "animal");
model.wv.setVecattr("dog", "legs", 4);
await model.save(process.argv[2]);
model.close();
