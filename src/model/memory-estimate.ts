/** How much memory a model will take. */

import { modelLayout, rowBytesOf, vocabularyLayout, wordsOfJob } from "../engine/layout.ts";
import type { ModelOptions } from "./model.ts";

/** In bytes. */
export interface MemoryEstimate {
  /** the words and their counts */
  vocabulary: number;
  /** the word vectors */
  input: number;
  /** the words' output vectors; 0 without negative sampling */
  output: number;
  /** the vectors of the Huffman tree's nodes; 0 without hierarchical softmax */
  nodes: number;
  /** what training and queries need beside */
  work: number;
  /** all of these together */
  total: number;
}

/** How long words are taken to be, in bytes of UTF-8, and how many nodes more than log2 V lie on their ways. */
const WORD_BYTES = 8;
const MORE_NODES = 3;

/** What a model of so many words with these options will take. */
export function estimateMemory(vocabSize: number, options: ModelOptions): MemoryEstimate {
  const path = options.hs ? Math.ceil(Math.log2(vocabSize)) + MORE_NODES : 0;
  const window = Math.min(options.window, wordsOfJob(options.batchWords));
  const sizes = { ...options, window, vocabSize, pathNodes: vocabSize * path, longestPath: 2 * path };
  const capacity = { words: vocabSize, text: vocabSize * WORD_BYTES, incoming: 0, key: 0 };
  const vocabulary = vocabularyLayout(0, capacity).end;
  const input = vocabSize * rowBytesOf(options.vectorSize);
  const output = options.negative ? input : 0;
  const nodes = options.hs ? input : 0;
  const model = modelLayout(0, sizes).end;
  return { vocabulary, input, output, nodes, work: model - input - output - nodes, total: vocabulary + model };
}
