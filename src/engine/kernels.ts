/** The engine's exports as the host calls them: assembly/index.ts in numbers. What returns a u32 is read with `>>> 0`. */

/** Stands among ids for a word that is not held, or not kept; a kernel's answer where there is no such word. */
export const OUT_OF_VOCABULARY = 0xffffffff;

/** Stands among records and ids where a sentence ends. */
export const SENTENCE_END = 0xfffffffe;

export interface Kernels extends Record<string, unknown> {
  heapBase(): number;

  dot(x: number, y: number, bytes: number): number;
  axpy(a: number, x: number, y: number, bytes: number): void;
  scale(a: number, x: number, bytes: number): void;
  norm(x: number, bytes: number): number;

  seedJob(state: number, seed: number, epoch: number, job: number): void;
  randomNext(state: number): bigint;
  lcgNext(state: number): number;
  mtSeed(state: number, seed: number): void;
  mtNext(state: number): number;
  mtBelow(state: number, bound: number): number;
  pcgSeed(state: number, seed: number, scratch: number): void;
  pcgNext(state: number): bigint;
  fillUniform(state: number, rows: number, count: number, dimension: number, rowBytes: number): void;

  findWord(words: number, word: number, length: number): number;
  findWords(words: number, records: number, count: number, ids: number): void;
  countWords(words: number, records: number, count: number, ids: number): number;
  indexWords(words: number): number;
  pruneWords(words: number, flags: number): void;
  split(text: number): void;

  fillAlias(counts: number, size: number, exponent: number, table: number, stack: number): void;
  drawNoise(table: number, size: number, random: number, out: number, count: number): void;
  fillCumulative(counts: number, size: number, exponent: number, table: number): void;
  cumulativeWord(table: number, size: number, bits: number): number;

  beginPlan(job: number): void;
  planWords(job: number): void;
  step(job: number, inputs: number, outputs: number): void;
  trainJob(job: number): number;
  scoreWords(job: number, ids: number, count: number, from: number, to: number): number;
  fillProbabilities(hidden: number, rows: number, count: number, rowBytes: number, probabilities: number): void;

  reproduceBegin(job: number): void;
  reproduceWords(job: number): void;
  reproduceSpans(job: number): void;
  reproduceJob(job: number): number;
  fillSigmoid(table: number): void;
  pairStep(job: number, hidden: number, count: number): number;

  addToChecksum(lanes: number, text: number, bytes: number): void;

  gather(table: number, rowBytes: number, ids: number, count: number, bytes: number, out: number): void;
  decodeBfloat16(from: number, count: number, out: number): void;
  decodeFloat16(from: number, count: number, out: number): void;
  decodeInt8(rows: number, count: number, outBytes: number, out: number): void;

  fillDistances(
    rows: number,
    norms: number,
    from: number,
    ids: number,
    count: number,
    rowBytes: number,
    out: number,
  ): void;
  answerAnalogies(
    analogies: number,
    count: number,
    cosines: number,
    rowBytes: number,
    places: number,
    begin: number,
    rows: number,
    multiplicative: boolean,
  ): void;

  addProducts(rows: number, count: number, bytes: number, x: number, y: number): void;

  fillNorms(rows: number, count: number, rowBytes: number, norms: number): void;
  fillScores(
    query: number,
    rows: number,
    norms: number,
    count: number,
    rowBytes: number,
    most: number,
    scores: number,
  ): void;
  beginSearch(search: number): void;
  searchRows(search: number, ids: number, begin: number, end: number): void;
  endSearch(search: number, counts: number): void;

  selectTop(scores: number, count: number, limit: number, heap: number): number;
  worstKept(heap: number): number;

  quantizeRows(
    from: number,
    norms: number,
    count: number,
    fromBytes: number,
    rows: number,
    rowBytes: number,
    factors: number,
    residuals: number,
  ): void;
  findCandidates(search: number, begin: number, end: number, least: number): void;
  findPairCandidates(search: number, begin: number, end: number, least: number, nextLeast: number): void;
}
