// Scores of a query against rows, and the best of them.

import { dot, norm } from "./vector";

/** 1 / x; 0 for a zero vector's length, so that its cosine with anything is 0 and never NaN. */
function inverse(length: f32): f32 {
  return length > 0 ? 1 / length : 0;
}

/** norms (count,) = |row| for consecutive rows. */
export function fillNorms(rows: usize, count: u32, rowBytes: usize, norms: usize): void {
  for (const end = norms + ((<usize>count) << 2); norms < end; norms += 4, rows += rowBytes) {
    store<f32>(norms, norm(rows, rowBytes));
  }
}

/** scores (count,) = query · row / |row| for consecutive rows: the cosines where |query| is 1. */
export function fillScores(query: usize, rows: usize, norms: usize, count: u32, rowBytes: usize, scores: usize): void {
  for (const end = scores + ((<usize>count) << 2); scores < end; scores += 4, norms += 4, rows += rowBytes) {
    store<f32>(scores, dot(query, rows, rowBytes) * inverse(load<f32>(norms)));
  }
}

/**
 * Writes the indices u32 of the best `limit` of scores (count,) to `best`, the best first; equal scores in index order.
 * `best` is used as a heap whose root is the worst kept. Returns how many there are: min(limit, count).
 */
export function selectTop(scores: usize, count: u32, limit: u32, best: usize): u32 {
  const size = min(limit, count);
  for (let i: u32 = 0; i < size; i++) store<u32>(best + ((<usize>i) << 2), i);
  for (let i = <i32>(size >> 1) - 1; i >= 0; i--) siftDown(scores, best, size, i, i);
  for (let i = size; i < count; i++) {
    if (size && worse(scores, load<u32>(best), i)) siftDown(scores, best, size, 0, i);
  }
  for (let left = size; left > 1; left--) {
    const worst = load<u32>(best);
    const last = best + ((<usize>(left - 1)) << 2);
    siftDown(scores, best, left - 1, 0, load<u32>(last));
    store<u32>(last, worst);
  }
  return size;
}

/** Whether index a ranks after index b. */
function worse(scores: usize, a: u32, b: u32): bool {
  const scoreA = load<f32>(scores + ((<usize>a) << 2));
  const scoreB = load<f32>(scores + ((<usize>b) << 2));
  return scoreA < scoreB || (scoreA == scoreB && a > b);
}

/** Puts `index` at `position` of the heap, or below it, so that a parent is worse than its children. */
function siftDown(scores: usize, heap: usize, size: u32, position: u32, index: u32): void {
  for (;;) {
    let child = position * 2 + 1;
    if (child >= size) break;
    let at = load<u32>(heap + ((<usize>child) << 2));
    if (child + 1 < size) {
      const right = load<u32>(heap + ((<usize>(child + 1)) << 2));
      if (worse(scores, right, at)) {
        at = right;
        child++;
      }
    }
    if (!worse(scores, at, index)) break;
    store<u32>(heap + ((<usize>position) << 2), at);
    position = child;
  }
  store<u32>(heap + ((<usize>position) << 2), index);
}
