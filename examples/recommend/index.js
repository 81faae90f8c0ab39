// Recommends items from what people took together: a person's history is a sentence, an item's number is a word.
//
//     node examples/recommend/index.js
import { Word2Vec } from "wasm2vec";
import { randomNumbers } from "../random-numbers.js";

/** Item 203 is number 3 of shelf 2. */
const SHELVES = ["tea", "cycling", "garden", "chess"];
const ITEMS_A_SHELF = 25;
const nameOf = (item) => `${SHELVES[Math.floor(item / 100)]} ${item % 100}`;

const random = randomNumbers(1);
const histories = Array.from({ length: 2000 }, randomHistory);
// of each, the last item is to be foretold from the others
const known = histories.map((items) => items.slice(0, -1));
const hidden = histories.map((items) => String(items.at(-1)));

const model = await train(-0.5);
const { wv } = model;
for (const item of [12, 112, 203]) {
  console.log(`who likes ${nameOf(item)} may like ${names(wv.mostSimilar(item, { topn: 4 }))}`);
}
// a history's items count together. Numbers alone in a list would be a vector: keys are texts here
const history = [15, 215, 217];
console.log(`after ${history.map(nameOf).join(", ")}: ${names(wv.mostSimilar(history.map(String), { topn: 6 }))}`);

console.log(`\nhidden items among ten that are recommended, of ${hidden.length}`);
// the rows are in the order of popularity
const popular = new Set(wv.indexToKey.slice(0, 10));
console.log(`  the ten most popular  ${percent(hidden.filter((item) => popular.has(item)).length)}`);
console.log(`  nsExponent 0.75       ${percent(hits((await train(0.75)).wv))}`);
console.log(`  nsExponent -0.5       ${percent(hits(wv))}`);

function train(nsExponent) {
  return Word2Vec.train(known, {
    sg: 1,
    vectorSize: 32,
    // a history is short and has no order: each of its items is a neighbour of each other
    window: 10,
    shrinkWindows: false,
    // few data: every item stays, and is seen often
    minCount: 1,
    sample: 0,
    epochs: 20,
    nsExponent,
  });
}

/** How many hidden items are among the ten that the others of their history recommend. */
function hits(vectors) {
  const answers = vectors.mostSimilarBatch(known.map((items) => items.map(String)));
  return answers.filter((neighbors, i) => neighbors.some(([item]) => item === hidden[i])).length;
}

/**
 * Three to seven different items: most of them lie near each other on one shelf, the others are what everyone takes, the
 * first of all shelves.
 */
function randomHistory() {
  const below = (count) => Math.floor(random() * count);
  const shelf = 100 * below(SHELVES.length);
  const place = below(ITEMS_A_SHELF);
  const length = 3 + below(5);
  const items = new Set();
  while (items.size < length) {
    if (random() < 0.7) items.add(shelf + ((place + below(7)) % ITEMS_A_SHELF));
    else items.add(100 * below(SHELVES.length) + Math.floor(ITEMS_A_SHELF * random() ** 4));
  }
  return [...items];
}

function names(neighbors) {
  return neighbors.map(([item]) => nameOf(Number(item))).join(", ");
}

function percent(count) {
  return `${((100 * count) / hidden.length).toFixed(1)} %`;
}
