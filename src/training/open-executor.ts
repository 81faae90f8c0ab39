/** Who trains a model: this thread, or workers. */

import { runtime } from "#runtime";
import { Engine } from "../engine/engine.ts";
import type { Model } from "../model/model.ts";
import type { Executor } from "./run.ts";
import { ThisThread } from "./this-thread.ts";
import { WorkerPool } from "./worker-pool.ts";

/**
 * Workers where several are wanted, and in a page, whose own thread must stay free; where that cannot be had, one thread.
 *
 * @param workers how many threads are wanted
 * @param warn is told why there is one only
 * @throws {Wasm2VecError} `worker-failed`, `engine-not-loaded`
 */
export async function openExecutor(model: Model, workers: number, warn: (why: string) => unknown): Promise<Executor> {
  if (workers > 1 && !model.reproduces && !model.isShared) {
    await warn(`workers is ${workers}, but one thread trains: ${await whyAlone()}.`);
  }
  return model.isShared || runtime.threads?.isPage ? WorkerPool.open(model) : new ThisThread(model);
}

/** @throws {Wasm2VecError} `engine-not-loaded` where that is why */
async function whyAlone(): Promise<string> {
  if (!runtime.threads) return "the library can start no others in this runtime";
  if (runtime.threads.cannotShare) return runtime.threads.cannotShare;
  await Engine.openShared(0, "A memory to share needs");
  return "the engine for threads could not be loaded when the model was made";
}
