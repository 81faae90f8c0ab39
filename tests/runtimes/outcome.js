/** Runs the suite on the installed package and gives what a host can pass on as JSON: { values } or { error }. */
import * as wasm2vec from "wasm2vec";
import { smoke } from "./smoke.js";

/** @param has what the host has: `threads` that share a memory, a `page` that must not freeze, what its console prints */
export async function outcome(has) {
  try {
    return { values: await smoke({ wasm2vec, has }) };
  } catch (error) {
    // V8 puts the message into the stack, JavaScriptCore does not.
    const stack = error?.stack ?? "";
    return { error: stack.includes(error?.message) ? stack : `${error}\n${stack}` };
  }
}
