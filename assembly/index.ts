// The engine's ABI. Numbers and addresses go in, numbers come out; all state lies where the host says.

export { addToChecksum } from "./numbers/checksum";
export { decodeBfloat16, decodeFloat16, decodeInt8 } from "./numbers/decode";
export { gather } from "./numbers/gather";
export { fillUniform, lcgNext, mtBelow, mtNext, mtSeed, pcgNext, pcgSeed, randomNext, seedJob } from "./numbers/random";
export { addProducts } from "./numbers/symmetric";
export { axpy, dot, norm, scale } from "./numbers/vector";
export { answerAnalogies } from "./search/analogy";
export { fillDistances } from "./search/distance";
export { selectTop, worstKept } from "./search/heap";
export { findCandidates, findPairCandidates, quantizeRows } from "./search/int8";
export { beginSearch, endSearch, fillNorms, fillScores, searchRows } from "./search/search";
export { step } from "./training/block-step";
export { cumulativeWord, drawNoise, fillAlias, fillCumulative } from "./training/noise";
export { beginPlan, planWords } from "./training/plan";
export { fillProbabilities } from "./training/predict";
export {
  pairStep,
  reproduceBegin,
  reproduceJob,
  reproduceSpans,
  reproduceWords,
} from "./training/reproduce-gensim";
export { scoreWords } from "./training/score";
export { fillSigmoid } from "./training/sigmoid-table";
export { trainJob } from "./training/train-blocks";
export { split } from "./vocabulary/split";
export { countWords, findWord, findWords, indexWords, pruneWords } from "./vocabulary/vocabulary";

/** Where the memory that the host may use begins: below it lie the compiler's tables for pow, log, exp. */
export function heapBase(): usize {
  return __heap_base;
}
