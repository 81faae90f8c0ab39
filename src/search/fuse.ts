/** Rankings of several searches joined to one: reciprocal ranks. */

import { checkOptions, type GivenOptions, isIterable, listOf, number, option, optional } from "../check-options.ts";
import { isArray, show, Wasm2VecError } from "../errors.ts";
import { type KeyText, textOf } from "../vocabulary/keys.ts";

/** An id and its score, as searches give them. */
export type Ranked = [id: string, score: number];

/** The answers of one search, the best first: ids, or [id, score] pairs, whose scores are not looked at. */
export type Ranking = Iterable<KeyText | readonly [id: KeyText, ...rest: unknown[]]>;

const WEIGHT = number(0);

const FUSE_OPTIONS = {
  /** how much less the first places count: the score of place n is 1 / (k + n); 60 by default */
  k: option(60, number(0)),
  /** what each ranking counts; 1 by default */
  weights: optional<Iterable<number>>({ expected: "a list of numbers from 0 on", accepts: isIterable }),
};

/** Options of `fuse`. @interface */
export type FuseOptions = GivenOptions<typeof FUSE_OPTIONS>;

/**
 * Joins what several searches found, such as one by meaning and one by keywords, whose scores cannot be compared: an id's
 * score is the sum of weight / (k + place) over the rankings that hold it, where places count from 1.
 *
 *     fuse([index.search(text), keywords.search(text).map(({ id }) => id)]).slice(0, 10)
 *
 * Of an id that comes twice in a ranking, the first place counts.
 *
 * @param rankings lists of ids or of [id, score] pairs, the best first; a number n is the id `String(n)`
 * @returns [id, score] pairs of all ids, the best first; of equal ones, the one that came first
 * @throws {Wasm2VecError} `option-invalid`; `shape-mismatch` where weights are not as many as rankings
 * @see Cormack et al. 2009, https://doi.org/10.1145/1571941.1572114
 */
export function fuse(rankings: Iterable<Ranking>, options: FuseOptions = {}): Ranked[] {
  const { k, weights } = checkOptions(FUSE_OPTIONS, options, "fuse");
  const lists = listOf(rankings, "The rankings").map((ranking, i) => idsOf(ranking, i));
  const shares = weights === undefined ? lists.map(() => 1) : checkedWeights(weights, lists.length);
  const scores = new Map<string, number>();
  for (const [i, ids] of lists.entries()) {
    for (const [rank, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + shares[i] / (k + rank + 1));
  }
  return [...scores].sort(([, a], [, b]) => b - a);
}

/** The ids of a ranking, each once, at its first place. */
function idsOf(ranking: Ranking, number: number): string[] {
  const places = listOf(ranking, `The ids of ranking ${number}`).map((item) => {
    const id = textOf(isArray(item) ? item[0] : item);
    if (id !== undefined) return id;
    const message = `Ranking ${number} holds ${show(item)}; expected ids, or [id, score] pairs.`;
    throw new Wasm2VecError("option-invalid", message);
  });
  return [...new Set(places)];
}

function checkedWeights(given: Iterable<number>, count: number): readonly number[] {
  const weights = listOf(given, "The weights");
  const wrong = weights.findIndex((weight) => !WEIGHT.accepts(weight));
  if (wrong >= 0) {
    const message = `fuse: weight ${wrong} is ${show(weights[wrong])}; expected ${WEIGHT.expected}.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  if (weights.length === count) return weights;
  throw new Wasm2VecError(
    "shape-mismatch",
    `fuse got ${count} rankings and ${weights.length} weights; expected as many.`,
  );
}
