// Which of some words are the same.

/**
 * The place of `id` among the `count` ids at `ids`, or `count` after it was put there. One by one: a vector would have to
 * wait until the ids that were just stored are in the cache.
 */
export function placeOf(ids: usize, count: u32, id: u32): u32 {
  const end = ids + ((<usize>count) << 2);
  let at = ids;
  while (at < end && load<u32>(at) != id) at += 4;
  if (at == end) store<u32>(at, id);
  return <u32>((at - ids) >> 2);
}

/** The lanes of one vector that are in other lanes of the other. */
function inOtherLanes(a: v128, b: v128): v128 {
  const one = i32x4.eq(a, v128.shuffle<i32>(b, b, 1, 2, 3, 0));
  const two = i32x4.eq(a, v128.shuffle<i32>(b, b, 2, 3, 0, 1));
  const three = i32x4.eq(a, v128.shuffle<i32>(b, b, 3, 0, 1, 2));
  return v128.or(one, v128.or(two, three));
}

/** The lanes of one vector that are anywhere in the other. */
function inLanes(a: v128, b: v128): v128 {
  return v128.or(i32x4.eq(a, b), inOtherLanes(a, b));
}

/** Whether four words and `count` others, a multiple of four, are all different. */
export function areDistinct(four: usize, others: usize, count: u32): bool {
  const centers = v128.load(four);
  let same = inOtherLanes(centers, centers);
  for (let a = others, end = others + ((<usize>count) << 2); a < end; a += 16) {
    const words = v128.load(a);
    same = v128.or(same, v128.or(inOtherLanes(words, words), inLanes(words, centers)));
    for (let b = others; b < a; b += 16) same = v128.or(same, inLanes(words, v128.load(b)));
  }
  return !v128.any_true(same);
}
