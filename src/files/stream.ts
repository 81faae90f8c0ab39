/** Streams of bytes: what comes once, in its order, and takes its time. */

import { checkIterator, checkResult } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import { copyBytes, isBytes } from "./bytes.ts";
import {
  isNodeStream,
  isOneShotStream,
  isResponse,
  isWebStream,
  type ResponseLike,
  type StreamLike,
} from "./source-kinds.ts";

/** The streams that were begun to be read: what they gave is gone. */
const begun = new WeakSet<object>();

/**
 * What a stream gives. Leaving the loop, or an abort, ends the stream.
 *
 * @throws {Wasm2VecError} `one-shot-corpus` where it was read before; `file-not-readable`; `http-failed` for an answer that
 *   is none of success; `option-invalid` where it gives anything but bytes
 */
export async function* streamChunks(from: StreamLike, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const stream = isResponse(from) ? bodyOf(from) : from;
  if (begun.has(from) || (stream && wasRead(stream))) throw readBefore(from);
  if (isOneShotStream(from)) begun.add(from);
  if (!stream) return;
  const items = isWebStream(stream)
    ? webChunks(stream as ReadableStream<unknown>, signal)
    : iteratedChunks(stream, signal);
  try {
    for await (const item of items) {
      if (!isBytes(item)) throw noBytes(from, item);
      yield copyBytes(item);
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (cause instanceof Wasm2VecError) throw cause;
    throw new Wasm2VecError(
      "file-not-readable",
      `The given source, ${show(from)}, could not be read to its end: ${(cause as Error)?.message}. Open it again, or pass its path or URL.`,
      { cause },
    );
  }
}

/** Whether others read it, or have read it. */
const wasRead = (stream: object) =>
  isWebStream(stream) ? stream.locked : isNodeStream(stream) && stream.readableDidRead;

function bodyOf(response: ResponseLike): ResponseLike["body"] {
  if (!response.ok) {
    const message = `The given Response is ${response.status} ${response.statusText}`.trim();
    throw new Wasm2VecError("http-failed", `${message}; expected one with the status 200. Check the address.`);
  }
  if (response.bodyUsed) throw readBefore(response);
  return response.body;
}

/** The chunks of a stream of the Web, which is cancelled where not all are read. */
export async function* webChunks<Chunk>(stream: ReadableStream<Chunk>, signal?: AbortSignal): AsyncGenerator<Chunk> {
  const reader = stream.getReader();
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const { done, value } = await orAbort(reader.read(), signal);
      isWaiting = false;
      if (done) return;
      yield value;
    }
  } finally {
    const cancelled = reader.cancel().catch(() => {});
    if (!isWaiting) await cancelled;
  }
}

/** What messages call it. */
const THE_STREAM = "The source";

async function* iteratedChunks(items: AsyncIterable<unknown>, signal?: AbortSignal): AsyncGenerator<unknown> {
  const iterator = checkIterator(items[Symbol.asyncIterator](), THE_STREAM);
  let state: "waiting" | "given" | "done" = "given";
  try {
    for (;;) {
      state = "waiting";
      const { done, value } = checkResult(await orAbort(iterator.next(), signal), THE_STREAM);
      state = done ? "done" : "given";
      if (done) return;
      yield value;
    }
  } finally {
    if (state === "given") await iterator.return?.();
    // an iterator that waits does not hear that it shall return; a stream of Node hears that it is destroyed
    else if (state === "waiting") {
      iterator.return?.()?.catch?.(() => {});
      if (isNodeStream(items)) items.destroy();
    }
  }
}

function readBefore(from: object): Wasm2VecError {
  return new Wasm2VecError(
    "one-shot-corpus",
    `The source is ${show(from)}, which can be read once, and was read before. Pass what can be opened again, such as a path, a URL, a Blob or bytes.`,
  );
}

function noBytes(from: object, item: unknown): Wasm2VecError {
  const advice =
    typeof item === "string" || Array.isArray(item)
      ? "Leave out the stream's encoding, or pass the sentences themselves as the corpus."
      : "Pass a stream of Uint8Arrays.";
  return new Wasm2VecError(
    "option-invalid",
    `The source, ${show(from)}, gave ${show(item)}; expected bytes. ${advice}`,
  );
}
