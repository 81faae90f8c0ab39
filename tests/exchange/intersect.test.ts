// Word2Vec.intersectWord2vecFormat: words that a model has get the vectors of a file.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/index.ts";
import { rejects } from "../helpers/rejects.ts";
import { topicsOf } from "../helpers/topics.ts";

const topics = topicsOf(40);

const build = async () => {
  const model = new Word2Vec({ vectorSize: 2, minCount: 1, sample: 0, seed: 3 });
  await model.buildVocab(topics);
  return model;
};

const WORD = "gold";

const file = (text: string) => Buffer.from(text);

test("words of both get the file's vectors, which training leaves alone unless lockf says otherwise", async () => {
  for (const [lockf, moves] of [
    [undefined, false],
    [0, false],
    [1, true],
  ] as const) {
    using model = await build();
    const before = model.wv.toMatrix();
    const rowOf = model.wv.getIndex(WORD);
    const matched = await model.intersectWord2vecFormat(file(`3 2\n${WORD} 5 -7\nunicorn 1 2\n${WORD} 0 0\n`), {
      lockf,
    });
    assert.is(matched, 1);
    assert.equal([...model.wv.getVector(WORD)], [5, -7]);
    for (let row = 0; row < model.wv.size; row++) {
      if (row !== rowOf) assert.equal(model.wv.getVector({ row }), before.row(row));
    }
    assert.is(model.wv.mostSimilar([5, -7], { topn: 1 })[0][0], WORD);
    await model.train(topics, { epochs: 1 });
    assert.is(String(model.wv.getVector(WORD)) !== "5,-7", moves);
    assert.not.equal(model.wv.getVector({ row: 1 - Math.min(rowOf, 1) }), before.row(1 - Math.min(rowOf, 1)));
  }
});

test("vectorsLockf of train comes first, and a new vocabulary forgets", async () => {
  using model = await build();
  await model.intersectWord2vecFormat(file(`1 2\n${WORD} 5 -7\n`));
  await model.train(topics, { epochs: 1, vectorsLockf: [1] });
  assert.not.equal([...model.wv.getVector(WORD)], [5, -7]);
  await model.buildVocab(topics);
  const fresh = model.wv.getVector(WORD);
  await model.train(topics, { epochs: 1 });
  assert.not.equal(model.wv.getVector(WORD), fresh);
});

test("where something is wrong with the file, nothing of it is taken", async () => {
  using model = await build();
  const before = model.wv.toMatrix();
  const cases: [string, Parameters<typeof rejects>[0], RegExp][] = [
    [`2 2\n${WORD} 5 -7\n${WORD} x\n`, "format-damaged", /line 3/],
    [`1 3\n${WORD} 1 2 3\n`, "shape-mismatch", /have 3 numbers, the model's 2/],
    [`1 2\n${WORD} nan 1\n`, "format-damaged", /Row 0 \("gold"\) .* holds NaN or Infinity/],
    ["A sentence.\n", "format-unknown", /is a text/],
  ];
  for (const [text, code, message] of cases)
    await rejects(code, message, () => model.intersectWord2vecFormat(file(text)));
  const bytes = await model.toBytes();
  await rejects("format-unknown", /is a safetensors file; expected word2vec's format/, () =>
    model.intersectWord2vecFormat(bytes),
  );
  assert.equal(model.wv.toMatrix(), before);
  await rejects("empty-vocabulary", /no vocabulary yet/, () =>
    new Word2Vec().intersectWord2vecFormat(file("1 2\na 1 2\n")),
  );
});

test("it is a change: another one, and a save, must wait; closing ends it", async () => {
  using model = await build();
  const hanging = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(file("2 2\n"))) });
  const change = model.intersectWord2vecFormat(hanging).catch((error) => error);
  await rejects("busy", /intersectWord2vecFormat is changing the model/, () => model.train(topics));
  model.close();
  assert.is((await change).code, "closed");
});

test.run();
