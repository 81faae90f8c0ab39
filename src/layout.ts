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

/** Takes regions one after the other. */
class Space {
  constructor(public end: number) {}

  take(bytes: number): number {
    const begin = roundUp(this.end, ALIGNMENT);
    this.end = begin + bytes;
    return begin;
  }
}

/** The fields of the engine's structs in their order (assembly/vocabulary.ts, split.ts, job.ts), 4 bytes each. */
// biome-ignore format: grouped as in assembly/vocabulary.ts
export const WORDS_FIELDS = [
  "size", "capacity", "mask", "slots", "counts", "offsets", "text", "textCapacity", "limit", "repaired", "damages",
] as const;
// biome-ignore format: grouped as in assembly/split.ts
export const SPLIT_FIELDS = [
  "begin", "end", "records", "recordCount", "sentences", "sentenceCount", "words", "maxSentenceLength", "lines",
] as const;
// biome-ignore format: grouped as in assembly/job.ts
export const JOB_FIELDS = [
  "tokens", "tokenCount",
  "kept", "keptCount", "sentences", "sentenceCount", "spans", "sampling", "window", "shrinkWindows", "mt", "lcg",
  "input", "output", "nodes", "rowBytes", "vocabSize", "noise", "negative", "paths", "points", "codes", "sg", "cbowMean",
  "sigmoid", "hidden", "error", "outputs", "labels", "alpha", "computeLoss", "loss",
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

/**
 * What queries need beside the rows: their norms, two vectors to compare, scores, the best of them, and a few rows
 * gathered by their ids, without padding.
 */
function takeQuery(space: Space, size: number, dimension: number) {
  return {
    norms: space.take(size * 4),
    query: space.take(rowBytesOf(dimension)),
    other: space.take(rowBytesOf(dimension)),
    scores: space.take(size * 4),
    best: space.take(size * 4),
    ids: space.take(gatheredRows(dimension) * 4),
    gathered: space.take(gatheredRows(dimension) * dimension * 4),
  };
}

/**
 * A table of vectors and what its queries need:
 *
 *     base    | rows (V, D) f32, padded | norms (V) | query, other (D) | scores (V) | best (V) u32 | ids | gathered |
 */
export function tableLayout(base: number, size: number, dimension: number) {
  const space = new Space(base);
  const rows = space.take(size * rowBytesOf(dimension));
  return { rows, ...takeQuery(space, size, dimension), end: space.end };
}

/** How many tokens of a job are handed to the plan at a time, and how many words a job keeps at most. */
export const PIECE_TOKENS = 16384;
const MAX_KEPT = 10000;

/** MT19937's 624 words and its position; LCG-48's or PCG64's few. */
export const MT_WORDS = 625;

/** The sizes that a model's memory follows from. */
export interface ModelSizes {
  vocabSize: number;
  vectorSize: number;
  /** negative samples a step; 0 where there is no negative sampling */
  negative: number;
  /** nodes of all paths together, and of the longest; 0 where there is no hierarchical softmax */
  pathNodes: number;
  longestPath: number;
}

/**
 * A model's memory. What depends on the options may be empty; the first three are learnt.
 *
 *     base    | rows (V, D)  | output (V, D) | nodes (V-1, D) | mt      | lcg, pcg |
 *     …       | sampling (V) | counts, noise | paths (V+1)    | points  | codes    | sigmoid |
 *     …       | job struct   | tokens        | kept, sentences, spans   | hidden, error, outputs, labels |
 *     …       | norms (V)    | query, other  | scores (V)     | best (V) | ids, gathered |
 */
export function modelLayout(base: number, sizes: ModelSizes) {
  const { vocabSize, vectorSize, negative, pathNodes, longestPath } = sizes;
  const space = new Space(base);
  const rowBytes = rowBytesOf(vectorSize);
  const outputs = Math.max(negative + 1, longestPath);
  return {
    rows: space.take(vocabSize * rowBytes),
    output: space.take(negative ? vocabSize * rowBytes : 0),
    nodes: space.take(longestPath ? (vocabSize - 1) * rowBytes : 0),
    mt: space.take(MT_WORDS * 4),
    lcg: space.take(8),
    pcg: space.take(32 + 48),
    sampling: space.take(vocabSize * 4),
    counts: space.take(negative ? vocabSize * 8 : 0),
    noise: space.take(negative ? vocabSize * 4 : 0),
    paths: space.take((vocabSize + 1) * 4),
    points: space.take(pathNodes * 4),
    codes: space.take(pathNodes),
    sigmoid: space.take(2000 * 4),
    job: space.take(JOB_FIELDS.length * 4),
    tokens: space.take(PIECE_TOKENS * 4),
    kept: space.take(MAX_KEPT * 4),
    sentences: space.take(MAX_KEPT * 4),
    spans: space.take(MAX_KEPT * 4),
    hidden: space.take(rowBytes),
    error: space.take(rowBytes),
    outputs: space.take(outputs * 4),
    labels: space.take(outputs * 4),
    ...takeQuery(space, vocabSize, vectorSize),
    end: space.end,
  };
}

/** Where numbers of 2 bytes (count) become f32: kernels go in steps of eight. */
export function widenLayout(base: number, count: number) {
  const space = new Space(base);
  return { narrow: space.take(roundUp(count, 8) * 2), wide: space.take(roundUp(count, 8) * 4), end: space.end };
}
