/** A model of tokenizer.json, opened: BPE or WordPiece. */

import { CompactModel } from "./compact-model.ts";
import { buildTable, rulesOf } from "./table.ts";

/**
 * @param model the `model` of a tokenizer.json
 * @throws {Wasm2VecError} `format-damaged`, `format-unknown`; `engine-not-loaded`, `out-of-memory`, `too-large`
 */
export async function openTableModel(model: unknown): Promise<CompactModel> {
  return CompactModel.open(await buildTable(model), rulesOf(model));
}
