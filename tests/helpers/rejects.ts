/** What a test of an error checks: its code, and what its message tells a person. */

import * as assert from "uvu/assert";
import { type ErrorCode, Wasm2VecError } from "../../src/errors.ts";

/** Asserts that the work throws, or rejects with, a Wasm2VecError of this code whose message matches. */
export async function rejects(code: ErrorCode, message: RegExp, work: () => unknown): Promise<void> {
  let thrown: unknown;
  try {
    await work();
  } catch (error) {
    thrown = error;
  }
  assert.instance(thrown, Wasm2VecError, `expected a Wasm2VecError, got ${thrown}`);
  const { code: got, message: text } = thrown as Wasm2VecError;
  assert.is(got, code, text);
  assert.match(text, message);
}
