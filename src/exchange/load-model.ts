/** Word2Vec models out of files that are not our own format's as it is: gensim's, and zipped ones. */

import { TimeSlice } from "../event-loop.ts";
import { filesBeside } from "../files/beside.ts";
import type { SeveralFiles, SourceLike } from "../files/source-kinds.ts";
import { isPickle } from "../formats/foreign-files.ts";
import { type LoadedModel, readGensimModel } from "../gensim/load-model.ts";
import { SaveFiles } from "../gensim/save-files.ts";
import { readModel } from "../model/model-file.ts";
import { VectorInput } from "./vector-input.ts";

/**
 * Reads a model.
 *
 * @throws {Wasm2VecError} what readGensimModel and readModel throw
 */
export async function loadModel(
  from: SourceLike | SeveralFiles,
  signal?: AbortSignal,
): Promise<LoadedModel & { run?: unknown; file: string }> {
  const places = filesBeside(from);
  const slice = new TimeSlice(signal);
  const input = await VectorInput.open(places, signal);
  try {
    const source = await input.open(async () => {
      if (slice.isOver) await slice.yield();
    });
    const files = new SaveFiles(places, source, input.isGzipped, signal);
    try {
      if (isPickle(input.head) || !input.isGzipped) return { ...(await readGensimModel(files)), file: places.name };
      const { options, run, ...built } = await readModel(source, places.name, signal);
      return { options, run, built, file: places.name };
    } finally {
      await files.close();
      await source.close?.();
    }
  } finally {
    await input.close();
  }
}
