/** Bytes on their way into gzip. */

import { webChunks } from "./stream.ts";

/** The chunks, which may change afterwards, zipped. */
export async function* gzipped(chunks: Iterable<Uint8Array>, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.iterator]();
  let failure: { error: unknown } | undefined;
  const plain = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      try {
        const { done, value } = iterator.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value));
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
    cancel: () => void iterator.return?.(),
  });
  try {
    yield* webChunks(plain.pipeThrough(new CompressionStream("gzip")), signal);
  } catch (error) {
    throw failure ? failure.error : error;
  }
}
