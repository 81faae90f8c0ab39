/** tokenizer.json's pre-tokenizers: a text cut into pieces, each of which the model reads alone. */

import { type AlignedText, widthAt } from "./aligned-text.ts";
import { bytesAsCharacters } from "./byte-characters.ts";
import { mergedScriptOf, PUNCTUATION, WHITE_SPACE, WORD } from "./characters.ts";
import type { JsonPart } from "./json-part.ts";
import { replaceAll } from "./normalizers.ts";
import { matchesOf, translatePattern } from "./onig-regex.ts";
import { type Find, findCharacters, findText, patternOf } from "./patterns.ts";

/** Cuts a piece into others; empty ones are dropped by the caller. */
type Cut = (piece: AlignedText, into: AlignedText[]) => void;

export interface PreTokenizer {
  cut(text: AlignedText): AlignedText[];
  /** whether the model reads the pieces' bytes, written as characters */
  readonly endsInBytes: boolean;
}

/**
 * @param isSentencePiece whether the text was normalized by sentencepiece's table: U+0085 is no space there
 * @throws {Wasm2VecError} `format-unknown` for a kind that is not known; `format-damaged`
 */
export function preTokenizerOf(part: JsonPart | undefined, isSentencePiece = false): PreTokenizer {
  const steps = part ? stepsOf(part, isSentencePiece) : [];
  // the last step's bytes are written by whoever asks the model, for the pieces that it was not asked for before
  const endsInBytes = steps.at(-1) === writeBytes;
  if (endsInBytes) steps.pop();
  return {
    endsInBytes,
    cut: (text) => steps.reduce((pieces, step) => cutAll(pieces, step), [text].filter(isSomething)),
  };
}

const isSomething = ({ text }: AlignedText) => text !== "";

function cutAll(pieces: readonly AlignedText[], cut: Cut): AlignedText[] {
  const all: AlignedText[] = [];
  for (const piece of pieces) cut(piece, all);
  return all.every(isSomething) ? all : all.filter(isSomething);
}

function stepsOf(part: JsonPart, isSentencePiece: boolean): Cut[] {
  if (part.type === "Sequence") {
    return part.parts("pretokenizers", "pre_tokenizer").flatMap((one) => stepsOf(one, isSentencePiece));
  }
  if (part.type === "WhitespaceSplit" && isSentencePiece) return [split(findSentencePieceSpaces, "Removed")];
  const make = Object.hasOwn(PRE_TOKENIZERS, part.type) ? PRE_TOKENIZERS[part.type] : undefined;
  if (!make) throw part.refused("this kind of pre_tokenizer");
  return make(part);
}

const BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behavior = (typeof BEHAVIORS)[number];

const findSpaces = findCharacters(`[${WHITE_SPACE}]+`);
const findSentencePieceSpaces = findCharacters(`(?:(?!\\u0085)[${WHITE_SPACE}])+`);
const findPunctuation = findCharacters(PUNCTUATION);
const findNumbers = findCharacters("\\p{N}");
const findWords = findCharacters(`[${WORD}]+|[^${WORD}${WHITE_SPACE}]+`);

const PRE_TOKENIZERS: Record<string, (part: JsonPart) => Cut[]> = {
  ByteLevel: (part) => {
    const steps: Cut[] = [];
    if (part.flag("add_prefix_space", true)) steps.push(spaceFirst);
    if (part.flag("use_regex", true)) steps.push(split(findGpt2Words(), "Isolated"));
    return [...steps, writeBytes];
  },
  BertPreTokenizer: () => [split(findSpaces, "Removed"), split(findPunctuation, "Isolated")],
  Whitespace: () => [split(findWords, "Removed", true)],
  WhitespaceSplit: () => [split(findSpaces, "Removed")],
  Punctuation: (part) => [split(findPunctuation, part.oneOf("behavior", BEHAVIORS, "Isolated"))],
  Metaspace: metaspace,
  CharDelimiterSplit: (part) => [split(findText(part.character("delimiter")), "Removed")],
  Split: (part) => [split(patternOf(part), part.oneOf("behavior", BEHAVIORS), part.flag("invert"))],
  Digits: (part) => [split(findNumbers, part.flag("individual_digits") ? "Isolated" : "Contiguous")],
  UnicodeScripts: () => [cutScripts],
  FixedLength: (part) => {
    const length = part.count("length", 5);
    if (length === 0) throw part.damaged("length is 0; expected at least 1");
    return [(piece, into) => cutEvery(length, piece, into)];
  },
};

const spaceFirst: Cut = (piece, into) => into.push(piece.text.startsWith(" ") ? piece : piece.prepend(" "));

/** Each byte as a character, which stands where its character stood. */
const writeBytes: Cut = (piece, into) => {
  const { text } = piece;
  into.push(
    piece.rewrite((rewriting) => {
      for (let at = 0; at < text.length; at += widthAt(text, at)) {
        rewriting.put(bytesAsCharacters(text.slice(at, at + widthAt(text, at))), at);
      }
    }),
  );
};

const GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

function findGpt2Words(): Find {
  const regex = translatePattern(GPT2_WORDS);
  return (text) => matchesOf(regex, text);
}

function metaspace(part: JsonPart): Cut[] {
  const replacement = part.character("replacement");
  const scheme = part.oneOf("prepend_scheme", ["always", "first", "never"], "always");
  if (part.has("add_prefix_space") && !part.flag("add_prefix_space") && scheme !== "never") {
    throw part.damaged(`add_prefix_space is false where prepend_scheme is ${scheme}`);
  }
  const write: Cut = (piece, into) => {
    const written =
      replacement.length === 1
        ? piece.withText(piece.text.replaceAll(" ", replacement))
        : replaceAll(piece, findSpace(piece.text), replacement);
    const isFirst = scheme === "always" || (scheme === "first" && written.start(0) === 0);
    into.push(isFirst && !written.text.startsWith(replacement) ? written.prepend(replacement) : written);
  };
  return part.flag("split", true) ? [write, split(findText(replacement), "MergedWithNext")] : [write];
}

const findSpace = findText(" ");

/** Every piece from one script's first character to the next one's; what comes before the first script is dropped, as in Python. */
const cutScripts: Cut = (piece, into) => {
  const { text } = piece;
  let last: number | undefined;
  let begin: number | undefined;
  for (let at = 0; at < text.length; at += widthAt(text, at)) {
    const script = mergedScriptOf(text.slice(at, at + widthAt(text, at)));
    if (script < 0) continue;
    if (script !== last) {
      if (begin !== undefined) into.push(piece.slice(begin, at));
      begin = at;
    }
    last = script;
  }
  if (begin !== undefined) into.push(piece.slice(begin, text.length));
};

function cutEvery(length: number, piece: AlignedText, into: AlignedText[]): void {
  const { text } = piece;
  for (let from = 0; from < text.length; ) {
    let to = from;
    for (let i = 0; i < length && to < text.length; i++) to += widthAt(text, to);
    into.push(piece.slice(from, to));
    from = to;
  }
}

/** Cuts where something is found; `isInverted`: where it is not. */
function split(find: Find, behavior: Behavior, isInverted = false): Cut {
  if (behavior === "Isolated") return (piece, into) => isolate(piece, find(piece.text), into);
  if (behavior === "Removed") {
    return (piece, into) => {
      const bounds = find(piece.text);
      if (isInverted) for (let i = 0; i < bounds.length; i += 2) into.push(piece.slice(bounds[i], bounds[i + 1]));
      else pushGaps(piece, bounds, into);
    };
  }
  return (piece, into) => {
    const segments = segmentsOf(find(piece.text), piece.text.length, isInverted);
    for (const { from, to } of MERGE[behavior](segments)) into.push(piece.slice(from, to));
  };
}

function isolate(piece: AlignedText, bounds: readonly number[], into: AlignedText[]): void {
  let last = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    if (bounds[i] > last) into.push(piece.slice(last, bounds[i]));
    last = bounds[i + 1];
    if (last > bounds[i]) into.push(piece.slice(bounds[i], last));
  }
  if (last < piece.text.length) into.push(piece.slice(last, piece.text.length));
}

function pushGaps(piece: AlignedText, bounds: readonly number[], into: AlignedText[]): void {
  let last = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    if (bounds[i] > last) into.push(piece.slice(last, bounds[i]));
    last = bounds[i + 1];
  }
  if (last < piece.text.length) into.push(piece.slice(last, piece.text.length));
}

/** A part of a text that was found, or that lies between two. */
interface Segment {
  from: number;
  to: number;
  isFound: boolean;
}

function segmentsOf(bounds: readonly number[], length: number, isInverted: boolean): Segment[] {
  const segments: Segment[] = [];
  let last = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    const [from, to] = [bounds[i], bounds[i + 1]];
    if (from > last) segments.push({ from: last, to: from, isFound: isInverted });
    segments.push({ from, to, isFound: !isInverted });
    last = to;
  }
  if (last < length) segments.push({ from: last, to: length, isFound: isInverted });
  return segments;
}

const MERGE: Record<Exclude<Behavior, "Isolated" | "Removed">, (segments: Segment[]) => Segment[]> = {
  Contiguous: (segments) => merged(segments, (segment, wasFound) => segment.isFound === wasFound),
  MergedWithPrevious: (segments) => merged(segments, (segment, wasFound) => segment.isFound && !wasFound),
  MergedWithNext: (segments) =>
    merged(segments.reverse(), (segment, wasFound) => segment.isFound && !wasFound).reverse(),
};

/** Segments of which some become one with the one before. */
function merged(segments: readonly Segment[], joins: (segment: Segment, wasFound: boolean) => boolean): Segment[] {
  const all: Segment[] = [];
  let wasFound = false;
  for (const segment of segments) {
    const last = all.at(-1);
    if (last && joins(segment, wasFound)) {
      last.from = Math.min(last.from, segment.from);
      last.to = Math.max(last.to, segment.to);
    } else {
      all.push({ ...segment });
    }
    wasFound = segment.isFound;
  }
  return all;
}
