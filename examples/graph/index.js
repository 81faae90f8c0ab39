// Vectors for the nodes of a graph: random walks are sentences, nodes are words. On Zachary's karate club, whose 34 members
// parted in two: who went with whom?
//
//     node examples/graph/index.js
import { readFile } from "node:fs/promises";
import { Word2Vec } from "wasm2vec";
import { randomNumbers } from "../random-numbers.js";

/** The members who went with the instructor, Mr. Hi (1); the others went with the officer, John A. (34). */
const WITH_MR_HI = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22];

const neighbors = await readGraph(new URL("karate-club.txt", import.meta.url));
const walks = randomWalks(neighbors, { walksPerNode: 40, length: 20, seed: 1 });

// small data: everything is kept, and seen often
const model = await Word2Vec.train(walks, {
  sg: 1,
  vectorSize: 16,
  window: 4,
  minCount: 1,
  sample: 0,
  epochs: 20,
});
const { wv } = model;

const members = [...neighbors.keys()].sort((a, b) => a - b);
let right = 0;
const wrong = [];
for (const member of members) {
  const isNearerToMrHi = wv.similarity(member, 1) > wv.similarity(member, 34);
  if (isNearerToMrHi === WITH_MR_HI.includes(member)) right++;
  else wrong.push(member);
}
console.log(`${walks.length} walks, ${wv.size} nodes of ${wv.vectorSize} numbers`);
console.log(
  `told by the nearer of 1 and 34: ${right} of ${members.length} right, wrong: ${wrong.join(", ") || "none"}`,
);
for (const member of [1, 34, 17]) {
  const nearest = wv.mostSimilar(member, { topn: 4 }).map(([key, similarity]) => `${key} (${similarity.toFixed(2)})`);
  console.log(`nearest to ${member}: ${nearest.join(", ")}`);
}

/** The neighbours of each node. A line holds a node and those of its neighbours that come after it: "1: 2 3 4". */
async function readGraph(file) {
  const graph = new Map();
  const add = (from, to) => graph.set(from, [...(graph.get(from) ?? []), to]);
  for (const line of (await readFile(file, "utf8")).trim().split("\n")) {
    const [node, ...others] = line.match(/\d+/g).map(Number);
    for (const other of others) {
      add(node, other);
      add(other, node);
    }
  }
  return graph;
}

/** Walks that start at each node, and at each step go on to any of the neighbours. See DeepWalk, Perozzi et al. 2014. */
function randomWalks(graph, { walksPerNode, length, seed }) {
  const random = randomNumbers(seed);
  return Array.from({ length: walksPerNode }, () =>
    [...graph.keys()].map((start) => {
      const walk = [start];
      while (walk.length < length) {
        const next = graph.get(walk.at(-1));
        walk.push(next[Math.floor(random() * next.length)]);
      }
      return walk;
    }),
  ).flat();
}
