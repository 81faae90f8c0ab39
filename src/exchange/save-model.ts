/** Word2Vec models into files that are not our own format's as it is: gensim's, and zipped ones. */

import { Wasm2VecError } from "../errors.ts";
import { fileName, type TargetLike } from "../files/target.ts";
import { EXTENSIONS, extensionOf } from "../formats/vector-file.ts";
import { modelPickle } from "../gensim/save-model.ts";
import { modelChunks, type SavedModel } from "../model/model-file.ts";
import { unchanged } from "../tables/saved-words.ts";
import { saveChunks } from "./save-vectors.ts";

/**
 * Writes a model, as its target's name says.
 *
 * @param version of its table, when the call came: when rows change before the last byte is written, nothing is replaced
 * @throws {Wasm2VecError} `option-invalid` for the name of a file of vectors; `table-changed`, `closed`; and what saveTo throws
 */
export async function saveModel(
  saved: SavedModel,
  version: number,
  target: TargetLike,
  signal: AbortSignal,
): Promise<void> {
  const { table } = saved.model;
  const extension = extensionOf(fileName(target));
  if (extension !== ".model" && isOther(extension)) throw onlyVectors(extension);
  const chunks = extension === ".model" ? modelPickle(saved) : modelChunks(saved);
  await saveChunks(target, unchanged(chunks, table, version), signal);
}

/** Whether it stands for another format than our own; what stands for none gets our own. */
const isOther = (extension: string) => (EXTENSIONS[extension] ?? "safetensors") !== "safetensors";

function onlyVectors(extension: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `A ${extension} holds vectors only; expected .safetensors, or .model for gensim. Of the vectors: await model.wv.save(path).`,
  );
}
