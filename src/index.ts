/** The public names. */

export type { Corpus, ItemSource, MappedCorpus, Sentence } from "./corpus/corpus.ts";
export { type IdSentence, IdSentences } from "./corpus/id-sentences.ts";
export type { CorpusEvent } from "./corpus/scan.ts";
export { drawProgress, type ProgressEvent, type ProgressTarget } from "./draw-progress.ts";
export { EmbeddingMatrix, type EmbeddingMatrixOptions, type LookupOptions } from "./embedding-matrix.ts";
export { type InitOptions, init } from "./engine/load-engine.ts";
export { type ErrorCode, type WarningCode, type WarningEvent, Wasm2VecError } from "./errors.ts";
export type {
  FormatEvent,
  LoadVectorsEvent,
  LoadVectorsOptions,
  SaveVectorsOptions,
  VectorsEvent,
} from "./exchange/options.ts";
export type { FetchedLike, FetchInit, FetchLike } from "./files/fetching.ts";
export type { FolderLike } from "./files/folder.ts";
export type { OpenableFolder } from "./files/folder-kinds.ts";
export type { DownloadEvent } from "./files/folder-options.ts";
export type { RandomAccess } from "./files/source.ts";
export type {
  ChunkSource,
  FileHandleLike,
  RandomAccessLike,
  SeveralFiles,
  SourceLike,
  StreamLike,
} from "./files/source-kinds.ts";
export type { TargetLike } from "./files/target.ts";
export type { ReadFormat, UnicodeErrors, WrittenFormat } from "./formats/vector-file.ts";
export { FrozenPhrases } from "./frozen-phrases.ts";
export {
  type AlignOptions,
  type ForAllOptions,
  type GetVectorOptions,
  KeyedVectors,
  type TableOptions,
} from "./keyed-vectors.ts";
export type { Correlation } from "./math/correlation.ts";
export type { MemoryEstimate } from "./model/memory-estimate.ts";
export type { CallbackList, InitialVectors } from "./model/options.ts";
export type { Prediction, PredictOptions } from "./model/predict.ts";
export { ENGLISH_CONNECTOR_WORDS, type PhrasesOptions, type PhrasesWorkOptions } from "./phrases/rules.ts";
export type { PhraseCounts, PhraseScorer, PhraseScoring } from "./phrases/scorers.ts";
export { type LoadPhrasesOptions, Phrases } from "./phrases.ts";
export type { LoadTableOptions, RowsEvent, TokenNames } from "./pretrained/load-embeddings.ts";
export type {
  AnalogyOptions,
  EvaluationOptions,
  PairOptions,
  SimilarityFunction,
} from "./queries/evaluation-options.ts";
export type {
  AllCosmulOptions,
  AllSimilaritiesOptions,
  BatchOptions,
  CosmulOptions,
  MostSimilarOptions,
  Neighbor,
  NeighborsOrCosmulOptions,
  NeighborsOrSimilaritiesOptions,
  RelativeOptions,
} from "./queries/most-similar.ts";
export type { ProjectOptions } from "./queries/projection.ts";
export type { QueryItem, UnweightedItem } from "./queries/query.ts";
export type { CentralityOptions, MeanVectorOptions, MeanVectors, MeanVectorsOptions } from "./queries/similarity.ts";
export type { Analogy, AnalogyEvaluation, AnalogySection } from "./queries/word-analogies.ts";
export type { WmdistanceOptions } from "./queries/word-movers-distance.ts";
export type { PairEvaluation } from "./queries/word-pairs.ts";
export { type FuseOptions, fuse, type Ranked, type Ranking } from "./search/fuse.ts";
export type { NeighborGraph, NeighborGraphEvent, NeighborGraphOptions } from "./search/neighbor-graph.ts";
export type { RowFilter } from "./search/row-filter.ts";
export type { IndexOptions, VectorIndex } from "./search/table-search.ts";
export {
  type AddTextsOptions,
  type EncoderLike,
  type IdFilter,
  type LoadIndexOptions,
  type SaveIndexOptions,
  SearchIndex,
  type SearchOptions,
  type TextEntries,
  type TextsEvent,
} from "./search-index.ts";
export type { FolderTarget } from "./static/save-folder.ts";
export type { StaticDtype } from "./static/stored-numbers.ts";
export {
  type EncodeTextOptions,
  type FromEmbeddingsOptions,
  type FromKeyedVectorsOptions,
  type SaveStaticModelOptions,
  StaticModel,
  type StaticModelOptions,
  type TextsOrVectors,
} from "./static-model.ts";
export type { AddVectorsOptions } from "./tables/edit-table.ts";
export { Matrix, type Shape, type Vectors } from "./tables/matrix.ts";
export type { RowDtype } from "./tables/row-format.ts";
export type { Vector } from "./tables/vector-arguments.ts";
export type { VectorEntries } from "./tables/vector-entries.ts";
export { LineSentences, type LineSentencesOptions } from "./text/line-sentences.ts";
export { type SimplePreprocessOptions, simplePreprocess } from "./text/simple-preprocess.ts";
export { type RemoveStopwordsOptions, removeStopwords, STOPWORDS } from "./text/stop-words.ts";
export { PathLineSentences, Text8Corpus, type Text8Options } from "./text/text-corpora.ts";
export { deaccent, type TokenizeOptions, tokenize } from "./text/tokenize.ts";
export {
  AutoTokenizer,
  type BatchEncoding,
  type ChatTemplateOptions,
  type DecodeOptions,
  type EncodeBatchOptions,
  type EncodeOptions,
  type SaveTokenizerOptions,
  type TokenizerOptions,
} from "./tokenizer.ts";
export type { ChatMessage } from "./tokenizing/chat-template.ts";
export type { TokenizerLike } from "./tokenizing/given-tokenizer.ts";
export type { IdsLike, TensorLike } from "./tokenizing/ids.ts";
export type {
  BuildVocabFromFreqOptions,
  BuildVocabOptions,
  CheckpointOptions,
  EpochEvent,
  TrainingEvent,
  WorkOptions,
} from "./training/options.ts";
export type { TrainingProgress } from "./training/progress.ts";
export type { TrainSummary } from "./training/train.ts";
export type { Reproduce, TrimDecision, TrimRule } from "./vocabulary/choose-words.ts";
export type { Key, KeyIndex, KeyText, RowNumber } from "./vocabulary/keys.ts";
export type { WordFrequencies } from "./vocabulary/word-frequencies.ts";
export {
  type IntersectOptions,
  type LoadOptions,
  type ResumeOptions,
  type SaveOptions,
  type ScoreOptions,
  type TrainingCallbacks,
  type TrainOptions,
  Word2Vec,
  type Word2VecOptions,
} from "./word2vec.ts";
