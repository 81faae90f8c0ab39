// The engine's ABI. Numbers and addresses go in, numbers come out; all state lies where the host says.

export { answerAnalogies } from "./analogy";
export { fillDistances } from "./distance";
export { gather, widenBfloat16, widenFloat16, widenInt8 } from "./gather";
export { selectTop, worstKept } from "./heap";
export { findCandidates, quantizeRows } from "./int8";
export { cumulativeWord, drawNoise, fillAlias, fillCumulative } from "./noise";
export { beginPlan, planWords } from "./plan";
export { fillProbabilities } from "./predict";
export { fillUniform, lcgNext, mtBelow, mtNext, mtSeed, pcgNext, pcgSeed, randomNext, seedJob } from "./random";
export { fillSigmoid, pairStep, reproduceBegin, reproduceJob, reproduceSpans, reproduceWords } from "./reproduce";
export { scoreWords } from "./score";
export { beginSearch, endSearch, fillNorms, fillScores, searchRows } from "./search";
export { step } from "./step";
export { addOuter, multiply } from "./symmetric";
export { trainJob } from "./train";
export { axpy, dot, norm, scale } from "./vector";
export { countWords, findWord, findWords, indexWords, pruneWords } from "./vocabulary";

/** Where the memory that the host may use begins: below it lie the compiler's tables for pow, log, exp. */
export function heapBase(): usize {
  return __heap_base;
}
