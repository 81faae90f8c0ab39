// The best of many scores: a heap of a fixed size whose root is the worst kept. It is full from the beginning, of
// entries that are worse than any score.

import { f32At } from "../numbers/arrays";

/** Bytes of an entry: while a heap is filled an i64 that is compared as such, then an index u32 and its score f32. */
const ENTRY: usize = 8;

/**
 * A score and its index as one number, which is the greater the better: by the score, then by the lower index. The upper
 * half orders as the scores do, because a negative float's bits without its sign are turned round.
 */
function entry(score: f32, index: u32): i64 {
  // + 0 makes -0 equal to 0
  return ((<i64>ordered(reinterpret<i32>(score + 0))) << 32) | <i64>(<u64>~index);
}

/** A float's bits as an integer in the floats' order; and back. */
function ordered(bits: i32): i32 {
  return bits ^ ((bits >> 31) & 0x7fffffff);
}

/** Makes room for the best `limit`. */
export function clearHeap(heap: usize, limit: u32): void {
  const nothing = entry(-Infinity, 0xffffffff);
  for (const end = heap + <usize>limit * ENTRY; heap < end; heap += ENTRY) store<i64>(heap, nothing);
}

/** The lowest score that is kept; -Infinity while there is room. */
export function worstKept(heap: usize): f32 {
  return reinterpret<f32>(ordered(load<i32>(heap, 4)));
}

/** Keeps the score if it is among the best; of equal ones that with the lowest index. limit > 0, the score is a number. */
export function offer(heap: usize, limit: u32, score: f32, index: u32): void {
  const offered = entry(score, index);
  if (offered > load<i64>(heap)) siftDown(heap, limit, offered);
}

/** Puts the entry at the root of a heap of `size`, or below it, so that a parent is worse than its children. */
function siftDown(heap: usize, size: u32, placed: i64): void {
  const end = heap + <usize>size * ENTRY;
  let at = heap;
  for (;;) {
    // the children of entry i are 2 i + 1 and 2 i + 2
    let child = at + at - heap + ENTRY;
    if (child >= end) break;
    let smaller = load<i64>(child);
    if (child + ENTRY < end && load<i64>(child, ENTRY) < smaller) {
      child += ENTRY;
      smaller = load<i64>(child);
    }
    if (smaller >= placed) break;
    store<i64>(at, smaller);
    at = child;
  }
  store<i64>(at, placed);
}

/** Sorts the heap, the best first, and unpacks it: index u32, score f32. Returns how many there are. */
export function sortHeap(heap: usize, limit: u32): u32 {
  for (let left = limit; left > 1; left--) {
    const last = heap + <usize>(left - 1) * ENTRY;
    const worst = load<i64>(heap);
    siftDown(heap, left - 1, load<i64>(last));
    store<i64>(last, worst);
  }
  let count: u32 = 0;
  for (; count < limit; count++, heap += ENTRY) {
    const score = worstKept(heap);
    if (score == -Infinity) break;
    store<u32>(heap, ~load<u32>(heap));
    store<f32>(heap, score, 4);
  }
  return count;
}

/**
 * Writes the indices u32 and the scores f32 of the best `limit` of scores (count,) to `heap`, the best first; equal scores
 * in index order. Returns how many there are: min(limit, count).
 */
export function selectTop(scores: usize, count: u32, limit: u32, heap: usize): u32 {
  clearHeap(heap, limit);
  for (let i: u32 = 0; limit && i < count; i++) offer(heap, limit, f32At(scores, i), i);
  return sortHeap(heap, limit);
}
