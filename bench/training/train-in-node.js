// A process that trains once and prints, as JSON, the seconds that the scan and the training took, and the bytes that the
// runtime held before.
//
//     node bench/training/train-in-node.js '{"corpus": path, "options": {…}, "vectors": path or absent}'
import { writeFile } from "node:fs/promises";
import * as wasm2vec from "wasm2vec";
import { trainOnce } from "./train.js";

const { corpus, options, vectors } = JSON.parse(process.argv[2]);
await wasm2vec.init();
const ownBytes = process.memoryUsage.rss();
const { model, ...seconds } = await trainOnce(wasm2vec, corpus, options);
console.log(JSON.stringify({ ...seconds, ownBytes, about: `Node ${process.versions.node}` }));
if (vectors) await writeFile(vectors, textLines(model.wv));
model.close();

/** word2vec's text format: a line of V and D, then a word and its numbers a line. */
function* textLines(wv) {
  const { data, shape } = wv.toMatrix();
  const [rows, columns] = shape;
  yield `${rows} ${columns}\n`;
  for (let row = 0; row < rows; row++) {
    yield `${wv.indexToKey.at(row)} ${data.subarray(row * columns, (row + 1) * columns).join(" ")}\n`;
  }
}
