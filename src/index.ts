/** The public names. */

export type { Corpus, Sentence } from "./corpus/corpus.ts";
export type { Reproduce, TrimDecision, TrimRule } from "./corpus/scan.ts";
export {
  EmbeddingMatrix,
  type EmbeddingMatrixOptions,
  type LookupOptions,
} from "./embedding-matrix.ts";
export { type InitOptions, init } from "./engine/engine.ts";
export type { RowDtype } from "./engine/layout.ts";
export { type ErrorCode, Wasm2VecError } from "./errors.ts";
export type { FolderLike } from "./files/folder.ts";
export type { RandomAccess, SourceLike } from "./files/source.ts";
export type { TargetLike } from "./files/target.ts";
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
export type { Correlation } from "./math/correlation.ts";
export type { MemoryEstimate } from "./model/memory-estimate.ts";
export type { TrainingCallbacks, Word2VecOptions } from "./model/options.ts";
export type { Prediction } from "./model/predict.ts";
export type { LoadTableOptions, RowsEvent } from "./pretrained/load-embeddings.ts";
export type { EvaluationOptions } from "./queries/test-words.ts";
export type {
  Analogy,
  AnalogyEvaluation,
  AnalogyOptions,
  AnalogySection,
  SimilarityFunction,
} from "./queries/word-analogies.ts";
export type { PairEvaluation, PairOptions } from "./queries/word-pairs.ts";
export type { NeighborGraph, NeighborGraphEvent, NeighborGraphOptions } from "./search/neighbor-graph.ts";
export type { RowFilter } from "./search/row-filter.ts";
export type { IndexOptions, VectorIndex } from "./search/table-search.ts";
export { Matrix } from "./tables/matrix.ts";
export type { Vectors } from "./tables/vector-arguments.ts";
export { LineSentences, type LineSentencesOptions } from "./text/line-sentences.ts";
export { type SimplePreprocessOptions, simplePreprocess } from "./text/simple-preprocess.ts";
export { AutoTokenizer, type DecodeOptions, type EncodeOptions, type TokenizerOptions } from "./tokenizer.ts";
export type { TrainingProgress } from "./training/progress.ts";
export type { KeyIndex, KeyList } from "./vocabulary/keys.ts";
export type { WordFrequencies } from "./vocabulary/word-frequencies.ts";
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
