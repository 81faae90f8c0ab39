/** Training in the thread that asks for it. */

import { Turns } from "./corpus.ts";
import type { Model } from "./model.ts";
import type { JobOutcome, TrainingJob } from "./training-job.ts";
import type { Executor } from "./training-run.ts";

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
