// The DOM's own objects are taken, and given.

import { EmbeddingMatrix, init, LineSentences, type RandomAccessLike, Word2Vec } from "wasm2vec";

export async function page(
  input: HTMLInputElement,
  file: FileSystemFileHandle,
  folder: FileSystemDirectoryHandle,
): Promise<string> {
  const { signal } = new AbortController();
  const response = await fetch("engine.wasm", { signal });
  await init({ module: await WebAssembly.compileStreaming(response), workerUrl: new URL("worker.js", location.href) });
  await init({ bytes: await response.arrayBuffer(), url: new URL("engine.wasm", location.href) });
  const model = await Word2Vec.load(new Blob([]), { signal });
  await Word2Vec.load(new File([], "model"));
  await Word2Vec.load(new URL("model.safetensors", location.href));
  await Word2Vec.load(file);
  await Word2Vec.load(new DataView(new ArrayBuffer(8)));
  await Word2Vec.load(new SharedArrayBuffer(8));
  await EmbeddingMatrix.fromPretrained(folder);
  await EmbeddingMatrix.fromPretrained("owner/name", { fetch });
  await EmbeddingMatrix.fromPretrained(input.files as FileList);
  await EmbeddingMatrix.fromPretrained([new File([], "model.safetensors")]);
  const remote: RandomAccessLike = {
    size: 8,
    read: async (begin, end, signal) =>
      (await fetch("model", { headers: { Range: `bytes=${begin}-${end - 1}` }, signal })).arrayBuffer(),
  };
  await Word2Vec.load(remote);
  new LineSentences(response);
  new LineSentences(response.body as ReadableStream<Uint8Array>);
  new LineSentences(new Blob([]).stream());
  await model.save(new WritableStream<Uint8Array>());
  await model.save(new TransformStream().writable);
  // @ts-expect-error
  await model.save(new WritableStream<string>());
  // @ts-expect-error
  await model.save(new Blob([]));
  // @ts-expect-error
  new LineSentences(new ReadableStream<number>());
  // @ts-expect-error
  await model.save(location);
  // @ts-expect-error
  await init({ bytes: new Blob([]) });
  return URL.createObjectURL(await model.toBlob());
}
