/** Vectors of words out of their n-grams of characters, so that unknown words have one too. */

/** What of a model makes vectors of words. */
export interface SubwordParts {
  /** D */
  width: number;
  /** the shortest and the longest n-gram, in characters */
  minn: number;
  maxn: number;
  /** how many numbers n-grams are hashed to; 0 where there are none */
  buckets: number;
  /** Adds the vector of a bucket to a sum (D,). Returns whether the bucket has one; those of pruned files may lack it. */
  addTo(sum: Float32Array, bucket: number): boolean;
  /** whether bytes from 128 on are hashed as they are, as gensim did before 3.7; by default as fastText does, minus 256 */
  unsignedBytes?: boolean;
}

const encoder = new TextEncoder();
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;

/** What fastText puts at the end of each line: it has no n-grams. */
const LINE_END = "</s>";

/** The subword part of a fastText model. */
export class Subwords {
  constructor(private readonly parts: SubwordParts) {}

  /** D */
  get width(): number {
    return this.parts.width;
  }

  /** The vector of a word, (D,): the mean of its n-grams'; zeros where it has none. */
  vector(word: string): Float32Array<ArrayBuffer> {
    const sum = new Float32Array(this.parts.width);
    const count = word === LINE_END ? 0 : this.addTo(sum, encoder.encode(word));
    if (count) scale(sum, 1 / count);
    return sum;
  }

  /** Makes the vector of a word (D,) that has one of its own: the mean of this and of its n-grams'. */
  mix(own: Float32Array, word: Uint8Array): void {
    scale(own, 1 / (1 + (isLineEnd(word) ? 0 : this.addTo(own, word))));
  }

  /** Adds the vectors of a word's n-grams to a sum; returns how many. */
  private addTo(sum: Float32Array, word: Uint8Array): number {
    let count = 0;
    for (const bucket of ngramBuckets(word, this.parts)) count += Number(this.parts.addTo(sum, bucket));
    return count;
  }
}

function scale(vector: Float32Array, factor: number): void {
  const rounded = Math.fround(factor);
  for (let i = 0; i < vector.length; i++) vector[i] *= rounded;
}

const isLineEnd = (word: Uint8Array) =>
  word.length === LINE_END.length && word.every((byte, i) => byte === LINE_END.charCodeAt(i));

/**
 * The buckets of the n-grams of `<word>`: of minn to maxn characters, which begin at a byte that is none of UTF-8's later
 * ones; the marks at either end are none by themselves.
 *
 * @see Bojanowski et al. 2017, https://arxiv.org/abs/1607.04606
 */
function* ngramBuckets(
  word: Uint8Array,
  { minn, maxn, buckets, unsignedBytes = false }: Omit<SubwordParts, "addTo" | "width">,
): Generator<number> {
  if (!buckets) return;
  const bytes = new Uint8Array(word.length + 2);
  bytes[0] = LESS_THAN;
  bytes.set(word, 1);
  bytes[word.length + 1] = GREATER_THAN;
  const isLater = (at: number) => (bytes[at] & 0xc0) === 0x80;
  for (let begin = 0; begin < bytes.length; begin++) {
    if (isLater(begin)) continue;
    let hash = FNV_OFFSET;
    for (let end = begin, n = 1; end < bytes.length && n <= maxn; n++) {
      do hash = hashed(hash, bytes[end++], unsignedBytes);
      while (end < bytes.length && isLater(end));
      if (n >= minn && !(n === 1 && (begin === 0 || end === bytes.length))) yield (hash >>> 0) % buckets;
    }
  }
}

const FNV_OFFSET = 2166136261;

/** FNV-1a of 32 bits, whose bytes are signed in fastText. See http://www.isthe.com/chongo/tech/comp/fnv */
const hashed = (hash: number, byte: number, unsignedBytes: boolean) =>
  Math.imul(hash ^ (unsignedBytes ? byte : (byte << 24) >> 24), 16777619);
