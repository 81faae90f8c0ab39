// What a project can write that knows neither the DOM nor Node, and what its compiler must refuse.

import {
  AutoTokenizer,
  type Corpus,
  drawProgress,
  EmbeddingMatrix,
  type EncoderLike,
  fuse,
  init,
  KeyedVectors,
  LineSentences,
  Matrix,
  type Neighbor,
  type OpenableFolder,
  type RandomAccessLike,
  type Ranked,
  SearchIndex,
  StaticModel,
  simplePreprocess,
  type TrainingEvent,
  Wasm2VecError,
  Word2Vec,
  type Word2VecOptions,
} from "wasm2vec";

const bytes = new Uint8Array(8);
const options: Word2VecOptions = { vectorSize: 10, minCount: 1, hs: true, callbacks: { onEpochEnd: () => false } };

export async function right(): Promise<void> {
  await init({ bytes, workerUrl: "worker.js" });
  await init({ bytes: bytes.buffer });
  const corpus: Corpus = [["cat", "dog"], simplePreprocess("Some text", { deacc: true })];
  const onProgress = (event: TrainingEvent) => event.kind === "epoch" && event.loss;
  const model = await Word2Vec.train(corpus, { ...options, onProgress });
  const neighbors: Neighbor[] = model.wv.mostSimilar(["cat", { key: "dog", weight: 2 }], { topn: 5, negative: ["a"] });
  const scores: Float32Array = model.wv.mostSimilar("cat", { topn: null });
  const vector: Float32Array = model.wv.getVector("cat");
  const [[name, similarity]] = neighbors;
  name.toUpperCase();
  similarity.toFixed();
  scores.fill(vector[0]);
  for (const [key, row] of model.wv.keyToIndex) key.charAt(row);
  for (const [key, vector] of model.wv) key.charAt(vector.length);
  await model.save("model.safetensors");
  const saved: Uint8Array = await model.toBytes();
  (await model.toBlob()).size.toFixed();
  await Word2Vec.load(saved);
  const { wv } = await Word2Vec.load({ size: 8, read: (begin, end) => bytes.subarray(begin, end) });
  const source: RandomAccessLike = {
    size: 8,
    async read(begin, end, signal) {
      signal?.throwIfAborted();
      return bytes.slice(begin, end);
    },
  };
  await model.train(new LineSentences(source, { limit: 3 }), { epochs: 1, vectorsLockf: [1] });
  for await (const words of new LineSentences("text.txt")) words.join(" ");
  const matrix = new Matrix(new Float32Array(4), [2, 2]);
  const row: Float32Array = matrix.row(0);
  const rows: Matrix = Matrix.from([row, [1, 2], new Float64Array(2)]);
  const vectors = await KeyedVectors.from(["a", "b"], rows, { dtype: "int8" });
  vectors.addVectors(new Map([["c", [1, 2]]]));
  const { ids } = await wv.neighborGraph({ k: 1 });
  ids.fill(0);
  const map: ReadonlyMap<string, Float32Array> = vectors;
  map.get("a");
  const tokenizer = await AutoTokenizer.fromPretrained(new Map([["tokenizer.json", bytes]]));
  const embeddings = await EmbeddingMatrix.fromPretrained({ "model.safetensors": bytes });
  const store: OpenableFolder = { name: "bucket", open: async (file) => (file === "config.json" ? bytes : undefined) };
  await AutoTokenizer.fromPretrained(store, { subfolder: "a", onProgress: ({ done, total }) => done / total });
  await EmbeddingMatrix.fromPretrained("owner/name", { revision: "v1", token: "hf_", download: true, timeout: 5000 });
  const table = await embeddings.load({ tokenizer, dtype: "float16", onProgress: drawProgress({ write() {} }) });
  table[Symbol.dispose]();
  const encoder = await StaticModel.fromPretrained({ "model.safetensors": bytes }, { quantizeTo: "int8" });
  const one: Float32Array = encoder.encode("a text", { maxLength: null });
  const many: Matrix = encoder.encode(["a text", "another"]);
  const near: number = encoder.similarity("a text", one);
  const files = new Map<string, Uint8Array>();
  await encoder.savePretrained(files);
  encoder.encodeInto("a text", many.row(Math.round(near)));
  encoder[Symbol.dispose]();
  model[Symbol.dispose]();
}

export function told(error: unknown): unknown {
  if (error instanceof Wasm2VecError && error.code === "file-not-found") return error.cause;
  return new Wasm2VecError("busy", "a message", { cause: error });
}

/** Encoders of every kind, and texts in every form. */
export async function searched(
  model: StaticModel,
  later: (texts: string[]) => Promise<Float32Array[]>,
): Promise<Ranked[]> {
  const plain: EncoderLike = { encode: (texts) => texts.map(({ length }) => [length, 1]) };
  const index = await SearchIndex.from(model, new Map([["a", "text"]]), {
    onProgress: ({ done, total }) => done / total,
  });
  await index.add("b", "another");
  await index.add([[3, "third"]]);
  await index.add({ d: "fourth" });
  const others = [
    await SearchIndex.from({ encode: later }),
    await SearchIndex.load(await index.toBytes(), { encoder: plain }),
  ];
  const answers = others.map((other) => other.search(model.encode("text"), { topn: 3, filter: ["a", 3] }));
  const [[id, score]] = index.search("text", { filter: (id) => id !== "b", minSimilarity: 0.5 });
  return fuse([...answers, [id], [[id, score]]], { k: 10, weights: [1, 1, 2, 2] });
}

export async function wrong(model: Word2Vec): Promise<void> {
  // @ts-expect-error
  await model.save(42);
  // @ts-expect-error
  await model.save({});
  // @ts-expect-error
  await Word2Vec.load(42);
  // @ts-expect-error
  await Word2Vec.load({});
  // @ts-expect-error
  await Word2Vec.load({ size: "8", read: () => bytes });
  // @ts-expect-error
  await init({ bytes: 42 });
  // @ts-expect-error
  await init({ module: 42 });
  // @ts-expect-error
  await init({ url: 42 });
  // @ts-expect-error
  await init({ byte: bytes });
  // @ts-expect-error
  await Word2Vec.train(42);
  // @ts-expect-error
  await Word2Vec.train([["a"]], { vector_size: 100 });
  // @ts-expect-error
  await Word2Vec.train([["a"]], { vectorSize: "100" });
  // @ts-expect-error
  await Word2Vec.train([["a"]], { signal: 5 });
  // @ts-expect-error
  await Word2Vec.train([["a"]], { signal: {} });
  // @ts-expect-error
  await Word2Vec.train([["a"]], { onProgress: "yes" });
  // @ts-expect-error
  new LineSentences(42);
  // @ts-expect-error
  new LineSentences("text.txt", { limits: 3 });
  // @ts-expect-error
  await EmbeddingMatrix.fromPretrained(42);
  // @ts-expect-error
  await AutoTokenizer.fromPretrained([42]);
  // @ts-expect-error
  await StaticModel.fromPretrained("a", { quantizeTo: "int4" });
  // @ts-expect-error
  await model.wv.evaluateWordPairs(42);
  // @ts-expect-error
  model.wv.mostSimilar("cat", { topN: 5 });
  // @ts-expect-error
  model.wv.getVector(bytes);
  // @ts-expect-error
  drawProgress(42);
  // @ts-expect-error
  await SearchIndex.from({ encode: (text: number) => text });
  // @ts-expect-error
  await SearchIndex.load(bytes);
  // @ts-expect-error
  await StaticModel.fromPretrained(42);
  // @ts-expect-error
  fuse([42]);
}
