/**
 * The n-grams of words and their buckets, as fastText makes vectors of them, and as gensim did before it followed.
 *
 * @see Bojanowski et al. 2017, https://arxiv.org/abs/1607.04606
 */

/** How long n-grams are, in characters. */
export interface NgramRange {
  readonly minn: number;
  readonly maxn: number;
}

const encoder = new TextEncoder();

const FNV_OFFSET = 2166136261;
const FNV_PRIME = 16777619;

/** FNV-1a of bytes, each with its sign, as fastText has it; 0 to 2^32 - 1. */
export function hashBytes(bytes: Uint8Array, begin: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ ((bytes[i] << 24) >> 24), FNV_PRIME);
  return hash >>> 0;
}

/** Whether a byte goes on with a character that began before it. */
const isContinuation = (byte: number) => (byte & 0xc0) === 0x80;

/**
 * The hashes of a word's n-grams: of those of `<word>`, in UTF-8, but for the single characters at either end.
 *
 * @param word its text, or its bytes, which may be no UTF-8
 */
export function ngramHashes(word: string | Uint8Array, { minn, maxn }: NgramRange): number[] {
  const inner = typeof word === "string" ? encoder.encode(word) : word;
  const bytes = new Uint8Array(inner.length + 2);
  bytes[0] = "<".charCodeAt(0);
  bytes.set(inner, 1);
  bytes[bytes.length - 1] = ">".charCodeAt(0);
  const hashes: number[] = [];
  for (let begin = 0; begin < bytes.length; begin++) {
    if (isContinuation(bytes[begin])) continue;
    let end = begin;
    for (let n = 1; n <= maxn && end < bytes.length; n++) {
      end++;
      while (end < bytes.length && isContinuation(bytes[end])) end++;
      const isEdge = n === 1 && (begin === 0 || end === bytes.length);
      if (n >= minn && !isEdge) hashes.push(hashBytes(bytes, begin, end));
    }
  }
  return hashes;
}

/** The n-grams of `<word>` as texts, the shortest first: what gensim took before 3.7. */
export function ngramTexts(word: string, { minn, maxn }: NgramRange): string[] {
  const characters = ["<", ...word, ">"];
  const texts: string[] = [];
  for (let n = Math.max(1, minn); n <= Math.min(maxn, characters.length); n++) {
    for (let begin = 0; begin + n <= characters.length; begin++)
      texts.push(characters.slice(begin, begin + n).join(""));
  }
  return texts;
}

/** FNV-1a of a text's code points: gensim's hash before 3.7, which differs beyond ASCII. */
export function hashCharacters(text: string): number {
  let hash = FNV_OFFSET;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) as number), FNV_PRIME);
  return hash >>> 0;
}
