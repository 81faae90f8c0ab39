/** How far a table's similarities of pairs of words go together with those that people gave. */

import { checkOptions, type GivenOptions, option, string } from "../check-options.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { orAbort, withSignals } from "../event-loop.ts";
import { nameOf, readText, type SourceLike } from "../files/source.ts";
import { type Correlation, pearson, spearman } from "../math/correlation.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import { similarity } from "./similarity.ts";
import { EVALUATION_OPTIONS, TestWords } from "./test-words.ts";

const PAIR_OPTIONS = {
  ...EVALUATION_OPTIONS,
  /** what stands between the words and the number; a tab by default */
  delimiter: option("\t", string),
};

export type PairOptions = GivenOptions<typeof PAIR_OPTIONS>;

export interface PairEvaluation {
  /** Pearson's correlation, of the similarities themselves */
  pearson: Correlation;
  /** Spearman's correlation, of the similarities' ranks */
  spearman: Correlation;
  /** how many of a hundred pairs have a word that is not in the table */
  oovRatio: number;
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
  options: PairOptions,
): Promise<PairEvaluation> {
  const { delimiter, dummy4unknown, signal, ...naming } = checkOptions(PAIR_OPTIONS, options, "evaluateWordPairs");
  const text = await withSignals([signal, table.closed], (signal) => orAbort(readText(source, signal), signal));
  const names = new TestWords(table.vocabulary, naming);
  const pairs = parse(text, nameOf(source), delimiter);
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
  };
}

/** Reads lines of two words and a number; lines that begin with "#" are comments. */
function parse(lines: string, file: string, delimiter: string): JudgedPair[] {
  const pairs: JudgedPair[] = [];
  for (const [i, line] of lines.split("\n").entries()) {
    if (line.startsWith("#") || !line.trim()) continue;
    const [a, b, number, ...more] = line.split(delimiter);
    const similarity = number?.trim() ? Number(number) : Number.NaN;
    if (more.length || !Number.isFinite(similarity)) throw damaged(`${file}, line ${i + 1},`, line, delimiter);
    pairs.push({ words: [a, b], similarity });
  }
  return pairs;
}

function damaged(where: string, line: string, delimiter: string): Wasm2VecError {
  const [got, between] = [line, delimiter].map(show);
  return new Wasm2VecError(
    "format-damaged",
    `${where} is ${got}; expected two words and a number, with ${between} between them. A line that begins with "#" is a comment.`,
  );
}

function tooFew(known: number, all: number): Wasm2VecError {
  return new Wasm2VecError(
    "empty-query",
    `${known} of ${all} pairs have both words in the table; a correlation needs two. Check the words' language and case, or raise restrictVocab.`,
  );
}
