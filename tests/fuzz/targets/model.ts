/** Changed model files: refused, or a model that answers, trains, and is saved and loaded to the last bit. */

import { Word2Vec, type Word2VecOptions } from "../../../src/word2vec.ts";
import { changedBases } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";
import { changedFileAsCode, changeFile, type FileParts, partsOf } from "../tensor-file.ts";

const corpus = ["the cat sees the dog", "a dog hears the cat", "the bird sees a fish"].map((text) => text.split(" "));
const settings: Word2VecOptions = { vectorSize: 3, window: 2, minCount: 1, epochs: 1 };

/** Each set of tables that a model may have, and words of every kind. */
const MODELS: [corpus: string[][], options: Word2VecOptions][] = [
  [corpus, { ...settings, sg: 1 }],
  [corpus, { ...settings, hs: 1, negative: 0 }],
  [corpus, { ...settings, hs: 1, sample: 0, comment: "of birds" }],
  [corpus, { ...settings, reproduce: "gensim-4.4" }],
  [[["", "\0", "你好", "👩‍🚀", "a b", "\ufeffmark"]], settings],
];

const SHARES = { texts: 6, tensors: 6, header: 3, bytes: 2 };

export async function open(): Promise<Target<number>> {
  const bases: FileParts[] = [];
  for (const [words, options] of MODELS) {
    using model = await Word2Vec.train(words, options);
    bases.push(partsOf(await model.toBytes(), ["options", "history"]));
  }
  const { steps, make } = changedBases(bases, 4, (base, seeds) => changeFile(base, seeds, SHARES));
  return {
    steps,
    async run(steps) {
      const { value: model, code } = await attempt(() => Word2Vec.load(make(steps).bytes));
      if (!model) return code as string;
      try {
        await use(model);
        return "accepted";
      } finally {
        model.close();
      }
    },
    code: (steps) => `${changedFileAsCode(make(steps))}`,
  };
}

async function use(model: Word2Vec): Promise<void> {
  const { wv } = model;
  const keys = [...wv.indexToKey];
  check(new Set(keys).size === keys.length, "two rows have one key");
  for (const [row, key] of keys.entries())
    check(wv.getIndex(key) === row, `a key of the list is not found, or at another row: ${row}`);
  const saved = await model.toBytes();
  using again = await Word2Vec.load(saved);
  check(Buffer.from(saved).equals(await again.toBytes()), "saved, loaded and saved, it is another file");
  await attempt(() => wv.mostSimilar({ row: 0 }));
  await attempt(() => model.predictOutputWord(["cat", 0]));
  await attempt(() => model.score(corpus));
  const trained = await attempt(() => model.train(corpus, { epochs: 1, signal: AbortSignal.timeout(1000) }));
  if (trained.value) check(trained.value.trainedWords >= 0, "the training counted no words");
  check(wv.size === keys.length, "training changed the vocabulary");
}
