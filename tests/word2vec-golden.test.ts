// Training against gensim 4.3.3 and 4.4.0, vector by vector: tests/golden/make.py ran them.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { LineSentences } from "../src/text/line-sentences.ts";
import { simplePreprocess } from "../src/text/simple-preprocess.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { sharedData } from "./helpers/data.ts";
import { readGolden } from "./helpers/golden.ts";

const versions = ["4.3", "4.4"] as const;
const corpora: Record<string, string[][]> = JSON.parse(readFileSync("tests/golden/corpora.json", "utf8"));
const lee = sharedData("corpora/lee_background.cor");
if (lee) {
  const lines = readFileSync(lee, "utf8").split("\n").slice(0, 40);
  corpora.lee = lines.map((line) => simplePreprocess(line));
} else console.log("not run: training on the Lee corpus, which is not on this machine");

/** The greatest |difference|; both have the same length. */
function distance(got: Float32Array, expected: Float32Array): number {
  assert.is(got.length, expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - got[i])), 0);
}

/**
 * How far from gensim's its vectors may be. After one epoch of the small corpora, and where few words are trained on,
 * only a dot product's order of summation differs; over more steps, a logit now and then falls into the neighbouring
 * entry of the sigmoid's table.
 */
const bounds: Record<string, number> = {
  article: 1e-6,
  toy: 1e-6,
  "article-unsampled": 1e-4,
  "toy-unsampled": 1e-4,
  lee: 1e-3,
};

for (const version of versions) {
  const reproduce = `gensim-${version}` as const;
  for (const [name, bound] of Object.entries(bounds)) {
    const corpus = corpora[name.split("-")[0]];
    if (!corpus) continue;
    const { tensors, metadata } = readGolden(`word2vec-${name}-${version}.safetensors`);
    for (const [combination, given] of Object.entries(metadata.combinations)) {
      test(`${name}, ${combination}: the vectors and the loss of gensim ${version}`, async () => {
        const options = { ...metadata.options, ...(given as object), reproduce, computeLoss: true };
        using model = await Word2Vec.train(corpus, options);
        assert.equal([...model.wv.indexToKey], metadata.keys);
        assert.ok(distance(model.wv.toMatrix().data, tensors[combination]) <= bound);
        const loss = metadata.loss[combination];
        assert.ok(
          Math.abs(model.getLatestTrainingLoss() - loss) <= 1e-4 * loss,
          `${model.getLatestTrainingLoss()} ${loss}`,
        );
      });
    }
  }

  const { tensors, metadata } = readGolden(`options-${version}.safetensors`);
  corpora.long = metadata.long.sentences.map(({ length, modulus }: { length: number; modulus: number }) =>
    Array.from({ length }, (_, i) => `w${(i * i) % modulus}`),
  );
  for (const [name, { corpus, options, thenTrain, keys }] of Object.entries<GoldenCase>(metadata.cases)) {
    if (!corpora[corpus]) continue;
    test(`${name}: the vectors of gensim ${version}`, async () => {
      using model = await Word2Vec.train(corpora[corpus], { ...options, reproduce });
      for (const again of thenTrain) await model.train(corpora[corpus], again);
      assert.equal([...model.wv.indexToKey], keys);
      assert.ok(distance(model.wv.toMatrix().data, tensors[name]) <= 1e-3);
    });
  }

  test(`the article's run: the numbers of gensim ${version}`, async () => {
    const golden = JSON.parse(readFileSync("tests/golden/article-run.json", "utf8"))[reproduce];
    using model = await Word2Vec.train(corpora.article, { sg: 1, minCount: 1, workers: 4, reproduce });
    assert.equal([...model.wv.indexToKey], golden.keys);
    for (const [i, [key, similarity]] of model.wv.mostSimilar("python", { topn: 5 }).entries()) {
      assert.is(key, golden.mostSimilar[i][0]);
      assert.ok(Math.abs(similarity - golden.mostSimilar[i][1]) <= 1e-6);
    }
    assert.ok(Math.abs(model.wv.similarity("python", "language") - golden.similarity) <= 1e-6);
    const printed = (vector: Iterable<number>) => Array.from(vector, (value) => value.toFixed(8));
    assert.equal(printed(model.wv.getVector("python")), printed(golden.python));
  });
}

interface GoldenCase {
  corpus: string;
  options: object;
  thenTrain: object[];
  keys: string[];
}

test("a corpus of lines, gzipped, trains as its sentences do", async () => {
  const text = corpora.toy.map((sentence) => sentence.join(" ")).join("\n");
  const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(zipped).arrayBuffer());
  using fromLines = await Word2Vec.train(new LineSentences(bytes), { minCount: 1, vectorSize: 10 });
  using fromArrays = await Word2Vec.train(corpora.toy, { minCount: 1, vectorSize: 10 });
  assert.equal(fromLines.wv.toMatrix().data, fromArrays.wv.toMatrix().data);
});

test.run();
