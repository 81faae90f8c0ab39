/** gensim's simple_preprocess: text -> lower-case tokens of letters. */

import { checkOptions, checkValue, type GivenOptions, number, option, string, toggle } from "../check-options.ts";
import { TOKENS, withoutMarks } from "./tokenize.ts";

const SIMPLE_PREPROCESS_OPTIONS = {
  /** drop accents and other marks: "é" becomes "e"; false */
  deacc: option(false, toggle),
  /** shorter tokens are dropped; 2 code points */
  minLen: option(2, number(0, Number.POSITIVE_INFINITY)),
  /** longer tokens are dropped; 15 code points */
  maxLen: option(15, number(0, Number.POSITIVE_INFINITY)),
};

/** Options of `simplePreprocess`. @interface */
export type SimplePreprocessOptions = GivenOptions<typeof SIMPLE_PREPROCESS_OPTIONS>;

/**
 * Lower-cases a text and splits it into tokens: runs of letters, numbers such as "½" or "²", and "_". Decimal digits,
 * marks and all else separate them. Tokens that begin with "_" are dropped, as are short and long ones.
 *
 * The tokens are gensim's but for characters newer than the Unicode version of either side: docs/unicode.md.
 *
 * @throws {Wasm2VecError} `option-invalid`, `option-unknown`
 * @see gensim.utils.simple_preprocess
 */
export function simplePreprocess(text: string, options: SimplePreprocessOptions = {}): string[] {
  // texts.map(simplePreprocess) passes a number
  const given = typeof options === "number" ? {} : options;
  const { deacc, minLen, maxLen } = checkOptions(SIMPLE_PREPROCESS_OPTIONS, given, "simplePreprocess");
  checkValue("text", text, string, "simplePreprocess");
  const lower = text.toLowerCase();
  const tokens = (deacc ? withoutMarks(lower) : lower).match(TOKENS) ?? [];
  return tokens.filter((token) => {
    const length = countCodePoints(token);
    return length >= minLen && length <= maxLen && !token.startsWith("_");
  });
}

/** The length as Python counts it; in a token, surrogates are always two. */
function countCodePoints(token: string): number {
  let count = token.length;
  for (let i = 0; i < token.length; i++) if ((token.charCodeAt(i) & 0xfc00) === 0xd800) count--;
  return count;
}
