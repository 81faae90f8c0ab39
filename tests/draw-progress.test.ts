// What a terminal shows of long work, and what a log has of it.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawProgress, type ProgressEvent } from "../src/draw-progress.ts";
import type { EpochEvent } from "../src/training/options.ts";
import type { TrainingProgress } from "../src/training/progress.ts";
import { Word2Vec } from "../src/word2vec.ts";
import { rejects } from "./helpers/rejects.ts";
import { compass } from "./helpers/tables.ts";

/** What is written of events; what a terminal clears is written as "|". */
function written(events: ProgressEvent[], target: { isTTY?: boolean; columns?: number } = {}): string {
  let text = "";
  const draw = drawProgress({ ...target, write: (more) => (text += more) });
  for (const event of events) draw(event);
  return text.replaceAll("\r\x1b[K", "|");
}

const scanned = { kind: "vocabulary", words: 58152, sentences: 300, vocabSize: 6981 } as const;
const training: TrainingProgress = {
  ...{
    kind: "training",
    epoch: 0,
    epochs: 2,
    words: 25000,
    totalWords: 100000,
    wordsPerSecond: 1110000.4,
    alpha: 0.02,
  },
  ...{ loss: 2.3456789, secondsLeft: 61.2 },
};
const epoch: EpochEvent = {
  ...{ kind: "epoch", epoch: 0, epochs: 2, words: 50000, trainedWords: 40000, alpha: 0.0125, loss: 2.25 },
};
const run: ProgressEvent[] = [
  { ...scanned, scanning: true, bytes: 100, totalBytes: 400 },
  { ...scanned, vocabSize: 1750 },
  training,
  epoch,
  { ...training, epoch: 1, words: 99999, secondsLeft: 0.4, loss: 2 },
  { ...epoch, epoch: 1, loss: 2 },
];

test("a terminal: one line that is drawn again, and what stays", () => {
  assert.equal(written(run, { isTTY: true }).split("|"), [
    "",
    "scanning  58,152 words in 300 sentences, 6,981 different  25 %",
    "vocabulary  1,750 words, from 58,152 words in 300 sentences\n",
    "epoch 1/2  25 %  1,110,000 words/s  loss 2.3457  1:02 left",
    "epoch 1/2  1,110,000 words/s  loss 2.25  1:02 left\n",
    "epoch 2/2  99 %  1,110,000 words/s  loss 2  0:01 left",
    "epoch 2/2  1,110,000 words/s  loss 2\n",
  ]);
});

test("elsewhere: a line for the vocabulary and for each epoch, and no escape sequences", () => {
  assert.is(
    written(run),
    "vocabulary  1,750 words, from 58,152 words in 300 sentences\n" +
      "epoch 1/2  1,110,000 words/s  loss 2.25  1:02 left\n" +
      "epoch 2/2  1,110,000 words/s  loss 2\n",
  );
});

test("vectors that are loaded: the format stays, and the line that has all of them", () => {
  const vectors = { kind: "vectors", done: 1200, bytes: 50, totalBytes: 200 } as const;
  const events: ProgressEvent[] = [
    { kind: "format", format: "word2vec-binary", gzipped: true },
    vectors,
    { kind: "vectors", done: 1200, total: 4000, bytes: 60 },
    { ...vectors, done: 4000, total: 4000, bytes: 200 },
  ];
  assert.equal(written(events, { isTTY: true }).split("|"), [
    "",
    "format  word2vec-binary, gzipped\n",
    "vectors  1,200  25 %",
    "vectors  1,200 of 4,000",
    "vectors  4,000 of 4,000  100 %\n",
  ]);
});

test("a line is not wider than the terminal; a warning is whole", () => {
  assert.is(written([training], { isTTY: true, columns: 20 }), "|epoch 1/2  25 %  1,");
  const message = "The text is not all UTF-8.";
  assert.is(
    written([{ kind: "warning", code: "text-too-small", message }], { isTTY: true, columns: 20 }),
    `|warning: ${message}\n`,
  );
});

test("without losses and before anything was told, an epoch is a number; hours are hours", () => {
  assert.is(written([{ ...epoch, loss: null }]), "epoch 1/2\n");
  assert.match(written([{ ...training, loss: null, secondsLeft: 3723 }], { isTTY: true }), /words\/s {2}1:02:03 left$/);
});

test("neighbours and rows: how many of how many, and the last stays", () => {
  const events: ProgressEvent[] = [
    { kind: "neighbors", done: 500, total: 2000 },
    { kind: "neighbors", done: 2000, total: 2000 },
    { kind: "rows", done: 1000, total: 151936 },
  ];
  assert.is(
    written(events, { isTTY: true }),
    "|neighbors 500 of 2,000  25 %|neighbors 2,000 of 2,000  100 %\n|rows 1,000 of 151,936  0 %",
  );
  assert.is(written(events), "neighbors 2,000 of 2,000  100 %\n");
});

test("a training and a search write lines; what write returns is awaited", async () => {
  const lines: string[] = [];
  const write = async (text: string) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    lines.push(text);
  };
  const onProgress = drawProgress({ write });
  const text = Array(100).fill(["a", "b", "a"]);
  using model = await Word2Vec.train(text, { minCount: 1, sample: 0, epochs: 2, vectorSize: 4, onProgress });
  assert.is(lines.length, 3);
  assert.is(lines[0], "vocabulary  2 words, from 300 words in 100 sentences\n");
  assert.match(lines[2], /^epoch 2\/2/);
  using vectors = await compass();
  await vectors.neighborGraph({ onProgress });
  assert.is(lines[3], "neighbors 4 of 4  100 %\n");
  assert.is(model.vectorSize, 4);
});

test("a target without write is told", () =>
  rejects("option-invalid", /drawProgress: target is "stderr"; expected an object with write\(text\)/, () =>
    drawProgress("stderr" as never),
  ));

test.run();
