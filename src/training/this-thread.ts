/** Training in the thread that asks for it. */

import { Turns } from "../corpus/corpus.ts";
import type { JobOutcome, TrainingJob } from "../model/job.ts";
import type { Model } from "../model/model.ts";
import type { Executor } from "./run.ts";

/** Lets the event loop run now and then. */
export class ThisThread implements Executor {
  readonly capacity = 1;
  private readonly turns = new Turns();

  constructor(private readonly model: Model) {}

  async trainJob(job: TrainingJob): Promise<JobOutcome> {
    const outcome = this.model.trainJob(job);
    if (this.turns.over) await this.turns.pass();
    return outcome;
  }

  async collect(): Promise<void> {}

  async close(): Promise<void> {}
}
