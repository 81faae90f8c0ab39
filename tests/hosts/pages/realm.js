/** Objects of an iframe are none of this realm's classes: its Uint8Array is not `instanceof Uint8Array` here. */
import { EmbeddingMatrix, init, KeyedVectors, LineSentences, Word2Vec } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  const other = document.body.appendChild(document.createElement("iframe")).contentWindow;
  const response = await fetch("engine");
  await init({ bytes: new other.Uint8Array(await response.arrayBuffer()) });

  const rows = other.Array.of(new other.Float32Array([1, 0]), new other.Float32Array([1, 1]));
  const data = new other.Float32Array([1, 0, 1, 1]);
  await each(async (vectors) => Math.abs(vectors.similarity("a", "b") - Math.SQRT1_2) < 1e-6, {
    "an Array of Float32Arrays": () => KeyedVectors.from(other.Array.of("a", "b"), rows),
    "a Float32Array with its shape": () => KeyedVectors.from(["a", "b"], { data, shape: other.Array.of(2, 2) }),
    "a Map": () => KeyedVectors.from(new other.Map(other.Array.of(["a", rows[0]], ["b", rows[1]]))),
  });

  const table = await KeyedVectors.from(["a", "b"], rows);
  await each(([[key]]) => key === "b", {
    "a Float32Array as a query": () => table.mostSimilar(new other.Float32Array([1, 0.9]), { topn: 1 }),
    "an Array as a query": () => table.mostSimilar(other.Array.of("a"), { topn: 1 }),
  });

  const words = other.Array.of("one", "two", "three");
  await each((model) => model.wv.has("three"), {
    "an Array as a corpus": () => Word2Vec.train(other.Array.of(words), { minCount: 1 }),
    "a Set as a corpus": () => Word2Vec.train(new other.Set([words]), { minCount: 1 }),
    "a Blob as a corpus": () => Word2Vec.train(new LineSentences(new other.Blob(["one two three\n"])), { minCount: 1 }),
    "an AbortSignal": () => Word2Vec.train([words], { minCount: 1, signal: new other.AbortController().signal }),
  });

  const model = await Word2Vec.train([words], { minCount: 1 });
  const bytes = await model.toBytes();
  const same = (loaded) => loaded.wv.similarity("one", "two") === model.wv.similarity("one", "two");
  await each(same, {
    "a Uint8Array to load": () => Word2Vec.load(new other.Uint8Array(bytes)),
    "an ArrayBuffer to load": () => Word2Vec.load(new other.Uint8Array(bytes).buffer),
    "a Blob to load": () => Word2Vec.load(new other.Blob([bytes])),
    "a File to load": () => Word2Vec.load(new other.File([bytes], "model.safetensors")),
    "a URL to load": () => Word2Vec.load(new other.URL(URL.createObjectURL(new Blob([bytes])))),
  });

  const tensors = new other.Uint8Array(await tensorFile());
  await each(async (matrix) => `${(await matrix.lookup(other.Array.of(1, 0))).data}` === "3,4,1,2", {
    "a Map as a folder": () => EmbeddingMatrix.fromPretrained(new other.Map([["model.safetensors", tensors]])),
    "an Array of Files as a folder": () =>
      EmbeddingMatrix.fromPretrained(other.Array.of(new other.File([tensors], "model.safetensors"))),
  });
  return program();
});

async function each(isRight, attempts) {
  for (const [what, attempt] of Object.entries(attempts)) {
    try {
      if (!(await isRight(await attempt()))) throw new Error("it gave something else than it should");
    } catch (cause) {
      throw new Error(`${what}: ${cause.message}`, { cause });
    }
  }
}

/** A safetensors file of one tensor (2, 2): 1 2, 3 4. */
function tensorFile() {
  const tensor = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };
  const header = JSON.stringify({ "model.embed_tokens.weight": tensor }).padEnd(88);
  const length = new BigUint64Array([BigInt(header.length)]);
  return new Blob([length, header, new Float32Array([1, 2, 3, 4])]).arrayBuffer();
}
