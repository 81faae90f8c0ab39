// A process that looks up five rows, or loads a tokenizer, and prints how many milliseconds that took: as JSON, from
// the first line of this script on, and since the process began.
//
//     node bench/cold-start.js lookup | tokenizer <folder>
const begin = performance.now();
const [what, folder] = process.argv.slice(2);
const { AutoTokenizer, EmbeddingMatrix } = await import("wasm2vec");

if (what === "lookup") {
  const embeddings = await EmbeddingMatrix.fromPretrained(folder);
  await embeddings.lookup([13048, 11, 220, 108386, 93]);
} else {
  await AutoTokenizer.fromPretrained(folder);
}
const end = performance.now();
console.log(JSON.stringify({ script: end - begin, process: end }));
