// Saves two models to one path, in turn, until it is ended; their vectors, where the path is of no model. The process that
// run.mjs ends.
//
//     node tests/crash/save-again.mjs <target> <model> <other model> [how often]
import { Word2Vec } from "wasm2vec";

const [target, first, second, times = Number.POSITIVE_INFINITY] = process.argv.slice(2);
const models = [await Word2Vec.load(first), await Word2Vec.load(second)];
console.log("ready");
for (let i = 0; i < Number(times); i++) {
  const saved = target.endsWith(".safetensors") ? models[i % 2] : models[i % 2].wv;
  await saved.save(target).catch((error) => console.log(error.code ?? `bare ${error}`));
}
