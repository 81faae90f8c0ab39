/** This side of a worker: it is asked, and answers in order. */

import { givenWorkerUrl } from "../engine/load-engine.ts";
import { isObject, show, Wasm2VecError } from "../errors.ts";
import { orAbort } from "../event-loop.ts";
import type { StartThread, Thread, Threads } from "../runtime/runtime.ts";
import { version } from "../version.ts";
import type { WorkerAnswers, WorkerMessage, WorkerRequests } from "./worker.ts";

/** Milliseconds within which a worker has to say hello. */
const PATIENCE = 10_000;

interface Waiting {
  resolve(answer: never): void;
  reject(error: Wasm2VecError): void;
}

/** A worker in a thread of its own. End it. */
export class WorkerLink {
  private thread: Thread | undefined;
  private readonly waiting: Waiting[] = [];
  private failure: Wasm2VecError | undefined;

  private constructor() {}

  /**
   * Starts a worker, which says hello.
   *
   * @throws {Wasm2VecError} `worker-failed` where it cannot be started, is of another version, or says nothing for ten
   *   seconds; the signal's reason
   */
  static async start(start: StartThread, signal?: AbortSignal): Promise<WorkerLink> {
    const link = new WorkerLink();
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const hello = link.answer<undefined>();
      hello.catch(() => {});
      timer = setTimeout(() => link.fail(new Error(`it said nothing for ${PATIENCE / 1000} seconds`)), PATIENCE);
      link.thread = await start({
        onMessage: (message) => link.receive(message),
        onFailure: (error) => link.fail(error),
      });
      await orAbort(hello, signal);
      return link;
    } catch (error) {
      link.fail(error as Error);
      await link.end();
      signal?.throwIfAborted();
      throw link.failure;
    } finally {
      clearTimeout(timer);
    }
  }

  /** how many requests have no answer yet */
  get underWay(): number {
    return this.waiting.length;
  }

  /** @throws {Wasm2VecError} `worker-failed` when it failed, or fails before it answers */
  async ask<Kind extends keyof WorkerRequests>(
    kind: Kind,
    request: WorkerRequests[Kind],
    transferred: ArrayBuffer[] = [],
  ): Promise<WorkerAnswers[Kind]> {
    if (this.failure) throw this.failure;
    const answer = this.answer<WorkerAnswers[Kind]>();
    try {
      this.thread?.post({ kind, ...request }, transferred);
    } catch (cause) {
      this.fail(cause as Error);
    }
    return answer;
  }

  async end(): Promise<void> {
    await this.thread?.end();
  }

  private answer<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private receive(message: unknown): void {
    if (!isMessage(message)) this.fail(new Error(`it sent ${show(message)}, as wasm2vec's does not`));
    else if ("error" in message) this.fail(new Error(message.error));
    else if ("answer" in message) this.waiting.shift()?.resolve(message.answer as never);
    else if (message.hello === version) this.waiting.shift()?.resolve(undefined as never);
    else this.fail(new Error(`its script is of version ${show(message.hello)}, the library of ${version}`));
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

const isMessage = (message: unknown): message is WorkerMessage =>
  isObject(message) && ["hello", "answer", "error"].some((name) => name in message);

/**
 * Starts so many workers, each in the same way: from the script that init() was told of, else in the first way that works.
 *
 * @throws {Wasm2VecError} `worker-failed`; the signal's reason
 */
export async function startWorkers(threads: Threads, count: number, signal?: AbortSignal): Promise<WorkerLink[]> {
  const url = givenWorkerUrl();
  const ways: readonly StartThread[] = url === undefined ? threads.ways : [(events) => threads.startAt(url, events)];
  let failure: unknown;
  for (const start of ways) {
    signal?.throwIfAborted();
    const started = await Promise.allSettled(Array.from({ length: count }, () => WorkerLink.start(start, signal)));
    const links = started.flatMap((link) => (link.status === "fulfilled" ? [link.value] : []));
    if (links.length === count) return links;
    await Promise.all(links.map((link) => link.end()));
    failure ??= started.find((link) => link.status === "rejected")?.reason;
  }
  signal?.throwIfAborted();
  throw failure;
}
