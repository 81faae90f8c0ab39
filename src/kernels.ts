/** The engine's exports as the host calls them: assembly/index.ts in numbers. What returns a u32 is read with `>>> 0`. */

export interface Kernels extends Record<string, unknown> {
  heapBase(): number;

  dot(x: number, y: number, bytes: number): number;
  axpy(a: number, x: number, y: number, bytes: number): void;
  scale(a: number, x: number, bytes: number): void;
  norm(x: number, bytes: number): number;

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

  fillNoise(counts: number, size: number, exponent: number, table: number): void;
  noiseWord(table: number, size: number, bits: number): number;

  beginPlan(job: number): void;
  planWords(job: number): void;
  planSpans(job: number): void;
  fillSigmoid(table: number): void;
  step(job: number, hidden: number, count: number): void;
  trainJob(job: number): void;

  gather(table: number, rowBytes: number, ids: number, count: number, bytes: number, out: number): void;
  widenBfloat16(from: number, count: number, out: number): void;
  widenFloat16(from: number, count: number, out: number): void;

  fillNorms(rows: number, count: number, rowBytes: number, norms: number): void;
  fillScores(query: number, rows: number, norms: number, count: number, rowBytes: number, scores: number): void;
  selectTop(scores: number, count: number, limit: number, best: number): number;
}
