/** gensim's tokenize and deaccent: text -> its words, without punctuation and digits. */

import { checkOptions, checkValue, type GivenOptions, oneOf, option, string, toggle } from "../check-options.ts";
import { Wasm2VecError } from "../errors.ts";
import { isBytes } from "../files/bytes.ts";

const TOKENIZE_OPTIONS = {
  /** lower-case the text; false */
  lowercase: option(false, toggle),
  /** the same, as in gensim */
  toLower: option(false, toggle),
  /** drop accents and other marks: "é" becomes "e"; false */
  deacc: option(false, toggle),
  /** bytes that are no UTF-8: "strict" is an error, "ignore" leaves them out, "replace" takes U+FFFD, which ends a token */
  errors: option("strict", oneOf("strict", "ignore", "replace")),
};

/** Options of `tokenize`. @interface */
export type TokenizeOptions = GivenOptions<typeof TOKENIZE_OPTIONS>;

/** What Python's `((?!\d)\w)+` matches: letters, and numbers that are not decimal digits. Marks end a token. */
export const TOKENS = /[\p{L}\p{Nl}\p{No}_]+/gu;

/**
 * Splits a text into tokens: runs of letters, numbers such as "½" or "²", and "_". Decimal digits, marks and all else separate
 * them. They are made while they are asked for.
 *
 *     [...tokenize("Nic nemůže letět", { deacc: true })]; // ["Nic", "nemuze", "letet"]
 *
 * The tokens are gensim's but for characters newer than the Unicode version of either side: docs/unicode.md.
 *
 * @param text a string, or bytes in UTF-8
 * @throws {Wasm2VecError} `option-invalid`, `option-unknown`; `format-damaged` for bytes that are no UTF-8
 * @see gensim.utils.tokenize
 */
export function tokenize(
  text: string | ArrayBufferView | ArrayBufferLike,
  options: TokenizeOptions = {},
): Generator<string, undefined> {
  // texts.map(tokenize) passes a number
  const given = typeof options === "number" ? {} : options;
  const { lowercase, toLower, deacc, errors } = checkOptions(TOKENIZE_OPTIONS, given, "tokenize");
  const plain = isBytes(text) ? decodedText(text, errors) : checkValue("text", text as string, string, "tokenize");
  const lower = lowercase || toLower ? plain.toLowerCase() : plain;
  return tokensOf(deacc ? withoutMarks(lower) : lower);
}

function* tokensOf(text: string): Generator<string, undefined> {
  for (const [token] of text.matchAll(TOKENS)) yield token;
}

/**
 * "é" -> "e": a text without its nonspacing marks.
 *
 * @throws {Wasm2VecError} `option-invalid`
 * @see gensim.utils.deaccent
 */
export const deaccent = (text: string): string => withoutMarks(checkValue("text", text, string, "deaccent"));

/** As deaccent, of what is known to be a text. */
export function withoutMarks(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC");
}

function decodedText(bytes: ArrayBufferView | ArrayBufferLike, errors: "strict" | "ignore" | "replace"): string {
  // a shared memory cannot be decoded
  const copy = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice()
    : new Uint8Array(bytes).slice();
  try {
    const text = new TextDecoder("utf-8", { fatal: errors === "strict", ignoreBOM: true }).decode(copy);
    // one that was written stands for what was lost before
    return errors === "ignore" ? text.replaceAll("\ufffd", "") : text;
  } catch (cause) {
    const advice = 'Convert it, or pass errors: "replace".';
    throw new Wasm2VecError("format-damaged", `The text's bytes are not all UTF-8. ${advice}`, { cause });
  }
}
