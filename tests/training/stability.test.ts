// Training stays finite, and learns, where steps are long: few words, wide windows, many noise words, high rates.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";
import { groupedShare, smallCorpora } from "../helpers/small-corpora.ts";

/** With each of these, several of the corpora diverged when all pairs of a block moved their rows at once. */
const configurations = {
  "window 20, negative 20": { sg: 1, window: 20, negative: 20 },
  "window 10, negative 20, alpha 0.1": { sg: 1, window: 10, negative: 20, alpha: 0.1 },
  "window 15, the tree": { sg: 1, hs: 1, negative: 0, window: 15, alpha: 0.1 },
  "CBOW, sums, window 15": { sg: 0, cbowMean: 0, window: 15 },
} as const;

for (const [name, make] of Object.entries(smallCorpora)) {
  const corpus = make();
  for (const [what, options] of Object.entries(configurations)) {
    test(`${name}: ${what}`, async () => {
      using model = await Word2Vec.train(corpus.sentences, { minCount: 1, vectorSize: 32, epochs: 3, ...options });
      const longest = model.wv.toMatrix().data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      assert.ok(longest < 10, `the largest number is ${longest}`);
      // two of four words may be anywhere
      if (corpus.groups.size < 10) return;
      const share = groupedShare(corpus, (word) => model.wv.mostSimilar(word, { topn: 5 }));
      assert.ok(share >= 0.8, `${share} of the words are nearest to one of their group`);
    });
  }
}

test("4 nucleotides: CBOW, window 20, negative 20, alpha 0.1, finds the groups with every seed", async () => {
  const corpus = smallCorpora["4 nucleotides"]();
  const options = { minCount: 1, vectorSize: 50, sg: 0, window: 20, negative: 20, alpha: 0.1 } as const;
  for (let seed = 1; seed <= 4; seed++) {
    using model = await Word2Vec.train(corpus.sentences, { ...options, seed });
    assert.is(
      groupedShare(corpus, (word) => model.wv.mostSimilar(word, { topn: 5 })),
      1,
      `seed ${seed}`,
    );
  }
});

/** Half of the tokens of one word, and the rest of fifty: sixty uses of one row in each context. */
const hit = Array.from({ length: 100 }, (_, s) =>
  Array.from({ length: 60 }, (_, i) => (i % 2 ? "hit" : `${(7 * s + i) % 50}`)),
);

/**
 * Each diverged, or grew beyond 10: when a part could go any way once its repeats were used up, and took the excess of its
 * noise words; and with CBOW, when four centres' errors moved a context together, each as often as a word comes in it.
 */
const longSteps = {
  "one negative, a rate of 1": { sg: 1, negative: 1, alpha: 1, window: 10, nsExponent: -1, epochs: 20 },
  "a window of 100, a rate of 0.5": { sg: 1, negative: 10, alpha: 0.5, window: 100 },
  "a window of 100 and a rate of 1": { sg: 1, negative: 5, alpha: 1, minAlpha: 1, window: 100, nsExponent: 2 },
  "a hundred negatives": { sg: 1, negative: 100, alpha: 0.5, window: 50, shrinkWindows: false, epochs: 1 },
  "CBOW, a rate of 0.25": { sg: 0, alpha: 0.25, window: 50 },
  "CBOW, one negative": { sg: 0, negative: 1, alpha: 0.25, window: 5, epochs: 20 },
  "CBOW, sums": { sg: 0, cbowMean: 0, alpha: 0.25, window: 20 },
  "CBOW, sums, twenty negatives": { sg: 0, cbowMean: 0, negative: 20, alpha: 0.1, window: 50 },
  "CBOW, sums, the tree and noise": { sg: 0, cbowMean: 0, hs: 1, negative: 5, alpha: 0.25, window: 20 },
  "CBOW, the tree": { sg: 0, hs: 1, negative: 0, alpha: 0.5, window: 50 },
} as const;

for (const [what, options] of Object.entries(longSteps)) {
  test(`a word that is half of the text: ${what}`, async () => {
    using model = await Word2Vec.train(hit, { minCount: 1, vectorSize: 16, sample: 0, ...options });
    const longest = model.wv.toMatrix().data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    assert.ok(longest < 10, `the largest number is ${longest}`);
  });
}

test("rows that grow without end are told, with the word and with advice", async () => {
  // steps are kept from doing this, so someone else has to
  const { sentences } = smallCorpora["10 words"]();
  const onEpochBegin = ({ wv }: Word2Vec) => wv.setVector("0.0", [1e5, 0]);
  await rejects("training-diverged", /diverged: Row \d+ \("\d\.\d"\) is .* long\. An alpha of 0\.025 is usual/, () =>
    Word2Vec.train(sentences, { minCount: 1, vectorSize: 2, sg: 1, callbacks: { onEpochBegin } }),
  );
});

test("vectors that are long from the beginning are no sign of it", async () => {
  const { sentences } = smallCorpora["10 words"]();
  const data = Float32Array.from({ length: 8 }, (_, i) => 1e4 * (i + 1));
  using initialVectors = await KeyedVectors.from(["0.0"], { data, shape: [1, 8] });
  using model = await Word2Vec.train(sentences, { minCount: 1, vectorSize: 8, sg: 1, epochs: 2, initialVectors });
  assert.ok(model.wv.toMatrix().data.every(Number.isFinite));
});

test("an absurd learning rate ends, and its numbers are finite or it is an error", async () => {
  const { sentences } = smallCorpora["10 words"]();
  for (const alpha of [10, 1e10, 1e38]) {
    try {
      using model = await Word2Vec.train(sentences.slice(0, 50), { minCount: 1, vectorSize: 8, sg: 1, alpha });
      assert.ok(model.wv.toMatrix().data.every(Number.isFinite));
    } catch (error) {
      assert.is((error as { code: string }).code, "training-diverged");
    }
  }
});

test.run();
