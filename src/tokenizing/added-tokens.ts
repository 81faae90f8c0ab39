/** Tokens that are found in a text before anything else is done with it: <|im_start|>, [MASK]. */

import { type AlignedText, widthAt } from "./aligned-text.ts";
import { WHITE_SPACE, WORD } from "./characters.ts";

export interface AddedToken {
  id: number;
  content: string;
  /** only where no letter is beside it */
  singleWord: boolean;
  /** with the white space before it */
  lstrip: boolean;
  /** with the white space behind it */
  rstrip: boolean;
  /** found in the normalized text, and as the normalizer writes it */
  normalized: boolean;
  /** not part of a decoded text, where special tokens are skipped */
  special: boolean;
}

/** A part of a text, which is a token or not. */
export interface Found {
  text: AlignedText;
  token?: AddedToken;
}

interface Branch {
  next: Map<string, Branch>;
  token?: AddedToken;
}

/** Finds tokens: the one that begins first, of these the longest. */
export class TokenFinder {
  private readonly root: Branch = { next: new Map() };
  private readonly begin: RegExp | undefined;

  /** @param tokens each with the text that stands for it */
  constructor(tokens: Iterable<readonly [content: string, token: AddedToken]>) {
    for (const [content, token] of tokens) {
      let branch = this.root;
      for (const unit of content.split("")) {
        let next = branch.next.get(unit);
        if (!next) {
          next = { next: new Map() };
          branch.next.set(unit, next);
        }
        branch = next;
      }
      if (content !== "") branch.token = token;
    }
    const units = Array.from(this.root.next.keys(), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
    this.begin = units.length ? new RegExp(`[${units.join("")}]`, "g") : undefined;
  }

  /** The text in parts, in their order. */
  split(text: AlignedText): Found[] {
    if (!this.begin) return [{ text }];
    const found: Found[] = [];
    let last = 0;
    for (const { begin, end, token } of this.matches(text.text)) {
      const bounds = boundsOf(text.text, begin, end, token);
      if (!bounds) continue;
      const from = Math.max(bounds[0], token.lstrip ? last : 0);
      if (from >= bounds[1]) continue;
      if (last < from) found.push({ text: text.slice(last, from) });
      found.push({ text: text.slice(from, bounds[1]), token });
      last = bounds[1];
    }
    if (last < text.text.length) found.push({ text: text.slice(last, text.text.length) });
    return found;
  }

  private *matches(text: string): Generator<{ begin: number; end: number; token: AddedToken }> {
    const beginning = this.begin as RegExp;
    for (let at = 0; ; ) {
      beginning.lastIndex = at;
      const begin = beginning.exec(text)?.index;
      if (begin === undefined) return;
      const longest = this.longestAt(text, begin);
      if (longest) yield { begin, ...longest };
      at = longest?.end ?? begin + 1;
    }
  }

  private longestAt(text: string, begin: number): { end: number; token: AddedToken } | undefined {
    let longest: { end: number; token: AddedToken } | undefined;
    let branch: Branch | undefined = this.root;
    for (let at = begin; at < text.length; ) {
      branch = branch.next.get(text[at++]);
      if (!branch) break;
      if (branch.token) longest = { end: at, token: branch.token };
    }
    return longest;
  }
}

const SPACE = new RegExp(`[${WHITE_SPACE}]`, "u");
const LETTER = new RegExp(`[${WORD}]`, "u");

/** Where a token begins and ends with the white space that is its own; undefined where it must be a word and is none. */
function boundsOf(text: string, begin: number, end: number, token: AddedToken): [from: number, to: number] | undefined {
  if (token.singleWord && (LETTER.test(characterBefore(text, begin)) || LETTER.test(characterAt(text, end)))) {
    return undefined;
  }
  let [from, to] = [begin, end];
  if (token.lstrip) while (from > 0 && SPACE.test(text[from - 1])) from--;
  if (token.rstrip) while (to < text.length && SPACE.test(text[to])) to++;
  return [from, to];
}

const characterAt = (text: string, at: number) => text.slice(at, at + widthAt(text, at));
const characterBefore = (text: string, at: number) => /.?$/su.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? "";
