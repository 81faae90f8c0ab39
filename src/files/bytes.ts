/** Bytes of every kind: views, buffers, shared ones, of whatever realm. */

import { isDetached, isObject, tagOf } from "../errors.ts";

/** Whether a value is bytes that are there: also those of another realm, such as a frame or a test's sandbox. */
export function isBytes(value: unknown): value is ArrayBufferView | ArrayBufferLike {
  const isMemory = ArrayBuffer.isView(value) || (isObject(value) && /^(Shared)?ArrayBuffer$/.test(tagOf(value)));
  return isMemory && !isDetached(value as ArrayBufferView | ArrayBufferLike);
}

/** Bytes of any kind as bytes of a plain array: the same memory. */
export function plainBytes(bytes: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

/** Bytes of any kind in a memory of their own, whatever becomes of the memory that they come from. */
export function copyBytes(bytes: ArrayBufferView | ArrayBufferLike): Uint8Array<ArrayBuffer> {
  return new Uint8Array(plainBytes(bytes));
}

/** Bytes one after the other, in a memory of their own. Not by a Blob: jsdom's cannot be read. */
export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const chunk of chunks) {
    joined.set(chunk, end);
    end += chunk.length;
  }
  return joined;
}

/** Whether a value is a Uint8Array, of whatever realm; Node's Buffer is one. */
export const isUint8Array = (value: unknown): value is Uint8Array => isArrayOf(value, "Uint8Array");

/** Whether a value is a Float32Array, of whatever realm. */
export const isFloat32Array = (value: unknown): value is Float32Array => isArrayOf(value, "Float32Array");

const isArrayOf = (value: unknown, tag: string) => ArrayBuffer.isView(value) && tagOf(value) === tag;
