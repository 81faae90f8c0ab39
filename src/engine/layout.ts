/** Sizes -> addresses: the only place that computes one. All are in bytes, from the engine's base upwards. */

/** Every region begins at a multiple of a cache line. */
export const ALIGNMENT = 64;

/** Rows are as long as a multiple of two vectors of four floats, so that no kernel has a tail loop. */
const ROW_ALIGNMENT = 32;

/** Kernels read words eight bytes at a time, so up to so many beyond a word's end. */
const READ_BEYOND = 8;

/** The splitter reads 64 bytes and two more at a time, and writes zeros behind its text. */
const SPLIT_BEYOND = 66;

export const roundUp = (bytes: number, multiple: number) => Math.ceil(bytes / multiple) * multiple;

/** How long a row of so many floats is. */
export const rowBytesOf = (dimension: number) => roundUp(dimension * 4, ROW_ALIGNMENT);

/** The kinds of number that a table can keep. */
export type RowDtype = "float32" | "bfloat16" | "float16" | "int8";

/**
 * How long a row is as a table keeps it: as many numbers as a padded row of float32 has; of int8, and then the f32 that they
 * are multiplied by.
 */
export function keptBytesOf(dimension: number, dtype: RowDtype): number {
  const wide = rowBytesOf(dimension);
  if (dtype === "float32") return wide;
  return dtype === "int8" ? wide / 4 + 4 : wide / 2;
}

/** Takes regions one after the other. */
class Space {
  constructor(public end: number) {}

  take(bytes: number): number {
    const begin = roundUp(this.end, ALIGNMENT);
    this.end = begin + bytes;
    return begin;
  }
}

/** The fields of the engine's structs in their order, 4 bytes each: assembly/{vocabulary,split,search,int8,analogy,job}.ts. */
// biome-ignore format: grouped as in assembly/vocabulary.ts
export const WORDS_FIELDS = [
  "size", "capacity", "mask", "slots", "counts", "offsets", "text", "textCapacity", "limit", "repaired", "damages",
] as const;
// biome-ignore format: grouped as in assembly/split.ts
export const SPLIT_FIELDS = [
  "begin", "end", "records", "recordCount", "sentences", "sentenceCount", "words", "maxSentenceLength", "lines",
] as const;
export const SEARCH_FIELDS = ["rows", "norms", "rowBytes", "queries", "queryCount", "heaps", "limit"] as const;
// biome-ignore format: the floats on a line of their own
export const INT8_FIELDS = [
  "rows", "rowBytes", "factors", "residuals", "query",
  "scale", "weight", "slack",
  "found", "ahead", "touched",
] as const;
export const ANALOGY_FIELDS = ["a", "b", "c", "score", "answer"] as const;
// biome-ignore format: grouped as in assembly/job.ts
export const JOB_FIELDS = [
  "tokens", "tokenCount",
  "kept", "keptCount", "sentences", "sentenceCount", "spans", "sampling", "window", "shrinkWindows", "random", "mt", "lcg",
  "input", "output", "nodes", "locks", "rowBytes", "vectorBytes", "vocabSize", "noise", "negative", "draws", "drawWeight", "paths", "points", "codes",
  "sg", "cbowMean",
  "inputIds", "places", "contexts", "inputs", "errors", "uses", "outputIds", "columns", "outputs", "noises",
  "positives", "gradients", "hidden", "error", "shares", "lockedErrors", "hotRows", "hotUses", "localRows", "localOf", "zeros", "negatives", "negativeCapacity", "drawn",
  "noiseRows", "noiseMean", "noiseExcess", "labels",
  "sigmoid", "touched", "alpha", "computeLoss", "loss",
] as const;

/** How many bytes come in at a time, behind a word that is not over; each may be a word or the end of a sentence. */
export const BATCH_BYTES = 65536;

/** So many records has a batch at most: the word that is not over and the end of its sentence among them. */
export const BATCH_RECORDS = BATCH_BYTES + 2;

/** What a vocabulary's memory follows from. */
export interface VocabularyRoom {
  /** how many words it has room for */
  words: number;
  /** how many bytes they may have together */
  text: number;
  /** how many bytes a batch may have: more than BATCH_BYTES, or none where there are no batches */
  batch: number;
  /** how many bytes the key may have that is looked up by itself */
  key: number;
}

/**
 * A vocabulary's memory. What comes in lies before what grows, so that it stays where it is:
 *
 *     base    | words  | splitter | batch | repaired | records | ids | sentences | key | slots | counts | offsets | text  |
 *             | struct | struct   | UTF-8 | UTF-8    | u32×2   | u32 | u32       |     | u32×2 | f64    | u32     | UTF-8 |
 */
export function vocabularyLayout(base: number, room: VocabularyRoom) {
  const space = new Space(base);
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(1, room.words) * 2));
  const records = room.batch ? BATCH_RECORDS : 0;
  return {
    words: space.take(WORDS_FIELDS.length * 4),
    splitter: space.take(SPLIT_FIELDS.length * 4),
    batch: space.take(room.batch + SPLIT_BEYOND),
    repaired: space.take(room.batch * 3 + READ_BEYOND),
    records: space.take(records * 8),
    ids: space.take(records * 4),
    sentences: space.take(records * 4),
    key: space.take(room.key + READ_BEYOND),
    slotCount,
    slots: space.take(slotCount * 8),
    counts: space.take(room.words * 8),
    offsets: space.take((room.words + 1) * 4),
    text: space.take(room.text + READ_BEYOND),
    end: space.end,
  };
}

/** How many rows are gathered at a time: some 64 KiB of them. */
export const gatheredRows = (dimension: number) => Math.ceil(16384 / dimension);

/** What an entry of a heap takes: an index and its score. */
export const HEAP_ENTRY = 8;

/**
 * What queries need beside the rows: their norms, two vectors to compare, scores or ids of rows, the best of them, how many
 * they are, the struct of a search, and a few rows gathered by their ids, without padding.
 */
function takeQuery(space: Space, size: number, dimension: number) {
  return {
    norms: space.take(size * 4),
    query: space.take(rowBytesOf(dimension)),
    other: space.take(rowBytesOf(dimension)),
    scores: space.take(size * 4),
    best: space.take(size * HEAP_ENTRY),
    found: space.take(4),
    search: space.take(SEARCH_FIELDS.length * 4),
    ids: space.take(gatheredRows(dimension) * 4),
    gathered: space.take(gatheredRows(dimension) * dimension * 4),
  };
}

/** How many rows are widened at a time, where a table keeps them narrow: some 256 KiB of float32. */
export const widenedRows = (dimension: number) => Math.ceil(65536 / dimension);

/**
 * A table of vectors and what its queries need. Where rows are narrow, a few at a time are widened into the window:
 *
 *     base    | rows (V, D), padded | window, f32, padded | norms (V) | query, other (D) | scores (V) | best (V) u64 | found | search |
 *     …       | ids | gathered |
 */
export function tableLayout(base: number, size: number, dimension: number, dtype: RowDtype) {
  const space = new Space(base);
  return {
    rows: space.take(size * keptBytesOf(dimension, dtype)),
    window: space.take(dtype === "float32" ? 0 : widenedRows(dimension) * rowBytesOf(dimension)),
    ...takeQuery(space, size, dimension),
    end: space.end,
  };
}

/**
 * A few rows of a narrow table and their norms, widened behind it:
 *
 *     end     | rows (N, D) f32, padded | norms (N) |
 */
export function widenedLayout(end: number, count: number, dimension: number) {
  const space = new Space(end);
  return { rows: space.take(count * rowBytesOf(dimension)), norms: space.take(count * 4), end: space.end };
}

/** How many queries are answered in one pass over a table, and how many bytes their heaps take together. */
const MOST_QUERIES = 256;
const MOST_HEAPS = 1 << 22;

/** How many questions are answered in one pass where each wants the best `limit` rows. */
export const questionsAtOnce = (limit: number) =>
  Math.max(1, Math.min(MOST_QUERIES, Math.floor(MOST_HEAPS / (Math.max(1, limit) * HEAP_ENTRY))));

/**
 * What several queries at once need, behind a table:
 *
 *     end     | queries (N, D) f32, padded | heaps (N, limit) u64 | found (N) |
 */
export function batchLayout(end: number, queries: number, limit: number, dimension: number) {
  const space = new Space(end);
  return {
    queries: space.take(queries * rowBytesOf(dimension)),
    heaps: space.take(queries * limit * HEAP_ENTRY),
    found: space.take(queries * 4),
    end: space.end,
  };
}

/** How many rows of an int8 index are compared at a time, at most. */
export const INT8_PIECE = 4096;

/** How far ahead of its rows the first query of a tile reads: the queries that lie behind the rows are longer. */
export const INT8_AHEAD = 4096;

/** How long a row of so many int8 is: kernels go in steps of 16. */
export const int8RowBytesOf = (dimension: number) => roundUp(dimension, 16);

/**
 * An int8 index has a memory of its own:
 *
 *     base    | rows (V, D) i8, padded | factors (V) | residuals (V) | searches | queries (256, D) i16 | found |
 *     …       | a few rows of the table | their norms |
 */
export function int8Layout(base: number, size: number, dimension: number) {
  const space = new Space(base);
  return {
    rows: space.take(size * int8RowBytesOf(dimension)),
    factors: space.take(size * 4),
    residuals: space.take(size * 4),
    searches: space.take(MOST_QUERIES * INT8_FIELDS.length * 4),
    queries: space.take(MOST_QUERIES * int8RowBytesOf(dimension) * 2),
    found: space.take(INT8_PIECE * 4),
    tableRows: space.take(gatheredRows(dimension) * rowBytesOf(dimension)),
    tableNorms: space.take(gatheredRows(dimension) * 4),
    end: space.end,
  };
}

/**
 * A symmetric matrix behind a table. Kernels go in steps of two numbers:
 *
 *     end     | matrix (N, N) f64 | x (N,) | y (N,) |
 */
export function symmetricLayout(end: number, count: number) {
  const space = new Space(end);
  const size = roundUp(count, 2);
  return {
    size,
    matrix: space.take(size * size * 8),
    x: space.take(size * 8),
    y: space.take(size * 8),
    end: space.end,
  };
}

/** How many tokens of a job are handed to the plan at a time. */
export const PIECE_TOKENS = 16384;

/** How many noise words are drawn at a time: some 4,096, so that the table's cache misses overlap, for whole blocks. */
export const negativesAtOnce = (draws: number) => draws && draws * Math.ceil(4096 / draws);

/** How many centre words make a block (assembly/job.ts). */
export const BLOCK = 4;

/** MT19937's 624 words and its position; LCG-48's or PCG64's few. */
export const MT_WORDS = 625;

/** The sizes that a model's memory follows from. */
export interface ModelSizes {
  vocabSize: number;
  vectorSize: number;
  /** context words to either side, at most */
  window: number;
  /** noise words a block; 0 where there is no negative sampling */
  negative: number;
  /** nodes of all paths together, and of the longest; 0 where there is no hierarchical softmax */
  pathNodes: number;
  longestPath: number;
  /** words of a job, but of one that is a single longer sentence */
  batchWords: number;
  /** threads, each of which has room for one job */
  workers: number;
}

/**
 * A model's memory. What depends on the options may be empty; the first three are learnt.
 *
 *     base    | rows (V, D)  | output (V, D) | nodes (V-1, D) | mt      | pcg      |
 *     …       | sampling (V) | counts, noise | paths (V+1)    | points  | codes    | sigmoid | locks (V) |
 *     …       | jobs         | norms (V)     | query, other   | scores (V) | best (V) | found, search | ids, gathered |
 */
export function modelLayout(base: number, sizes: ModelSizes) {
  const { vocabSize, vectorSize, negative, pathNodes, longestPath } = sizes;
  const space = new Space(base);
  const rowBytes = rowBytesOf(vectorSize);
  return {
    rows: space.take(vocabSize * rowBytes),
    window: 0,
    output: space.take(negative ? vocabSize * rowBytes : 0),
    nodes: space.take(longestPath ? (vocabSize - 1) * rowBytes : 0),
    mt: space.take(MT_WORDS * 4),
    pcg: space.take(32 + 48),
    sampling: space.take(vocabSize * 4),
    counts: space.take(negative ? vocabSize * 8 : 0),
    noise: space.take(negative ? vocabSize * 8 : 0),
    paths: space.take((vocabSize + 1) * 4),
    points: space.take(pathNodes * 4),
    codes: space.take(pathNodes),
    sigmoid: space.take(2000 * 4),
    locks: space.take(vocabSize * 4),
    jobs: Array.from({ length: sizes.workers }, () => takeJob(space, sizes)),
    ...takeQuery(space, vocabSize, vectorSize),
    end: space.end,
  };
}

/**
 * How many of the rows that are used the most, of each table, several threads work on in local copies. With 64, two threads did
 * 1.7 to 1.8 times the work of one at skip-gram, with 0 or 512 1.5 times (bench/README.md).
 */
export const hotRowsOf = (workers: number, vocabSize: number) => (workers > 1 ? Math.min(64, vocabSize) : 0);

/** Where one job lies, and how many words it has room for. */
export type JobLayout = ReturnType<typeof takeJob>;

/**
 * What one job needs for itself; I and O are the inputs and outputs of its largest step, each with room for a last vector.
 *
 *     struct | random, lcg | tokens | kept, sentences, spans | negatives, noise rows | noise mean, excess (D) | inputIds, places | contexts (I, 4) |
 *     inputs, errors, uses (I) | outputIds, columns | outputs, noises, labels (O) | positives (4, 4) | gradients (I, O) |
 *     hidden, error (4, D) | shares (4) | locked errors (I, D) | local rows (3 hot, 2, D), whose (3 hot) | zeros (D) |
 */
function takeJob(space: Space, sizes: ModelSizes) {
  const { vectorSize, window, negative, longestPath, batchWords, workers } = sizes;
  const rowBytes = rowBytesOf(vectorSize);
  const words = batchWords + PIECE_TOKENS;
  const inputs = BLOCK + 2 * window + 4;
  const outputs = roundUp(Math.max(BLOCK + negative, longestPath) + 8, 4);
  const local = 3 * hotRowsOf(workers, sizes.vocabSize);
  return {
    words,
    job: space.take(JOB_FIELDS.length * 4),
    random: space.take(8),
    lcg: space.take(8),
    tokens: space.take(PIECE_TOKENS * 4),
    kept: space.take(words * 4),
    sentences: space.take(words * 4),
    spans: space.take(words * 4),
    negatives: space.take(negativesAtOnce(negative) * 4 + LANES_BEYOND),
    noiseRows: space.take(roundUp(negative, 8) * 4),
    noiseMean: space.take(rowBytes),
    noiseExcess: space.take(rowBytes),
    inputIds: space.take(inputs * 4),
    places: space.take(inputs * 4),
    contexts: space.take(inputs * BLOCK * 4),
    inputs: space.take(inputs * 4),
    errors: space.take(inputs * 4),
    uses: space.take(inputs * 4),
    outputIds: space.take(outputs * 4),
    columns: space.take(BLOCK * 4),
    outputs: space.take(outputs * 4),
    noises: space.take(outputs * 4),
    labels: space.take(outputs * 4),
    positives: space.take(BLOCK * BLOCK * 4),
    gradients: space.take(inputs * outputs * 4),
    hidden: space.take(BLOCK * rowBytes),
    error: space.take(BLOCK * rowBytes),
    shares: space.take(BLOCK * 4),
    lockedErrors: space.take(inputs * rowBytes),
    localRows: space.take(local * 2 * rowBytes),
    localOf: space.take(local * 4),
    zeros: space.take(rowBytes),
  };
}

/** Kernels read four numbers at a time, so up to three beyond the last. */
const LANES_BEYOND = 12;

/**
 * Where analogies are answered:
 *
 *     base    | analogies | cosines of a block of rows with each word (words, rows) f32 | which word each row is |
 */
export function analogyLayout(base: number, analogies: number, words: number, rows: number) {
  const space = new Space(base);
  const rowBytes = roundUp(rows * 4, ALIGNMENT);
  return {
    analogies: space.take(analogies * ANALOGY_FIELDS.length * 4),
    rowBytes,
    cosines: space.take(words * rowBytes + LANES_BEYOND),
    places: space.take(rows * 4),
    end: space.end,
  };
}

/** Where numbers of 2 bytes (count) become f32: kernels go in steps of eight. */
export function widenLayout(base: number, count: number) {
  const space = new Space(base);
  return { narrow: space.take(roundUp(count, 8) * 2), wide: space.take(roundUp(count, 8) * 4), end: space.end };
}
