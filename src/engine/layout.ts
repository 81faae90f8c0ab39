/** Sizes -> the regions of a memory, drawn where they are computed. All are in bytes, from the engine's base upwards. */

import { f32, structBytes, u32 } from "./struct.ts";

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

/** Takes regions one after the other. */
export class Space {
  constructor(public end: number) {}

  take(bytes: number): number {
    const begin = roundUp(this.end, ALIGNMENT);
    this.end = begin + bytes;
    return begin;
  }
}

/** The fields of the engine's structs in their order: assembly/{vocabulary,search,training}. A test compares them. */
// biome-ignore format: grouped as in assembly/vocabulary/vocabulary.ts
export const WORDS_FIELDS = u32(
  "size", "capacity", "mask", "slots", "counts", "offsets", "text", "textCapacity", "limit", "repaired", "damages",
  "recent",
);
// biome-ignore format: grouped as in assembly/vocabulary/split.ts
export const SPLIT_FIELDS = u32(
  "begin", "end", "records", "recordCount", "sentences", "sentenceCount", "words", "maxSentenceLength", "lines",
);
export const SEARCH_FIELDS = u32("rows", "norms", "rowBytes", "queries", "queryCount", "heaps", "limit");
export const INT8_FIELDS = [
  ...u32("rows", "rowBytes", "factors", "residuals", "query"),
  ...f32("scale", "weight", "slack"),
  ...u32("start", "found", "ahead", "touched"),
];
export const ANALOGY_FIELDS = [...u32("a", "b", "c"), ...f32("score"), ...u32("answer")];
// biome-ignore format: grouped as in assembly/training/job.ts
export const JOB_FIELDS = [
  ...u32(
    "tokens", "tokenCount",
    "kept", "keptCount", "sentences", "sentenceCount", "spans", "sampling", "window", "shrinkWindows", "random", "mt", "lcg",
    "input", "output", "nodes", "locks", "rowBytes", "vectorBytes", "vocabSize", "noise", "negative", "draws",
  ),
  ...f32("drawWeight"),
  ...u32(
    "paths", "points", "codes",
    "sg", "cbowMean",
    "inputIds", "places", "contexts", "inputs", "errors", "uses", "outputIds", "columns", "outputs", "noises",
    "positives", "gradients", "hidden", "error", "shares", "lockedErrors", "hotRows",
  ),
  ...f32("hotUses"),
  ...u32(
    "localRows", "localOf", "zeros", "negatives", "negativeCapacity", "drawn",
    "noiseRows", "noiseMean", "noiseExcess", "labels",
    "sigmoid", "touched",
  ),
  ...f32("alpha"),
  ...u32("computeLoss"),
  ...f32("loss"),
];

/** How many bytes come into a buffer at a time, behind a word that is not over; each may be a word or a sentence's end. */
export const BUFFER_BYTES = 65536;

/** So many records has a buffer at most: the word that is not over and the end of its sentence among them. */
const BUFFER_RECORDS = BUFFER_BYTES + 2;

/**
 * Words on their way into a vocabulary. The text begins where the memory does, in the vocabulary's memory as in one of its
 * own: so records, which hold addresses, mean the same in both.
 *
 *     | text  | records | sentences | splitter |
 *     | UTF-8 | u32×2   | u32       | struct   |
 */
function takeBuffer(space: Space, bytes: number) {
  const maxRecords = bytes ? BUFFER_RECORDS : 0;
  return {
    incoming: space.take(bytes + SPLIT_BEYOND),
    incomingBytes: bytes,
    records: space.take(maxRecords * 8),
    maxRecords,
    sentences: space.take(maxRecords * 4),
    splitter: space.take(structBytes(SPLIT_FIELDS)),
  };
}

/** A buffer in a memory of its own. */
export function bufferLayout(base: number, bytes: number) {
  const space = new Space(base);
  return { ...takeBuffer(space, bytes), end: space.end };
}

/** Words that were found lately, and which of 64 that are counted at a time are not among them (assembly/vocabulary). */
export const RECENT_BYTES = 32768 + 64 * 4;

/** What a vocabulary's memory follows from. */
export interface VocabularyCapacity {
  /** how many words it can hold */
  words: number;
  /** how many bytes they may have together */
  text: number;
  /** how many bytes its buffer takes: more than BUFFER_BYTES, or none until words come in */
  incoming: number;
  /** how many bytes the key may have that is looked up by itself */
  key: number;
}

/**
 * A vocabulary's memory. What comes in lies before what grows, so that it stays where it is:
 *
 *     base    | buffer | words  | repaired | ids | key | recent | slots | counts | offsets | text  |
 *             |        | struct | UTF-8    | u32 |     |        | u32×2 | f64    | u32     | UTF-8 |
 */
export function vocabularyLayout(base: number, capacity: VocabularyCapacity) {
  const space = new Space(base);
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(1, capacity.words) * 2));
  const buffer = takeBuffer(space, capacity.incoming);
  return {
    ...buffer,
    words: space.take(structBytes(WORDS_FIELDS)),
    repaired: space.take(capacity.incoming * 3 + READ_BEYOND),
    ids: space.take(buffer.maxRecords * 4),
    key: space.take(capacity.key + READ_BEYOND),
    recent: space.take(capacity.incoming ? RECENT_BYTES : 0),
    slotCount,
    slots: space.take(slotCount * 8),
    counts: space.take(capacity.words * 8),
    offsets: space.take((capacity.words + 1) * 4),
    text: space.take(capacity.text + READ_BEYOND),
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
    search: space.take(structBytes(SEARCH_FIELDS)),
    ids: space.take(gatheredRows(dimension) * 4),
    gathered: space.take(gatheredRows(dimension) * dimension * 4),
  };
}

/** How many rows are decoded at a time, where a table stores them narrow: some 256 KiB of float32. */
export const decodedRows = (dimension: number) => Math.ceil(65536 / dimension);

/** What a table's memory follows from. */
export interface TableSizes {
  rows: number;
  vectorSize: number;
  /** bytes of a row as it is stored */
  storedBytes: number;
  /** how many rows are decoded at a time; 0 where they are stored as float32 */
  decodedRows: number;
}

/**
 * A table of vectors and what its queries need. Where rows are narrow, a few at a time are decoded into the window:
 *
 *     base    | rows (V, D), padded | window, f32, padded | norms (V) | query, other (D) | scores (V) | best (V) u64 | found | search |
 *     …       | ids | gathered |
 */
export function tableLayout(base: number, { rows, vectorSize, storedBytes, decodedRows }: TableSizes) {
  const space = new Space(base);
  return {
    rows: space.take(rows * storedBytes),
    window: space.take(decodedRows * rowBytesOf(vectorSize)),
    ...takeQuery(space, rows, vectorSize),
    end: space.end,
  };
}

/**
 * A few rows of a narrow table and their norms, decoded behind it:
 *
 *     end     | rows (N, D) f32, padded | norms (N) |
 */
export function decodedLayout(end: number, count: number, dimension: number) {
  const space = new Space(end);
  return { rows: space.take(count * rowBytesOf(dimension)), norms: space.take(count * 4), end: space.end };
}

/** How many queries are answered in one pass over a table, and how many bytes their heaps take together. */
const MAX_QUERIES = 256;
const MAX_HEAP_BYTES = 1 << 22;

/** How many queries are answered in one pass where each wants the best `limit` rows. */
export const queriesAtOnce = (limit: number) =>
  Math.max(1, Math.min(MAX_QUERIES, Math.floor(MAX_HEAP_BYTES / (Math.max(1, limit) * HEAP_ENTRY))));

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
export const INT8_TILE = 4096;

/** How many u32 the candidates of one query take: their number, then their ids. */
export const INT8_FOUND = 1 + INT8_TILE;

/** How far ahead of its rows the first query of a tile reads: the queries that lie behind the rows are longer. */
export const INT8_AHEAD = 4096;

/** How long a row of so many int8 is: kernels go in steps of 16. */
export const int8RowBytesOf = (dimension: number) => roundUp(dimension, 16);

/**
 * An int8 index has a memory of its own:
 *
 *     base    | rows (V, D) i8, padded | factors (V) | residuals (V) | searches | queries (256, D) i16 or i8 | found (2) |
 *     …       | a few rows of the table | their norms |
 */
export function int8Layout(base: number, size: number, dimension: number) {
  const space = new Space(base);
  return {
    rows: space.take(size * int8RowBytesOf(dimension)),
    factors: space.take(size * 4),
    residuals: space.take(size * 4),
    searches: space.take(MAX_QUERIES * structBytes(INT8_FIELDS)),
    queries: space.take(MAX_QUERIES * int8RowBytesOf(dimension) * 2),
    found: space.take(2 * INT8_FOUND * 4),
    tableRows: space.take(gatheredRows(dimension) * rowBytesOf(dimension)),
    tableNorms: space.take(gatheredRows(dimension) * 4),
    end: space.end,
  };
}

/** How many bytes of directions lie together, and how many rows at most: a search reads one block after the other. */
const DIRECTIONS_BYTES = 1 << 18;
const DIRECTIONS_ROWS = 1024;

/** How many rows a block has: a power of two, and four at least, which kernels compare at a time. */
const directionsTogether = (rowBytes: number) =>
  2 ** Math.floor(Math.log2(Math.max(4, Math.min(DIRECTIONS_ROWS, DIRECTIONS_BYTES / rowBytes))));

/**
 * Directions of vectors as int8 have a memory of their own, to which blocks are added as they come:
 *
 *     base    | search | query (D) i16 | found | block | block | … | what is read ahead |
 *     block   | rows (R, D) i8, padded | factors (R) f32 | residuals (R) f32 |
 */
export function directionsLayout(base: number, blocks: number, dimension: number) {
  const space = new Space(base);
  const rowBytes = int8RowBytesOf(dimension);
  const blockRows = directionsTogether(rowBytes);
  const factors = blockRows * rowBytes;
  const residuals = factors + blockRows * 4;
  const blockBytes = residuals + blockRows * 4;
  return {
    rowBytes,
    blockRows,
    /** where they begin within a block */
    factors,
    residuals,
    blockBytes,
    search: space.take(structBytes(INT8_FIELDS)),
    query: space.take(rowBytes * 2),
    found: space.take((1 + blockRows) * 4),
    blocks: space.take(blocks * blockBytes),
    end: space.end + INT8_AHEAD + rowBytes,
  };
}

/** How many bytes the rows take at most that a symmetric matrix is multiplied by: more of them are read again each time. */
export const SYMMETRIC_BYTES = 1 << 28;

/** Rows of zeros follow where a number of rows is no multiple of four: the kernel takes four at a time. */
export const paddedRows = (count: number) => roundUp(count, 4);

/**
 * What a symmetric matrix Xᵀ X (D, D) is multiplied with, behind a table: as many rows of X as have room, and two vectors:
 *
 *     end     | rows (count, D) f64 | x (D, 2) | y (D, 2) |
 */
export function symmetricLayout(end: number, size: number, dimension: number, bytes: number) {
  const space = new Space(end);
  const rowBytes = dimension * 8;
  const count = paddedRows(Math.min(size, Math.ceil(bytes / rowBytes)));
  return {
    count,
    rowBytes,
    rows: space.take(count * rowBytes),
    x: space.take(rowBytes * 2),
    y: space.take(rowBytes * 2),
    end: space.end,
  };
}

/** How many tokens of a job are handed to the plan at a time. */
export const CHUNK_TOKENS = 16384;

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
 *     …       | jobs, scorer | norms (V)     | query, other   | scores (V) | best (V) | found, search | ids, gathered |
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
    scorer: longestPath ? takeJob(space, { ...sizes, batchWords: 0, workers: 1 }) : undefined,
    ...takeQuery(space, vocabSize, vectorSize),
    end: space.end,
  };
}

/**
 * How many of the rows that are used the most, of each table, several threads work on in local copies. With 64, two threads did
 * 1.7 to 1.8 times the work of one at skip-gram, with 0 or 512 1.5 times (bench/README.md).
 */
export const hotRowsOf = (workers: number, vocabSize: number) => (workers > 1 ? Math.min(64, vocabSize) : 0);

/** How many words a job has room for: those of one that is full, and a chunk of a longer sentence. */
export const wordsOfJob = (batchWords: number) => batchWords + CHUNK_TOKENS;

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
  const words = wordsOfJob(batchWords);
  const inputs = BLOCK + 2 * window + 4;
  const outputs = roundUp(Math.max(BLOCK + negative, longestPath) + 8, 4);
  const local = 3 * hotRowsOf(workers, sizes.vocabSize);
  return {
    words,
    job: space.take(structBytes(JOB_FIELDS)),
    random: space.take(8),
    lcg: space.take(8),
    tokens: space.take(CHUNK_TOKENS * 4),
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
    analogies: space.take(analogies * structBytes(ANALOGY_FIELDS)),
    rowBytes,
    cosines: space.take(words * rowBytes + LANES_BEYOND),
    columns: space.take(rows * 4),
    end: space.end,
  };
}

/** How many bytes are added to a checksum at a time: they stay in the first cache. */
export const CHECKSUM_BYTES = 16384;

/** Where a checksum is computed: its sixteen lanes of u32, and the bytes that are added. */
export function checksumLayout(base: number) {
  const space = new Space(base);
  return { lanes: space.take(64), text: space.take(CHECKSUM_BYTES), end: space.end };
}

/** Where numbers of 2 bytes (count) become f32: kernels go in steps of eight. */
export function decodeLayout(base: number, count: number) {
  const space = new Space(base);
  return { narrow: space.take(roundUp(count, 8) * 2), wide: space.take(roundUp(count, 8) * 4), end: space.end };
}
