/** Long work beside others: time slices, aborts, and events at most ten times a second. */

import { checkIterator, checkResult } from "./check-options.ts";
import { Wasm2VecError } from "./errors.ts";

/** Milliseconds of work after which others get their turn. */
const SLICE = 40;

/** Lets the event loop run now and then during long work, and ends the work when it is aborted. */
export class TimeSlice {
  private begin = performance.now();

  /** @param span milliseconds after which others get their turn */
  constructor(
    private readonly signal?: AbortSignal,
    private readonly span = SLICE,
  ) {}

  /** Whether it is time to await `yield`. */
  get isOver(): boolean {
    return performance.now() - this.begin > this.span;
  }

  /** @throws the signal's reason when it is aborted */
  async yield(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve));
    this.signal?.throwIfAborted();
    this.begin = performance.now();
  }
}

/** Milliseconds from one event to the next, at least. */
const EVENT_INTERVAL = 100;

/** Says when the next event is due: ten times a second at most. */
export class EventPace {
  private last = performance.now();

  /** Whether an event is due; if so, it counts as sent. */
  takeTurn(): boolean {
    const now = performance.now();
    if (now - this.last < EVENT_INTERVAL) return false;
    this.last = now;
    return true;
  }
}

/**
 * What the work comes to, or the signal's reason as soon as it is aborted: nobody waits then for what hears no signal.
 *
 * @throws the signal's reason
 */
export async function orAbort<Result>(work: Result | PromiseLike<Result>, signal?: AbortSignal): Promise<Result> {
  if (!signal) return work;
  let onAbort: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
  });
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** What several callers want, each with a signal of its own, and one of them asks for. */
export class Shared<Result> {
  private result?: Promise<Result>;

  /**
   * The result, which the caller asks for where nobody has, or where whoever did gave up.
   *
   * @throws the signal's reason; what `ask` throws: whoever comes next asks again
   */
  async get(ask: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const isAsked = this.result !== undefined;
    this.result ??= ask().catch((error) => {
      this.result = undefined;
      throw error;
    });
    try {
      return await orAbort(this.result, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isAsked && !(error instanceof Wasm2VecError)) return this.get(ask, signal);
      throw error;
    }
  }
}

/** Waits so many milliseconds. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await orAbort(over, signal);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What an iterable gives; an abort does not wait for what comes next.
 *
 * @param what what messages call the items
 * @throws {Wasm2VecError} `option-invalid` where it gives no iterator, or this no results; the signal's reason
 */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  what: string,
  signal = new AbortController().signal,
): AsyncGenerator<Item> {
  const iterator = checkIterator(items[Symbol.asyncIterator](), what);
  let stop: (reason: unknown) => void = () => {};
  const onAbort = () => stop(signal.reason);
  signal.addEventListener("abort", onAbort);
  let ended = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        stop = reject;
        Promise.resolve(iterator.next()).then(resolve, reject);
      });
      ended = Boolean(checkResult(next, what).done);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    const closing = ended ? undefined : iterator.return?.();
    if (signal.aborted) closing?.catch?.(() => {});
    else await closing;
  }
}

/** Works with a signal that is aborted when one of several is. */
export async function withSignals<Result>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const given = signals.filter((signal) => signal !== undefined);
  const onAbort = () => controller.abort(given.find((signal) => signal.aborted)?.reason);
  for (const signal of given) signal.addEventListener("abort", onAbort);
  try {
    if (given.some((signal) => signal.aborted)) onAbort();
    return await work(controller.signal);
  } finally {
    for (const signal of given) signal.removeEventListener("abort", onAbort);
  }
}

/** Told of events; what the listener returns is awaited, unless the work is aborted meanwhile. */
export type Tell<Event> = (event: Event) => Promise<unknown>;

/** A user's listener, as long work calls it; absent where there is none. */
export function tellerOf<Event>(
  listener: ((event: Event) => unknown) | undefined,
  signal: AbortSignal | undefined,
): Tell<Event> | undefined {
  return listener && ((event) => orAbort((async () => listener(event))(), signal));
}

/** Does the work for all items, for a few of them at the same time. The first failure ends it. */
export async function forEachAtOnce<Item>(
  items: Generator<Item>,
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const takeTurns = async () => {
    for (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: limit }, takeTurns));
}
