// The learning rate: a straight line from the start to the end.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { LearningRate } from "../../src/training/learning-rate.ts";

test("the rate falls in a straight line over all epochs: from 1 to 1/2 in two, by 1/8 each half", () => {
  const rate = new LearningRate(1, 0.5, 2);
  const rates = [0, 1].map((epoch) => [0, 0.5, 1].map((share) => rate.at(epoch, share)));
  assert.equal(rates, [
    [1, 0.875, 0.75],
    [0.75, 0.625, 0.5],
  ]);
});

test("the rate does not fall below its end, however long the training is", () => {
  const rate = new LearningRate(1, 0.25, 2);
  assert.is(rate.at(2, 0), 0.25);
  assert.is(rate.at(2, 0.5), 0.25);
  assert.is(rate.at(100, 1), 0.25);
});

test("a rate whose end is its start stays", () => {
  const rate = new LearningRate(0.025, 0.025, 5);
  assert.equal(
    [0, 2, 4].map((epoch) => rate.at(epoch, 0.5)),
    [0.025, 0.025, 0.025],
  );
});

test.run();
