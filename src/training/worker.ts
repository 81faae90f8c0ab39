/** A worker: runs jobs on a model's memory, or on a copy of it where it cannot be shared. */

import { Instance, instantiate } from "../engine/instance.ts";
import type { JobLayout } from "../engine/layout.ts";
import { type JobOutcome, JobRunner, type TrainingJob } from "../model/job.ts";
import { version } from "../version.ts";

/** What a worker is asked. The first is `open`; each gets one answer, in order. */
export interface WorkerRequests {
  /** Binds the worker to its memory. Where `memory` is a number of pages, it makes a memory of that size. */
  open: { module: WebAssembly.Module; memory: WebAssembly.Memory | number; layout: JobLayout; reproduce: boolean };
  /** Writes to its memory. */
  write: { address: number; bytes: Uint8Array<ArrayBuffer> };
  /** A copy of bytes of its memory. */
  read: { address: number; length: number };
  trainJob: TrainingJob;
}

export interface WorkerAnswers {
  open: undefined;
  write: undefined;
  read: Uint8Array<ArrayBuffer>;
  trainJob: JobOutcome;
}

export type WorkerRequest = {
  [Kind in keyof WorkerRequests]: { kind: Kind } & WorkerRequests[Kind];
}[keyof WorkerRequests];

/** What comes back: first which version the script is of, then answers, or what went wrong. */
export type WorkerMessage = { hello: string } | { answer: WorkerAnswers[keyof WorkerAnswers] } | { error: string };

type Post = (message: WorkerMessage, transferred: ArrayBuffer[]) => void;

/** A worker that answers by `post`: what is to be called with each request, and with what hindered one. */
export function workerOf(post: Post): { answer(request: WorkerRequest): void; fail(error: Error): void } {
  let instance: Instance;
  let runner: JobRunner;
  const actions: { [Kind in keyof WorkerRequests]: (request: WorkerRequests[Kind]) => WorkerAnswers[Kind] } = {
    open({ module, memory, layout, reproduce }) {
      const own = typeof memory === "number" ? new WebAssembly.Memory({ initial: memory }) : memory;
      instance = new Instance(instantiate(module, own));
      runner = new JobRunner(instance, layout, reproduce);
      return undefined;
    },
    write({ address, bytes }) {
      instance.u8(address, bytes.length).set(bytes);
      return undefined;
    },
    read: ({ address, length }) => instance.u8(address, length).slice() as Uint8Array<ArrayBuffer>,
    trainJob: (job) => runner.run(job),
  };

  post({ hello: version }, []);
  return {
    answer(request) {
      try {
        const answer = actions[request.kind](request as never);
        post({ answer }, ArrayBuffer.isView(answer) ? [answer.buffer] : []);
      } catch (error) {
        post({ error: String(error) }, []);
      }
    },
    fail: (error) => post({ error: String(error) }, []),
  };
}
