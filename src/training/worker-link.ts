/** This side of a worker: it is asked, and answers in order. */

import { runtime } from "#runtime";
import { givenWorkerUrl } from "../engine/load-engine.ts";
import { Wasm2VecError } from "../errors.ts";
import type { Thread } from "../runtime/runtime.ts";
import type { WorkerAnswers, WorkerMessage, WorkerRequests } from "./worker.ts";

interface Waiting {
  resolve(answer: never): void;
  reject(error: Wasm2VecError): void;
}

/** A worker in a thread of its own. End it. */
export class WorkerLink {
  private readonly thread: Thread | undefined;
  private readonly waiting: Waiting[] = [];
  private failure: Wasm2VecError | undefined;

  /** Starts the worker. A failure to start is thrown by the first `ask`. */
  constructor() {
    try {
      this.thread = runtime.threads?.start(givenWorkerUrl(), {
        onMessage: (message) => this.receive(message as WorkerMessage),
        onFailure: (error) => this.fail(error),
      });
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** how many requests have no answer yet */
  get underWay(): number {
    return this.waiting.length;
  }

  /** @throws {Wasm2VecError} `worker-failed` when it failed, or fails before it answers */
  ask<Kind extends keyof WorkerRequests>(
    kind: Kind,
    request: WorkerRequests[Kind],
    transferred: ArrayBuffer[] = [],
  ): Promise<WorkerAnswers[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.thread?.post({ kind, ...request }, transferred);
      this.waiting.push({ resolve, reject });
    });
  }

  async end(): Promise<void> {
    await this.thread?.end();
  }

  private receive(message: WorkerMessage): void {
    if ("error" in message) this.fail(new Error(message.error));
    else this.waiting.shift()?.resolve(message.answer as never);
  }

  private fail(cause: Error): void {
    this.failure ??= new Wasm2VecError(
      "worker-failed",
      `A worker of the training failed: ${cause.message}. Where its script cannot be loaded, give its URL to init({ workerUrl }); it is the package's file wasm2vec/worker.js.`,
      { cause },
    );
    for (const { reject } of this.waiting.splice(0)) reject(this.failure);
  }
}
