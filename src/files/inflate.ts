/** Deflated bytes, as members of zip archives are, unpacked into memory. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import { chunksAccess, type RandomAccess } from "./random-access.ts";
import { webChunks } from "./stream.ts";

/** How much is read at a time. */
const CHUNK_BYTES = 1 << 18;

/** So many bytes are unpacked from whatever it is, and more only where they are no more than so many times the packed ones. */
const BELIEVED_BYTES = 1 << 26;
const BELIEVED_RATIO = 100;

/**
 * @param file what messages call it
 * @throws {Wasm2VecError} `format-damaged`; `too-large` where few bytes become very many
 */
export async function inflate(source: RandomAccess, file: string, signal?: AbortSignal): Promise<RandomAccess> {
  const limit = BELIEVED_BYTES + BELIEVED_RATIO * source.size;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let failure: { error: unknown } | undefined;
  let at = 0;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const end = Math.min(at + CHUNK_BYTES, source.size);
        if (at < end) controller.enqueue((await source.read(at, end, signal)).slice());
        else controller.close();
        at = end;
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
  });
  let size = 0;
  try {
    for await (const chunk of webChunks(packed.pipeThrough(new DecompressionStream("deflate-raw")), signal)) {
      size += chunk.length;
      if (size > limit) throw bomb(file, source.size, limit);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (failure) throw failure.error;
    if (cause instanceof Wasm2VecError) throw cause;
    const message = `${file} could not be unpacked to its end: ${(cause as Error).message}. Copy or download it again.`;
    throw new Wasm2VecError("format-damaged", message, { cause });
  }
  return chunksAccess(chunks);
}

function bomb(file: string, packed: number, limit: number): Wasm2VecError {
  return new Wasm2VecError(
    "too-large",
    `${file} has ${packed} bytes that unpack to more than ${sizeOf(limit)}, which no vectors do. Save it without compression.`,
  );
}
