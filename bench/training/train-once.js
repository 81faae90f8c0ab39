// A process that trains once and prints, as JSON, the seconds that the scan and the training took, and the bytes that the
// runtime held before.
//
//     node bench/training/train-once.js '{"corpus": path, "options": {…}, "vectors": path or absent}'
import { writeFile } from "node:fs/promises";
import { init, LineSentences, Word2Vec } from "wasm2vec";

const { corpus, options, vectors } = JSON.parse(process.argv[2]);
await init();
const ownBytes = process.memoryUsage.rss();

let scanned = 0;
const onProgress = ({ kind }) => {
  if (kind === "vocabulary") scanned = performance.now();
};
const begin = performance.now();
const model = await Word2Vec.train(new LineSentences(corpus), { ...options, onProgress });
const end = performance.now();

const about = `Node ${process.versions.node}`;
console.log(
  JSON.stringify({ scanSeconds: (scanned - begin) / 1000, trainSeconds: (end - scanned) / 1000, ownBytes, about }),
);
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
