/** What a reader of a table is told who waited meanwhile. */

import { Wasm2VecError } from "../errors.ts";

/**
 * @param doing what was done over several turns of the event loop: "the model was being saved"
 * @param method what is to be awaited: "save"
 */
export function tableChanged(doing: string, method: string): Wasm2VecError {
  return new Wasm2VecError(
    "table-changed",
    `Vectors were changed while ${doing}. Await ${method} before changing or training them.`,
  );
}
