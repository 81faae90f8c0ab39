// A process that loads a matrix, all of it, and prints how long that took and how much memory: as JSON.
//
//     node bench/load-matrix.js float32 | bfloat16 | float16 | int8 | pca <folder>
import { EmbeddingMatrix } from "wasm2vec";

const [how, folder] = process.argv.slice(2);
const matrix = await EmbeddingMatrix.fromPretrained(folder);
await matrix.lookup([1]);
const before = process.memoryUsage().rss;
const begin = performance.now();
const table = await matrix.load(how === "pca" ? { pcaDims: 256, dtype: "int8" } : { dtype: how });
const milliseconds = performance.now() - begin;
table.close();
console.log(JSON.stringify({ milliseconds, before, most: process.resourceUsage().maxRSS * 1024 }));
