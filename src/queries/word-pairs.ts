/** How far a table's similarities of pairs of words go together with those that people gave. */

import { Wasm2VecError, withDefaults } from "../errors.ts";
import { nameOf, readText, type SourceLike } from "../files/source.ts";
import { type Correlation, pearson, spearman } from "../math/correlation.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { EVALUATION_DEFAULTS, type EvaluationOptions, RowNames } from "./test-words.ts";

export interface PairOptions extends EvaluationOptions {
  /** what stands between the words and the number; a tab by default */
  delimiter?: string;
}

const DEFAULTS: Required<PairOptions> = { ...EVALUATION_DEFAULTS, delimiter: "\t" };

export interface PairEvaluation {
  /** of the similarities themselves */
  pearson: Correlation;
  /** of their ranks */
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
 * @param similarity of two rows
 * @throws {Wasm2VecError} `format-damaged` with the line's number; `empty-query` when fewer than two pairs are left;
 *   `option-invalid`; what openSource throws
 */
export async function evaluatePairs(
  vocabulary: Vocabulary,
  similarity: (a: number, b: number) => number,
  source: SourceLike,
  options: PairOptions,
): Promise<PairEvaluation> {
  const { delimiter, dummy4unknown, signal, ...naming } = withDefaults(DEFAULTS, options, "evaluateWordPairs");
  const names = new RowNames(vocabulary, naming);
  const pairs = parse(await readText(source, signal), nameOf(source), delimiter);
  const judged: number[] = [];
  const computed: number[] = [];
  let unknown = 0;
  for (const pair of pairs) {
    const [a, b] = pair.words.map((word) => names.row(names.name(word)));
    const isKnown = a !== undefined && b !== undefined;
    if (!isKnown) unknown++;
    if (!isKnown && !dummy4unknown) continue;
    judged.push(pair.similarity);
    computed.push(isKnown ? similarity(a, b) : 0);
  }
  if (judged.length < 2) throw tooFew(judged.length, pairs.length);
  return {
    pearson: pearson(judged, computed),
    spearman: spearman(judged, computed),
    oovRatio: (100 * unknown) / pairs.length,
  };
}

/** Reads lines of two words and a number; lines that begin with "#" are comments. */
function parse(text: string, file: string, delimiter: string): JudgedPair[] {
  const pairs: JudgedPair[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.startsWith("#") || !line.trim()) continue;
    const [a, b, number, ...more] = line.split(delimiter);
    const similarity = number?.trim() ? Number(number) : Number.NaN;
    if (more.length || !Number.isFinite(similarity)) throw damaged(`${file}, line ${i + 1},`, line, delimiter);
    pairs.push({ words: [a, b], similarity });
  }
  return pairs;
}

function damaged(where: string, line: string, delimiter: string): Wasm2VecError {
  const [got, between] = [line.slice(0, 80), delimiter].map((text) => JSON.stringify(text));
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
