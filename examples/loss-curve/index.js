// Stops a training when its loss hardly falls any more, and draws the loss of each epoch.
//
//     node examples/loss-curve/index.js
import { Word2Vec } from "wasm2vec";
import { randomNumbers } from "../random-numbers.js";

const EPOCHS = 30;
/** The training ends when so many epochs have lowered the loss by less than this share. */
const PATIENCE = 3;
const ENOUGH = 0.01;

const TOPICS = ["sea", "sky", "rock", "wood"];
const WORDS_A_TOPIC = 25;

const losses = [];
let sumBefore = 0;
const model = await Word2Vec.train(randomSentences(2000, 1), {
  sg: 1,
  vectorSize: 24,
  minCount: 1,
  sample: 0,
  epochs: EPOCHS,
  computeLoss: true,
  callbacks: {
    onEpochEnd(model) {
      // the sum over all epochs so far: what this one adds, a word
      const sum = model.getLatestTrainingLoss();
      losses.push((sum - sumBefore) / model.corpusTotalWords);
      sumBefore = sum;
      const earlier = losses.at(-1 - PATIENCE);
      return earlier === undefined || losses.at(-1) < (1 - ENOUGH) * earlier;
    },
  },
});

console.log(`ended after ${losses.length} of ${EPOCHS} epochs; the loss of a word:`);
const [lowest, highest] = [Math.min(...losses), Math.max(...losses)];
for (const [i, loss] of losses.entries()) {
  const bar = "█".repeat(1 + Math.round((40 * (loss - lowest)) / (highest - lowest)));
  console.log(`${String(i + 1).padStart(3)} ${loss.toFixed(3).padStart(7)} ${bar}`);
}
const neighbors = model.wv.mostSimilar("sea-7", { topn: 4 }).map(([word]) => word);
console.log(`nearest to sea-7: ${neighbors.join(", ")}`);

/** Sentences of ten words, nine in ten of them of one topic. */
function randomSentences(count, seed) {
  const random = randomNumbers(seed);
  const below = (limit) => Math.floor(random() * limit);
  const word = (topic) => `${TOPICS[random() < 0.9 ? topic : below(TOPICS.length)]}-${below(WORDS_A_TOPIC)}`;
  return Array.from({ length: count }, () => {
    const topic = below(TOPICS.length);
    return Array.from({ length: 10 }, () => word(topic));
  });
}
