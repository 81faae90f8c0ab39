import { clearHeap, offer, selectTop, sortHeap, worstKept } from "../../../assembly/search/heap";
import { place, take } from "../place";

/** The indices of `count` entries of a sorted heap. */
function indices(heap: usize, count: i32): u32[] {
  const found = new Array<u32>(count);
  for (let i = 0; i < count; i++) found[i] = load<u32>(heap + ((<usize>i) << 3));
  return found;
}

describe("a heap of three", () => {
  it("keeps the best of what it is offered, whose worst is at its root", () => {
    const heap = take(24);
    clearHeap(heap, 3);
    expect(worstKept(heap)).toBe(-Infinity);
    offer(heap, 3, 0.5, 10);
    offer(heap, 3, -2, 11);
    expect(worstKept(heap)).toBe(-Infinity, "there is room for one more");
    offer(heap, 3, 0.75, 12);
    expect(worstKept(heap)).toBe(-2);
    offer(heap, 3, -1, 13);
    offer(heap, 3, -3, 14);
    expect(worstKept(heap)).toBe(-1);
    expect(sortHeap(heap, 3)).toBe(3);
    expect(indices(heap, 3)).toStrictEqual([12, 10, 13]);
    expect(load<f32>(heap, 4)).toBe(0.75);
  });

  it("may stay with fewer", () => {
    const heap = take(24);
    clearHeap(heap, 3);
    offer(heap, 3, -1, 7);
    expect(sortHeap(heap, 3)).toBe(1);
    expect(indices(heap, 1)).toStrictEqual([7]);
  });

  it("prefers the lower index, whichever comes first; -0 is 0", () => {
    const heap = take(24);
    clearHeap(heap, 3);
    offer(heap, 3, -0.0, 9);
    offer(heap, 3, 0, 8);
    offer(heap, 3, -0.0, 5);
    offer(heap, 3, 0, 6);
    expect(sortHeap(heap, 3)).toBe(3);
    expect(indices(heap, 3)).toStrictEqual([5, 6, 8]);
  });
});

describe("the best of scores", () => {
  it("come first", () => {
    const heap = take(24);
    expect(selectTop(place<f32>([0.5, 0.9, -1, 0.7, 0.1]), 5, 3, heap)).toBe(3);
    expect(indices(heap, 3)).toStrictEqual([1, 3, 0]);
  });

  it("are in index order where they are equal", () => {
    const heap = take(24);
    selectTop(place<f32>([1, 2, 2, 1, 2]), 5, 3, heap);
    expect(indices(heap, 3)).toStrictEqual([1, 2, 4]);
  });

  it("are no more than there are, and none where none is wanted", () => {
    const heap = take(24);
    expect(selectTop(place<f32>([1, 2]), 2, 3, heap)).toBe(2);
    expect(selectTop(place<f32>([1, 2]), 2, 0, heap)).toBe(0);
  });
});
