// The part of round-trips.py that runs here: reads what gensim wrote, and writes what gensim shall read.
//
//     node tests/golden/round-trips.mjs <folder>
import { readFileSync } from "node:fs";
import path from "node:path";
import { KeyedVectors } from "wasm2vec";

const folder = process.argv[2];
const json = (name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
const [keys, counts] = [json("keys.json"), json("counts.json")];
const expected = readFileSync(path.join(folder, "vectors.f32"));

/** What differs; null where nothing does. */
function difference(vectors, format, kind) {
  if (format !== kind) return `it is taken for ${format}`;
  if (JSON.stringify([...vectors.indexToKey]) !== JSON.stringify(keys)) return "keys";
  if (!Buffer.from(vectors.toMatrix().data.buffer).equals(expected)) return "vectors";
  return keys.every((key, row) => vectors.getVecattr(key, "count") === counts[row]) ? null : "counts";
}

const problems = {};
for (const [file, kind] of Object.entries(json("theirs.json"))) {
  let format;
  const onProgress = (event) => {
    if (event.kind === "format") format = event.format;
  };
  const options = { counts: path.join(folder, "theirs-counts.txt"), onProgress };
  const vectors = await KeyedVectors.load(path.join(folder, file), options);
  problems[file] = difference(vectors, format, kind);
  if (file !== "theirs.bin") continue;
  const saved = { counts: path.join(folder, "ours-counts.txt") };
  for (const name of ["ours.txt", "ours.txt.gz", "ours.vec", "ours.bin", "ours.bin.gz"]) {
    await vectors.save(path.join(folder, name), saved);
  }
  await vectors.save(path.join(folder, "ours-glove.txt"), { format: "glove" });
}
console.log(JSON.stringify(problems));
