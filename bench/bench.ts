/** What a bench is, and how it takes times. */

/** What `npm run bench -- <name> --<option> <value>` may set: all of a bench's options with their defaults. */
export type BenchOptions = Record<string, string | number>;

/** A table of results; each row names its columns. */
export interface Table {
  title: string;
  rows: Record<string, string | number>[];
}

/** What a file `bench/<name>.bench.ts` exports as `bench`. */
export interface Bench<Options extends BenchOptions = BenchOptions> {
  name: string;
  /** what it measures, in one line */
  description: string;
  options: Options;
  run(options: Options): Promise<Table[]>;
}

/** Times of a piece of work. */
export interface Times {
  min: number;
  median: number;
}

/** The least and the middle one of some times. */
export function timesOf(samples: readonly number[]): Times {
  const sorted = [...samples].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** What benches compute goes here, so that nobody may leave the work out because its result is not used. */
export let sink = 0;

/**
 * Times work that is over too soon to be timed once: it is repeated in rounds of some milliseconds, the first of which
 * only warm up.
 *
 * @param work returns any number that depends on what it computed
 * @returns nanoseconds for one call of `work`
 */
export function timeRepeated(work: () => number, { rounds = 15, milliseconds = 20, warmUp = 3 } = {}): Times {
  const calls = callsWithin(work, milliseconds);
  const samples: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    const begin = performance.now();
    for (let call = 0; call < calls; call++) sink += work();
    if (round >= 0) samples.push(((performance.now() - begin) * 1e6) / calls);
  }
  return timesOf(samples);
}

/** How many calls take so long. */
function callsWithin(work: () => number, milliseconds: number): number {
  for (let calls = 1; ; calls *= 2) {
    const begin = performance.now();
    for (let call = 0; call < calls; call++) sink += work();
    const spent = performance.now() - begin;
    if (spent >= milliseconds / 4) return Math.ceil((calls * milliseconds) / spent);
  }
}
