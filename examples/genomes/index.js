// Compares whole genomes by their k-mers: a genome is one long sentence, its overlapping pieces of six bases are the words,
// and its vector is the mean of theirs.
//
//     node examples/genomes/index.js
import { KeyedVectors, Matrix, Word2Vec } from "wasm2vec";
import { randomNumbers } from "../random-numbers.js";

const BASES = "ACGT";
const K = 6;
const GENOME_LENGTH = 20_000;
const FRAGMENTS = 300;

const random = randomNumbers(1);
const below = (limit) => Math.floor(random() * limit);

/** Three strains of each of three families: A1, A2, A3, B1, … Each is its family's ancestor with a tenth of it changed. */
const genomes = new Map();
for (const family of ["A", "B", "C"]) {
  const ancestor = randomGenome();
  for (const strain of [1, 2, 3]) genomes.set(`${family}${strain}`, mutated(ancestor, 0.1));
}
const names = [...genomes.keys()];

const model = await Word2Vec.train([...genomes.values()].map(kmersOf), {
  sg: 1,
  vectorSize: 32,
  minCount: 1,
  sample: 0,
  epochs: 3,
});
const { wv } = model;
console.log(`${genomes.size} genomes of ${GENOME_LENGTH} bases, ${model.corpusTotalWords} words, ${wv.size} different`);

// what all genomes have in common is no difference between them
const all = wv.getMeanVector([...genomes.values()].flatMap(kmersOf));
const numbers = [...genomes.values()].flatMap((genome) => [...vectorOf(genome)]);
const table = await KeyedVectors.from(names, new Matrix(Float32Array.from(numbers), [names.length, wv.vectorSize]));

console.log(`\n      ${names.map((name) => name.padStart(5)).join(" ")}`);
for (const name of names) {
  const row = names.map((other) => table.similarity(name, other).toFixed(2).padStart(5));
  console.log(`  ${name}  ${row.join(" ")}`);
}

console.log(`\nfragments whose nearest genome is of their family, of ${FRAGMENTS}`);
for (const length of [100, 300, 1000]) {
  const right = Array.from({ length: FRAGMENTS }, () => {
    const [name, genome] = [...genomes][below(genomes.size)];
    const begin = below(GENOME_LENGTH - length);
    // read with an error now and then
    const fragment = mutated(genome.slice(begin, begin + length), 0.02);
    const [[nearest]] = table.similarByVector(vectorOf(fragment), { topn: 1 });
    return nearest[0] === name[0];
  }).filter(Boolean).length;
  console.log(`  ${String(length).padStart(4)} bases: ${right}`);
}

/** The overlapping pieces of K bases. */
function kmersOf(bases) {
  return Array.from({ length: bases.length - K + 1 }, (_, i) => bases.slice(i, i + K));
}

/** The mean of its k-mers' vectors, as its difference from that of all genomes. */
function vectorOf(bases) {
  return wv.getMeanVector(kmersOf(bases)).map((number, i) => number - all[i]);
}

/** A genome whose family has habits of its own: how often a base follows depends on the two before it. */
function randomGenome() {
  const habits = Array.from({ length: BASES.length ** 2 }, () => Array.from(BASES, () => 0.3 + random()));
  const genome = [0, 1];
  while (genome.length < GENOME_LENGTH) genome.push(drawn(habits[BASES.length * genome.at(-2) + genome.at(-1)]));
  return genome.map((base) => BASES[base]).join("");
}

/** A number, each as often as its share says. */
function drawn(shares) {
  let left = random() * shares.reduce((sum, share) => sum + share);
  let number = 0;
  while (number < shares.length - 1 && left >= shares[number]) left -= shares[number++];
  return number;
}

/** A copy in which this share of the bases was drawn anew. */
function mutated(bases, share) {
  return Array.from(bases, (base) => (random() < share ? BASES[below(BASES.length)] : base)).join("");
}
