/** Calls that a golden file holds, with what gensim answered, asked again. */

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { goldenRows, tableOf } from "./tables.ts";

export interface GoldenCall {
  call: string;
  args: unknown[];
  /** one of the two: Python's name of the error where there was one */
  result?: unknown;
  error?: string;
}

const entries = ["keyed-vectors", "queries"].flatMap(
  (name): GoldenCall[] => JSON.parse(readFileSync(`tests/golden/${name}.json`, "utf8")).entries,
);

/** The golden calls of a method. */
export function goldenCalls(method: string): GoldenCall[] {
  const calls = entries.filter(({ call }) => call === method);
  assert.ok(calls.length, `no golden call of ${method}`);
  return calls;
}

export const titleOf = ({ call, args }: GoldenCall) => `${call}(${JSON.stringify(args).slice(1, -1)}) is gensim's`;

/** A test of each golden call of these methods of a table. */
export function testGoldenCalls(...methods: string[]): void {
  for (const entry of methods.flatMap(goldenCalls)) {
    test(titleOf(entry), async () => {
      using vectors = await tableOf(goldenRows);
      assertAnswersAs(entry, vectors);
    });
  }
}

/** Asserts that the method answers as gensim did, or fails where it did. */
export function assertAnswersAs({ call, args, result, error }: GoldenCall, object: object): void {
  // biome-ignore lint/suspicious/noExplicitAny: the method is named by the golden file
  const ask = () => (object as any)[call](...args.map(revive).map(unwrapDefault));
  if (error) assert.throws(ask, (thrown: unknown) => thrown instanceof Wasm2VecError);
  else assertClose(ask(), result, call);
}

/** JSON holds a row as a number, and a vector as { vector }; gensim weighs it as { key: { vector }, weight }. */
// biome-ignore lint/suspicious/noExplicitAny: JSON
export function revive(argument: any): any {
  if (typeof argument === "number") return { row: argument };
  if (Array.isArray(argument)) return argument.map(revive);
  if (typeof argument !== "object" || argument === null) return argument;
  if (argument.key?.vector) return { vector: Float32Array.from(argument.key.vector), weight: argument.weight };
  if (argument.vector) return Float32Array.from(argument.vector);
  if (typeof argument.key === "number") return { row: argument.key, weight: argument.weight };
  // options: their numbers are no rows
  return Object.fromEntries(
    Object.entries(argument).map(([name, value]) => [
      name,
      name === "negative" || name === "keys" ? revive(value) : value,
    ]),
  );
}

/** getIndex(key, default) has its default in an object in the golden file, as Python's keyword. */
const unwrapDefault = (argument: unknown) =>
  typeof argument === "object" && argument !== null && "default" in argument ? argument.default : argument;

/** Numbers agree within a share of them, or of 1 where they are smaller; everything else exactly. */
export function assertClose(got: unknown, expected: unknown, what: string, bound = 1e-6): void {
  if (typeof expected === "number") {
    const distance = Math.abs((got as number) - expected);
    assert.ok(distance <= bound * Math.max(1, Math.abs(expected)), `${what}: got ${got}, expected ${expected}`);
  } else if (Array.isArray(expected)) {
    const list = Array.from(got as ArrayLike<unknown>);
    assert.is(list.length, expected.length, `${what}: length`);
    for (const [i, item] of expected.entries()) assertClose(list[i], item, `${what}[${i}]`, bound);
  } else {
    assert.equal(got, expected, what);
  }
}
