// Where TypeScript tells a typed array's memory, from 5.7 on, what is given has one of its own.

import { Matrix, type Word2Vec } from "wasm2vec";

export async function own(model: Word2Vec): Promise<ArrayBuffer[]> {
  const bytes: Uint8Array<ArrayBuffer> = await model.toBytes();
  const vector: Float32Array<ArrayBuffer> = model.wv.getVector("cat");
  const row: Float32Array<ArrayBuffer> = model.wv.toMatrix().row(0);
  const shared = new Matrix(new Float32Array(new SharedArrayBuffer(8)), [1, 2]);
  const view: Float32Array<SharedArrayBuffer> = shared.row(0);
  return [bytes.buffer, vector.buffer, row.buffer, view.slice().buffer];
}
