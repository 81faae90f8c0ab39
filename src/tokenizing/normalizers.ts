/** tokenizer.json's normalizers: a text, changed before it is cut. Each keeps where its characters were. */

import { Wasm2VecError } from "../errors.ts";
import type { JsonObject } from "../files/folder.ts";
import { type AlignedText, type Rewriting, widthAt } from "./aligned-text.ts";
import { bytesAsCharacters } from "./byte-characters.ts";
import { ACCENT, CONTROL, IDEOGRAPH, MARK, NOT_NORMALIZED, WHITE_SPACE } from "./characters.ts";
import { Charsmap } from "./charsmap.ts";
import type { JsonPart } from "./json-part.ts";
import { matchesOf } from "./onig-regex.ts";
import { findCharacters, patternOf } from "./patterns.ts";

export type Normalize = (text: AlignedText) => AlignedText;

/**
 * @throws {Wasm2VecError} `format-unknown` for a kind that is not known; `format-damaged`
 */
export function normalizerOf(part: JsonPart): Normalize {
  const make = Object.hasOwn(NORMALIZERS, part.type) ? NORMALIZERS[part.type] : undefined;
  if (!make) throw part.refused("this kind of normalizer");
  return make(part);
}

const NORMALIZERS: Record<string, (part: JsonPart) => Normalize> = {
  Sequence: (part) => inTurn(part.parts("normalizers", "normalizer").map(normalizerOf)),
  NFC: () => unicodeForm("NFC"),
  NFD: () => unicodeForm("NFD"),
  NFKC: () => unicodeForm("NFKC"),
  NFKD: () => unicodeForm("NFKD"),
  Lowercase: () => lowercase,
  Strip: (part) => strip(part.flag("strip_left"), part.flag("strip_right")),
  StripAccents: () => remove(MARK),
  Nmt: () => nmt,
  Precompiled: (part) => {
    const charsmap = Charsmap.of(part, "precompiled_charsmap");
    return (text) => charsmap.apply(text);
  },
  Replace: (part) => {
    const find = patternOf(part);
    const content = part.text("content");
    const { String: wanted } = part.json.pattern as JsonObject;
    // a unit for a unit stands where that stood
    if (typeof wanted === "string" && wanted.length === 1 && content.length === 1) {
      return (text) => text.withText(text.text.replaceAll(wanted, content));
    }
    return (text) => replaceAll(text, find(text.text), content);
  },
  Prepend: (part) => {
    const content = part.text("prepend");
    return (text) => (text.text === "" ? text : text.prepend(content));
  },
  BertNormalizer: bertNormalizer,
  ByteLevel: () => (text) => eachCharacter(text, bytesAsCharacters),
};

/** Whether a normalizer has sentencepiece's table. */
export const isSentencePiece = (part: JsonPart): boolean =>
  part.type === "Precompiled" ||
  (part.type === "Sequence" && part.parts("normalizers", "normalizer").some(isSentencePiece));

export const inTurn =
  (steps: readonly Normalize[]): Normalize =>
  (text) =>
    steps.reduce((changed, step) => step(changed), text);

/** Matches in other words. */
export function replaceAll(text: AlignedText, bounds: readonly number[], content: string): AlignedText {
  if (!bounds.length) return text;
  // as many units as before lie where they lay
  if (content.length === 1 && bounds.length === 2 * countOfUnits(bounds)) {
    const units = text.text.split("");
    for (let i = 0; i < bounds.length; i += 2) units[bounds[i]] = content;
    return text.withText(units.join(""));
  }
  return text.replaceMatches(bounds, content);
}

const countOfUnits = (bounds: readonly number[]) => {
  let count = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    if (bounds[i + 1] - bounds[i] !== 1) return -1;
    count++;
  }
  return count;
};

function eachCharacter(text: AlignedText, write: (character: string) => string): AlignedText {
  return text.rewrite((into) => {
    for (let at = 0; at < text.text.length; ) {
      const width = widthAt(text.text, at);
      into.put(write(text.text.slice(at, at + width)), at);
      at += width;
    }
  });
}

function remove(characters: string): Normalize {
  const find = findCharacters(characters);
  return (text) => replaceAll(text, find(text.text), "");
}

/** Characters one by one: a Σ at a word's end is σ, not ς. */
export function lowercase(text: AlignedText): AlignedText {
  const lower = text.text.replaceAll("Σ", "σ").toLowerCase();
  if (lower === text.text) return text;
  // only İ becomes two
  return lower.length === text.text.length
    ? text.withText(lower)
    : eachCharacter(text, (character) => character.replace("Σ", "σ").toLowerCase());
}

function strip(left: boolean, right: boolean): Normalize {
  const space = new RegExp(`[${WHITE_SPACE}]`, "u");
  return (text) => {
    let [from, to] = [0, text.text.length];
    if (left) while (from < to && space.test(text.text[from])) from++;
    if (right) while (to > from && space.test(text.text[to - 1])) to--;
    return text.slice(from, to);
  };
}

/** What sentencepiece's rules nmt do: most controls go, all kinds of space are one. */
function nmt(text: AlignedText): AlignedText {
  const kept = replaceAll(text, findNmtControls(text.text), "");
  return replaceAll(kept, findNmtSpaces(kept.text), " ");
}

const findNmtControls = findCharacters("[\\u0001-\\u0008\\u000b\\u000e-\\u001f\\u007f\\u008f\\u009f]");
const findNmtSpaces = findCharacters("[\\t\\n\\f\\r\\u1680\\u200b-\\u200f\\u2028\\u2029\\u2581\\ufeff\\ufffd]");

/** What of BERT's steps only lowercasing changes. */
const PRINTABLE_ASCII = /^[ -~]*$/;

function bertNormalizer(part: JsonPart): Normalize {
  const lowers = part.flag("lowercase", true);
  const steps: Normalize[] = [];
  if (part.flag("clean_text", true)) steps.push(remove(CONTROL), plainSpaces);
  if (part.flag("handle_chinese_chars", true)) steps.push(spaceIdeographs);
  const strips = part.has("strip_accents") ? part.flag("strip_accents") : lowers;
  if (strips) steps.push(unicodeForm("NFD"), remove(ACCENT));
  if (lowers) steps.push(lowercase);
  const all = inTurn(steps);
  const plain = lowers ? lowercase : (text: AlignedText) => text;
  return (text) => (PRINTABLE_ASCII.test(text.text) ? plain(text) : all(text));
}

const findSpaces = findCharacters(`(?! )[${WHITE_SPACE}]`);
const findIdeographs = findCharacters(`[${IDEOGRAPH}]`);

const plainSpaces = (text: AlignedText) => replaceAll(text, findSpaces(text.text), " ");

function spaceIdeographs(text: AlignedText): AlignedText {
  const bounds = findIdeographs(text.text);
  if (!bounds.length) return text;
  return text.rewrite((into) => {
    let kept = 0;
    for (let i = 0; i < bounds.length; i += 2) {
      into.keep(kept, bounds[i]);
      into.put(` ${text.text.slice(bounds[i], bounds[i + 1])} `, bounds[i]);
      kept = bounds[i + 1];
    }
    into.keep(kept, text.text.length);
  });
}

type Form = "NFC" | "NFD" | "NFKC" | "NFKD";

/** Characters that may join the one before them: marks, the second and third letters of Hangul, halfwidth kana's marks. */
const JOINING = "\\p{M}\\u1160-\\u11ff\\u3131-\\u318e\\uff9e\\uff9f\\uffa0-\\uffdc";
const CLUSTER = new RegExp(`[${NOT_NORMALIZED}]|[^${NOT_NORMALIZED}](?:(?![${NOT_NORMALIZED}])[${JOINING}])*`, "gu");
const HAS_YOUNG = new RegExp(`[${NOT_NORMALIZED}]`, "u");

/** Runtimes put marks into their order in time that grows with the square of their number. */
const MAX_MARKS = 2 ** 14;
const MARKS = /\p{M}+/gu;

function checkMarks(text: string): void {
  if (text.length <= MAX_MARKS) return;
  const bounds = matchesOf(MARKS, text);
  for (let i = 0; i < bounds.length; i += 2) {
    const count = bounds[i + 1] - bounds[i];
    if (count <= MAX_MARKS) continue;
    throw new Wasm2VecError(
      "too-large",
      `The text has ${count} UTF-16 units of marks in a row, from unit ${bounds[i]} on; the tokenizer puts up to ${MAX_MARKS} in order. Take them out.`,
    );
  }
}

/** Cluster by cluster, so that each character's place is known. */
const unicodeForm = (form: Form) => (text: AlignedText) => {
  checkMarks(text.text);
  if (text.text.normalize(form) === text.text) return text;
  const isYoung = HAS_YOUNG.test(text.text);
  return text.rewrite((into) => {
    let kept = 0;
    const bounds = matchesOf(CLUSTER, text.text);
    for (let i = 0; i < bounds.length; i += 2) {
      const index = bounds[i];
      const cluster = text.text.slice(index, bounds[i + 1]);
      const normal = isYoung && HAS_YOUNG.test(cluster) ? cluster : cluster.normalize(form);
      if (normal === cluster) continue;
      into.keep(kept, index);
      putCluster(into, cluster, normal, index, form);
      kept = index + cluster.length;
    }
    into.keep(kept, text.text.length);
  });
};

/**
 * Each character of the normal form stands where Python's tokenizers has it: the first character that another was decomposed into
 * takes that one's place, the others stay with the one before them, also where they were sorted.
 */
function putCluster(into: Rewriting, cluster: string, normal: string, begin: number, form: Form): void {
  const decomposed = form.startsWith("NFK") ? "NFKD" : "NFD";
  const places: number[] = [];
  // for each character, whether it is a further one of its decomposition, in turn
  const elements = new Map<string, { areFurther: boolean[]; taken: number }>();
  let at = begin;
  for (const character of cluster) {
    places.push(at);
    at += character.length;
    for (const [i, element] of [...character.normalize(decomposed)].entries()) {
      const same = elements.get(element) ?? { areFurther: [], taken: 0 };
      same.areFurther.push(i > 0);
      elements.set(element, same);
    }
  }
  let taken = 0;
  for (const character of normal) {
    const parts = form.endsWith("D") ? [character] : [...character.normalize(decomposed)];
    let change = 1 - parts.length;
    for (const part of parts) {
      const element = elements.get(part);
      if (element?.areFurther[element.taken++]) change++;
    }
    into.put(character, places[Math.max(0, Math.min(change > 0 ? taken - 1 : taken, places.length - 1))]);
    if (change <= 0) taken += 1 - change;
  }
}
