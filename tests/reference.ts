/**
 * The plain twin of every kernel of the engine: float64, ordinary arrays, nothing padded, packed or fast. It is the
 * mathematics that assembly/ computes, in the same order of files, and what the kernels are compared with.
 *
 * Shapes: V words, D numbers a vector; a table is a list of V rows.
 */

// ------------------------------------------------------------------ vector.ts

/** (D,) */
export type Vector = number[];

/** x · y */
export function dot(x: Vector, y: Vector): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

/** y += a x */
export function axpy(a: number, x: Vector, y: Vector): void {
  for (let i = 0; i < x.length; i++) y[i] += a * x[i];
}

/** x *= a */
export function scale(a: number, x: Vector): void {
  for (let i = 0; i < x.length; i++) x[i] *= a;
}

/** |x| */
export function norm(x: Vector): number {
  return Math.sqrt(dot(x, x));
}

// ------------------------------------------------------------------ random.ts

/** x ← 25214903917 x + 11 modulo 2^48; each number is the upper 32 bits of x before the step. */
export class Lcg {
  constructor(public x: bigint) {}

  next(): number {
    const bits = Number(this.x >> 16n);
    this.x = (this.x * 25214903917n + 11n) % 2n ** 48n;
    return bits;
  }
}

/** x[k + 624] = x[k + 397] xor twist(the upper bit of x[k], the lower bits of x[k + 1]). See Matsumoto, Nishimura 1998. */
export class MersenneTwister {
  private readonly x: number[];

  constructor(seed: number) {
    this.x = [seed];
    for (let k = 1; k < 624; k++) {
      const last = this.x[k - 1];
      this.x.push((Math.imul(1812433253, last ^ (last >>> 30)) + k) >>> 0);
    }
  }

  /** 32 random bits */
  next(): number {
    const { x } = this;
    const k = x.length - 624;
    const joined = (x[k] & 0x80000000) | (x[k + 1] & 0x7fffffff);
    x.push((x[k + 397] ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0)) >>> 0);
    return temper(x[k + 624]);
  }

  /** An integer in [0, bound): as many random bits as bound - 1 has, drawn again until they are below it. */
  below(bound: number): number {
    if (bound === 1) return 0;
    const bits = 32 - Math.clz32(bound - 1);
    for (;;) {
      const value = this.next() % 2 ** bits;
      if (value < bound) return value;
    }
  }
}

function temper(y: number): number {
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return (y ^ (y >>> 18)) >>> 0;
}

/** s ← s m + increment modulo 2^128; each number is the halves' xor, rotated by the upper 6 bits. See O'Neill 2014. */
export class Pcg64 {
  private s: bigint;
  private readonly increment: bigint;

  constructor(seed: number) {
    const words = seedSequence(seed).map(BigInt);
    const number128 = (i: number) => (words[i + 1] << 96n) | (words[i] << 64n) | (words[i + 3] << 32n) | words[i + 2];
    this.increment = (number128(4) * 2n + 1n) % 2n ** 128n;
    this.s = (this.increment + number128(0)) % 2n ** 128n;
    this.step();
  }

  private step(): void {
    this.s = (this.s * 0x2360ed051fc65da44385df649fccf645n + this.increment) % 2n ** 128n;
  }

  /** 64 random bits */
  next(): bigint {
    this.step();
    const folded = (this.s >> 64n) ^ (this.s % 2n ** 64n);
    const turn = this.s >> 122n;
    return ((folded >> turn) | (folded << (64n - turn))) % 2n ** 64n;
  }
}

/** Eight words u32 from one. See O'Neill 2015, https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html */
function seedSequence(entropy: number): number[] {
  const spread = hasher(0x43b0d7e5, 0x931e8875);
  const pool = [entropy, 0, 0, 0].map(spread);
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) if (from !== to) pool[to] = mix(pool[to], spread(pool[from]));
  }
  const draw = hasher(0x8b51f9dd, 0x58f38ded);
  return [...pool, ...pool].map(draw);
}

/** A hash whose multiplier moves on with each value. */
function hasher(multiplier: number, factor: number): (value: number) => number {
  return (value) => {
    const before = multiplier;
    multiplier = Math.imul(multiplier, factor);
    const product = Math.imul(value ^ before, multiplier);
    return (product ^ (product >>> 16)) >>> 0;
  };
}

function mix(x: number, y: number): number {
  const mixed = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** (V, D) in [-1, 1) / D: 24 bits a number, from the lower and then the upper half of each 64. */
export function uniformRows(generator: Pcg64, size: number, dimension: number): Vector[] {
  const halves: bigint[] = [];
  const unit = () => {
    if (!halves.length) {
      const bits = generator.next();
      halves.push(bits % 2n ** 32n, bits >> 32n);
    }
    return Number((halves.shift() as bigint) >> 8n) / 2 ** 24;
  };
  return Array.from({ length: size }, () => Array.from({ length: dimension }, () => (unit() * 2 - 1) / dimension));
}

// ------------------------------------------------------------------ vocabulary.ts

/** How often each word was seen. A Map keeps the order of first sight, so the i-th entry has the id i. */
export function countWords(words: Iterable<string>, counts = new Map<string, number>()): Map<string, number> {
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The id of each word, undefined for one that was never seen. */
export function findWords(counts: Map<string, number>, words: string[]): (number | undefined)[] {
  const ids = new Map([...counts.keys()].map((word, id) => [word, id]));
  return words.map((word) => ids.get(word));
}

// ------------------------------------------------------------------ split.ts

/** What Python's str.split() takes for white space: JavaScript's \s has U+FEFF too, and lacks U+001C to U+001F, U+0085. */
const isSpace = (character: string) =>
  "\x1c\x1d\x1e\x1f\x85".includes(character) || (/\s/.test(character) && character !== "\ufeff");

/** The sentences of a text: the words of each line, in parts of at most `longest`; of the first `limit` lines. */
export function splitText(text: string, longest = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY) {
  const sentences: string[][] = [];
  for (const line of text.split("\n").slice(0, limit)) {
    let sentence: string[] = [];
    for (const word of splitWords(line)) {
      if (sentence.length === longest) sentence = [];
      if (!sentence.length) sentences.push(sentence);
      sentence.push(word);
    }
  }
  return sentences;
}

function splitWords(line: string): string[] {
  const words: string[] = [];
  let begins = true;
  for (const character of line) {
    if (isSpace(character)) begins = true;
    else if (begins) {
      words.push(character);
      begins = false;
    } else words[words.length - 1] += character;
  }
  return words;
}

// ------------------------------------------------------------------ noise.ts

/** (V,) the share that words 0 to i have of all counts^exponent, times 2^31 - 1. */
export function noiseTable(counts: number[], exponent: number): number[] {
  const powers = counts.map((count) => count ** exponent);
  const total = powers.reduce((sum, power) => sum + power, 0);
  let sum = 0;
  return powers.map((power) => {
    sum += power;
    return Math.round((sum / total) * (2 ** 31 - 1));
  });
}

/** The first word whose entry is not below the bits modulo the last entry. */
export function noiseWord(table: number[], bits: number): number {
  const wanted = bits % table[table.length - 1];
  return table.findIndex((entry) => entry >= wanted);
}

// ------------------------------------------------------------------ plan.ts

/** How many words a job keeps at most. */
const MOST_KEPT = 10000;

/** A word's id; undefined out of the vocabulary. */
export type Token = number | undefined;

export interface PlanOptions {
  /** (V,) a word is dropped where this is below 32 random bits; undefined where all are kept */
  sampling?: number[];
  window: number;
  shrinkWindows: boolean;
  /** how many noise words a step has */
  negative: number;
}

/** A word that is trained on, and how many words it looks to either side. */
export interface PlannedWord {
  word: number;
  span: number;
}

/** A job's sentences and the generator of its negatives; without sampling and negatives there is none. */
export interface Plan {
  sentences: PlannedWord[][];
  lcg?: Lcg;
}

/** Draws what is random in a job but the negatives: first its seed, then which words are kept, then their spans. */
export function plan(sentences: Token[][], options: PlanOptions, twister: MersenneTwister): Plan {
  const { sampling, window, shrinkWindows, negative } = options;
  const seed = () => BigInt(twister.below(2 ** 24)) * 2n ** 24n + BigInt(twister.below(2 ** 24));
  const lcg = negative || sampling ? new Lcg(seed()) : undefined;
  const keptWords: number[][] = [];
  let kept = 0;
  for (const sentence of sentences) {
    const words: number[] = [];
    for (const token of sentence) {
      if (token === undefined || kept === MOST_KEPT) continue;
      if (sampling && lcg && sampling[token] < lcg.next()) continue;
      words.push(token);
      kept++;
    }
    keptWords.push(words);
  }
  const span = () => window - (shrinkWindows ? twister.below(window) : 0);
  return { lcg, sentences: keptWords.map((words) => words.map((word) => ({ word, span: span() }))) };
}

// ------------------------------------------------------------------ step.ts

/** 1 / (1 + e^-x) */
export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** (1000) the sigmoid from -6 to 6 */
export const sigmoidTable = Array.from({ length: 1000 }, (_, i) => sigmoid(((i / 1000) * 2 - 1) * 6));

/** What the table says of x, |x| < 6. Its index is gensim's, whose 83 is 1000 / 12 without its remainder. */
export const tabulatedSigmoid = (x: number) => sigmoidTable[Math.floor((x + 6) * 83)];

/** A row that the hidden vector is compared with, and 1 where they should agree, 0 where not. */
export interface Output {
  row: Vector;
  label: number;
}

/**
 * One step of gradient descent on Σ -log σ(± hidden · row), + for label 1, one row after the other. Changes the rows.
 * A row whose logit lies outside (-6, 6) stays as it is.
 *
 * @returns error: what the hidden vector is to be corrected by, from the rows as they were; and the loss
 */
export function step(hidden: Vector, outputs: Output[], alpha: number): { error: Vector; loss: number } {
  const error = hidden.map(() => 0);
  let loss = 0;
  for (const { row, label } of outputs) {
    const logit = dot(hidden, row);
    if (Math.abs(logit) >= 6) continue;
    const gradient = alpha * (label - tabulatedSigmoid(logit));
    loss -= Math.log(tabulatedSigmoid(label ? logit : -logit));
    axpy(gradient, row, error);
    axpy(gradient, hidden, row);
  }
  return { error, loss };
}

// ------------------------------------------------------------------ reproduce.ts

/** What a job trains. */
export interface Model {
  /** (V, D) the word vectors */
  input: Vector[];
  /** (V, D) the words as outputs of negative sampling, `negative` noise words a step */
  output: Vector[];
  negative: number;
  /** (V,) */
  noise: number[];
  /** (V - 1, D) the inner nodes of the tree of hierarchical softmax; the path to each word; empty where there is none */
  nodes: Vector[];
  paths: { node: number; code: number }[][];
  sg: boolean;
  cbowMean: boolean;
}

/** Trains on a planned job, pair by pair (skip-gram) or word by word (CBOW). Changes the tables; returns the loss. */
export function trainJob(model: Model, { sentences, lcg }: Plan, alpha: number): number {
  let loss = 0;
  for (const sentence of sentences) {
    for (const [i, { word, span }] of sentence.entries()) {
      const near = sentence.filter((_, j) => j !== i && Math.abs(j - i) <= span);
      const context = near.map((other) => model.input[other.word]);
      const contexts = model.sg ? context.map((row) => [row]) : [context];
      for (const rows of contexts) loss += trainContext(model, rows, word, alpha, lcg);
    }
  }
  return loss;
}

/** Rows of the input table that together predict a word, by the tree and then by negative sampling. */
function trainContext(model: Model, rows: Vector[], word: number, alpha: number, lcg?: Lcg): number {
  const share = model.sg || rows.length < 2 ? 1 : 1 / rows.length;
  const predict = (outputs: Output[]) => {
    const hidden = model.input[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0));
    if (model.cbowMean) scale(share, hidden);
    const { error, loss } = step(hidden, outputs, alpha);
    for (const row of rows) axpy(model.cbowMean ? 1 : share, error, row);
    return loss;
  };
  const byTree = model.nodes.length ? predict(pathOutputs(model, word)) : 0;
  return byTree + (model.negative && lcg ? predict(sampledOutputs(model, word, lcg)) : 0);
}

/** The inner nodes on the way to a word; label 1 where the path turns left. */
function pathOutputs({ nodes, paths }: Model, word: number): Output[] {
  return paths[word].map(({ node, code }) => ({ row: nodes[node], label: 1 - code }));
}

/** The word and noise; a draw of the word itself is lost. */
function sampledOutputs({ output, noise, negative }: Model, word: number, lcg: Lcg): Output[] {
  const draws = Array.from({ length: negative }, () => noiseWord(noise, lcg.next()));
  const others = draws.filter((other) => other !== word);
  return [{ row: output[word], label: 1 }, ...others.map((other) => ({ row: output[other], label: 0 }))];
}

// ------------------------------------------------------------------ gather.ts

/** The rows of the ids, copied. */
export function gather(table: Vector[], ids: number[]): Vector[] {
  return ids.map((id) => [...table[id]]);
}

/** What a bfloat16 stands for. */
export const fromBfloat16 = (bits: number) => fromBits(bits, 8, 7);

/** What a float16 stands for. */
export const fromFloat16 = (bits: number) => fromBits(bits, 5, 10);

/** What 1 sign bit, the exponent's bits and the fraction's stand for. See IEEE 754-2019, 3.4. */
function fromBits(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> fractionBits) % 2 ** exponentBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent ? sign * 2 ** (exponent - bias) * (1 + fraction) : sign * 2 ** (1 - bias) * fraction;
}

// ------------------------------------------------------------------ search.ts

/** (V,) the length of each row */
export const norms = (table: Vector[]) => table.map(norm);

/** (V,) query · row / |row|; 0 for a row of zeros */
export function scores(query: Vector, table: Vector[]): number[] {
  return table.map((row) => (norm(row) ? dot(query, row) / norm(row) : 0));
}

/** The indices of the best scores, the best first; equal ones in the order of their indices. */
export function topIndices(all: ArrayLike<number>, limit: number): number[] {
  const indices = Array.from(all, (_, i) => i);
  return indices.sort((a, b) => all[b] - all[a] || a - b).slice(0, limit);
}
