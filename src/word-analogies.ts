/** How many analogies a table solves: "a is to b as c is to what?" */

import { Turns } from "./corpus.ts";
import { Wasm2VecError, withDefaults } from "./errors.ts";
import { EVALUATION_DEFAULTS, type EvaluationOptions, RowNames } from "./row-names.ts";
import { readText, type SourceLike } from "./source.ts";
import type { VectorTable } from "./vector-table.ts";

/** a is to b as c is to the expected word. */
export type Analogy = [a: string, b: string, c: string, expected: string];

/** A part of a file of analogies, and which of them were solved. */
export interface AnalogySection {
  section: string;
  correct: Analogy[];
  incorrect: Analogy[];
}

export interface AnalogyEvaluation {
  /** the share of the analogies that were solved, in [0, 1] */
  score: number;
  /** the file's sections in order, then all of them as "Total accuracy" */
  sections: AnalogySection[];
}

/** How strongly a word is the answer, from its cosines with a, b and c. */
type Objective = (a: number, b: number, c: number) => number;

const OBJECTIVES = {
  mostSimilar: (a, b, c) => b + c - a,
  mostSimilarCosmul: (a, b, c) => ((1 + b) * (1 + c)) / (2 * (1 + a) + 4e-6),
} satisfies Record<string, Objective>;

/** Which method answers the questions. */
export type SimilarityFunction = keyof typeof OBJECTIVES;

export interface AnalogyOptions extends EvaluationOptions {
  /** which method answers the questions; "mostSimilar" by default */
  similarityFunction?: SimilarityFunction;
}

const DEFAULTS: Required<AnalogyOptions> = { ...EVALUATION_DEFAULTS, similarityFunction: "mostSimilar" };

/** An analogy of the file. */
interface Question {
  section: number;
  words: Analogy;
  /** of the words; undefined where one is not in the table */
  rows?: number[];
}

interface AnalogyFile {
  sections: string[];
  questions: Question[];
}

/**
 * Answers the analogies of a file and counts. The answer is the best word that is none of the question's three, in
 * whatever case.
 *
 * @throws {Wasm2VecError} `format-damaged` with the line's number; `option-invalid`; what openSource throws
 */
export async function evaluateAnalogies(
  table: VectorTable,
  source: SourceLike,
  options: AnalogyOptions,
): Promise<AnalogyEvaluation> {
  const { similarityFunction, dummy4unknown, signal, ...naming } = withDefaults(
    DEFAULTS,
    options,
    "evaluateWordAnalogies",
  );
  const objective = objectiveOf(similarityFunction);
  const names = new RowNames(table.vocabulary, naming);
  const { sections, questions } = parse(await readText(source, signal), names);
  const known = questions.flatMap(({ rows }) => (rows ? [rows] : []));
  const answers = await answer(table, names.firstRows, known, objective, signal);
  const results = sections.map((section): AnalogySection => ({ section, correct: [], incorrect: [] }));
  let next = 0;
  for (const { section, words, rows } of questions) {
    if (rows) results[section][answers[next++] === rows[3] ? "correct" : "incorrect"].push(words);
    else if (dummy4unknown) results[section].incorrect.push(words);
  }
  const correct = results.flatMap((result) => result.correct);
  const incorrect = results.flatMap((result) => result.incorrect);
  results.push({ section: "Total accuracy", correct, incorrect });
  return { score: correct.length && correct.length / (correct.length + incorrect.length), sections: results };
}

function objectiveOf(name: SimilarityFunction): Objective {
  if (Object.hasOwn(OBJECTIVES, name)) return OBJECTIVES[name];
  const expected = Object.keys(OBJECTIVES).join(" or ");
  throw new Wasm2VecError("option-invalid", `similarityFunction is ${name}; expected ${expected}.`);
}

/** Reads sections, which begin with a line ": name", of lines of four words. */
function parse(text: string, names: RowNames): AnalogyFile {
  const file: AnalogyFile = { sections: [], questions: [] };
  for (const [i, line] of text.split("\n").entries()) {
    if (line.startsWith(": ")) file.sections.push(line.slice(2).trim());
    else if (line.trim()) file.questions.push(parseQuestion(line.trim(), i + 1, file.sections.length - 1, names));
  }
  return file;
}

function parseQuestion(line: string, number: number, section: number, names: RowNames): Question {
  const words = line.split(/\s+/).map((word) => names.name(word));
  if (words.length !== 4) {
    const got = `${words.length} words: ${JSON.stringify(line.slice(0, 80))}`;
    throw damaged(number, `has ${got}; expected four, or ": " and a section's name`);
  }
  if (section < 0) throw damaged(number, 'belongs to no section; expected a line ": name" before it');
  const rows = words.map((word) => names.row(word));
  const isKnown = (known: (number | undefined)[]): known is number[] => !known.includes(undefined);
  return { section, words: words as Analogy, rows: isKnown(rows) ? rows : undefined };
}

function damaged(line: number, what: string): Wasm2VecError {
  return new Wasm2VecError("format-damaged", `Line ${line} of the analogies ${what}.`);
}

/** At most so many cosines are kept at a time: 16 MiB. */
const MOST_COSINES = 1 << 22;

/**
 * (Q,) the first row of each question's answer; where there is none, -1.
 *
 * Few words make many questions, and a cosine with b - a + c is a sum of theirs. So the table is taken in blocks of
 * rows, each is compared once with all words of all questions, and the questions add up what they need.
 *
 * @param firstRows (V,) which rows are one word; rows beyond are no answers
 * @param questions (Q) rows of a, b, c
 */
async function answer(
  table: VectorTable,
  firstRows: Uint32Array,
  questions: readonly number[][],
  objective: Objective,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const places = new Map<number, number>();
  for (const row of questions.flatMap((rows) => rows.slice(0, 3))) if (!places.has(row)) places.set(row, places.size);
  const block = Math.max(1, Math.min(1024, Math.floor(MOST_COSINES / Math.max(1, places.size))));
  const cosines = new Float32Array(places.size * block);
  const scores = new Float64Array(questions.length).fill(Number.NEGATIVE_INFINITY);
  const answers = new Int32Array(questions.length).fill(-1);
  const turns = new Turns(signal);
  for (let begin = 0; begin < firstRows.length; begin += block) {
    const count = Math.min(block, firstRows.length - begin);
    for (const [row, place] of places) {
      table.clear("query");
      table.addRow("query", row, 1, true);
      cosines.set(table.scores(begin, begin + count), place * block);
    }
    for (const [q, [a, b, c]] of questions.entries()) {
      const cosinesOf = (row: number) => cosines.subarray((places.get(row) as number) * block);
      const [toA, toB, toC] = [cosinesOf(a), cosinesOf(b), cosinesOf(c)];
      let best = scores[q];
      for (let i = 0; i < count; i++) {
        const score = objective(toA[i], toB[i], toC[i]);
        if (!(score > best)) continue;
        const word = firstRows[begin + i];
        if (word === a || word === b || word === c) continue;
        best = score;
        answers[q] = word;
      }
      scores[q] = best;
    }
    if (turns.over) await turns.pass();
  }
  return answers;
}
