/** JSON of unknown origin: small files must not become large values. */

/** What a JSON file holds: to be checked before it is believed. */
export type JsonObject = Record<string, unknown>;

/** Whether a value of JSON is an object, not an array. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** How deep arrays and objects may lie in one another: as in serde_json, which reads such files elsewhere. */
export const MAX_DEPTH = 127;

/** How many arrays and objects there may be: each takes longer than its two bytes let one think. Tokenizers have 0.5 M. */
const MAX_CONTAINERS = 2 ** 21;

/** How many values there may be, and keys. Tokenizers have 2 M. */
const MAX_VALUES = 2 ** 23;

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The value that some JSON in UTF-8 stands for. NaN, Infinity and -Infinity are read, as Python writes them.
 *
 * @throws {Error} where it is none, or takes far more memory than its bytes
 */
export function parseJson(bytes: Uint8Array): unknown {
  checkNesting(bytes);
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    const plain = withoutSpecials(text);
    if (plain === text) throw disguised(text) ?? error;
    return JSON.parse(plain, (_, value) => (value === NOT_A_NUMBER ? Number.NaN : value));
  }
}

/** What stands for NaN, which no number of JSON is; no file has a reason to hold it. */
const NOT_A_NUMBER = "\0NaN";

/** A number that JSON has not, where a value ends. */
const SPECIAL = /(NaN|Infinity)(?=\s*[,\]}]|\s*$)/y;

/** Numbers that JSON has not, outside of texts, as what JSON.parse reads: one beyond the largest is Infinity. */
function withoutSpecials(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === "\\") at++;
    } else if (text[at] === "N" || text[at] === "I") {
      SPECIAL.lastIndex = at;
      const [word] = SPECIAL.exec(text) ?? [];
      if (word === undefined) continue;
      parts.push(text.slice(from, at), word === "NaN" ? JSON.stringify(NOT_A_NUMBER) : "1e999");
      from = at + word.length;
      at = from - 1;
    }
  }
  return from ? parts.join("") + text.slice(from) : text;
}

/** Files that stand where JSON should. */
function disguised(text: string): Error | undefined {
  if (text.startsWith("version https://git-lfs")) {
    return new Error("it is a Git LFS pointer, which stands for the file: call git lfs pull");
  }
  return /^\s*<(!doctype|html|\?xml)/i.test(text) ? new Error("it is a web page") : undefined;
}

/** Counts what JSON.parse would have to make, without making it. What is no JSON is left to JSON.parse. */
function checkNesting(bytes: Uint8Array): void {
  let depth = 0;
  let containers = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at + 1);
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (++depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} deep`);
      if (++containers > MAX_CONTAINERS) throw new Error(`it holds more than ${MAX_CONTAINERS} arrays and objects`);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth--;
    } else if (byte === COMMA && ++values > MAX_VALUES) {
      throw new Error(`it holds more than ${MAX_VALUES} values`);
    }
  }
}

/** Where the quote is that ends a string. */
function stringEnd(bytes: Uint8Array, begin: number): number {
  for (let end = begin; ; end++) {
    end = bytes.indexOf(QUOTE, end);
    if (end < 0) return bytes.length;
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
}
