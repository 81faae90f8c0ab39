/** Sizes -> addresses: the only place that computes one. All are in bytes, from the engine's base upwards. */

/** Every region begins at a multiple of a cache line. */
export const ALIGNMENT = 64;

/** Rows are as long as a multiple of two vectors of four floats, so that no kernel has a tail loop. */
const ROW_ALIGNMENT = 32;

/** Kernels read words eight bytes at a time, so up to so many beyond a word's end. */
const READ_BEYOND = 8;

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

/** The fields of the engine's structs in their order (assembly/vocabulary.ts, assembly/job.ts), 4 bytes each. */
export const WORDS_FIELDS = ["size", "capacity", "mask", "slots", "counts", "offsets", "text", "textCapacity"] as const;
// biome-ignore format: grouped as in assembly/job.ts
export const JOB_FIELDS = [
  "tokens", "tokenCount",
  "kept", "keptCount", "sentences", "sentenceCount", "spans", "sampling", "window", "shrinkWindows", "random", "mt", "lcg",
  "input", "output", "nodes", "rowBytes", "vectorBytes", "vocabSize", "noise", "negative", "draws", "drawWeight", "paths", "points", "codes",
  "sg", "cbowMean",
  "inputIds", "places", "contexts", "inputs", "errors", "uses", "outputIds", "columns", "outputs", "noises",
  "positives", "gradients", "hidden", "error", "zeros", "negatives", "negativeCapacity", "drawn", "sigmoid", "labels",
  "alpha", "computeLoss", "loss",
] as const;

/**
 * A vocabulary's memory:
 *
 *     base    | words  | slots | counts | offsets | text    | batch                    |
 *             | struct | u32×2 | f64    | u32     | UTF-8   | text | lengths | ids u32 |
 *
 * @param capacity how many words it has room for
 * @param textCapacity how many bytes they may have together
 * @param batch how many words, and bytes of them, come in at a time
 */
export function vocabularyLayout(
  base: number,
  capacity: number,
  textCapacity: number,
  batch: { words: number; bytes: number },
) {
  const space = new Space(base);
  const slotCount = 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * 2));
  return {
    words: space.take(WORDS_FIELDS.length * 4),
    slotCount,
    slots: space.take(slotCount * 8),
    counts: space.take(capacity * 8),
    offsets: space.take((capacity + 1) * 4),
    text: space.take(textCapacity + READ_BEYOND),
    batchText: space.take(batch.bytes + READ_BEYOND),
    batchLengths: space.take(batch.words * 4),
    batchIds: space.take(batch.words * 4),
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

/** How many tokens of a job are handed to the plan at a time. */
export const PIECE_TOKENS = 16384;

/** How many words a job keeps at most where gensim is reproduced. */
const MAX_KEPT = 10000;

/** How many noise words are drawn at a time, so that the table's cache misses overlap. */
export const NEGATIVE_CAPACITY = 4096;

/** How many centre words make a block (assembly/train.ts). */
const BLOCK = 4;

/** MT19937's 624 words and its position; LCG-48's or PCG64's few. */
export const MT_WORDS = 625;

/** The sizes that a model's memory follows from. */
export interface ModelSizes {
  vocabSize: number;
  vectorSize: number;
  /** context words to either side, at most */
  window: number;
  /** noise words a step; 0 where there is no negative sampling */
  negative: number;
  /** nodes of all paths together, and of the longest; 0 where there is no hierarchical softmax */
  pathNodes: number;
  longestPath: number;
  /** words of a job, at most */
  batchWords: number;
}

/**
 * A model's memory. What depends on the options may be empty; the first three are learnt.
 *
 *     base    | rows (V, D)  | output (V, D) | nodes (V-1, D) | mt      | pcg      |
 *     …       | sampling (V) | counts, noise | paths (V+1)    | points  | codes    | sigmoid |
 *     …       | job          | norms (V)     | query, other   | scores (V) | best (V) | ids, gathered |
 */
export function modelLayout(base: number, sizes: ModelSizes) {
  const { vocabSize, vectorSize, negative, pathNodes, longestPath } = sizes;
  const space = new Space(base);
  const rowBytes = rowBytesOf(vectorSize);
  return {
    rows: space.take(vocabSize * rowBytes),
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
    ...takeJob(space, sizes),
    ...takeQuery(space, vocabSize, vectorSize),
    end: space.end,
  };
}

/**
 * What one job needs for itself; I and O are the inputs and outputs of its largest step, each with room for a last vector.
 *
 *     struct | random, lcg | tokens | kept, sentences, spans | negatives | inputIds, places | contexts (I, 4) |
 *     inputs, errors, uses (I) | outputIds, columns | outputs, noises, labels (O) | positives, gradients (I, O) |
 *     hidden, error (4, D) | zeros (D) |
 */
function takeJob(space: Space, { vectorSize, window, negative, longestPath, batchWords }: ModelSizes) {
  const rowBytes = rowBytesOf(vectorSize);
  const words = Math.max(MAX_KEPT, batchWords);
  const inputs = BLOCK + 2 * window + 4;
  const outputs = roundUp(Math.max(BLOCK + negative, longestPath) + 8, 4);
  return {
    job: space.take(JOB_FIELDS.length * 4),
    random: space.take(8),
    lcg: space.take(8),
    tokens: space.take(PIECE_TOKENS * 4),
    kept: space.take(words * 4),
    sentences: space.take(words * 4),
    spans: space.take(words * 4),
    negatives: space.take(NEGATIVE_CAPACITY * 4),
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
    positives: space.take(inputs * outputs * 4),
    gradients: space.take(inputs * outputs * 4),
    hidden: space.take(BLOCK * rowBytes),
    error: space.take(BLOCK * rowBytes),
    zeros: space.take(rowBytes),
  };
}

/** Where numbers of 2 bytes (count) become f32: kernels go in steps of eight. */
export function widenLayout(base: number, count: number) {
  const space = new Space(base);
  return { narrow: space.take(roundUp(count, 8) * 2), wide: space.take(roundUp(count, 8) * 4), end: space.end };
}
