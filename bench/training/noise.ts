/** How much of what is learnt is chance: two halves of a text, and two seeds, compared with each other. */

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Table } from "../bench.ts";
import { built, type Configuration, type Contender, type Training } from "./contender.ts";
import type { TrainingText } from "./corpus.ts";
import { mean } from "./quality.ts";

/** Trained words: rows of length 1, in the order of their frequency. */
interface Rows {
  words: string[];
  rows: Float32Array[];
}

/** What a contender's vectors share. */
export interface Noise {
  configuration: string;
  contender: string;
  /** the % of words that are found again among five, from one half of the text in the other */
  foundAgain: number;
  /** of the ten nearest words, the % that two seeds share */
  shared: number;
}

/** So many of the most frequent words are looked at. */
const ALIGNED = 5000;
const ASKED = 1000;

/** With these both measures tell contenders apart by three times a seed's scatter. */
const SETTINGS = { halves: { vectorSize: 60, epochs: 10 }, seeds: { epochs: 5 } };

/** Every contender that has seeds, on the first lines of the text. Whoever fails is named and the others go on. */
export async function measureNoise(
  who: Contender[],
  what: Configuration[],
  text: TrainingText,
  { lines, seeds, threads }: { lines: number; seeds: number; threads: number },
): Promise<Noise[]> {
  const all = (await readFile(text.path, "utf8")).split("\n", lines);
  const halves = [0, 1].map((half) =>
    written(
      text,
      `half-${half}`,
      all.filter((_, i) => i % 2 === half),
    ),
  );
  const whole = written(text, "whole", all);
  const results: Noise[] = [];
  for (const configuration of what) {
    for (const contender of who.filter(({ seeds }) => seeds === "many")) {
      const found: number[] = [];
      const shared: number[] = [];
      try {
        for (let seed = 1; seed < 2 * seeds; seed += 2) {
          const { vectorSize, epochs } = SETTINGS.halves;
          const small = { ...configuration, vectorSize };
          const [a, b] = [
            await trained(contender, halves[0], small, { epochs, seed, threads }),
            await trained(contender, halves[1], small, { epochs, seed: seed + 1, threads }),
          ];
          found.push(100 * foundAgain(a, b));
          const [c, d] = [
            await trained(contender, whole, configuration, { ...SETTINGS.seeds, seed, threads }),
            await trained(contender, whole, configuration, { ...SETTINGS.seeds, seed: seed + 1, threads }),
          ];
          shared.push(100 * sharedNeighbours(c, d));
        }
        const noise = { foundAgain: mean(found), shared: mean(shared) };
        results.push({ configuration: configuration.name, contender: contender.name, ...noise });
        console.error(`${configuration.name}, ${contender.name}: ${JSON.stringify(noise)}`);
      } catch (error) {
        console.error(`${configuration.name}, ${contender.name}: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    }
  }
  return results;
}

export function noiseTable(results: Noise[], lines: number, seeds: number): Table {
  const rows = results.map(({ configuration, contender, foundAgain, shared }) => ({
    configuration,
    contender,
    "found again among five, %": Number(foundAgain.toFixed(1)),
    "ten nearest shared by two seeds, %": Number(shared.toFixed(1)),
  }));
  return { title: `Noise: the halves of ${lines} lines aligned, and pairs of seeds; means of ${seeds}`, rows };
}

function written(text: TrainingText, name: string, lines: string[]): TrainingText {
  const path = built(`noise-${name}.txt`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return { ...text, path };
}

async function trained(
  contender: Contender,
  text: TrainingText,
  configuration: Configuration,
  how: Pick<Training, "epochs" | "seed" | "threads">,
): Promise<Rows> {
  const vectors = built("noise.vec");
  await contender.train({ text, configuration, ...how, vectors });
  const [, ...lines] = readFileSync(vectors, "utf8").trimEnd().split("\n");
  rmSync(vectors);
  const cells = lines.map((line) => line.trimEnd().split(" "));
  return { words: cells.map(([word]) => word), rows: cells.map(([, ...numbers]) => unit(numbers.map(Number))) };
}

function unit(numbers: number[]): Float32Array {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (x) => x / length);
}

/**
 * The share of words that are among the five nearest of themselves, once the first half's space was turned onto the second's:
 * the rotation nearest to Σ x yᵀ over the words of both. See Schönemann 1966, https://doi.org/10.1007/BF02289451
 */
function foundAgain(a: Rows, b: Rows): number {
  const places = new Map(b.words.map((word, i) => [word, i]));
  const common = a.words.flatMap((word, i) => {
    const place = places.get(word);
    return place === undefined ? [] : [[a.rows[i], b.rows[place]]];
  });
  const pairs = common.slice(0, ALIGNED);
  const rotation = nearestRotation(sumOfProducts(pairs));
  const found = pairs.filter(([x, own]) => {
    const turned = rotation[0].map((_, j) => x.reduce((sum, value, i) => sum + value * rotation[i][j], 0));
    const score = dot(turned, own);
    let better = 0;
    for (let k = 0; k < pairs.length && better < 5; k++) if (dot(turned, pairs[k][1]) > score) better++;
    return better < 5;
  });
  return found.length / pairs.length;
}

function sumOfProducts(pairs: Float32Array[][]): number[][] {
  const size = pairs[0][0].length;
  const sums = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const [x, y] of pairs) for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sums[i][j] += x[i] * y[j];
  return sums;
}

/** The orthogonal factor of the polar decomposition. See Higham 1986, https://doi.org/10.1137/0907079 */
function nearestRotation(matrix: number[][]): number[][] {
  let rotation = matrix;
  for (let step = 0; step < 60; step++) {
    const inverse = inverseOf(rotation);
    const scale = Math.sqrt(frobenius(inverse) / frobenius(rotation));
    rotation = rotation.map((row, i) => row.map((value, j) => (scale * value + inverse[j][i] / scale) / 2));
  }
  return rotation;
}

const frobenius = (matrix: number[][]) => Math.sqrt(matrix.flat().reduce((sum, value) => sum + value * value, 0));

/** By Gauss and Jordan. */
function inverseOf(matrix: number[][]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column; i < size; i++) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    rows[column] = rows[column].map((value) => value / rows[column][column]);
    for (let i = 0; i < size; i++) {
      const factor = rows[i][column];
      if (i !== column) rows[i] = rows[i].map((value, j) => value - factor * rows[column][j]);
    }
  }
  return rows.map((row) => row.slice(size));
}

/** Of the ten nearest of each frequent word, the share that is among them in both. */
function sharedNeighbours(a: Rows, b: Rows): number {
  const asked = a.words.slice(0, ASKED);
  const counts = asked.map((word) => {
    const near = new Set(nearest(a, word));
    return nearest(b, word).filter((other) => near.has(other)).length;
  });
  return mean(counts) / 10;
}

function nearest({ words, rows }: Rows, word: string): string[] {
  const own = words.indexOf(word);
  const scored = rows.map((row, i) => [i === own ? Number.NEGATIVE_INFINITY : dot(rows[own], row), i]);
  return scored
    .sort(([x], [y]) => y - x)
    .slice(0, 10)
    .map(([, i]) => words[i]);
}

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
