/** What Replace and Split look for: a text or a regular expression. */

import { isJsonObject } from "../files/folder.ts";
import type { JsonPart } from "./json-part.ts";
import { matchesOf, PatternRefused, translatePattern } from "./onig-regex.ts";

/** Finds matches: where each begins and ends, one after another. */
export type Find = (text: string) => number[];

/** The field `pattern` of a part: { String } or { Regex }. */
export function patternOf(part: JsonPart): Find {
  const pattern = part.json.pattern;
  const { String: text, Regex: regex } = isJsonObject(pattern) ? pattern : {};
  if (typeof text === "string") return findText(text);
  if (typeof regex !== "string") throw part.damaged('pattern is neither { "String": … } nor { "Regex": … }');
  try {
    const translated = translatePattern(regex);
    return (text) => matchesOf(translated, text);
  } catch (cause) {
    if (!(cause instanceof PatternRefused)) throw cause;
    throw part.refused(`the pattern ${JSON.stringify(regex)} with ${cause.message}`, cause);
  }
}

/** Finds a text; an empty one between all characters, as an empty regular expression. */
export function findText(wanted: string): Find {
  if (wanted === "") return (text) => matchesOf(/(?:)/gu, text);
  return (text) => {
    const bounds: number[] = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      bounds.push(at, at + wanted.length);
    }
    return bounds;
  };
}

const PLAIN = /^[A-Za-z0-9]*$/;

/** Finds characters, or runs of them, by the source of a regular expression. */
export function findCharacters(source: string): Find {
  const regex = new RegExp(source, "gu");
  // most pieces are plain words, which few classes have anything of
  const passesPlain = !new RegExp(source, "u").test("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
  return (text) => {
    return passesPlain && PLAIN.test(text) ? [] : matchesOf(regex, text);
  };
}
