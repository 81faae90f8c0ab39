// A process that opens a tokenizer and encodes texts several times, and prints what that took, as JSON: milliseconds from the
// library's import to the ids of a first text, the megabytes that the process has more by then, and milliseconds of each time.
//
//     node --expose-gc bench/encode.js wasm2vec | huggingface <folder> <JSON list of texts> <times>
import { readFile } from "node:fs/promises";

const [program, folder, file, times] = process.argv.slice(2);
const PROGRAMS = {
  wasm2vec: async () => {
    const { AutoTokenizer } = await import("wasm2vec");
    const tokenizer = await AutoTokenizer.fromPretrained(folder);
    const options = { padding: false, truncation: false };
    return (texts) => tokenizer.encodeBatch(texts, options).inputIds.length;
  },
  huggingface: async () => {
    const { open } = await import("./rivals/huggingface.js");
    const encode = await open(folder);
    return (texts) => texts.reduce((sum, text) => sum + encode(text).length, 0);
  },
};

const settled = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
const before = await settled();
const waited = performance.now();
const encode = await PROGRAMS[program]();
encode(["Hi, 你好~"]);
const opened = performance.now() - waited;
const megabytes = ((await settled()) - before) / 1e6;

const texts = JSON.parse(await readFile(file, "utf8"));
let tokens = 0;
const milliseconds = Array.from({ length: Number(times) }, () => {
  const begin = performance.now();
  tokens = encode(texts);
  return performance.now() - begin;
});
console.log(JSON.stringify({ open: opened, megabytes, milliseconds, tokens }));
