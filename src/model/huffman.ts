/** The Huffman tree of a vocabulary: the path from the root to each word, for hierarchical softmax. */

/** Paths of all words, one after the other. */
export interface HuffmanPaths {
  /** (V + 1): where each word's path begins in the other two */
  offsets: Uint32Array;
  /** the inner nodes from the root down, numbered as they were made: the root is V - 2 */
  points: Uint32Array;
  /** the turn at each: 0 to the rarer side, 1 to the more frequent */
  codes: Uint8Array;
  longest: number;
}

/**
 * Paths that come from a file, in the place of those that counts give.
 *
 * @returns undefined where they are no paths of so many words
 */
export function checkedPaths(offsets: Uint32Array, points: Uint32Array, codes: Uint8Array): HuffmanPaths | undefined {
  const nodes = offsets.length - 2;
  const rises = offsets[0] === 0 && offsets.every((offset, i) => i === 0 || offset >= offsets[i - 1]);
  const isWhole = offsets[offsets.length - 1] === points.length && points.length === codes.length;
  if (!rises || !isWhole || !points.every((node) => node < nodes) || !codes.every((code) => code < 2)) return undefined;
  let longest = 0;
  for (let word = 0; word <= nodes; word++) longest = Math.max(longest, offsets[word + 1] - offsets[word]);
  return { offsets, points, codes, longest };
}

/**
 * Merges the two rarest nodes until one is left. Ties fall as in a binary heap with sift-to-leaf deletion (Python's
 * heapq, which gensim uses), so that the paths are gensim's.
 *
 * @param counts (V,)
 * @see Huffman 1952, https://doi.org/10.1109/JRPROC.1952.273898
 */
export function huffmanPaths(counts: Float64Array): HuffmanPaths {
  const size = counts.length;
  const weights = new Float64Array(Math.max(1, 2 * size - 1));
  weights.set(counts);
  const parents = new Uint32Array(weights.length);
  const turns = new Uint8Array(weights.length);
  const heap = new RareFirst(weights, size);
  for (let node = size; node < 2 * size - 1; node++) {
    const rarest = heap.pop();
    const next = heap.pop();
    weights[node] = weights[rarest] + weights[next];
    parents[rarest] = parents[next] = node;
    turns[next] = 1;
    heap.push(node);
  }
  return tracePaths(size, parents, turns);
}

/** Walks from each word up to the root, and writes the path downwards. */
function tracePaths(size: number, parents: Uint32Array, turns: Uint8Array): HuffmanPaths {
  const root = 2 * size - 2;
  // a parent has a higher number than its children, so its depth is known before theirs
  const depths = new Uint32Array(root + 1);
  for (let node = root - 1; node >= 0; node--) depths[node] = depths[parents[node]] + 1;
  const offsets = new Uint32Array(size + 1);
  for (let word = 0; word < size; word++) offsets[word + 1] = offsets[word] + depths[word];
  const points = new Uint32Array(offsets[size]);
  const codes = new Uint8Array(offsets[size]);
  let longest = 0;
  for (let word = 0; word < size; word++) {
    longest = Math.max(longest, depths[word]);
    for (let node = word, at = offsets[word + 1] - 1; node !== root; node = parents[node], at--) {
      points[at] = parents[node] - size;
      codes[at] = turns[node];
    }
  }
  return { offsets, points, codes, longest };
}

/** A binary heap of nodes, the one of least weight first. */
class RareFirst {
  private readonly heap: number[];

  constructor(
    private readonly weights: Float64Array,
    size: number,
  ) {
    this.heap = Array.from({ length: size }, (_, i) => i);
    for (let i = (size >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  push(node: number): void {
    this.heap.push(node);
    this.rise(0, this.heap.length - 1);
  }

  pop(): number {
    const last = this.heap.pop() as number;
    if (!this.heap.length) return last;
    const first = this.heap[0];
    this.heap[0] = last;
    this.sink(0);
    return first;
  }

  /** Moves the node up while it is lighter than its parent, no higher than `top`. */
  private rise(top: number, position: number): void {
    const { heap, weights } = this;
    const node = heap[position];
    while (position > top) {
      const parent = (position - 1) >> 1;
      if (!(weights[node] < weights[heap[parent]])) break;
      heap[position] = heap[parent];
      position = parent;
    }
    heap[position] = node;
  }

  /** Moves the lighter children up until a leaf is free, puts the node there, and lets it rise. */
  private sink(top: number): void {
    const { heap, weights } = this;
    const node = heap[top];
    let position = top;
    for (let child = 2 * top + 1; child < heap.length; child = 2 * position + 1) {
      const right = child + 1;
      if (right < heap.length && !(weights[heap[child]] < weights[heap[right]])) child = right;
      heap[position] = heap[child];
      position = child;
    }
    heap[position] = node;
    this.rise(top, position);
  }
}
