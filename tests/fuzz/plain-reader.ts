/** Files of vectors that are read in two ways: by the library, and by a reader as plain as can be. */

import { CollectingSink } from "../helpers/vector-sinks.ts";
import type { Random } from "./random.ts";
import { attempt, check, sameNumbers, type Target } from "./target.ts";

/** What a plain reader gives: the rows of a file, keys in Latin-1; or what is wrong with it. */
export type PlainRows = [key: string, row: number[]][] | string;

/** What every file is read with. */
export interface Reading {
  limit?: number;
  /** how many bytes come at a time */
  size: number;
}

/** A case has many files, because a file is read faster than a case begins. */
const FILES = 25;

export const someReading = (random: Random): Reading => {
  const limit = random.chance(0.1) ? 1 + random.below(3) : undefined;
  const size = random.chance(0.5) ? 1 + random.below(20) : 1000;
  return { limit, size };
};

/**
 * @param next makes a file
 * @param readBoth reads it in both ways; returns whether it is accepted
 * @param code the reading of a file, as code
 */
export function filesTarget<Step>(
  next: (random: Random) => Step,
  readBoth: (step: Step) => Promise<boolean>,
  code: (step: Step) => string,
): Target<Step> {
  return {
    steps: (random) => Array.from({ length: FILES }, () => next(random)),
    async run(steps) {
      let accepted = 0;
      for (const step of steps) accepted += Number(await readBoth(step));
      return `${accepted ? "some" : "none"} accepted`;
    },
    code: (steps) => steps.map(code).join("\n"),
  };
}

/** Whether the library accepts a file; it must say, and read, the same as the plain reader. */
export async function agrees(read: (sink: CollectingSink) => Promise<void>, expected: PlainRows): Promise<boolean> {
  const sink = new CollectingSink();
  const { code } = await attempt(() => read(sink));
  check(
    (code === undefined) === Array.isArray(expected),
    `another verdict: ${code}; expected ${JSON.stringify(expected)}`,
  );
  if (!Array.isArray(expected)) return false;
  const keys = sink.keyBytes.map((key) => Buffer.from(key as Uint8Array).toString("latin1"));
  check(JSON.stringify(keys) === JSON.stringify(expected.map(([key]) => key)), `other keys: ${JSON.stringify(keys)}`);
  for (const [i, [, row]] of expected.entries()) {
    check(sameNumbers(sink.rows[i], row), `another row: ${i} is ${sink.rows[i]}; expected ${row}`);
  }
  return true;
}
