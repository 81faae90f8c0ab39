/** How many analogies a table solves: "a is to b as c is to what?" */

import { Turns } from "../corpus/corpus.ts";
import { Engine } from "../engine/engine.ts";
import { ANALOGY_FIELDS, analogyLayout } from "../engine/layout.ts";
import { Wasm2VecError, withDefaults } from "../errors.ts";
import { nameOf, readText, type SourceLike } from "../files/source.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { NOT_FOUND } from "../vocabulary/vocabulary.ts";
import { EVALUATION_DEFAULTS, type EvaluationOptions, RowNames } from "./test-words.ts";

/** Which method answers the questions. */
export type SimilarityFunction = "mostSimilar" | "mostSimilarCosmul";

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
  checkFunction(similarityFunction);
  const names = new RowNames(table.vocabulary, naming);
  const { sections, questions } = parse(await readText(source, signal), nameOf(source), names);
  const known = questions.flatMap(({ rows }) => (rows ? [rows.slice(0, 3)] : []));
  const answers = await answerAll(table, names.firstRows, known, similarityFunction === "mostSimilarCosmul", signal);
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

function checkFunction(name: SimilarityFunction): void {
  if (name === "mostSimilar" || name === "mostSimilarCosmul") return;
  throw new Wasm2VecError(
    "option-invalid",
    `similarityFunction is ${JSON.stringify(name)}; expected "mostSimilar" or "mostSimilarCosmul".`,
  );
}

/** Reads sections, which begin with a line ": name", of lines of four words. */
function parse(text: string, file: string, names: RowNames): AnalogyFile {
  const sections: string[] = [];
  const questions: Question[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const where = `${file}, line ${i + 1},`;
    if (line.startsWith(": ")) sections.push(line.slice(2).trim());
    else if (line.trim()) questions.push(parseQuestion(line.trim(), where, sections.length - 1, names));
  }
  return { sections, questions };
}

function parseQuestion(line: string, where: string, section: number, names: RowNames): Question {
  const words = line.split(/\s+/).map((word) => names.name(word));
  if (words.length !== 4) {
    const got = `${words.length} words: ${JSON.stringify(line.slice(0, 80))}`;
    throw damaged(`${where} has ${got}; expected four, or ": " and a section's name.`);
  }
  if (section < 0) throw damaged(`${where} belongs to no section; expected a line ": name" before it.`);
  const rows = words.map((word) => names.row(word));
  const isKnown = (known: (number | undefined)[]): known is number[] => !known.includes(undefined);
  return { section, words: words as Analogy, rows: isKnown(rows) ? rows : undefined };
}

const damaged = (message: string) => new Wasm2VecError("format-damaged", message);

/** How many rows are compared at a time, and at most how many cosines are kept of them: 16 MiB. */
const BLOCK_ROWS = 1024;
const MOST_COSINES = 1 << 22;

/**
 * (Q,) the first row of each question's answer, or -1 where there is none.
 *
 * Few words make many questions, and a cosine with b + c - a is a sum of theirs. So the table is taken in blocks of
 * rows, each is compared once with all words of all questions, and the questions add up what they need.
 *
 * @param firstRows (V,) which rows are one word; rows beyond are no answers
 * @param questions (Q) first rows of a, b, c
 */
async function answerAll(
  table: VectorTable,
  firstRows: Uint32Array,
  questions: readonly number[][],
  multiplicative: boolean,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const words = [...new Set(questions.flat())];
  const placeOf = new Map(words.map((word, place) => [word, place]));
  const block = Math.max(1, Math.min(BLOCK_ROWS, Math.floor(MOST_COSINES / Math.max(1, words.length))));
  const engine = await Engine.open();
  try {
    const layout = analogyLayout(engine.base, questions.length, words.length, block);
    const { analogies, cosines, rowBytes, places } = layout;
    engine.reserve(layout.end, `${questions.length} analogies need`);
    writeQuestions(engine, analogies, questions, placeOf);
    const turns = new Turns(signal);
    for (let begin = 0; begin < firstRows.length; begin += block) {
      const rows = firstRows.subarray(begin, begin + block);
      const count = rows.length;
      for (const [place, word] of words.entries()) {
        table.clear("query");
        table.addRow("query", word, 1, true);
        engine.f32(cosines + place * rowBytes, count).set(table.scores(begin, begin + count));
      }
      engine.u32(places, count).set(rows.map((row) => placeOf.get(row) ?? NOT_FOUND));
      engine.kernels.answerAnalogies(
        analogies, questions.length, cosines, rowBytes, places, begin, count, multiplicative,
      ); // biome-ignore format: one call
      if (turns.over) await turns.pass();
    }
    return readAnswers(engine, analogies, questions.length).map((row) => (row < 0 ? row : firstRows[row]));
  } finally {
    engine.close();
  }
}

/** Writes questions that have no answer yet. */
function writeQuestions(
  engine: Engine,
  address: number,
  questions: readonly number[][],
  placeOf: ReadonlyMap<number, number>,
): void {
  const fields = ANALOGY_FIELDS.length;
  const words = engine.u32(address, questions.length * fields);
  const scores = engine.f32(address, questions.length * fields);
  for (const [q, rows] of questions.entries()) {
    for (let i = 0; i < 3; i++) words[q * fields + i] = placeOf.get(rows[i]) as number;
    scores[q * fields + ANALOGY_FIELDS.indexOf("score")] = Number.NEGATIVE_INFINITY;
    words[q * fields + ANALOGY_FIELDS.indexOf("answer")] = NOT_FOUND;
  }
}

/** (count,) the row of each answer, or -1. */
function readAnswers(engine: Engine, address: number, count: number): Int32Array {
  const fields = ANALOGY_FIELDS.length;
  const words = engine.u32(address, count * fields);
  return Int32Array.from({ length: count }, (_, q) => words[q * fields + ANALOGY_FIELDS.indexOf("answer")]);
}
