/** Training in the thread that asks for it. */

import { TimeSlice } from "../event-loop.ts";
import type { JobOutcome, TrainingJob } from "../model/job.ts";
import type { Model } from "../model/model.ts";
import type { Executor } from "./run.ts";

/** Lets the event loop run now and then. */
export class ThisThread implements Executor {
  readonly capacity = 1;
  private readonly slice = new TimeSlice();

  constructor(private readonly model: Model) {}

  async trainJob(job: TrainingJob): Promise<JobOutcome> {
    const outcome = this.model.trainJob(job);
    if (this.slice.isOver) await this.slice.yield();
    return outcome;
  }

  async collect(): Promise<void> {}

  async close(): Promise<void> {}
}
