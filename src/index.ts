/** The public names. */

export type { Corpus, Sentence } from "./corpus.ts";
export type { Correlation } from "./correlation.ts";
export {
  EmbeddingMatrix,
  type EmbeddingMatrixOptions,
  type LookupOptions,
} from "./embedding-matrix.ts";
export type { LoadTableOptions, RowsEvent } from "./embedding-table.ts";
export { type InitOptions, init } from "./engine.ts";
export { type ErrorCode, Wasm2VecError } from "./errors.ts";
export type { FolderLike } from "./folder.ts";
export {
  type AddVectorsOptions,
  type AllCosmulOptions,
  type AllSimilaritiesOptions,
  type CosmulOptions,
  type Key,
  KeyedVectors,
  type MeanVectorOptions,
  type MostSimilarOptions,
  type Neighbor,
  type QueryItem,
  type TableOptions,
  type UnweightedItem,
} from "./keyed-vectors.ts";
export type { KeyIndex, KeyList } from "./keys.ts";
export type { RowDtype } from "./layout.ts";
export { Matrix } from "./matrix.ts";
export type { MemoryEstimate } from "./memory-estimate.ts";
export type { NeighborGraph, NeighborGraphEvent, NeighborGraphOptions } from "./neighbor-graph.ts";
export type { TrainingCallbacks, Word2VecOptions } from "./options.ts";
export type { Prediction } from "./predict.ts";
export type { RowFilter } from "./row-filter.ts";
export type { EvaluationOptions } from "./row-names.ts";
export type { Reproduce, TrimDecision, TrimRule } from "./scan.ts";
export type { IndexOptions, VectorIndex } from "./search.ts";
export type { RandomAccess, SourceLike } from "./source.ts";
export type { TargetLike } from "./target.ts";
export { LineSentences, type LineSentencesOptions } from "./text/line-sentences.ts";
export { type SimplePreprocessOptions, simplePreprocess } from "./text/simple-preprocess.ts";
export { AutoTokenizer, type DecodeOptions, type EncodeOptions, type TokenizerOptions } from "./tokenizer.ts";
export type { TrainingProgress } from "./training-progress.ts";
export type { Vectors } from "./vectors.ts";
export type {
  Analogy,
  AnalogyEvaluation,
  AnalogyOptions,
  AnalogySection,
  SimilarityFunction,
} from "./word-analogies.ts";
export type { WordFrequencies } from "./word-frequencies.ts";
export type { PairEvaluation, PairOptions } from "./word-pairs.ts";
export {
  type BuildVocabFromFreqOptions,
  type BuildVocabOptions,
  type CheckpointOptions,
  type LoadOptions,
  type ResumeOptions,
  type TrainingEvent,
  type TrainOptions,
  type TrainSummary,
  Word2Vec,
  type WorkOptions,
} from "./word2vec.ts";
