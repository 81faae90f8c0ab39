// Scores of queries against rows, and the best of them. A score has the same bits whichever kernel computes it: all sum
// as dot() does, and divide by the row's length in the same way.

import { f32At, u32At } from "../numbers/arrays";
import { dot, dotPairs, norm } from "../numbers/vector";
import { clearHeap, offer, sortHeap, worstKept } from "./heap";

/** What is searched, and for what. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Search {
  /** (V, D) f32 */
  rows: usize;
  /** (V,) f32 */
  norms: usize;
  rowBytes: usize;
  /** (queryCount, D) f32 */
  queries: usize;
  queryCount: u32;
  /** (queryCount, limit) i64: the best rows for each; limit > 0 */
  heaps: usize;
  limit: u32;
}

/** How many bytes of rows are compared with one query after the other: they stay in the fastest cache. */
const TILE: usize = 16384;

/** norms (count,) = |row| for consecutive rows. */
export function fillNorms(rows: usize, count: u32, rowBytes: usize, norms: usize): void {
  for (const end = norms + ((<usize>count) << 2); norms < end; norms += 4, rows += rowBytes) {
    store<f32>(norms, norm(rows, rowBytes));
  }
}

/** 1 / x; 0 for a zero vector's length, so that its cosine with anything is 0 and never NaN. */
export function inverse(length: f32): f32 {
  return length > 0 ? 1 / length : 0;
}

/**
 * scores (count,) = query · row / |row| for consecutive rows, between -most and most: the cosines where |query| and most
 * are 1. One row after the other: memory is read three times as fast as where four are read side by side.
 */
export function fillScores(
  query: usize,
  rows: usize,
  norms: usize,
  count: u32,
  rowBytes: usize,
  most: f32,
  scores: usize,
): void {
  for (const end = scores + ((<usize>count) << 2); scores < end; scores += 4, norms += 4, rows += rowBytes) {
    const score = dot(query, rows, rowBytes) * inverse(load<f32>(norms));
    store<f32>(scores, max(-most, min(most, score)));
  }
}

/** Empties the heaps. */
export function beginSearch(search: Search): void {
  clearHeap(search.heaps, search.queryCount * search.limit);
}

/**
 * Offers rows begin … end - 1 to the heap of each query, whose length is 1 or 0; or, where `ids` is not 0, the rows with
 * the ids u32 in these places. Rows come in rising order.
 */
export function searchRows(search: Search, ids: usize, begin: u32, end: u32): void {
  const tile = max(2, <u32>(TILE / search.rowBytes));
  for (; begin < end; begin += tile) searchTile(search, ids, begin, min(begin + tile, end));
}

/** Sorts each heap, the best first: pairs of a row's index u32 and its score f32. counts (queryCount) u32 = how many. */
export function endSearch(search: Search, counts: usize): void {
  for (let q: u32 = 0; q < search.queryCount; q++, counts += 4) {
    store<u32>(counts, sortHeap(heapOf(search, q), search.limit));
  }
}

/** The first query alone, because it reads the rows from memory, the others two by two. */
function searchTile(search: Search, ids: usize, begin: u32, end: u32): void {
  const count = search.queryCount;
  searchOne(search, 0, ids, begin, end);
  for (let q: u32 = 1; q + 1 < count; q += 2) searchPair(search, q, ids, begin, end);
  if (count > 1 && !(count & 1)) searchOne(search, count - 1, ids, begin, end);
}

function searchOne(search: Search, q: u32, ids: usize, begin: u32, end: u32): void {
  const query = queryOf(search, q);
  const heap = heapOf(search, q);
  let worst = worstKept(heap);
  for (let i = begin; i < end; i++) {
    const id = idOf(ids, i);
    const score = dot(query, rowOf(search, id), search.rowBytes) * inverseOf(search, id);
    if (!(score >= worst)) continue;
    offerCosine(search, heap, score, id);
    worst = worstKept(heap);
  }
}

/** Queries q and q + 1 against two rows at a time. */
function searchPair(search: Search, q: u32, ids: usize, begin: u32, end: u32): void {
  const query = queryOf(search, q);
  const next = queryOf(search, q + 1);
  const heap = heapOf(search, q);
  const nextHeap = heapOf(search, q + 1);
  let worst = pairOfPairs(worstKept(heap), worstKept(nextHeap));
  for (let i = begin; i < end; i += 2) {
    const a = idOf(ids, i);
    // a row that has no other is compared twice
    const b = idOf(ids, min(i + 1, end - 1));
    const products = dotPairs(query, next, rowOf(search, a), rowOf(search, b), search.rowBytes);
    const inverseA = inverseOf(search, a);
    const inverseB = inverseOf(search, b);
    const scores = f32x4.mul(products, f32x4(inverseA, inverseB, inverseA, inverseB));
    if (!v128.any_true(f32x4.ge(scores, worst))) continue;
    offerCosine(search, heap, f32x4.extract_lane(scores, 0), a);
    offerCosine(search, nextHeap, f32x4.extract_lane(scores, 2), a);
    if (i + 1 == end) break;
    offerCosine(search, heap, f32x4.extract_lane(scores, 1), b);
    offerCosine(search, nextHeap, f32x4.extract_lane(scores, 3), b);
    worst = pairOfPairs(worstKept(heap), worstKept(nextHeap));
  }
}

/** Rounding leads a cosine beyond ±1: such rows are equally good, and the first of them is the best. */
function offerCosine(search: Search, heap: usize, score: f32, row: u32): void {
  offer(heap, search.limit, max<f32>(-1, min<f32>(1, score)), row);
}

function pairOfPairs(a: f32, b: f32): v128 {
  return f32x4(a, a, b, b);
}

function queryOf(search: Search, q: u32): usize {
  return search.queries + <usize>q * search.rowBytes;
}

function heapOf(search: Search, q: u32): usize {
  return search.heaps + ((<usize>q * search.limit) << 3);
}

function idOf(ids: usize, i: u32): u32 {
  return ids ? u32At(ids, i) : i;
}

function rowOf(search: Search, id: u32): usize {
  return search.rows + <usize>id * search.rowBytes;
}

function inverseOf(search: Search, id: u32): f32 {
  return inverse(f32At(search.norms, id));
}
