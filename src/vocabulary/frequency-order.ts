/** The order of a vocabulary: the most frequent word first. The two orders differ in how they break ties. */

/**
 * Ids by descending count; of words seen equally often, the one that was first seen later comes first, as in gensim 4.4.
 *
 * @param counts (V,) in the order of first sight
 */
export function byFrequency(counts: ArrayLike<number>): Uint32Array {
  const { length } = counts;
  // whole numbers that float64 holds are sorted by themselves, without a comparison in JavaScript
  const keys = Float64Array.from(counts, (count, i) => (Number.isInteger(count) ? count * length + i : Number.NaN));
  if (keys.every(Number.isSafeInteger)) return Uint32Array.from(keys.sort().reverse(), (key) => key % length);
  return Uint32Array.from({ length }, (_, i) => i).sort((a, b) => counts[b] - counts[a] || b - a);
}

/** Parts whose ends are at most so far apart are sorted by insertion. */
const SMALL = 15;

/**
 * Ids by descending count as gensim 4.0 to 4.3 has them: numpy's unstable argsort, read backwards. So ties come in the
 * order in which its quicksort leaves them.
 *
 * @param counts (V,) in the order of first sight
 * @see Musser 1997, Introspective Sorting and Selection Algorithms (median of three, insertion for small parts)
 */
export function byFrequencyQuicksort(counts: ArrayLike<number>): Uint32Array {
  const order = Uint32Array.from({ length: counts.length }, (_, i) => i);
  const parts: [left: number, right: number][] = [[0, counts.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    let [left, right] = part;
    while (right - left > SMALL) {
      const middle = partition(counts, order, left, right);
      if (middle - left < right - middle) {
        parts.push([middle + 1, right]);
        right = middle - 1;
      } else {
        parts.push([left, middle - 1]);
        left = middle + 1;
      }
    }
    insertionSort(counts, order, left, right);
  }
  return order.reverse();
}

function swap(order: Uint32Array, a: number, b: number): void {
  [order[a], order[b]] = [order[b], order[a]];
}

/** Puts the median of three where it belongs, smaller counts before it and larger behind; returns its place. */
function partition(counts: ArrayLike<number>, order: Uint32Array, left: number, right: number): number {
  const middle = left + ((right - left) >> 1);
  const smaller = (a: number, b: number) => counts[order[a]] < counts[order[b]];
  if (smaller(middle, left)) swap(order, middle, left);
  if (smaller(right, middle)) swap(order, right, middle);
  if (smaller(middle, left)) swap(order, middle, left);
  const pivot = counts[order[middle]];
  let i = left;
  let j = right - 1;
  swap(order, middle, j);
  for (;;) {
    do i++;
    while (counts[order[i]] < pivot);
    do j--;
    while (pivot < counts[order[j]]);
    if (i >= j) break;
    swap(order, i, j);
  }
  swap(order, i, right - 1);
  return i;
}

function insertionSort(counts: ArrayLike<number>, order: Uint32Array, left: number, right: number): void {
  for (let i = left + 1; i <= right; i++) {
    const moving = order[i];
    let at = i;
    for (; at > left && counts[moving] < counts[order[at - 1]]; at--) order[at] = order[at - 1];
    order[at] = moving;
  }
}
