// A CommonJS file has the types, too.

import wasm2vec = require("wasm2vec");

import { type Neighbor, Word2Vec } from "wasm2vec";

export async function right(): Promise<Neighbor[]> {
  const model = await wasm2vec.Word2Vec.load("model.safetensors");
  return (await Word2Vec.load(await model.toBytes())).wv.mostSimilar("cat");
}

// @ts-expect-error
wasm2vec.Word2Vec.load(42);
