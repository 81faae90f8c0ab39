/** Training by worker threads: several on the memory that they share, or one on a copy. */

import type { Engine } from "../engine/engine.ts";
import type { JobOutcome, TrainingJob } from "../model/job.ts";
import type { Model } from "../model/model.ts";
import type { Threads } from "../runtime/runtime.ts";
import type { Executor } from "./run.ts";
import { startWorkers, type WorkerLink } from "./worker-link.ts";

/** A worker trains on one job while the next one waits beside it, so that it never waits for a message. */
const JOBS_EACH = 2;

/** How many bytes are copied at a time: some milliseconds of it. */
const CHUNK_BYTES = 1 << 22;

/** Workers for one run. Close it at its end. */
export class WorkerPool implements Executor {
  readonly capacity: number;

  private constructor(
    private readonly model: Model,
    private readonly links: WorkerLink[],
  ) {
    this.capacity = links.length * JOBS_EACH;
  }

  /**
   * Starts the workers: as many as share the model's memory; or one, which gets a copy of it.
   *
   * @throws {Wasm2VecError} `worker-failed`, `closed`; the signal's reason
   */
  static async open(model: Model, threads: Threads, signal?: AbortSignal): Promise<WorkerPool> {
    const count = model.isShared ? model.regions.jobs.length : 1;
    const pool = new WorkerPool(model, await startWorkers(threads, count, signal));
    try {
      const { engine, jobs } = model.regions;
      const memory = engine.isShared ? engine.memory : engine.pages;
      const open = { module: engine.module, memory, reproduce: model.reproduces };
      await Promise.all(pool.links.map((link, i) => link.ask("open", { ...open, layout: jobs[i] })));
      if (!engine.isShared) await pool.handOver();
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  async trainJob(job: TrainingJob): Promise<JobOutcome> {
    const idlest = this.links.reduce((idlest, link) => (link.underWay < idlest.underWay ? link : idlest));
    const outcome = await idlest.ask("trainJob", job, [job.ids.buffer]);
    this.model.table.changed();
    return outcome;
  }

  /** Copies what was learnt back, unless it is in the model's own memory. */
  async collect(): Promise<void> {
    const { engine, learnt } = this.model.regions;
    if (engine.isShared) return;
    for (const { address, length } of chunksOf(learnt)) {
      const bytes = await this.links[0].ask("read", { address, length });
      this.openEngine.u8(address, length).set(bytes);
    }
    this.model.table.changed();
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map((link) => link.end()));
  }

  private async handOver(): Promise<void> {
    for (const { address, length } of chunksOf(this.model.regions.read)) {
      const bytes = this.openEngine.u8(address, length).slice() as Uint8Array<ArrayBuffer>;
      await this.links[0].ask("write", { address, bytes }, [bytes.buffer]);
    }
  }

  /** The model may be closed at any time between two messages. */
  private get openEngine(): Engine {
    return this.model.regions.engine;
  }
}

function* chunksOf([begin, end]: [number, number]): Generator<{ address: number; length: number }> {
  for (let address = begin; address < end; address += CHUNK_BYTES) {
    yield { address, length: Math.min(CHUNK_BYTES, end - address) };
  }
}
