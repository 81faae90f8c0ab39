/** The classes and functions that gensim's files name, of all versions. */

import { knownGlobals } from "../formats/pickle-values.ts";

const VECTORS = [
  ...["KeyedVectors", "Word2VecKeyedVectors", "EuclideanKeyedVectors", "KeyedVectorsBase", "FastTextKeyedVectors"],
  ...["Doc2VecKeyedVectors", "Vocab", "CompatVocab", "Doctag"],
];

/** Classes by the modules that they were in. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  keyedvectors: VECTORS,
  word2vec: ["Word2Vec", "Vocab", "Word2VecVocab", "Word2VecTrainables"],
  fasttext: ["FastText", "FastTextKeyedVectors", "FastTextTrainables", "FastTextVocab"],
  doc2vec: ["Doc2Vec", "DocvecsArray", "Doc2VecTrainables", "Doc2VecVocab", "Doctag"],
  "wrappers.fasttext": ["FastText", "FastTextKeyedVectors"],
  // where the classes of before 3.3 were put, and what they became when they were saved again
  ...{ "deprecated.keyedvectors": VECTORS, "deprecated.word2vec": ["Word2Vec", "Vocab"] },
  ...{ "deprecated.fasttext": ["FastText"], "deprecated.fasttext_wrapper": ["FastText", "FastTextKeyedVectors"] },
  "deprecated.doc2vec": ["Doc2Vec", "DocvecsArray", "Doctag"],
  phrases: ["Phrases", "Phraser", "FrozenPhrases"],
};

/** The scorers of phrases that gensim has. */
export const SCORERS = {
  "gensim.models.phrases.original_scorer": "default",
  "gensim.models.phrases.npmi_scorer": "npmi",
} as const;

const names = Object.entries(CLASSES).flatMap(([module, classes]) =>
  classes.map((name) => `gensim.models.${module}.${name}`),
);

export const GENSIM_GLOBALS = knownGlobals(names, ["gensim.utils.call_on_class_only", ...Object.keys(SCORERS)]);
