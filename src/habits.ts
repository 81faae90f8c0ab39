/** What gensim's users write by habit, and what is written here. Names in camelCase stand for those with underscores too. */

import { plain, Wasm2VecError } from "./errors.ts";

/** gensim's options that have another name here. */
const RENAMED: Readonly<Record<string, string>> = {
  size: "vectorSize",
  iter: "epochs",
  fvocab: "counts",
  datatype: "dtype",
};

/** gensim's options that there are not, and what to do. */
const ABSENT: Readonly<Record<string, string>> = {
  sentences: "Sentences are an argument of their own: await Word2Vec.train(sentences, { vectorSize: 100 }).",
  corpusFile:
    'Pass the file as the corpus: await Word2Vec.train(new LineSentences("corpus.txt"), { vectorSize: 100 }).',
  corpusIterable: "The corpus is the first argument.",
  hashfxn: "First vectors depend on seed alone; leave it out.",
  wordCount: "It is counted by itself; leave it out. An interrupted training goes on with Word2Vec.resume.",
  queueFactor: "Jobs are handed out by themselves; leave it out.",
  reportDelay: "Pass onProgress, which is told ten times a second.",
  progressPer: "Pass onProgress, which is told ten times a second.",
  keepRawVocab: "Counts of words that were left out are not kept; leave it out.",
  totalSentences: "All sentences are scored; leave it out.",
  chunksize: "Sentences are read one after the other; leave it out.",
  mmap: "A file's rows are read into memory; leave it out.",
  indexer: 'Call await wv.buildIndex({ dtype: "int8" }) once, which queries use by themselves.',
  encoding: "Files are UTF-8; leave it out.",
  binary:
    "A file's content says what it is, and its extension what it becomes: .bin is binary, .txt is not; leave it out.",
  noHeader: 'Whether there is a first line is found; leave it out. It is not written with { format: "glove" }.',
  writeHeader: 'Text without a first line is written with { format: "glove" }.',
  totalVec: "All vectors are written; leave it out.",
  sortAttr: "Vectors are written in the order of their rows: call sortByDescendingFrequency() first.",
};

const entryOf = (table: Readonly<Record<string, string>>, name: string) =>
  Object.entries(table).find(([known]) => plain(known) === plain(name))?.[1];

/** What to write for one of gensim's options; undefined for what is none, or is spelt as here. */
export function habitAdvice(name: string, known: readonly string[]): string | undefined {
  const renamed = entryOf(RENAMED, name);
  if (renamed && known.includes(renamed)) return `Write ${renamed}.`;
  return known.some((option) => plain(option) === plain(name)) ? undefined : entryOf(ABSENT, name);
}

const LOAD_WORD2VEC_FORMAT = "Write await KeyedVectors.load(path): it finds the format.";
const SAVE_WORD2VEC_FORMAT = 'Write await vectors.save("vectors.bin"), or .txt: the extension says the format.';

/** Names that a model's vectors have. */
function askedOfVectors(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `Ask the vectors: model.wv.${name}.`]));
}

const underscored = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What gensim's models answer for, and what to ask here. */
export const MODEL_HABITS: Readonly<Record<string, string>> = {
  ...askedOfVectors(
    ...["mostSimilar", "mostSimilarCosmul", "mostSimilarToGiven", "similarByVector", "similarity", "nSimilarity"],
    ...["distance", "distances", "doesntMatch", "wmdistance", "rank", "closerThan", "relativeCosineSimilarity"],
    ...["getVector", "getMeanVector", "evaluateWordAnalogies", "evaluateWordPairs", "indexToKey", "keyToIndex"],
  ),
  similarByWord: "Ask the vectors: model.wv.similarByKey.",
  accuracy: "Ask the vectors: model.wv.evaluateWordAnalogies.",
  vocab: "Ask the vectors: model.wv.keyToIndex.",
  index2word: "Ask the vectors: model.wv.indexToKey.",
  syn0: "Ask the vectors: model.wv.toMatrix().",
  initSims: "Nothing needs to be prepared; leave it out.",
  saveWord2vecFormat: 'Write await model.wv.save("vectors.bin"), or .txt: the extension says the format.',
  loadWord2vecFormat: LOAD_WORD2VEC_FORMAT,
};

/** What gensim's KeyedVectors answer for. */
export const VECTORS_HABITS: Readonly<Record<string, string>> = {
  vocab: "Write keyToIndex.",
  // fields, which are no names of the class
  key_to_index: "Write keyToIndex.",
  index_to_key: "Write indexToKey.",
  index2word: "Write indexToKey.",
  index2entity: "Write indexToKey.",
  vectors: "Write toMatrix().",
  syn0: "Write toMatrix().",
  vectorsNorm: "Write getNormedVectors().",
  wordVec: "Write getVector.",
  similarByWord: "Write similarByKey.",
  wordsCloserThan: "Write closerThan.",
  accuracy: "Write evaluateWordAnalogies.",
  add: "Write addVectors.",
  initSims: "Nothing needs to be prepared; leave it out.",
  fillNorms: "Nothing needs to be prepared; leave it out.",
  saveWord2vecFormat: SAVE_WORD2VEC_FORMAT,
  intersectWord2vecFormat: "Ask the model: await model.intersectWord2vecFormat(path).",
};

/** What gensim's class KeyedVectors has. */
export const VECTORS_CLASS_HABITS: Readonly<Record<string, string>> = {
  loadWord2vecFormat: LOAD_WORD2VEC_FORMAT,
};

/**
 * Lets an object answer for names that gensim's has and it has not: whoever reads one gets an error that says what to
 * write. Its own names with underscores are answered too.
 *
 * @param advice what to write instead of each name
 */
export function answerHabits(object: object, advice: Readonly<Record<string, string>>): void {
  const own = Object.getOwnPropertyNames(object).map((name) => [name, `Write ${name}.`] as const);
  for (const [name, instead] of [...own, ...Object.entries(advice)]) {
    for (const spelt of new Set([name, underscored(name)])) {
      if (!(spelt in object))
        Object.defineProperty(object, spelt, { get: () => notHere(spelt, instead), configurable: true });
    }
  }
}

function notHere(name: string, instead: string): never {
  throw new Wasm2VecError("name-unknown", `There is no ${name}. ${instead}`);
}
