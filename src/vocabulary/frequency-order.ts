/** The order of a vocabulary: the most frequent word first. The two orders differ in how they break ties. */

/**
 * Ids by descending count; of words seen equally often, the one that was first seen later comes first, as in gensim 4.4.
 *
 * @param counts (V,) in the order of first sight
 */
export function byFrequency(counts: ArrayLike<number>): Uint32Array {
  return byKeys(counts) ?? Uint32Array.from(counts, (_, i) => i).sort((a, b) => counts[b] - counts[a] || b - a);
}

/**
 * The same where counts are whole numbers and float64 holds a key for each, its count before its id: numbers are sorted
 * without a comparison in JavaScript. In plain loops, which run cold: array methods with a callback take four times as long.
 */
function byKeys(counts: ArrayLike<number>): Uint32Array | undefined {
  const { length } = counts;
  const keys = new Float64Array(length);
  for (let id = 0; id < length; id++) {
    const key = counts[id] * length + id;
    if (!Number.isInteger(counts[id]) || key > Number.MAX_SAFE_INTEGER) return undefined;
    keys[id] = key;
  }
  keys.sort();
  const ids = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const key = keys[length - 1 - i];
    ids[i] = key - Math.floor(key / length) * length;
  }
  return ids;
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
