/** How the time that work takes grows with its size, on a machine that is busy with other things, too. */

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** How many times as long the long work takes as the short: the least of several rounds, or the first that is fine. */
export async function growthOf(
  short: () => Promise<unknown>,
  long: () => Promise<unknown>,
  fine: number,
): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5 && !(least / shortest < fine); round++) {
    for (let i = 0; i < 3; i++) shortest = Math.min(shortest, await timeOf(short));
    least = Math.min(least, await timeOf(long));
  }
  return least / shortest;
}
