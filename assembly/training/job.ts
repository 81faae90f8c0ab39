// A training job: up to 10,000 words of text on their way through plan and step.

import { f32At, u32At } from "../numbers/arrays";

/** What a job touches and where it lies. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Job {
  // the text
  /** (tokenCount) u32: ids, OUT_OF_VOCABULARY for a word that is not kept, SENTENCE_END after each sentence */
  tokens: usize;
  tokenCount: u32;

  // the plan
  /** (keptCount) u32: ids of the words that are trained on */
  kept: usize;
  keptCount: u32;
  /** (sentenceCount) u32: where each sentence of kept words ends */
  sentences: usize;
  sentenceCount: u32;
  /** (keptCount) u32: how many words each word looks to either side */
  spans: usize;
  /** (V,) u32: a word is dropped where this is below 32 random bits; 0 where all are kept */
  sampling: usize;
  window: u32;
  shrinkWindows: u32;
  /** the generator of the job; where gensim is reproduced, the MT19937 of the run and the LCG-48 of the job */
  random: usize;
  mt: usize;
  lcg: usize;

  // the model
  /** (V, D) f32: the word vectors, word2vec.c's syn0 */
  input: usize;
  /** (V, D) f32: the words as outputs of negative sampling, its syn1neg; 0 where there is none */
  output: usize;
  /** (V - 1, D) f32: the inner nodes of the Huffman tree, its syn1; 0 where there is no hierarchical softmax */
  nodes: usize;
  /** (V,) f32: how much of its corrections each word vector takes; 0 where all take all */
  locks: usize;
  /** how far rows lie apart, and how much of one holds numbers */
  rowBytes: usize;
  vectorBytes: usize;
  vocabSize: u32;
  /** the noise distribution: (V, 2) u32 as an alias table, or (V,) u32 cumulative where gensim is reproduced */
  noise: usize;
  negative: u32;
  /** how many noise words a block draws, and how much each counts */
  draws: u32;
  drawWeight: f32;
  /** (V + 1) u32: where each word's path begins in `points` and `codes` */
  paths: usize;
  /** u32: the inner nodes from the root to the word */
  points: usize;
  /** u8: the turn at each of them */
  codes: usize;
  sg: u32;
  cbowMean: u32;

  // the step; B = 4 words make a block, I inputs and O outputs are padded to whole tiles
  /** (I) u32: the different words of the block's contexts, and (B + 2 window) u32: which of them lies at each position */
  inputIds: usize;
  places: usize;
  /** (I, B) f32: how often each is context of each centre */
  contexts: usize;
  /** (I) u32: addresses of the input rows, and of the rows that gather their corrections; (I) f32: their uses */
  inputs: usize;
  errors: usize;
  uses: usize;
  /** (O) u32: the different words of the block's outputs; (B) u32: which of them is each centre */
  outputIds: usize;
  columns: usize;
  /** (O) u32: addresses of the output rows; (O) f32: how much each use of an input counts as noise of them */
  outputs: usize;
  noises: usize;
  /** (B, 4) f32: what speaks for the pairs of CBOW's inputs and the first four outputs */
  positives: usize;
  /** (I, O) f32, rows of strideOf(O) bytes: the logits, then the gradients */
  gradients: usize;
  /** (B, D) f32: what stands for the contexts, and what it is corrected by */
  hidden: usize;
  error: usize;
  /** (B,) f32: how much of a centre's error each word of its context takes */
  shares: usize;
  /** (I, D) f32: what inputs are corrected by that do not take all of it */
  lockedErrors: usize;
  /** how many rows that are the most used, of each table, are worked on in local copies; 0 where no other thread wants them */
  hotRows: u32;
  /** how many uses the most frequent word has in a block of each thread, in the mean, all threads together */
  hotUses: f32;
  /** (3 hotRows, 2, D) f32: the local copies, each as it is and as it was; (3 hotRows) u32: the rows that they are of, or 0 */
  localRows: usize;
  localOf: usize;
  /** (D,) f32: a row of zeros */
  zeros: usize;
  /** (negativeCapacity) u32: noise words, drawn in bulk; how many of them were used */
  negatives: usize;
  negativeCapacity: u32;
  drawn: u32;
  /** (draws) u32: addresses of a block's noise words' rows, filled up to a multiple of eight */
  noiseRows: usize;
  /** (D,) f32: the mean row of noise words, and what those of a block bring by chance (sumNoise) */
  noiseMean: usize;
  noiseExcess: usize;
  /** (O) f32: 1 for a path's turn to the left, or where gensim is reproduced for the word itself; 0 else */
  labels: usize;
  /** where gensim is reproduced: the sigmoid (1000) f32, then its logarithm (1000) f32 */
  sigmoid: usize;
  /** the sum of what was read ahead, because a result that no one uses would not be computed */
  touched: u32;
  alpha: f32;
  computeLoss: u32;
  /** the loss of the block that is under way; where gensim is reproduced, of the run up to now */
  loss: f32;
}

/** How many centre words make a block: one for each lane of a vector. */
export const BLOCK: u32 = 4;

/** The word at a position of the plan. */
export function keptWord(job: Job, position: u32): u32 {
  return u32At(job.kept, position);
}

/** How much of its corrections a word's vector takes. */
export function lockOf(job: Job, word: u32): f32 {
  return job.locks ? f32At(job.locks, word) : 1;
}

/** How many words a job keeps at most: gensim's MAX_SENTENCE_LEN. */
export const MAX_KEPT: u32 = 10000;
