/** A corpus of two topics that never meet, whose words come to lie together; and the ways to train on it. */

export const animals = ["cat", "dog", "horse", "cow", "sheep"];
export const metals = ["iron", "copper", "zinc", "lead", "gold"];

/** So many sentences of eight words, of animals and of metals by turns. */
export function topicsOf(sentences: number): string[][] {
  return Array.from({ length: sentences }, (_, i) => {
    const words = i % 2 ? animals : metals;
    return Array.from({ length: 8 }, (_, j) => words[(i * 7 + j * j * 3 + j) % 5]);
  });
}

/** Options of each way to train. */
export const kinds = [
  { sg: 1 },
  { sg: 0 },
  { sg: 1, hs: 1, negative: 0 },
  { sg: 0, hs: 1 },
  { sg: 1, reproduce: "gensim-4.4" },
] as const;

/** Options of each loss: negative sampling, hierarchical softmax, both. */
export const losses = [
  { hs: 0, negative: 5 },
  { hs: 1, negative: 0 },
  { hs: 1, negative: 5 },
] as const;
