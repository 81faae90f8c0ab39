/** Texts whose words become tokens each by itself, whatever stands beside them: what a word becomes is remembered. */

import { isJsonObject, type JsonObject } from "../files/folder.ts";

/** How many words are remembered with their tokens, and how long these are at most: words come again and again. */
const REMEMBERED = 2 ** 15;
const LONGEST_REMEMBERED = 64;

/** Normalizers that do the same with a word alone, where spaces part it from others. */
const NORMALIZERS = [
  ...["BertNormalizer", "Lowercase", "NFC", "NFD", "NFKC", "NFKD", "StripAccents", "Strip", "Nmt", "Precompiled"],
];

/** Pre-tokenizers that cut at white space, and those that then only look at what lies between. */
const CUTTING = ["BertPreTokenizer", "Whitespace", "WhitespaceSplit"];
const WITHIN = [...CUTTING, "Punctuation", "Digits"];

/** Whether a tokenizer.json gives for words, put together with spaces, what it gives for each of them. */
export function isWordwise({ normalizer, pre_tokenizer: preTokenizer, added_tokens: added }: JsonObject): boolean {
  const [first, ...others] = stepsOf(preTokenizer, "pretokenizers");
  return (
    stepsOf(normalizer, "normalizers").every((step) => NORMALIZERS.includes(typeOf(step)) || mergesSpaces(step)) &&
    CUTTING.includes(typeOf(first)) &&
    others.every((step) => WITHIN.includes(typeOf(step)) || beginsEach(step)) &&
    (Array.isArray(added) ? added : []).every((token) => !/\s/.test(String(isJsonObject(token) ? token.content : "")))
  );
}

/** The steps of a part, which may be a sequence of them. */
function stepsOf(part: unknown, name: string): readonly unknown[] {
  if (part === null || part === undefined) return [];
  const list = isJsonObject(part) && part.type === "Sequence" ? part[name] : undefined;
  return Array.isArray(list) ? list.flatMap((step) => stepsOf(step, name)) : [part];
}

const typeOf = (step: unknown): string => (isJsonObject(step) && typeof step.type === "string" ? step.type : "");

/** XLM-RoBERTa's step that makes one space of several. */
const mergesSpaces = (step: unknown) =>
  typeOf(step) === "Replace" && isJsonObject((step as JsonObject).pattern)
    ? ((step as JsonObject).pattern as JsonObject).Regex === " {2,}" && (step as JsonObject).content === " "
    : false;

/** Metaspace that marks where each word begins. */
const beginsEach = (step: unknown) =>
  typeOf(step) === "Metaspace" && isJsonObject(step) && step.prepend_scheme === "always";

/** A mark that belongs to the space before it. */
const BEGINS_WITH_MARK = /^\p{M}/u;

export class WordMemory {
  private remembered = new Map<string, readonly number[]>();

  /** @param encode gives the ids of a text alone */
  constructor(private readonly encode: (text: string) => readonly number[]) {}

  /** The ids of a text: those of its words. */
  ids(text: string): number[] {
    const ids: number[] = [];
    for (const word of text.split(" ")) {
      if (word === "") continue;
      const own = this.remembered.get(word) ?? this.idsOf(word);
      if (!own) return [...this.encode(text)];
      for (let i = 0; i < own.length; i++) ids.push(own[i]);
    }
    return ids;
  }

  /** Of a word that is not remembered; undefined where it does not stand for itself. */
  private idsOf(word: string): readonly number[] | undefined {
    if (BEGINS_WITH_MARK.test(word)) return undefined;
    const ids = this.encode(word);
    if (word.length > LONGEST_REMEMBERED) return ids;
    if (this.remembered.size >= REMEMBERED) this.remembered = new Map();
    this.remembered.set(word, ids);
    return ids;
  }
}
