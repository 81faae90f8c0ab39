// The engine's ABI. Numbers and addresses go in, numbers come out; all state lies where the host says.

export { gather, widenBfloat16, widenFloat16 } from "./gather";
export { fillNoise, noiseWord } from "./noise";
export { beginPlan, planSpans, planWords } from "./plan";
export { fillUniform, lcgNext, mtBelow, mtNext, mtSeed, pcgNext, pcgSeed } from "./random";
export { trainJob } from "./reproduce";
export { fillNorms, fillScores, selectTop } from "./search";
export { split } from "./split";
export { fillSigmoid, step } from "./step";
export { axpy, dot, norm, scale } from "./vector";
export { countWords, findWord, findWords, indexWords, pruneWords } from "./vocabulary";

/** Where the memory that the host may use begins: below it lie the compiler's tables for pow, log, exp. */
export function heapBase(): usize {
  return __heap_base;
}
