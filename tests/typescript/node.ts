// Node's own objects are taken, and given.

import { Blob } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { Readable, Writable } from "node:stream";
import { ReadableStream, WritableStream } from "node:stream/web";
import { pathToFileURL, URL } from "node:url";
import { drawProgress, EmbeddingMatrix, init, LineSentences, Word2Vec } from "wasm2vec";

export async function script(): Promise<void> {
  const { signal } = new AbortController();
  await init({ url: new URL("file:///engine.wasm"), bytes: Buffer.alloc(8) });
  const model = await Word2Vec.train(new LineSentences(createReadStream("text.txt")), {
    signal: AbortSignal.timeout(1000),
    onProgress: drawProgress(process.stderr),
  });
  await Word2Vec.load(new Blob([]), { signal });
  await Word2Vec.load(pathToFileURL("model.safetensors"));
  await Word2Vec.load(await open("model.safetensors"));
  await Word2Vec.load(Buffer.alloc(8));
  await EmbeddingMatrix.fromPretrained(pathToFileURL("model"));
  await EmbeddingMatrix.fromPretrained("owner/name", { fetch });
  new LineSentences(Readable.from([Buffer.alloc(8)]));
  new LineSentences(Readable.toWeb(createReadStream("text.txt")));
  new LineSentences(new Blob([]).stream());
  new LineSentences(new ReadableStream<Uint8Array>());
  new LineSentences(process.stdin);
  new LineSentences(await fetch("http://localhost/"));
  await model.save(Writable.toWeb(createWriteStream("model.safetensors")));
  await model.save(new WritableStream<Uint8Array>());
  new Blob([await model.toBytes()]);
  // @ts-expect-error
  await model.save(createWriteStream("model.safetensors"));
  // @ts-expect-error
  await model.save(42);
}
