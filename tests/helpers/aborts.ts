/** Aborts at a place that is known, not at a time. */

/** Works with a signal that is aborted when any signal is asked for the n-th time: a run asks before each job. */
export async function abortedAfter<Result>(
  asks: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { throwIfAborted } = AbortSignal.prototype;
  let asked = 0;
  AbortSignal.prototype.throwIfAborted = function () {
    if (++asked === asks) controller.abort(new Error("power cut"));
    throwIfAborted.call(this);
  };
  try {
    return await work(controller.signal);
  } finally {
    AbortSignal.prototype.throwIfAborted = throwIfAborted;
  }
}
