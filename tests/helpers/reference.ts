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

const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

/** 64 bits from 64 others, each of which turns about half of them. */
function mix64(z: bigint): bigint {
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) % 2n ** 64n;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) % 2n ** 64n;
  return z ^ (z >> 31n);
}

/** x ← x + γ modulo 2^64; each number is x, mixed. See Steele, Lea and Flood 2014. */
export class SplitMix64 {
  constructor(public x: bigint) {}

  /** The generator of a job: its number, mixed with the run's seed and epoch. */
  static ofJob(seed: number, epoch: number, job: number): SplitMix64 {
    const run = new SplitMix64(BigInt(seed) * 2n ** 32n + BigInt(epoch)).next();
    return new SplitMix64(mix64((run + BigInt(job + 1) * GOLDEN_GAMMA) % 2n ** 64n));
  }

  /** 64 random bits */
  next(): bigint {
    this.x = (this.x + GOLDEN_GAMMA) % 2n ** 64n;
    return mix64(this.x);
  }
}

/** An integer in [0, bound), from the upper 32 of 64 random bits. */
export const scaled = (bits: bigint, bound: number) => Number(((bits >> 32n) * BigInt(bound)) >> 32n);

/** The lower 32 of 64 random bits. */
const lower = (bits: bigint) => Number(bits % 2n ** 32n);

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

/** A column of an alias table: `share` of it, in 2^-32, is the word's own, the rest its alias's. */
export interface AliasColumn {
  share: number;
  alias: number;
}

/**
 * (V,) a column for each word, as high as the mean of all counts^exponent; who needs less than one is filled up by who
 * needs more. See Vose 1991.
 */
export function aliasTable(counts: number[], exponent: number): AliasColumn[] {
  const powers = counts.map((count) => count ** exponent);
  const total = powers.reduce((sum, power) => sum + power, 0);
  const heights = powers.map((power) => (power / total) * counts.length);
  const table = heights.map((_, word) => ({ share: 2 ** 32 - 1, alias: word }));
  const words = [...heights.keys()];
  const low = words.filter((word) => heights[word] < 1);
  const high = words.filter((word) => heights[word] >= 1);
  while (low.length && high.length) {
    const poor = low.pop() as number;
    const rich = high[high.length - 1];
    table[poor] = { share: Math.floor(heights[poor] * 2 ** 32), alias: rich };
    heights[rich] -= 1 - heights[poor];
    if (heights[rich] < 1) low.push(high.pop() as number);
  }
  return table;
}

/** The word of a column drawn at random, or its alias. */
export function drawNoise(table: AliasColumn[], generator: SplitMix64): number {
  const bits = generator.next();
  const word = scaled(bits, table.length);
  return lower(bits) < table[word].share ? word : table[word].alias;
}

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

/** A word's id; undefined out of the vocabulary. */
export type Token = number | undefined;

export interface PlanOptions {
  /** (V,) a word is dropped where this is below 32 random bits; undefined where all are kept */
  sampling?: number[];
  window: number;
  shrinkWindows: boolean;
}

/** A word that is trained on, and how many words it looks to either side. */
export interface PlannedWord {
  word: number;
  span: number;
}

/** Draws which words of a job are kept, and how far each looks. */
export function plan(sentences: Token[][], options: PlanOptions, generator: SplitMix64): PlannedWord[][] {
  const { sampling, window, shrinkWindows } = options;
  const planned = (word: Token) => {
    if (word === undefined) return [];
    const bits = generator.next();
    if (sampling && sampling[word] < lower(bits)) return [];
    return [{ word, span: shrinkWindows ? 1 + scaled(bits, window) : window }];
  };
  return sentences.map((sentence) => sentence.flatMap(planned));
}

// ------------------------------------------------------------------ step.ts

/** 1 / (1 + e^-x) */
export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** A row that predicts, how often it does, and (O,) how much of that speaks for each output. */
export interface StepInput {
  row: Vector;
  uses: number;
  positives: number[];
}

/** A row that is predicted, and how much each use of an input that does not speak for it speaks against it. */
export interface StepOutput {
  row: Vector;
  noise: number;
}

/**
 * One step of gradient descent on Σ -P log σ(x) - N log σ(-x) over all pairs: x is the rows' product, P what speaks for
 * the pair, N what speaks against it. Moves the outputs, and adds to `errors`, (I, D), what the inputs are to be corrected
 * by: these may be the inputs' own rows. The inputs come in parts, some of them several times for a share of their uses.
 * Each use of an input also moves it by alpha times the excess, where its part comes once.
 */
export function step(
  inputs: StepInput[],
  outputs: StepOutput[],
  alpha: number,
  errors: Vector[],
  excess: Vector = [],
): void {
  for (const { from, to, repeats, share } of partsOf(inputs, outputs, alpha)) {
    const part = inputs.slice(from, to).map(({ row, uses, positives }) => ({
      row,
      uses: uses * share,
      positives: positives.map((positive) => positive * share),
    }));
    for (let n = 0; n < repeats; n++) {
      for (const [i, error] of stepPart(part, outputs, alpha).entries()) {
        if (repeats === 1) axpy(alpha * part[i].uses, excess, error);
        axpy(1, error, errors[from + i]);
      }
    }
  }
}

/** As many pairs of inputs as go no further together than an output may, and by themselves no further than they may. */
function* partsOf(inputs: StepInput[], outputs: StepOutput[], alpha: number) {
  const maxTotal = 1 / (alpha * Math.max(1, ...outputs.map(({ noise }) => noise)));
  const maxUses = 1 / (alpha * outputs.reduce((sum, { noise }) => sum + noise, 0));
  const usesOf = (begin: number, end: number) => inputs.slice(begin, end).map(({ uses }) => uses);
  const total = (begin: number, end: number) => usesOf(begin, end).reduce((sum, uses) => sum + uses, 0);
  for (let from = 0, to = 2; from < inputs.length; from = to, to += 2) {
    while (to < inputs.length && total(from, to + 2) <= maxTotal && Math.max(...usesOf(from, to + 2)) <= maxUses)
      to += 2;
    const steps = Math.max(1, total(from, to) / maxTotal, Math.max(...usesOf(from, to)) / maxUses);
    const repeats = Math.min(100, Math.ceil(steps));
    yield { from, to, repeats, share: 1 / Math.max(repeats, steps) };
  }
}

/**
 * All gradients are those of the rows as they were. (The engine moves them tile by tile, which differs by products of two
 * gradients.) Returns (I, D) what the inputs are to be corrected by.
 */
function stepPart(inputs: StepInput[], outputs: StepOutput[], alpha: number): Vector[] {
  const gradients = inputs.map(({ row, uses, positives }) =>
    outputs.map((output, o) => {
      const negatives = output.noise * (uses - positives[o]);
      return alpha * (positives[o] - (positives[o] + negatives) * sigmoid(dot(row, output.row)));
    }),
  );
  const errors = inputs.map(({ row }) => row.map(() => 0));
  for (const [i, error] of errors.entries()) {
    for (const [o, output] of outputs.entries()) axpy(gradients[i][o], output.row, error);
  }
  for (const [o, output] of outputs.entries()) {
    for (const [i, { row }] of inputs.entries()) axpy(gradients[i][o], row, output.row);
  }
  return errors;
}

// ------------------------------------------------------------------ train.ts

/** What every discipline trains. */
export interface Tables {
  /** (V, D) the word vectors */
  input: Vector[];
  /** (V, D) the words as outputs of negative sampling; empty where there is none */
  output: Vector[];
  /** (V - 1, D) the inner nodes of the tree of hierarchical softmax; the path to each word; empty where there is none */
  nodes: Vector[];
  paths: { node: number; code: number }[][];
  sg: boolean;
  cbowMean: boolean;
}

export interface Model extends Tables {
  noise: AliasColumn[];
  /** how many noise words a block draws, and how much each counts */
  draws: number;
  drawWeight: number;
}

/** How many centre words make a block. */
const BLOCK = 4;

/** (B,) how often a word is context of each centre of a block */
type Counts = number[];

/** Up to four neighbouring words of a sentence, and how often each word around them is context of each. */
interface Block {
  centers: number[];
  contexts: Map<number, Counts>;
}

/** Of how many blocks' noise words the mean row is that a job begins with, and of how many it is later. */
const FIRST_BLOCKS = 128;
const MEAN_BLOCKS = 512;

/** The noise words of a job, block by block, and what they bring by chance. */
export class NoiseWords {
  private readonly first: number[][] = [];
  private readonly mean: Vector;

  constructor(
    private readonly model: Model,
    private readonly generator: SplitMix64,
  ) {
    const blocks = Math.min(FIRST_BLOCKS, Math.ceil(4096 / model.draws));
    for (let block = 0; block < blocks; block++) this.first.push(this.draw());
    this.mean = this.meanOf(this.first.flat());
  }

  /**
   * The noise words of the next block, and their excess: how far their rows are beyond the running mean row, times
   * `negative`, with the share of pairs that are no noise, 1 / (1 + negative), in the place of each pair's sigmoid.
   */
  next(): { words: number[]; excess: Vector } {
    const { draws, drawWeight, output } = this.model;
    const words = this.first.shift() ?? this.draw();
    const rate = Math.max(1 / MEAN_BLOCKS, Math.min(1, draws / output.length));
    const beyond = this.meanOf(words).map((value, d) => value - this.mean[d]);
    axpy(rate, beyond, this.mean);
    const negative = draws * drawWeight;
    return { words, excess: beyond.map((value) => ((1 - rate) * negative * value) / (1 + negative)) };
  }

  private draw(): number[] {
    return Array.from({ length: this.model.draws }, () => drawNoise(this.model.noise, this.generator));
  }

  private meanOf(words: number[]): Vector {
    const mean = this.model.output[0].map(() => 0);
    for (const word of words) axpy(1 / words.length, this.model.output[word], mean);
    return mean;
  }
}

/** Trains on a planned job, block by block. Changes the tables. */
export function trainJob(model: Model, sentences: PlannedWord[][], generator: SplitMix64, alpha: number): void {
  let noise: NoiseWords | undefined;
  for (const sentence of sentences) {
    if (sentence.length < 2) continue;
    const words = isLong(model, alpha) ? 1 : BLOCK;
    for (let begin = 0; begin < sentence.length; begin += words) {
      const block = blockAt(sentence, begin, words);
      if (model.output.length) noise ??= new NoiseWords(model, generator);
      if (model.sg) trainSkipGram(model, block, noise, alpha);
      else if (isLong(model, alpha)) trainAlone(model, block, noise, alpha);
      else trainCbow(model, block, noise, alpha);
    }
  }
}

/** How many uses the most frequent word has in a block, in the mean: what jobs are told here. */
export const HOT_USES = 8;

/** Whether a block's errors could move a CBOW context's word by more than four alphas' pairs, of which there are eight or more. */
function isLong({ sg, nodes, input, draws, drawWeight }: Model, alpha: number): boolean {
  const pairs = 1 + (nodes.length ? 32 - Math.clz32(input.length) : 0) + draws * drawWeight;
  return !sg && alpha * Math.max(BLOCK, HOT_USES) * Math.max(8, pairs) > 4;
}

function blockAt(sentence: PlannedWord[], begin: number, words: number): Block {
  const centers = sentence.slice(begin, begin + words);
  const contexts = new Map<number, Counts>();
  for (const [c, { span }] of centers.entries()) {
    const middle = begin + c;
    const near = sentence.filter((_, i) => i !== middle && Math.abs(i - middle) <= span);
    for (const { word } of near) {
      const counts = contexts.get(word) ?? centers.map(() => 0);
      counts[c]++;
      contexts.set(word, counts);
    }
  }
  return { centers: centers.map(({ word }) => word), contexts };
}

/** Each word of a context predicts the centre: by the tree centre by centre, by negative sampling all at once. */
function trainSkipGram(model: Model, { centers, contexts }: Block, noise: NoiseWords | undefined, alpha: number): void {
  const rows = [...contexts.keys()].map((word) => model.input[word]);
  const counts = [...contexts.values()];
  const predict = ([inputs, outputs]: [StepInput[], StepOutput[]], excess?: Vector) => {
    const errors = inputs.map(({ row }) => row);
    step(inputs, outputs, alpha, errors, excess);
  };
  if (model.nodes.length) {
    for (const [c, center] of centers.entries()) {
      const uses = rows.map((row, i) => ({ row, uses: counts[i][c] })).filter((input) => input.uses);
      predict(againstPath(model, uses, center));
    }
  }
  if (noise) {
    const { words, excess } = noise.next();
    const uses = rows.map((row, i) => ({
      row,
      uses: counts[i].reduce((sum, count) => sum + count),
      counts: counts[i],
    }));
    predict(againstNoise(model, uses, centers, words), excess);
  }
}

/** How many words the context of centre c has. */
const lengthOf = (contexts: Block["contexts"], c: number) =>
  [...contexts.values()].reduce((sum, counts) => sum + counts[c], 0);

/** The mean or the sum of the context of centre c. */
function hiddenOf({ input, cbowMean }: Model, contexts: Block["contexts"], c: number): Vector {
  const row = input[0].map(() => 0);
  for (const [word, counts] of contexts) axpy(counts[c] / (cbowMean ? lengthOf(contexts, c) : 1), input[word], row);
  return row;
}

/**
 * One word whose context's mean or sum is moved by each step, without the excess; the context's words then move, each for
 * each of its uses, so that their mean or sum is where it went.
 */
function trainAlone(model: Model, { centers, contexts }: Block, noise: NoiseWords | undefined, alpha: number): void {
  const row = hiddenOf(model, contexts, 0);
  const before = [...row];
  if (model.nodes.length) step(...againstPath(model, [{ row, uses: 1 }], centers[0]), alpha, [row]);
  if (noise) {
    const uses = [{ row, uses: 1, counts: [1] }];
    step(...againstNoise(model, uses, centers, noise.next().words), alpha, [row]);
  }
  const squares = [...contexts.values()].reduce((sum, [count]) => sum + count ** 2, 0);
  const share = (model.cbowMean ? lengthOf(contexts, 0) : 1) / squares;
  const moved = row.map((value, d) => value - before[d]);
  for (const [word, [count]] of contexts) axpy(count * share, moved, model.input[word]);
}

/** The mean or the sum of a context predicts the centre; its words share the correction, or each gets all of a mean's. */
function trainCbow(model: Model, { centers, contexts }: Block, noise: NoiseWords | undefined, alpha: number): void {
  const lengths = centers.map((_, c) => lengthOf(contexts, c));
  const hidden = centers.map((_, c) => hiddenOf(model, contexts, c));
  const errors = hidden.map((row) => row.map(() => 0));
  if (model.nodes.length) {
    for (const [c, center] of centers.entries()) {
      step(...againstPath(model, [{ row: hidden[c], uses: 1 }], center), alpha, [errors[c]]);
    }
  }
  if (noise) {
    const { words, excess } = noise.next();
    const uses = hidden.map((row, c) => ({ row, uses: 1, counts: centers.map((_, other) => Number(other === c)) }));
    step(...againstNoise(model, uses, centers, words), alpha, errors, excess);
  }
  for (const [word, counts] of contexts) {
    for (const [c, error] of errors.entries()) {
      axpy(counts[c] / (model.cbowMean ? 1 : lengths[c]), error, model.input[word]);
    }
  }
}

type Uses = Omit<StepInput, "positives">;

/** The nodes from the root to a word: every use speaks for one where the path turns left, against it where right. */
function againstPath({ nodes, paths }: Model, uses: Uses[], word: number): [StepInput[], StepOutput[]] {
  const outputs = paths[word].map(({ node }) => ({ row: nodes[node], noise: 1 }));
  const positives = (count: number) => paths[word].map(({ code }) => (code ? 0 : count));
  return [uses.map((input) => ({ ...input, positives: positives(input.uses) })), outputs];
}

/**
 * The centres and the noise words, each once. An input speaks for a centre as often as it is its context (`counts`); a
 * noise word that is a centre of the block speaks against it only with the inputs' other uses.
 */
function againstNoise(
  { output, drawWeight }: Model,
  uses: (Uses & { counts: Counts })[],
  centers: number[],
  noise: number[],
): [StepInput[], StepOutput[]] {
  const weights = new Map(centers.map((center) => [center, 0]));
  for (const word of noise) weights.set(word, (weights.get(word) ?? 0) + drawWeight);
  const positives = (counts: Counts) =>
    [...weights.keys()].map((word) => counts.reduce((sum, count, c) => sum + (centers[c] === word ? count : 0), 0));
  return [
    uses.map((input) => ({ ...input, positives: positives(input.counts) })),
    [...weights].map(([word, weight]) => ({ row: output[word], noise: weight })),
  ];
}

// ------------------------------------------------------------------ reproduce.ts

/** How many words a job keeps at most. */
const MOST_KEPT = 10000;

export interface ReproducedPlanOptions extends PlanOptions {
  /** how many noise words a step has */
  negative: number;
}

/** A job's sentences and the generator of its negatives; without sampling and negatives there is none. */
export interface ReproducedPlan {
  sentences: PlannedWord[][];
  lcg?: Lcg;
}

/** Draws what is random in a job but the negatives: first its seed, then which words are kept, then their spans. */
export function reproducePlan(
  sentences: Token[][],
  options: ReproducedPlanOptions,
  twister: MersenneTwister,
): ReproducedPlan {
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
export function pairStep(hidden: Vector, outputs: Output[], alpha: number): { error: Vector; loss: number } {
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

/** What a job trains. */
export interface ReproducedModel extends Tables {
  /** (V,) */
  noise: number[];
  /** noise words a step */
  negative: number;
}

/** Trains on a planned job, pair by pair (skip-gram) or word by word (CBOW). Changes the tables; returns the loss. */
export function reproduceJob(model: ReproducedModel, { sentences, lcg }: ReproducedPlan, alpha: number): number {
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
function trainContext(model: ReproducedModel, rows: Vector[], word: number, alpha: number, lcg?: Lcg): number {
  const share = model.sg || rows.length < 2 ? 1 : 1 / rows.length;
  const predict = (outputs: Output[]) => {
    const hidden = model.input[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0));
    if (model.cbowMean) scale(share, hidden);
    const { error, loss } = pairStep(hidden, outputs, alpha);
    for (const row of rows) axpy(model.cbowMean ? 1 : share, error, row);
    return loss;
  };
  const byTree = model.nodes.length ? predict(pathOutputs(model, word)) : 0;
  return byTree + (model.negative && lcg ? predict(sampledOutputs(model, word, lcg)) : 0);
}

/** The inner nodes on the way to a word; label 1 where the path turns left. */
function pathOutputs({ nodes, paths }: ReproducedModel, word: number): Output[] {
  return paths[word].map(({ node, code }) => ({ row: nodes[node], label: 1 - code }));
}

/** The word and noise; a draw of the word itself is lost. */
function sampledOutputs({ output, noise, negative }: ReproducedModel, word: number, lcg: Lcg): Output[] {
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

/** What whole numbers times a scale stand for. */
export const fromInt8 = (whole: number[], scale: number) => whole.map((number) => number * scale);

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

/** For each query the rows with the best scores, the best first; equal ones in the order of their indices. */
export function nearest(queries: Vector[], table: Vector[], limit: number): number[][] {
  return queries.map((query) => topIndices(scores(query, table), limit));
}

/** x · y / |x| |y|; 0 where one is zero */
export function cosine(x: Vector, y: Vector): number {
  return scores(x, [y])[0] && scores(x, [y])[0] / norm(x);
}

/** (V,) 3CosMul: the product of (1 + cosine) / 2 with each positive vector, divided by that with each negative one */
export function cosmul(positive: Vector[], negative: Vector[], table: Vector[]): number[] {
  const product = (vectors: Vector[], row: Vector) => vectors.reduce((all, x) => (all * (1 + cosine(x, row))) / 2, 1);
  return table.map((row) => product(positive, row) / (product(negative, row) + 1e-6));
}

// ------------------------------------------------------------------ int8.ts

/** A row as whole numbers from -most to most times a scale, and the length of what that leaves of it. */
export function quantizeRow(row: Vector, most = 127): { whole: number[]; scale: number; left: number } {
  const scale = Math.max(...row.map(Math.abs)) / most;
  const whole = row.map((x) => (scale ? Math.round(x / scale) : 0));
  return { whole, scale, left: norm(row.map((x, d) => x - scale * whole[d])) };
}

// ------------------------------------------------------------------ distance.ts

/** |x - y|; of x / |x| and y / |y| where `unit` is set, a vector of zeros staying one */
export function distance(x: Vector, y: Vector, unit: boolean): number {
  const [a, b] = [x, y].map((vector) => vector.map((value) => (unit && norm(vector) ? value / norm(vector) : value)));
  return norm(a.map((value, i) => value - b[i]));
}

// ------------------------------------------------------------------ analogy.ts

/** The first row of the best score that is not left out, from the cosines (V,) of all rows with a, b and c. */
export function answer(
  a: Vector,
  b: Vector,
  c: Vector,
  multiplicative: boolean,
  isLeftOut: (row: number) => boolean,
): number | undefined {
  const score = (row: number) =>
    multiplicative ? (((1 + b[row]) / 2) * ((1 + c[row]) / 2)) / ((1 + a[row]) / 2 + 1e-6) : b[row] + c[row] - a[row];
  return topIndices(
    a.map((_, row) => score(row)),
    a.length,
  ).find((row) => !isLeftOut(row));
}

// ------------------------------------------------------------------ predict.ts

/** (V,) softmax(hidden · row) */
export function probabilities(hidden: Vector, table: Vector[]): Vector {
  const powers = table.map((row) => Math.exp(dot(hidden, row)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

// ------------------------------------------------------------------ score.ts

/** The log-probability of a sentence by the tree: of each word from each context word, or from all of them. */
export function scoreSentence(model: ReproducedModel, words: number[], window: number): number {
  let score = 0;
  for (const [i, word] of words.entries()) {
    const near = words.filter((_, j) => j !== i && Math.abs(j - i) <= window).map((other) => model.input[other]);
    for (const rows of model.sg ? near.map((row) => [row]) : [near]) {
      const hidden = model.input[0].map((_, d) => rows.reduce((sum, row) => sum + row[d], 0));
      if (!model.sg && model.cbowMean && rows.length) scale(1 / rows.length, hidden);
      for (const { row, label } of pathOutputs(model, word)) {
        const logit = label ? dot(hidden, row) : -dot(hidden, row);
        if (Math.abs(logit) < 6) score += Math.log(tabulatedSigmoid(logit));
      }
    }
  }
  return score;
}

// ------------------------------------------------------------------ earth-mover.ts

/** The least cost of moving unit by unit: each in turn takes the cheapest way, back along earlier ways if need be. */
export function earthMoverCost(supply: number[], demand: number[], cost: (i: number, j: number) => number): number {
  const nodes = supply.length + demand.length;
  const flow = supply.map(() => demand.map(() => 0));
  const left = [...supply, ...demand];
  let total = 0;
  while (left.slice(0, supply.length).some((amount) => amount > 0)) {
    // Bellman and Ford: the cheapest way to each node from any source that has something left
    const price = left.map((amount, node) => (node < supply.length && amount > 0 ? 0 : Number.POSITIVE_INFINITY));
    const from: number[] = left.map(() => -1);
    for (let round = 0; round < nodes; round++) {
      for (const [i, row] of flow.entries()) {
        for (const [j, amount] of row.entries()) {
          const sink = supply.length + j;
          if (price[i] + cost(i, j) < price[sink] - 1e-12) [price[sink], from[sink]] = [price[i] + cost(i, j), i];
          if (amount && price[sink] - cost(i, j) < price[i] - 1e-12) {
            [price[i], from[i]] = [price[sink] - cost(i, j), sink];
          }
        }
      }
    }
    const open = left.flatMap((amount, node) => (node >= supply.length && amount > 0 ? [node] : []));
    let node = open.reduce((a, b) => (price[b] < price[a] ? b : a));
    total += price[node];
    left[node]--;
    for (; from[node] >= 0; node = from[node]) {
      if (node >= supply.length) flow[from[node]][node - supply.length]++;
      else flow[node][from[node] - supply.length]--;
    }
    left[node]--;
  }
  return total;
}

// ------------------------------------------------------------------ symmetric.ts

/** Xᵀ (X x) */
export function multiplyByProducts(rows: Vector[], x: Vector): Vector {
  const products = rows.map((row) => dot(row, x));
  return x.map((_, d) => rows.reduce((sum, row, i) => sum + products[i] * row[d], 0));
}
