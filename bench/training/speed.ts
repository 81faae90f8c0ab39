/** The training bench's samples as tables: speed, vocabulary scan, memory. */

import { type Table, timesOf } from "../bench.ts";
import type { Configuration, Outcome } from "./contender.ts";
import type { TrainingText } from "./corpus.ts";

/** What one process did. */
export interface Sample extends Outcome {
  run: number;
  configuration: string;
  threads: number;
  contender: string;
}

/** Words a second; ratios are within a run: to gensim, to the contender's own one thread, and of ours to it. */
export function speedTable(samples: Sample[], { words, vocabSize }: TrainingText): Table {
  const rows = groupsOf(samples, ({ configuration, threads, contender }) => [configuration, threads, contender]).map(
    (group) => {
      const { configuration, threads, contender, about } = group[0];
      const of = (name: string, count: number) =>
        samples.filter((one) => one.configuration === configuration && one.contender === name && one.threads === count);
      return {
        configuration,
        threads,
        contender,
        ...spread("1000 words/s", 1000, group, wordsPerSecond),
        "× gensim": ratio(group, of("gensim", threads), wordsPerSecond),
        "wasm2vec × it": ratio(of("wasm2vec", threads), group, wordsPerSecond),
        "× one thread": threads === 1 ? "" : ratio(group, of(contender, 1), wordsPerSecond),
        how: about,
      };
    },
  );
  const title = `Speed: one epoch over ${words} words, V = ${vocabSize}; medians of ${runsOf(samples)} runs`;
  return { title, rows };
}

/** From the file to the vocabulary: every configuration scans alike. */
export function scanTable(samples: Sample[]): Table {
  const rows = groupsOf(samples, ({ contender }) => [contender]).map((group) => ({
    contender: group[0].contender,
    ...spread("million words/s", 1e6, group, scannedPerSecond),
    "× gensim": ratio(
      group,
      samples.filter(({ contender }) => contender === "gensim"),
      scannedPerSecond,
    ),
  }));
  return { title: "Vocabulary scan of the text file, one thread", rows };
}

/** The peak above what the runtime takes for itself, beside what has to be in memory. */
export function memoryTable(samples: Sample[], text: TrainingText, what: Configuration[]): Table {
  const told = samples.filter(({ threads, peakBytes }) => threads === 1 && peakBytes);
  const rows = groupsOf(told, ({ configuration, contender }) => [configuration, contender]).map((group) => {
    const { configuration, contender } = group[0];
    const vectorSize = what.find(({ name }) => name === configuration)?.vectorSize ?? 0;
    const needed = neededBytes(text, vectorSize);
    const peak = timesOf(group.map(({ peakBytes }) => peakBytes)).median;
    const own = timesOf(group.map(({ ownBytes }) => ownBytes)).median;
    return {
      configuration,
      contender,
      "peak, MB": rounded(peak / 1e6),
      "the runtime's own": rounded(own / 1e6),
      "tables + ids + vocabulary": rounded(needed / 1e6),
      "(peak - own) / these": rounded((peak - own) / needed),
    };
  });
  return { title: "Peak memory, one thread", rows };
}

/** Two tables (V, D) f32, four bytes a word of text, and each word seen: its bytes, hash, count, place and slot. */
function neededBytes({ words, vocabSize, distinct, distinctBytes }: TrainingText, vectorSize: number): number {
  return 2 * 4 * vocabSize * vectorSize + 4 * words + distinctBytes + 16 * distinct;
}

/** Those with the same key together, in the order of the first. */
export function groupsOf<Item>(items: Item[], key: (item: Item) => unknown[]): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = key(item).join();
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  return [...groups.values()];
}

const wordsPerSecond = (sample: Sample) => sample.wordsPerSecond;
const scannedPerSecond = (sample: Sample) => sample.scannedPerSecond;
const runsOf = (samples: Sample[]) => 1 + Math.max(...samples.map(({ run }) => run));

function spread(unit: string, scale: number, group: Sample[], value: (sample: Sample) => number) {
  const values = group.map((sample) => value(sample) / scale);
  const { min, median } = timesOf(values);
  return { [unit]: rounded(median), min: rounded(min), max: rounded(Math.max(...values)) };
}

/** The median over the runs of the ratio within a run. */
function ratio(group: Sample[], others: Sample[], value: (sample: Sample) => number): number | string {
  if (!group.length || !others.length) return "";
  const ratios = groupsOf(group, ({ run }) => [run]).map((ours) => {
    const theirs = others.filter(({ run }) => run === ours[0].run);
    return timesOf(ours.map(value)).median / timesOf(theirs.map(value)).median;
  });
  return rounded(timesOf(ratios).median);
}

/** Three digits that mean something. */
export const rounded = (value: number) => Number(value.toPrecision(3));
