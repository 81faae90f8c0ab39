/** How many analogies a table solves: "a is to b as c is to what?" */

import type { CheckedOptions } from "../check-options.ts";
import { Engine } from "../engine/engine.ts";
import { OUT_OF_VOCABULARY } from "../engine/kernels.ts";
import { ANALOGY_FIELDS, analogyLayout } from "../engine/layout.ts";
import { Struct, structBytes } from "../engine/struct.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { orAbort, TimeSlice, withSignals } from "../event-loop.ts";
import { readText } from "../files/source.ts";
import { nameOf, type SourceLike } from "../files/source-kinds.ts";
import { scoreRows } from "../tables/scores.ts";
import { tableChanged } from "../tables/table-changed.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { ANALOGY_OPTIONS } from "./evaluation-options.ts";
import { TestWords } from "./test-words.ts";

/** a is to b as c is to the expected word. */
export type Analogy = [a: string, b: string, c: string, expected: string];

/** A part of a file of analogies, and which of them were solved. */
export interface AnalogySection {
  /** its name in the file */
  section: string;
  /** those that were solved */
  correct: Analogy[];
  /** those that were not */
  incorrect: Analogy[];
}

/** How many analogies of a file a table solves. */
export interface AnalogyEvaluation {
  /** the share of the analogies that were solved, in [0, 1] */
  score: number;
  /** the file's sections in order, then all of them as "Total accuracy" */
  sections: AnalogySection[];
  /** how many analogies have a word that is not in the table: left out, unless `dummy4unknown` is set */
  unknown: number;
}

/** An analogy of the file. */
interface Question {
  section: number;
  words: Analogy;
  /** the words' rows; undefined where one is not in the table */
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
  { similarityFunction, dummy4unknown, signal, ...naming }: CheckedOptions<typeof ANALOGY_OPTIONS>,
): Promise<AnalogyEvaluation> {
  const text = await withSignals([signal, table.closed], (signal) => orAbort(readText(source, signal), signal));
  const names = new TestWords(table.vocabulary, naming);
  const { sections, questions } = parse(text, nameOf(source), names);
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
  const score = correct.length && correct.length / (correct.length + incorrect.length);
  return { score, sections: results, unknown: questions.length - known.length };
}

/** Reads sections, which begin with a line ": name", of lines of four words; lines that begin with "//" are comments. */
function parse(text: string, file: string, names: TestWords): AnalogyFile {
  const sections: string[] = [];
  const questions: Question[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    const where = `${file}, line ${i + 1},`;
    if (line.startsWith("//")) continue;
    if (line.startsWith(": ")) sections.push(line.slice(2).trim());
    else if (line.trim()) questions.push(parseQuestion(line.trim(), where, sections.length - 1, names));
  }
  return { sections, questions };
}

function parseQuestion(line: string, where: string, section: number, names: TestWords): Question {
  const words = line.split(/\s+/).map((word) => names.name(word));
  if (words.length !== 4) {
    const got = `${words.length} words: ${show(line)}`;
    throw damaged(`${where} has ${got}; expected four, or ": " and a section's name.`);
  }
  if (section < 0) throw damaged(`${where} belongs to no section; expected a line ": name" before it.`);
  const rows = words.map((word) => names.row(word));
  const isKnown = (known: (number | undefined)[]): known is number[] => !known.includes(undefined);
  return { section, words: words as Analogy, rows: isKnown(rows) ? rows : undefined };
}

const damaged = (message: string) => new Wasm2VecError("format-damaged", message);

/** How many rows are compared at a time, and at most how many cosines are kept of them: 16 MiB. */
const TILE_ROWS = 1024;
const MAX_COSINES = 1 << 22;

/**
 * (Q,) the first row of each question's answer, or -1 where there is none.
 *
 * Few words make many questions, and a cosine with b + c - a is a sum of theirs. So the table is taken in tiles of
 * rows, each is compared once with all words of all questions, and the questions add up what they need.
 *
 * @param firstRows (V,) which rows are one word; rows beyond are no answers
 * @param questions (Q) first rows of a, b, c
 */
async function answerAll(
  table: VectorTable,
  firstRows: Uint32Array,
  questions: readonly number[][],
  isProduct: boolean,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const words = [...new Set(questions.flat())];
  const tileRows = Math.max(1, Math.min(TILE_ROWS, Math.floor(MAX_COSINES / Math.max(1, words.length))));
  const engine = Engine.another();
  try {
    const sheet = new AnswerSheet(engine, table, words, questions, tileRows);
    const slice = new TimeSlice(signal);
    const { version } = table;
    for (let begin = 0; begin < firstRows.length; begin += tileRows) {
      sheet.compare(begin, firstRows.subarray(begin, begin + tileRows), isProduct);
      if (slice.isOver) await slice.yield();
      if (table.version !== version) throw tableChanged("analogies were answered", "evaluateWordAnalogies");
    }
    return sheet.answers().map((row) => (row < 0 ? row : firstRows[row]));
  } finally {
    engine.close();
  }
}

/** Questions in a memory of their own, with the best answer of each so far. */
class AnswerSheet {
  private readonly layout: ReturnType<typeof analogyLayout>;
  private readonly columnOf: ReadonlyMap<number, number>;
  private readonly questions: Struct<(typeof ANALOGY_FIELDS)[number]["name"]>[];

  /** @param words the questions' words, one column each in what is compared */
  constructor(
    private readonly engine: Engine,
    private readonly table: VectorTable,
    words: readonly number[],
    questions: readonly number[][],
    tileRows: number,
  ) {
    const layout = analogyLayout(engine.base, questions.length, words.length, tileRows);
    engine.reserve(layout.end, `${questions.length} analogies need`);
    this.layout = layout;
    this.columnOf = new Map(words.map((word, column) => [word, column]));
    this.questions = questions.map((rows, q) => {
      const question = new Struct(engine, layout.analogies + q * structBytes(ANALOGY_FIELDS), ANALOGY_FIELDS);
      const [a, b, c] = rows.map((row) => this.columnOf.get(row) as number);
      question.write({ a, b, c, score: Number.NEGATIVE_INFINITY, answer: OUT_OF_VOCABULARY });
      return question;
    });
  }

  /** Compares rows from `begin` on with all words, and keeps each question's best answer. */
  compare(begin: number, firstRows: Uint32Array, isProduct: boolean): void {
    const { engine, table, layout, questions } = this;
    const { analogies, cosines, rowBytes, columns } = layout;
    const count = firstRows.length;
    for (const [word, column] of this.columnOf) {
      table.query.clear().add(word, 1, true);
      engine.f32(cosines + column * rowBytes, count).set(scoreRows(table, begin, begin + count));
    }
    engine.u32(columns, count).set(firstRows.map((row) => this.columnOf.get(row) ?? OUT_OF_VOCABULARY));
    engine.kernels.answerAnalogies(analogies, questions.length, cosines, rowBytes, columns, begin, count, isProduct);
  }

  /** (Q,) the row of each answer, or -1. */
  answers(): Int32Array {
    return Int32Array.from(this.questions, (question) => question.get("answer") | 0);
  }
}
