/** Files of analogies and of pairs: refused, or counted as a plain reader counts them. */

import { KeyedVectors } from "../../../src/keyed-vectors.ts";
import { joined } from "../bytes.ts";
import type { Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";

const KEYS = ["cat", "Cat", "dog", "bird", "fish", "İ", "i", "ß", "SS", "a b", "", "你", "�", "tree", "sea", "#x"];
const D = 4;

// biome-ignore format: as many as fit
const TOKENS: readonly (string | number[])[] = [
  ...KEYS, "CAT", "unknown", ": birds", ": ", ":", ":x", "#", "\n", "\n", "\n", "\n", " ", " ", " ", "\t", "\t", "\t",
  "1", "0.5", "-3", "1e400", "NaN", "Infinity", "0x10", "1,5", "1_000", " 7 ", "\r\n", "\u2028", "\xa0", "\ufeff", "\0",
  [0xff], [0xc3], "x".repeat(5000), ",", "cat dog bird fish\n", "cat\tdog\t1\n", "dog\tbird\t2\n", "fish\tsea\t0.1\n",
  ": section\n", "dog cat cat dog\n", "Cat dog cat dog\n",
];

/** A line of words, a piece of text, or an option. */
interface Step {
  line?: string;
  token?: number;
  option?: [name: string, value: unknown];
}

const OPTIONS: [name: string, value: unknown][] = [
  ["restrictVocab", 3],
  ["restrictVocab", 1],
  ["caseInsensitive", false],
  ["dummy4unknown", true],
  ["similarityFunction", "mostSimilarCosmul"],
  ["delimiter", " "],
  ["delimiter", ""],
  ["delimiter", ","],
];

/** A file whose layout is known. */
const PLAIN = { delimiter: "\t", columns: [0, 1, 2], skipHeader: false } as const;

export async function open(): Promise<Target<Step>> {
  const data = Float32Array.from({ length: KEYS.length * D }, (_, i) => Math.fround(Math.cos(i * i)));
  const table = await KeyedVectors.from(KEYS, { data, shape: [KEYS.length, D] });
  const textOf = (steps: readonly Step[]) =>
    joined(
      ...steps.flatMap(({ token, line }) => {
        const piece = token === undefined ? (line ?? "") : TOKENS[token];
        return typeof piece === "string" ? new TextEncoder().encode(piece) : Uint8Array.from(piece);
      }),
    );
  const optionsOf = (steps: readonly Step[], not: string[]) =>
    Object.fromEntries(steps.flatMap(({ option }) => (option && !not.includes(option[0]) ? [option] : [])));
  const files = (steps: readonly Step[]) => ({
    bytes: textOf(steps),
    forAnalogies: optionsOf(steps, ["delimiter"]),
    forPairs: { ...PLAIN, ...optionsOf(steps, ["similarityFunction"]) },
  });
  return {
    steps(random: Random) {
      const makeLine = random.pick([analogyOf, pairOf]);
      const share = random.pick([0, 0.05, 1]);
      const steps: Step[] = random.few(40, () =>
        random.chance(share) ? { token: random.below(TOKENS.length) } : { line: makeLine(random) },
      );
      if (makeLine === analogyOf) steps.unshift({ line: ": section\n" });
      if (random.chance(0.5)) steps.push({ option: random.pick(OPTIONS) });
      return steps;
    },
    async run(steps) {
      const { bytes, forAnalogies, forPairs } = files(steps);
      const analogies = await attempt(() => table.evaluateWordAnalogies(bytes, forAnalogies));
      if (analogies.value) checkAnalogies(table, analogies.value, new TextDecoder().decode(bytes), forAnalogies);
      const pairs = await attempt(() => table.evaluateWordPairs(bytes, forPairs));
      if (pairs.value) checkPairs(table, pairs.value, new TextDecoder().decode(bytes), forPairs);
      return `${analogies.code ?? "accepted"}, ${pairs.code ?? "accepted"}`;
    },
    code(steps) {
      const { bytes, forAnalogies, forPairs } = files(steps);
      const text = JSON.stringify(Buffer.from(bytes).toString("latin1"));
      return `// evaluateWordAnalogies ${JSON.stringify(forAnalogies)}, evaluateWordPairs ${JSON.stringify(forPairs)}\nBuffer.from(${text}, "latin1")`;
    },
  };
}

const WORDS = [...KEYS.filter((key) => /^\S+$/.test(key)), "CAT", "DOG", "unknown"];

function analogyOf(random: Random): string {
  if (random.chance(0.1)) return ": another\n";
  return `${Array.from({ length: 4 }, () => random.pick(WORDS)).join(" ")}${random.pick(["\n", "\r\n", " \n", "\n\n"])}`;
}

function pairOf(random: Random): string {
  if (random.chance(0.1)) return "# a comment\n";
  const number = random.pick(["0", "1", "2.5", "-3", " 4 ", "1e3", "1e-320", "1e300", "1e308"]);
  return `${random.pick(WORDS)}\t${random.pick([...WORDS, "a b", ""])}\t${number}${random.pick(["\n", "\r\n", "\n\n"])}`;
}

type Options = {
  similarityFunction?: string;
  restrictVocab?: number;
  caseInsensitive?: boolean;
  dummy4unknown?: boolean;
  delimiter?: string;
};
type Analogies = Awaited<ReturnType<KeyedVectors["evaluateWordAnalogies"]>>;
type Pairs = Awaited<ReturnType<KeyedVectors["evaluateWordPairs"]>>;

/** How many questions there are, and that each that was solved has its answer among the best. */
function checkAnalogies(table: KeyedVectors, { score, sections }: Analogies, text: string, options: Options): void {
  const rowOf = naming(table, options);
  const lines = text.split("\n").filter((line) => line.trim() && !/^(: |\/\/)/.test(line));
  const known = lines.filter((line) =>
    line
      .trim()
      .split(/\s+/)
      .every((word) => rowOf(word) !== undefined),
  );
  const { correct, incorrect } = sections[sections.length - 1];
  const count = correct.length + incorrect.length;
  check(
    count === (options.dummy4unknown ? lines : known).length,
    `not all questions were asked: ${count} of ${known.length}`,
  );
  check(
    score === (count ? correct.length / count : 0),
    `the score is not that of the sections: ${score} of ${correct.length} and ${count}`,
  );
  if (options.similarityFunction === "mostSimilarCosmul") return;
  for (const [words, isSolved] of [
    ...correct.map((q) => [q, true] as const),
    ...incorrect.map((q) => [q, false] as const),
  ]) {
    const rows = words.map((word) => rowOf(word));
    if (rows.includes(undefined)) continue;
    const { own, best } = scoresOf(table, rows as number[], options);
    check(isSolved ? own >= best - 1e-5 : own <= best + 1e-5, `a question counts wrongly: ${words}, ${own}, ${best}`);
  }
}

/** How well the expected answer fits, and the best of the other words. */
function scoresOf(table: KeyedVectors, [a, b, c, expected]: number[], options: Options): { own: number; best: number } {
  const rowOf = naming(table, options);
  const unit = (row: number) => table.getVector({ row }, { norm: true });
  const query = unit(a).map((x, d) => unit(b)[d] + unit(c)[d] - x);
  const score = (row: number) => unit(row).reduce((sum, x, d) => sum + x * query[d], 0);
  // rows of one name are one word, which is as good as the best of them
  const words = table.indexToKey.slice(0, options.restrictVocab ?? KEYS.length).map((key) => rowOf(key) as number);
  const bestOf = (isWanted: (word: number) => boolean) =>
    Math.max(...words.flatMap((word, row) => (isWanted(word) && ![a, b, c].includes(word) ? [score(row)] : [])));
  return { own: bestOf((word) => word === expected), best: bestOf((word) => word !== expected) };
}

function checkPairs(table: KeyedVectors, { pearson, oovRatio }: Pairs, text: string, options: Options): void {
  const rowOf = naming(table, options);
  const lines = text.split("\n").filter((line) => line.trim() && !line.startsWith("#"));
  const pairs = lines.map((line) => line.split(options.delimiter ?? "\t").map((field) => field.trim()));
  const isKnown = ([a, b]: string[]) => rowOf(a) !== undefined && rowOf(b) !== undefined;
  const unknown = pairs.filter((pair) => !isKnown(pair)).length;
  check(
    Math.abs(oovRatio - (100 * unknown) / pairs.length) < 1e-9,
    `oovRatio is another: ${oovRatio}, ${unknown} are unknown`,
  );
  const used = options.dummy4unknown ? pairs : pairs.filter(isKnown);
  const x = used.map(([, , judged]) => Number(judged));
  const y = used.map((pair) =>
    isKnown(pair) ? table.similarity({ row: rowOf(pair[0]) as number }, { row: rowOf(pair[1]) as number }) : 0,
  );
  const expected = correlation(x, y);
  const got = pearson.coefficient;
  if (Number.isFinite(expected))
    check(Math.abs(got - expected) < 1e-6, `Pearson is another: ${got}; expected ${expected}`);
}

function naming(table: KeyedVectors, { restrictVocab = 300_000, caseInsensitive = true }: Options) {
  const name = (word: string) => (caseInsensitive ? word.toUpperCase() : word);
  const keys = table.indexToKey.slice(0, restrictVocab).map(name);
  return (word: string): number | undefined => {
    const row = keys.indexOf(name(word));
    return row < 0 ? undefined : row;
  };
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, value] of x.entries()) {
    xy += (value - mx) * (y[i] - my);
    xx += (value - mx) ** 2;
    yy += (y[i] - my) ** 2;
  }
  return xx > 1e-12 && yy > 1e-12 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}
