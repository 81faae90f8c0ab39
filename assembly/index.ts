// The engine's ABI. Numbers and addresses go in, numbers come out; all state lies where the host says.

export { gather, widenBfloat16, widenFloat16 } from "./gather";
export { cumulativeWord, drawNoise, fillAlias, fillCumulative } from "./noise";
export { beginPlan, planWords } from "./plan";
export { fillUniform, lcgNext, mtBelow, mtNext, mtSeed, pcgNext, pcgSeed, randomNext, seedJob } from "./random";
export { fillSigmoid, pairStep, reproduceBegin, reproduceJob, reproduceSpans, reproduceWords } from "./reproduce";
export { fillNorms, fillScores, selectTop } from "./search";
export { step } from "./step";
export { trainJob } from "./train";
export { axpy, dot, norm, scale } from "./vector";
export { countWords, findWord, findWords, indexWords, pruneWords } from "./vocabulary";

/** Where the memory that the host may use begins: below it lie the compiler's tables for pow, log, exp. */
export function heapBase(): usize {
  return __heap_base;
}
