// What gensim's users write by habit is answered with what is written here.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors, Word2Vec } from "../src/index.ts";
import { rejects } from "./helpers/rejects.ts";
import { tableOf } from "./helpers/tables.ts";

const sentences = [["cat", "dog"]];
// biome-ignore lint/suspicious/noExplicitAny: what is called here has no type
const untyped = (value: unknown) => value as any;

test("sentences given to the constructor", async () => {
  const ours = /await Word2Vec\.train\(sentences, \{ vectorSize: 100 \}\)/;
  await rejects("option-invalid", ours, () => new Word2Vec(untyped(sentences)));
  await rejects("option-invalid", ours, () => new Word2Vec(untyped(() => sentences)));
  await rejects("option-unknown", ours, () => new Word2Vec(untyped({ sentences })));
});

/** The options of gensim's Word2Vec and of its methods, of all versions from 0.13 to 4.4. */
const RENAMED = {
  ...{
    size: "vectorSize",
    iter: "epochs",
    min_count: "minCount",
    max_vocab_size: "maxVocabSize",
    min_alpha: "minAlpha",
  },
  ...{ vector_size: "vectorSize", ns_exponent: "nsExponent", cbow_mean: "cbowMean", null_word: "nullWord" },
  ...{ trim_rule: "trimRule", sorted_vocab: "sortedVocab", batch_words: "batchWords", compute_loss: "computeLoss" },
  ...{ max_final_vocab: "maxFinalVocab", shrink_windows: "shrinkWindows" },
};
const KEPT = ["alpha", "window", "sample", "seed", "workers", "sg", "hs", "negative", "epochs", "callbacks", "comment"];
const ABSENT = {
  sentences: /Word2Vec\.train\(sentences/,
  corpus_file: /new LineSentences\("corpus\.txt"\)/,
  hashfxn: /seed/,
};

test("gensim's options of a model: kept, renamed, or what to do instead", async () => {
  for (const make of [
    (options: object) => new Word2Vec(options),
    (options: object) => Word2Vec.train(sentences, options),
  ]) {
    for (const [theirs, ours] of Object.entries(RENAMED)) {
      await rejects("option-unknown", new RegExp(`no option "${theirs}"\\. (Write|Did you mean) "?${ours}\\b`), () =>
        make({ [theirs]: 1 }),
      );
    }
    for (const [theirs, advice] of Object.entries(ABSENT)) {
      await rejects("option-unknown", advice, () => make({ [theirs]: 1 }));
    }
  }
  for (const name of KEPT) assert.ok(new Word2Vec({ [name]: undefined }), name);
});

test("gensim's options of methods", async () => {
  const model = new Word2Vec();
  const vectors = await tableOf({ east: [1, 0], north: [0, 1] });
  const asked: [string, RegExp, (options: never) => unknown][] = [
    ["total_examples", /totalExamples/, (options) => model.train(sentences, options)],
    ["start_alpha", /startAlpha/, (options) => model.train(sentences, options)],
    ["word_count", /leave it out/, (options) => model.train(sentences, options)],
    ["queue_factor", /leave it out/, (options) => model.train(sentences, options)],
    ["report_delay", /onProgress/, (options) => model.train(sentences, options)],
    ["progress_per", /onProgress/, (options) => model.buildVocab(sentences, options)],
    ["keep_raw_vocab", /leave it out/, (options) => model.buildVocab(sentences, options)],
    ["corpus_count", /corpusCount/, (options) => model.buildVocabFromFreq({ a: 1 }, options)],
    ["total_sentences", /leave it out/, (options) => model.score(sentences, options)],
    ["mmap", /leave it out/, (options) => Word2Vec.load("nowhere", options)],
    ["restrict_vocab", /restrictVocab/, (options) => vectors.mostSimilar("east", options)],
    ["clip_start", /clipStart/, (options) => vectors.mostSimilar("east", options)],
    ["indexer", /buildIndex/, (options) => vectors.mostSimilar("east", options)],
    ["pre_normalize", /preNormalize/, (options) => vectors.getMeanVector(["east"], options)],
    ["encoding", /UTF-8/, (options) => vectors.evaluateWordPairs("nowhere", options)],
  ];
  for (const [name, advice, call] of asked) {
    await rejects("option-unknown", advice, () => call({ [name]: 1 } as never));
  }
});

test("arguments in their order, as in Python", async () => {
  const vectors = await tableOf({ east: [1, 0], north: [0, 1] });
  await rejects("option-invalid", /such as \{ negative: \["north"\] \}/, () =>
    vectors.mostSimilar(["east"], untyped(["north"])),
  );
  await rejects("option-invalid", /such as \{ topn: 5 \}/, () => vectors.mostSimilar("east", untyped(5)));
  await rejects("option-invalid", /such as \{ topn: 5 \}/, () => vectors.similarByKey("east", untyped(5)));
});

test("a misspelt option of Word2Vec.train is looked for among the model's and the work's", () =>
  rejects("option-unknown", /Did you mean "onProgress"\?/, () =>
    Word2Vec.train(sentences, untyped({ onProgess: () => {} })),
  ));

test("names that gensim's objects have, with underscores or without", async () => {
  const model = untyped(await Word2Vec.train(sentences, { minCount: 1, vectorSize: 2 }));
  const vectors = model.wv;
  const asked: [() => unknown, RegExp][] = [
    [() => model.mostSimilar("cat"), /There is no mostSimilar\. Ask the vectors: model\.wv\.mostSimilar\./],
    [() => model.most_similar("cat"), /no most_similar\. Ask the vectors: model\.wv\.mostSimilar\./],
    [() => model.similarity("cat", "dog"), /model\.wv\.similarity/],
    [() => model.vocab.cat, /model\.wv\.keyToIndex/],
    [() => model.index2word[0], /model\.wv\.indexToKey/],
    [() => model.build_vocab(sentences), /Write buildVocab\./],
    [() => model.vector_size, /Write vectorSize\./],
    [() => model.save_word2vec_format("a"), /model\.wv\.save\("vectors\.bin"\)/],
    [() => vectors.vocab.cat, /Write keyToIndex\./],
    [() => vectors.index2word, /Write indexToKey\./],
    [() => vectors.index_to_key, /no index_to_key\. Write indexToKey\./],
    [() => vectors.key_to_index, /Write keyToIndex\./],
    [() => vectors.most_similar("cat"), /Write mostSimilar\./],
    [() => vectors.vectors, /Write toMatrix\(\)\./],
    [() => vectors.saveWord2vecFormat("a"), /vectors\.save\("vectors\.bin"\)/],
    [() => vectors.save_word2vec_format("a"), /vectors\.save\("vectors\.bin"\)/],
    [() => untyped(KeyedVectors).load_word2vec_format("a"), /KeyedVectors\.load\(path\)/],
    [() => vectors.intersect_word2vec_format("a"), /model\.intersectWord2vecFormat\(path\)/],
    [() => untyped(Word2Vec).loadWord2vecFormat("a"), /KeyedVectors\.load\(path\)/],
  ];
  for (const [ask, advice] of asked) await rejects("name-unknown", advice, ask);
});

test("what is not there is not seen where an object's names are listed", async () => {
  const model = new Word2Vec();
  assert.not(Object.keys(Word2Vec.prototype).includes("vocab"));
  assert.equal(JSON.stringify(Object.keys(model)).includes("vocab"), false);
  for (const name in model) assert.not(name === "vocab");
});

test("a table is made by KeyedVectors.from, not by new", () =>
  rejects(
    "option-invalid",
    /new KeyedVectors got 100\. Make a table with await KeyedVectors\.from/,
    () => new KeyedVectors(untyped(100)),
  ));

test.run();
