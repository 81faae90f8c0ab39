/** A corpus of two topics that never meet: words of one topic come to lie together. */

export const animals = ["cat", "dog", "horse", "cow", "sheep"];
export const metals = ["iron", "copper", "zinc", "lead", "gold"];

/** So many sentences of eight words, of animals and of metals by turns. */
export function topicsOf(sentences: number): string[][] {
  return Array.from({ length: sentences }, (_, i) => {
    const words = i % 2 ? animals : metals;
    return Array.from({ length: 8 }, (_, j) => words[(i * 7 + j * j * 3 + j) % 5]);
  });
}
