// The part of round-trips-columns.py that runs here: reads what others wrote, and writes what they shall read.
//
//     node tests/golden/round-trips-columns.mjs <folder>
import { readFileSync } from "node:fs";
import path from "node:path";
import { KeyedVectors } from "wasm2vec";

const folder = process.argv[2];
const json = (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
const [keys, counts] = [json("keys.json"), json("counts.json")];
const expected = readFileSync(path.join(folder, "vectors.f32"));

/** What differs; null where nothing does. */
function difference(vectors, hasCounts) {
  if (JSON.stringify([...vectors.indexToKey]) !== JSON.stringify(keys)) return "keys";
  if (!Buffer.from(vectors.toMatrix().data.buffer).equals(expected)) return "vectors";
  return !hasCounts || keys.every((key, row) => vectors.getVecattr(key, "count") === counts[row]) ? null : "counts";
}

const problems = {};
for (const { file, hasCounts, keys } of json("theirs.json")) {
  const options = keys ? { keys: path.join(folder, keys) } : {};
  const vectors = await KeyedVectors.load(path.join(folder, file), options);
  problems[file] = difference(vectors, hasCounts);
  vectors.close();
}
const width = expected.length / 4 / keys.length;
const data = new Float32Array(expected.buffer.slice(expected.byteOffset, expected.byteOffset + expected.length));
const ours = await KeyedVectors.from(keys, { data, shape: [keys.length, width] });
for (const [row, key] of keys.entries()) ours.setVecattr(key, "count", counts[row]);
for (const name of ["ours.arrow", "ours.parquet"]) await ours.save(path.join(folder, name));
await ours.save(path.join(folder, "ours.npy"), { keys: path.join(folder, "ours-keys.txt") });
await ours.save(path.join(folder, "ours.tsv"), { keys: path.join(folder, "ours-metadata.tsv") });
const embeddings = path.join(folder, "ours.safetensors");
await ours.save(embeddings, { format: "embeddings", keys: path.join(folder, "ours-keys.txt") });
console.log(JSON.stringify(problems));
