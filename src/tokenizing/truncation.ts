/** Encodings cut to a length, and filled up to one. */

import { Wasm2VecError } from "../errors.ts";
import type { Encoding } from "./encoding.ts";
import type { JsonPart } from "./json-part.ts";

export type TruncationStrategy = "longest_first" | "only_first" | "only_second";
export type Side = "left" | "right";

export interface Truncation {
  /** how many tokens stay at most, the model's own among them */
  maxLength: number;
  strategy: TruncationStrategy;
  /** where tokens are cut off */
  side: Side;
}

export interface Padding {
  /** how long all become: as the longest, or this many tokens */
  length: number | "longest";
  /** a multiple of this many */
  multipleOf: number;
  id: number;
  typeId: number;
  side: Side;
}

/** No model reads more tokens; a file may say so all the same, and ask for gigabytes. */
const MAX_LENGTH = 2 ** 24;

const STRATEGIES = { LongestFirst: "longest_first", OnlyFirst: "only_first", OnlySecond: "only_second" } as const;

const sideOf = (part: JsonPart): Side =>
  part.oneOf("direction", ["Left", "Right"], "Right") === "Left" ? "left" : "right";

/** `truncation` in tokenizer.json. */
export function truncationOf(part: JsonPart): Truncation {
  const names = Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[];
  return {
    maxLength: part.count("max_length"),
    strategy: STRATEGIES[part.oneOf("strategy", names, "LongestFirst")],
    side: sideOf(part),
  };
}

/** `padding` in tokenizer.json. */
export function paddingOf(part: JsonPart): Padding {
  const { strategy } = part.json;
  const isLongest = strategy === "BatchLongest";
  const length = isLongest ? undefined : part.part(strategy, "the strategy of padding").count("Fixed");
  const multipleOf = part.count("pad_to_multiple_of", 0);
  if (Math.max(length ?? 0, multipleOf) > MAX_LENGTH) {
    throw part.damaged(`it fills up to more than ${MAX_LENGTH} tokens`);
  }
  return {
    length: length ?? "longest",
    multipleOf,
    id: part.count("pad_id"),
    typeId: part.count("pad_type_id", 0),
    side: sideOf(part),
  };
}

/**
 * Encodings of one text, or of two, cut so that together they have no more than `length` tokens.
 *
 * @throws {Wasm2VecError} `option-invalid` where the text that may be cut is too short, or missing
 */
export function truncate(encodings: readonly Encoding[], length: number, { strategy, side }: Truncation): Encoding[] {
  const lengths = encodings.map((one) => one.length);
  const excess = lengths.reduce((sum, one) => sum + one, 0) - length;
  if (excess <= 0) return [...encodings];
  const kept = length <= 0 ? lengths.map(() => 0) : keptLengths(lengths, length, excess, strategy);
  return encodings.map((one, i) => {
    const cut = one.length - kept[i];
    return side === "left" ? one.slice(cut, one.length) : one.slice(0, kept[i]);
  });
}

function keptLengths(lengths: number[], length: number, excess: number, strategy: TruncationStrategy): number[] {
  if (strategy === "longest_first") return lengths.length === 1 ? [length] : longestFirst(lengths, length);
  const cut = strategy === "only_first" ? 0 : 1;
  if (!(lengths[cut] > excess)) {
    const what = lengths[cut] === undefined ? "there is no second text" : `that text has ${lengths[cut]} tokens`;
    throw new Wasm2VecError(
      "option-invalid",
      `truncation "${strategy}" must cut off ${excess} tokens, and ${what}. Give a larger maxLength, or "longest_first".`,
    );
  }
  return lengths.map((one, i) => (i === cut ? one - excess : one));
}

/** The longer one is cut until it is as long as the other, then both. */
function longestFirst([first, second]: number[], length: number): number[] {
  const shorter = Math.min(first, second);
  const longer = shorter > length ? shorter : Math.max(shorter, length - shorter);
  const half = Math.floor(length / 2);
  const [small, large] = shorter + longer > length ? [half, half + (length % 2)] : [shorter, longer];
  return first > second ? [large, small] : [small, large];
}

/** How long all become. */
export function paddedLength(lengths: readonly number[], { length, multipleOf }: Padding): number {
  const wanted = length === "longest" ? lengths.reduce((longest, one) => Math.max(longest, one), 0) : length;
  return multipleOf ? Math.ceil(wanted / multipleOf) * multipleOf : wanted;
}
