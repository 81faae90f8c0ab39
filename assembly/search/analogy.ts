// The answers of analogies, "a is to b as c is to what?", from the cosines of rows with the words a, b and c.

/** An analogy and its best answer so far. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
class Analogy {
  /** its words: their places among those of all analogies */
  a: u32;
  b: u32;
  c: u32;
  score: f32;
  /** a row */
  answer: u32;
}

/**
 * Looks through a block of rows for better answers to `count` analogies, which lie one after the other. A row that is
 * one of an analogy's own words is none; of equally good ones the first stays.
 *
 * cosines: for each word, a row (rows,) f32, rowBytes apart; up to three numbers behind the last are read
 * places (rows,) u32: which of the words a row is, 2^32 - 1 where it is none of them
 * begin: the number of the block's first row
 * multiplicative: a score is 3CosMul, else 3CosAdd
 */
export function answerAnalogies(
  analogies: usize,
  count: u32,
  cosines: usize,
  rowBytes: usize,
  places: usize,
  begin: u32,
  rows: u32,
  multiplicative: bool,
): void {
  for (const end = analogies + <usize>count * offsetof<Analogy>(); analogies < end; analogies += offsetof<Analogy>()) {
    const analogy = changetype<Analogy>(analogies);
    const a = cosines + <usize>analogy.a * rowBytes;
    const b = cosines + <usize>analogy.b * rowBytes;
    const c = cosines + <usize>analogy.c * rowBytes;
    for (let row: u32 = 0; ; row++) {
      row = findBetter(a, b, c, row, rows, analogy.score, multiplicative);
      if (row >= rows) break;
      const at = (<usize>row) << 2;
      const place = load<u32>(places + at);
      if (place == analogy.a || place == analogy.b || place == analogy.c) continue;
      analogy.score = f32x4.extract_lane(scores(a + at, b + at, c + at, multiplicative), 0);
      analogy.answer = begin + row;
    }
  }
}

/** The first row from `from` on whose score is beyond the floor, or `rows` or more where there is none. */
function findBetter(a: usize, b: usize, c: usize, from: u32, rows: u32, floor: f32, multiplicative: bool): u32 {
  const least = f32x4.splat(floor);
  for (let row = from; row < rows; row += 4) {
    const at = (<usize>row) << 2;
    const better = f32x4.gt(scores(a + at, b + at, c + at, multiplicative), least);
    if (v128.any_true(better)) return row + ctz(i32x4.bitmask(better));
  }
  return rows;
}

/**
 * The scores of four rows: b + c - a, or (1 + b) (1 + c) / (2 (1 + a) + 4e-6).
 * @see Mikolov et al. 2013, https://aclanthology.org/N13-1090; Levy and Goldberg 2014, https://aclanthology.org/W14-1618
 */
function scores(a: usize, b: usize, c: usize, multiplicative: bool): v128 {
  if (!multiplicative) return f32x4.sub(f32x4.add(v128.load(b), v128.load(c)), v128.load(a));
  const one = f32x4.splat(1);
  const product = f32x4.mul(f32x4.add(one, v128.load(b)), f32x4.add(one, v128.load(c)));
  return f32x4.div(product, f32x4.add(f32x4.mul(f32x4.splat(2), f32x4.add(one, v128.load(a))), f32x4.splat(4e-6)));
}
