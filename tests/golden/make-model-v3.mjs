// How model-v3.safetensors was made, by version 3 of the format. It is kept to show that files of this version
// can always be read, so it is never made again: when the format changes, add a file of the new version beside it.
//
//     node build.mjs && node tests/golden/make-model-v3.mjs <path>
import { Word2Vec } from "wasm2vec";

// gensim counted its words anew, so that its chances to be dropped do not follow from its counts
const model = await Word2Vec.load("tests/golden/gensim/recounted-4.4.model");
await model.save(process.argv[2]);
model.close();
