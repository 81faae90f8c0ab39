/** Random choices that follow from a seed alone. */

/** One number out of two: seeds of cases, and of the steps of a case. */
export function mixed(a: number, b: number): number {
  let x = (a ^ Math.imul(b, 0x9e3779b1)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** @see mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export class Random {
  constructor(private state: number) {}

  /** 0 to 2^32 - 1 */
  u32(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let x = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  /** 0 to count - 1 */
  below(count: number): number {
    return Math.floor((this.u32() / 2 ** 32) * count);
  }

  chance(share: number): boolean {
    return this.u32() < share * 2 ** 32;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [name, weight] of entries) {
      if (left < weight) return name;
      left -= weight;
    }
    return entries[0][0];
  }

  /** From one to `most` of what `make` gives; few more often than many. */
  few<Item>(most: number, make: () => Item): Item[] {
    const count = 1 + Math.floor((this.u32() / 2 ** 32) ** 2 * most);
    return Array.from({ length: count }, make);
  }
}

/**
 * Cases that are changes of one of several bases. Each step says of which, so that it stays the same where some are left
 * out.
 *
 * @param most how many changes a case has at most
 */
export function changedBases<Base, Case>(
  bases: readonly Base[],
  most: number,
  change: (base: Base, seeds: readonly number[]) => Case,
): { steps(random: Random): number[]; make(steps: readonly number[]): Case } {
  const count = bases.length;
  return {
    steps(random) {
      const base = random.below(count);
      return random.few(most, () => random.below(Math.floor(2 ** 32 / count)) * count + base);
    },
    make: (steps) =>
      change(
        bases[steps[0] % count],
        steps.map((step) => Math.floor(step / count)),
      ),
  };
}
