/** How far a table's similarities of pairs of words go together with those that people gave. */

import type { CheckedOptions } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { orAbort, withSignals } from "../event-loop.ts";
import { readText } from "../files/source.ts";
import { nameOf, type SourceLike } from "../files/source-kinds.ts";
import { type Correlation, pearson, spearman } from "../math/correlation.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { Columns, PAIR_OPTIONS } from "./evaluation-options.ts";
import { similarity } from "./similarity.ts";
import { TestWords } from "./test-words.ts";

/** How well a table's similarities agree with those that people gave. */
export interface PairEvaluation {
  /** Pearson's correlation, of the similarities themselves */
  pearson: Correlation;
  /** Spearman's correlation, of the similarities' ranks */
  spearman: Correlation;
  /** how many of a hundred pairs have a word that is not in the table */
  oovRatio: number;
  /** how many pairs were compared */
  used: number;
  /** how many pairs have a word that is not in the table: left out, unless `dummy4unknown` is set */
  unknown: number;
  /** the line that was passed over because it names the columns; null where there was none */
  header: string | null;
}

/** Two words and how similar people found them. */
interface JudgedPair {
  words: [string, string];
  similarity: number;
}

/**
 * Compares the similarities of a file's pairs with a table's.
 *
 * @throws {Wasm2VecError} `format-damaged` with the line's number; `empty-query` when fewer than two pairs are left;
 *   `option-invalid`; what openSource throws
 */
export async function evaluatePairs(
  table: VectorTable,
  source: SourceLike,
  { delimiter, columns, skipHeader, dummy4unknown, signal, ...naming }: CheckedOptions<typeof PAIR_OPTIONS>,
): Promise<PairEvaluation> {
  const text = await withSignals([signal, table.closed], (signal) => orAbort(readText(source, signal), signal));
  const names = new TestWords(table.vocabulary, naming);
  const { pairs, header } = parse(text, nameOf(source), { delimiter, columns, skipHeader });
  const judged: number[] = [];
  const computed: number[] = [];
  let unknown = 0;
  for (const pair of pairs) {
    const [a, b] = pair.words.map((word) => names.row(names.name(word)));
    const isKnown = a !== undefined && b !== undefined;
    if (!isKnown) unknown++;
    if (!isKnown && !dummy4unknown) continue;
    judged.push(pair.similarity);
    computed.push(isKnown ? similarity(table, { row: a }, { row: b }) : 0);
  }
  if (judged.length < 2) throw tooFew(judged.length, pairs.length);
  return {
    pearson: pearson(judged, computed),
    spearman: spearman(judged, computed),
    oovRatio: (100 * unknown) / pairs.length,
    used: judged.length,
    unknown,
    header,
  };
}

/** How a file may be laid out, as far as it is known. */
interface GivenLayout {
  delimiter?: string;
  columns?: Columns;
  skipHeader?: boolean;
}

/** How the lines of a file are read. */
interface Layout {
  delimiter: string | RegExp;
  columns: Columns;
}

interface Line {
  text: string;
  /** from 1 on */
  number: number;
}

/** What may stand between columns, where it is not given; the first that leads to two words and a number does. */
const DELIMITERS = ["\t", ";", ",", /\s+/];

/** Reads lines of two words and a number, the first of which may name the columns; those that begin with "#" are comments. */
function parse(text: string, file: string, given: GivenLayout): { pairs: JudgedPair[]; header: string | null } {
  const lines = text
    .split("\n")
    .map((line, i): Line => ({ text: line.replace(/\r$/, ""), number: i + 1 }))
    .filter((line) => line.text.trim() && !line.text.startsWith("#"));
  const names = given.skipHeader ? lines.shift() : undefined;
  if (!lines.length) return { pairs: [], header: names?.text ?? null };
  // the names of columns may be numbers, so the second line says more of the first than it does itself
  const layout = layoutOf(lines[1], given) ?? layoutOf(lines[0], given);
  if (!layout)
    throw damaged(file, lines[0], { delimiter: given.delimiter ?? /\s+/, columns: given.columns ?? [0, 1, 2] });
  const isNamed = given.skipHeader === undefined && !readPair(lines[0], layout);
  const header = isNamed ? lines.shift() : names;
  const pairs = lines.map((line) => {
    const pair = readPair(line, layout);
    if (!pair) throw damaged(file, line, layout);
    return pair;
  });
  return { pairs, header: header?.text ?? null };
}

/** How a line can be read as two words and a number; undefined where it cannot. */
function layoutOf(line: Line | undefined, given: GivenLayout): Layout | undefined {
  if (!line) return undefined;
  for (const delimiter of given.delimiter === undefined ? DELIMITERS : [given.delimiter]) {
    const fields = fieldsOf(line, delimiter);
    const score = fields.findIndex((field, column) => column > 1 && Number.isFinite(numberOf(field)));
    const layout: Layout = { delimiter, columns: given.columns ?? [0, 1, score] };
    if (readPair(line, layout)) return layout;
  }
  return undefined;
}

function readPair(line: Line, { delimiter, columns }: Layout): JudgedPair | undefined {
  const fields = fieldsOf(line, delimiter);
  const [a, b, score] = columns.map((column) => fields[column]);
  const similarity = numberOf(score);
  if (a === undefined || b === undefined || !Number.isFinite(similarity)) return undefined;
  return { words: [a, b], similarity };
}

const fieldsOf = ({ text }: Line, delimiter: string | RegExp) =>
  (typeof delimiter === "string" ? text : text.trim()).split(delimiter).map((field) => field.trim());

const numberOf = (field: string | undefined) => (field ? Number(field) : Number.NaN);

function damaged(file: string, { text, number }: Line, { delimiter, columns }: Layout): Wasm2VecError {
  const between = typeof delimiter === "string" ? show(delimiter) : "spaces";
  return new Wasm2VecError(
    "format-damaged",
    `${file}, line ${number}, is ${show(text)}; expected two words and a number, with ${between} between them, in the columns ${columns.join(", ")}. Set columns or delimiter where they are others; a line that begins with "#" is a comment.`,
  );
}

function tooFew(known: number, all: number): Wasm2VecError {
  return new Wasm2VecError(
    "empty-query",
    `${known} of ${all} pairs have both words in the table; a correlation needs two. Check the words' language and case, or raise restrictVocab.`,
  );
}
