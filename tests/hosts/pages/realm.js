/** Objects of an iframe are none of this realm's classes: its Uint8Array is not `instanceof Uint8Array` here. */
import { EmbeddingMatrix, init, KeyedVectors, LineSentences, Word2Vec } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  const other = document.body.appendChild(document.createElement("iframe")).contentWindow;
  const response = await fetch("engine");
  await init({ bytes: new other.Uint8Array(await response.arrayBuffer()) });

  const rows = new other.Array(new other.Float32Array([1, 0]), new other.Float32Array([1, 1]));
  const attempts = {
    "an Array of Float32Arrays": () => KeyedVectors.from(new other.Array("a", "b"), rows),
    "a Float32Array with its shape": () =>
      KeyedVectors.from(["a", "b"], { data: new other.Float32Array([1, 0, 1, 1]), shape: new other.Array(2).fill(2) }),
    "a Map": () => KeyedVectors.from(new other.Map([["a", rows[0]], ["b", rows[1]]])), // biome-ignore format: a table
  };
  const table = await KeyedVectors.from(["a", "b"], rows);
  const bytes = await table.toBytes();
  Object.assign(attempts, {
    "a Uint8Array to load": () => KeyedVectors.load(new other.Uint8Array(bytes)),
    "an ArrayBuffer to load": () => KeyedVectors.load(new other.Uint8Array(bytes).buffer),
    "a Blob to load": () => KeyedVectors.load(new other.Blob([bytes])),
    "a File to load": () => KeyedVectors.load(new other.File([bytes], "table.safetensors")),
    "a URL to load": () => KeyedVectors.load(new other.URL(URL.createObjectURL(new Blob([bytes])))),
    "a query of another realm": async () => {
      const [[key]] = table.mostSimilar(new other.Float32Array([1, 0.9]), { topn: 1 });
      if (key !== "b") throw new Error(`nearest is ${key}`);
      return table;
    },
  });
  for (const [what, attempt] of Object.entries(attempts)) {
    try {
      const got = await attempt();
      const similarity = got.similarity("a", "b");
      if (Math.abs(similarity - Math.SQRT1_2) > 1e-6) throw new Error(`similarity ${similarity}`);
    } catch (cause) {
      throw new Error(`${what}: ${cause.message}`, { cause });
    }
  }

  const folder = new other.Map([["model.safetensors", new other.Uint8Array(await tensorFile())]]);
  const matrix = await EmbeddingMatrix.fromPretrained(folder);
  const looked = await matrix.lookup(new other.Array(1, 0));
  if (`${[...looked.data]}` !== "3,4,1,2") throw new Error(`a Map as a folder: ${[...looked.data]}`);

  const corpus = new LineSentences(new other.Blob(["one two three\n".repeat(3)]));
  const model = await Word2Vec.train(corpus, { minCount: 1, signal: new other.AbortController().signal });
  if (model.wv.size !== 3) throw new Error(`a Blob as a corpus: ${model.wv.size} words`);
  return program();
});

/** A safetensors file of one tensor (2, 2): 1 2, 3 4. */
async function tensorFile() {
  const header = JSON.stringify({
    "embeddings.weight": { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] },
  }).padEnd(88);
  const length = new BigUint64Array([BigInt(header.length)]);
  return new Blob([length, header, new Float32Array([1, 2, 3, 4])]).arrayBuffer();
}
