/** What is fuzzed, and what must hold of each case. */

import { Wasm2VecError } from "../../src/errors.ts";
import type { Random } from "./random.ts";

/** A kind of input. A case of it is a list of steps; one with steps left out is a case too, so that it can be made smaller. */
export interface Target<Step> {
  steps(random: Random): Step[];
  /**
   * Runs a case.
   *
   * @returns how it ended: "accepted", or an error's code
   * @throws whatever must not happen
   */
  run(steps: readonly Step[]): Promise<string>;
  /** The case as code for a test. */
  code(steps: readonly Step[]): string | Promise<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: who runs a target does not look at its steps
export type AnyTarget = Target<any>;

/** What a target found to be wrong. What stands before a colon is the same for all cases of one fault. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** What is thrown by what the library is given: it is to come through. */
export class Planned extends Error {
  override readonly name = "Planned";
}

/** How long an error's message may be. */
const LONGEST_MESSAGE = 2000;

export type Outcome<Value> = { value: Value; code?: undefined } | { value?: undefined; code: string };

/** The value of a call, or the code of the error that it ends in. Throws errors that are none of the library's. */
export async function attempt<Value>(work: () => Value | PromiseLike<Value>): Promise<Outcome<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: codeOf(error) };
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Planned) return "planned";
  if (error instanceof DOMException && ["AbortError", "TimeoutError"].includes(error.name)) return "aborted";
  if (!(error instanceof Wasm2VecError)) throw error;
  const { code, message } = error;
  if (typeof code !== "string" || !message) throw new Fault(`an error without a code or a message: ${error.stack}`);
  if (/(NaN|undefined) GB/.test(message)) throw new Fault(`a message that says nothing: ${message}`);
  if (message.length < LONGEST_MESSAGE) return code;
  throw new Fault(
    `a long message of ${code}, ${placesIn(error.stack ?? "")
      .slice(0, 2)
      .join(" ")}: ${message.length} characters, ${message.slice(0, 200)}`,
  );
}

/** The lines of the library that a stack goes through, the innermost first. */
export function placesIn(stack: string): string[] {
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return frames.flatMap((frame) => frame.match(/src\/[^():]+:\d+/)?.[0] ?? []);
}

/** @throws {Fault} unless it holds */
export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Fault(what);
}

/** Whether both hold the same bits. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [x, y] = [a, b].map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
  return x.equals(y);
}

/** Whether both hold the same numbers, whatever the bits of a NaN. */
export function sameNumbers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (x, i) => Object.is(x, b[i]));
}
