// Long work beside others, by a clock that is set by hand.

import { getEventListeners } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EventPace, TimeSlice, untilAborted } from "../src/event-loop.ts";

/** Runs work whose milliseconds pass only when `pass` is called. */
async function withClock(work: (pass: (milliseconds: number) => void) => unknown): Promise<void> {
  let now = 1000;
  const real = Object.getOwnPropertyDescriptor(performance, "now");
  Object.defineProperty(performance, "now", { value: () => now, configurable: true });
  try {
    await work((milliseconds) => {
      now += milliseconds;
    });
  } finally {
    if (real) Object.defineProperty(performance, "now", real);
    else Reflect.deleteProperty(performance, "now");
  }
}

const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => "it came to its end",
    (reason) => reason,
  );

test("a slice is over after its span, and a new one begins when others had their turn", () =>
  withClock(async (pass) => {
    const slice = new TimeSlice(undefined, 10);
    pass(10);
    assert.not(slice.isOver);
    pass(1);
    assert.ok(slice.isOver);
    await slice.yield();
    assert.not(slice.isOver);
    pass(11);
    assert.ok(slice.isOver);
  }));

test("a slice is 40 milliseconds long where nothing else is said", () =>
  withClock((pass) => {
    const slice = new TimeSlice();
    pass(40);
    assert.not(slice.isOver);
    pass(1);
    assert.ok(slice.isOver);
  }));

test("while a slice is yielded, timers that are due have their turn", async () => {
  let turns = 0;
  setTimeout(() => turns++);
  await new TimeSlice().yield();
  assert.is(turns, 1);
});

test("an abort while others have their turn ends the work with the signal's reason", async () => {
  const controller = new AbortController();
  const slice = new TimeSlice(controller.signal);
  await slice.yield();
  setTimeout(() => controller.abort("enough"));
  assert.is(await reasonOf(slice.yield()), "enough");
});

test("events are due ten times a second at most, and those that were missed do not come later", () =>
  withClock((pass) => {
    const pace = new EventPace();
    const due = (milliseconds: number) => {
      pass(milliseconds);
      return pace.takeTurn();
    };
    assert.equal([due(99), due(1), due(0), due(99), due(1)], [false, true, false, false, true]);
    assert.equal([due(1000), due(0), due(99), due(1)], [true, false, false, true]);
  }));

/** Gives 1, 2, 3, and tells when it was closed before its end. */
class Numbers {
  asked = 0;
  isClosed = false;

  async *[Symbol.asyncIterator]() {
    try {
      for (let i = 1; i <= 3; i++) {
        this.asked++;
        yield i;
      }
    } finally {
      this.isClosed = true;
    }
  }
}

test("what an iterable gives comes through, and the signal is let go at the end", async () => {
  const { signal } = new AbortController();
  const got: number[] = [];
  for await (const item of untilAborted(new Numbers(), "The items", signal)) got.push(item);
  assert.equal(got, [1, 2, 3]);
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("whoever stops early closes the iterable", async () => {
  const { signal } = new AbortController();
  const numbers = new Numbers();
  for await (const item of untilAborted(numbers, "The items", signal)) if (item === 2) break;
  assert.equal([numbers.asked, numbers.isClosed], [2, true]);
  assert.is(getEventListeners(signal, "abort").length, 0);
});

test("a signal that is aborted already asks for nothing", async () => {
  const numbers = new Numbers();
  const reading = untilAborted(numbers, "The items", AbortSignal.abort("enough")).next();
  assert.is(await reasonOf(reading), "enough");
  assert.is(numbers.asked, 0);
});

test("an abort between two items ends the reading before the next is asked for, and closes the iterable", async () => {
  const controller = new AbortController();
  const numbers = new Numbers();
  const items = untilAborted(numbers, "The items", controller.signal);
  assert.is((await items.next()).value, 1);
  controller.abort("enough");
  assert.is(await reasonOf(items.next()), "enough");
  assert.equal([numbers.asked, numbers.isClosed], [1, true]);
});

test("an abort does not wait for an item that never comes", async () => {
  const controller = new AbortController();
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const reading = untilAborted(silent, "The items", controller.signal).next();
  controller.abort("enough");
  assert.is(await reasonOf(reading), "enough");
});

test("an iterable's own error comes through", async () => {
  const failing = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject("broken") }) };
  assert.is(await reasonOf(untilAborted(failing, "The items", new AbortController().signal).next()), "broken");
});

test.run();
