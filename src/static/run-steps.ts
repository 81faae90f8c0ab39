/** Long work in steps, between which others get their turn. */

import { TimeSlice } from "../event-loop.ts";

/**
 * What a generator comes to, which pauses now and then.
 *
 * @throws what it throws; the signal's reason, which it is told, so that it lets go of what it holds
 */
export async function runSteps<Result>(steps: Generator<void, Result>, signal?: AbortSignal): Promise<Result> {
  const slice = new TimeSlice(signal);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    try {
      if (slice.isOver) await slice.yield();
    } catch (error) {
      steps.throw(error);
    }
  }
}
