// A training job: up to 10,000 words of text on their way through plan and step.

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
  /** the MT19937 of the run and the LCG-48 of the job */
  mt: usize;
  lcg: usize;

  // the model
  /** (V, D) f32: the word vectors */
  input: usize;
  /** (V, D) f32: the words as outputs of negative sampling; 0 where there is none */
  output: usize;
  /** (V - 1, D) f32: the inner nodes of the Huffman tree; 0 where there is no hierarchical softmax */
  nodes: usize;
  rowBytes: usize;
  vocabSize: u32;
  /** (V,) u32: the cumulative noise distribution */
  noise: usize;
  negative: u32;
  /** (V + 1) u32: where each word's path begins in `points` and `codes` */
  paths: usize;
  /** u32: the inner nodes from the root to the word */
  points: usize;
  /** u8: the turn at each of them */
  codes: usize;
  sg: u32;
  cbowMean: u32;

  // the step
  /** the sigmoid (1000) f32, then its logarithm (1000) f32 */
  sigmoid: usize;
  /** (D,) f32: what stands for the context */
  hidden: usize;
  /** (D,) f32: what the context is corrected by */
  error: usize;
  /** u32: addresses of the output rows of one step */
  outputs: usize;
  /** f32: 1 for the word itself or a path's turn to the left, 0 else */
  labels: usize;
  alpha: f32;
  computeLoss: u32;
  loss: f32;
}

export const OUT_OF_VOCABULARY: u32 = 0xffffffff;
export const SENTENCE_END: u32 = 0xfffffffe;

/** How many words a job keeps at most: gensim's MAX_SENTENCE_LEN. */
export const MAX_KEPT: u32 = 10000;
