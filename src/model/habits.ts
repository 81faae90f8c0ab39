/** What users of gensim ask a model for by habit, and what to ask here. */

import { LOAD_WORD2VEC_FORMAT } from "../habits.ts";

/** Names that a model's vectors have. */
function askedOfVectors(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `Ask the vectors: model.wv.${name}.`]));
}

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
