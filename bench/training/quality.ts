/** How good the vectors are: everybody's go to the same judge, rivals/evaluate.py. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Table } from "../bench.ts";
import { type Configuration, type Contender, common, install, python, rival, type Training } from "./contender.ts";
import type { TrainingText } from "./corpus.ts";
import { execute } from "./program.ts";
import { groupsOf } from "./speed.ts";

/** What the judge prints. */
interface Judgement {
  analogies: Record<string, { correct: number; asked: number }>;
  ws353: { spearman: number | null };
  simlex999: { spearman: number | null };
  men: { spearman: number | null };
}

export interface Result extends Judgement {
  configuration: string;
  contender: string;
  seed: number;
}

const tests = "../shared/data/eval";
const judgeProgram = rival("evaluate.py");

/** The share of right answers in percent; Spearman's correlation times 100. */
export const measures: { name: string; of(result: Judgement): number }[] = [
  { name: "analogies", of: ({ analogies }) => percent(analogies.total) },
  { name: "semantic", of: ({ analogies }) => percent(analogies.semantic) },
  { name: "syntactic", of: ({ analogies }) => percent(analogies.syntactic) },
  { name: "WordSim-353", of: ({ ws353 }) => 100 * (ws353.spearman ?? 0) },
  { name: "SimLex-999", of: ({ simlex999 }) => 100 * (simlex999.spearman ?? 0) },
  { name: "MEN", of: ({ men }) => 100 * (men.spearman ?? 0) },
];

/**
 * Trains everything with every seed and has it judged. Results are kept: nothing is trained twice.
 * Whoever fails is named and the others go on.
 */
export async function judge(
  who: Contender[],
  what: Configuration[],
  text: TrainingText,
  { seeds, epochs, threads }: { seeds: number; epochs: number; threads: number },
): Promise<Result[]> {
  await install("python");
  const results: Result[] = [];
  for (const { seed, configuration, contender } of trainings(who, what, seeds)) {
    const label = `seed ${seed}: ${configuration.name}, ${contender.name}`;
    try {
      const judgement = await judged(contender, { text, configuration, threads, epochs, seed });
      results.push({ ...judgement, configuration: configuration.name, contender: contender.name, seed });
      console.error(`${label}: ${measures.map(({ name, of }) => `${name} ${of(judgement).toFixed(1)}`).join(", ")}`);
    } catch (error) {
      console.error(`${label}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  }
  return results;
}

function* trainings(who: Contender[], what: Configuration[], seeds: number) {
  for (let seed = 1; seed <= seeds; seed++) {
    const able = who.filter((contender) => contender.seeds === "many" || (contender.seeds === "one" && seed === 1));
    for (const configuration of what) for (const contender of able) yield { seed, configuration, contender };
  }
}

async function judged(contender: Contender, training: Training): Promise<Judgement> {
  const hash = createHash("sha256").update(JSON.stringify([training, common]));
  for (const file of [judgeProgram, ...contender.madeFrom()]) hash.update(readFileSync(file));
  const kept = `build/bench/quality/${contender.name}-${hash.digest("hex").slice(0, 16)}.json`;
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));

  const vectors = "build/bench/vectors.vec";
  await contender.train({ ...training, vectors });
  const { lines } = await execute(python, [judgeProgram, vectors, tests]);
  rmSync(vectors);
  const judgement = JSON.parse(lines[0].text);
  mkdirSync("build/bench/quality", { recursive: true });
  writeFileSync(kept, JSON.stringify({ ...judgement, contender: contender.name, training }));
  return judgement;
}

/** The mean over the seeds, and the least and the most. */
export function qualityTable(results: Result[], { words, vocabSize }: TrainingText, epochs: number): Table {
  const rows = groupsOf(results, ({ configuration, contender }) => [configuration, contender]).map((group) => ({
    configuration: group[0].configuration,
    contender: group[0].contender,
    seeds: group.length,
    ...Object.fromEntries(measures.map(({ name, of }) => [name, meanWithRange(group.map(of))])),
  }));
  const title = `Quality: ${epochs} epochs over ${words} words, V = ${vocabSize}; means over the seeds (least to most): % right, Spearman × 100`;
  return { title, rows };
}

/** The analogies of each section, one table a configuration. */
export function sectionTables(results: Result[]): Table[] {
  return groupsOf(results, ({ configuration }) => [configuration]).map((group) => ({
    title: `Analogies by section, % right: ${group[0].configuration}`,
    rows: Object.entries(group[0].analogies).map(([section, { asked }]) => ({
      section,
      asked,
      ...Object.fromEntries(
        groupsOf(group, ({ contender }) => [contender]).map((same) => [
          same[0].contender,
          Number(mean(same.map(({ analogies }) => percent(analogies[section]))).toFixed(1)),
        ]),
      ),
    })),
  }));
}

function meanWithRange(values: number[]): string {
  const range = values.length > 1 ? ` (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})` : "";
  return mean(values).toFixed(1) + range;
}

export const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = ({ correct, asked }: { correct: number; asked: number }) => (100 * correct) / Math.max(1, asked);
