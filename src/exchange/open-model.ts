/** Saved models of every kind: ours, which is read at once, or another, whose reader is loaded when it is met. */

import { openSource } from "../files/source.ts";
import { isSeveral, nameOf, type SeveralFiles, type SourceLike } from "../files/source-kinds.ts";
import { HEAD_BYTES, mayBePickle } from "../formats/foreign-files.ts";
import { readModel } from "../model/model-file.ts";

/** @throws {Wasm2VecError} what openSource, readModel and loadModel throw */
export async function openModel(from: SourceLike | SeveralFiles, signal?: AbortSignal) {
  if (!isSeveral(from)) {
    const file = nameOf(from);
    const source = await openSource(from, signal);
    try {
      if (!mayBePickle(await source.read(0, Math.min(HEAD_BYTES, source.size), signal))) {
        const { options, run, ...built } = await readModel(source, file, signal);
        return { options, run, built, file };
      }
    } finally {
      await source.close?.();
    }
  }
  const { loadModel } = await import("./load-model.ts");
  return loadModel(from, signal);
}
