/** Who trains a model: this thread, or workers. */

import { Engine } from "../engine/engine.ts";
import { givenWorkerUrl } from "../engine/load-engine.ts";
import type { Wasm2VecError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { runtime } from "../runtime/runtime.ts";
import type { Executor } from "./run.ts";
import { ThisThread } from "./this-thread.ts";
import { WorkerPool } from "./worker-pool.ts";

/**
 * Workers where several are wanted, and in a page, whose own thread must stay free; where that cannot be had, this thread.
 *
 * @param workers how many threads are wanted
 * @param warn is told why there is one only, or none beside a page's own
 * @throws {Wasm2VecError} `worker-failed` where init() was told of a script; `closed`; the signal's reason
 */
export async function openExecutor(
  model: Model,
  workers: number,
  warn: (why: string) => unknown,
  signal?: AbortSignal,
): Promise<Executor> {
  const { threads } = runtime;
  if (workers > 1 && !model.reproduces && !model.isShared) {
    await warn(`workers is ${workers}, but one thread trains: ${await whyAlone()}.`);
  }
  if (!threads || !(model.isShared || threads.isPage)) return new ThisThread(model);
  try {
    return await WorkerPool.open(model, threads, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as Wasm2VecError).code !== "worker-failed" || givenWorkerUrl() !== undefined) throw error;
    await warn(`No worker can be started here, so this thread trains. ${(error as Wasm2VecError).message}`);
    return new ThisThread(model);
  }
}

async function whyAlone(): Promise<string> {
  if (!runtime.threads) return "the library can start no others in this runtime";
  if (runtime.threads.cannotShare) return runtime.threads.cannotShare;
  try {
    (await Engine.openShared(0, "A memory to share needs")).close();
  } catch (error) {
    return (error as Error).message.replace(/\.$/, "");
  }
  return "the engine for threads could not be loaded when the model was made";
}
