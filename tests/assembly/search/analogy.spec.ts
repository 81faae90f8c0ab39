import { answerAnalogies } from "../../../assembly/search/analogy";
import { place, take } from "../place";

const NONE: u32 = 0xffffffff;

/** An analogy of the words 0, 1 and 2 that has no answer yet. */
function unanswered(): usize {
  const analogy = place<u32>([0, 1, 2, 0, NONE]);
  store<f32>(analogy, -Infinity, 12);
  return analogy;
}

/** Cosines of eight rows with the words 0, 1 and 2, of which `count` are given. */
function cosines(a: f32[], b: f32[], c: f32[]): usize {
  const all = take(3 * 32 + 12);
  memory.copy(all, place<f32>(a), (<usize>a.length) << 2);
  memory.copy(all + 32, place<f32>(b), (<usize>b.length) << 2);
  memory.copy(all + 64, place<f32>(c), (<usize>c.length) << 2);
  return all;
}

describe("an analogy", () => {
  it("is answered by the row of the highest b + c - a", () => {
    const analogy = unanswered();
    const all = cosines([1, 0, 0, 0.5, 0], [0, 1, 0, 1, 0.5], [0, 0, 1, 1, 0.5]);
    answerAnalogies(analogy, 1, all, 32, place<u32>([NONE, NONE, NONE, NONE, NONE]), 100, 5, false);
    expect(load<u32>(analogy, 16)).toBe(103);
    expect(load<f32>(analogy, 12)).toBe(1.5);
  });

  it("is not answered by its own words, and by the first of equal rows", () => {
    const analogy = unanswered();
    const all = cosines([0, 0, 0, 0, 0], [1, 1, 0.5, 0.5, 0.5], [1, 1, 0, 0, 0]);
    answerAnalogies(analogy, 1, all, 32, place<u32>([1, 2, NONE, NONE, 7]), 0, 5, false);
    expect(load<u32>(analogy, 16)).toBe(2);
  });

  it("keeps an earlier block's answer where it is better or as good", () => {
    const analogy = unanswered();
    const all = cosines([0, 0], [1, 0], [0, 0]);
    answerAnalogies(analogy, 1, all, 32, place<u32>([NONE, NONE]), 0, 2, false);
    answerAnalogies(analogy, 1, all, 32, place<u32>([NONE, NONE]), 2, 2, false);
    expect(load<u32>(analogy, 16)).toBe(0);
  });

  it("by 3CosMul: (1 + b) (1 + c) / (2 (1 + a)) is 1, 2 and 0.5", () => {
    const analogy = unanswered();
    const all = cosines([1, 0, 0], [1, 1, 0], [1, 1, 0]);
    answerAnalogies(analogy, 1, all, 32, place<u32>([NONE, NONE, NONE]), 0, 3, true);
    expect(load<u32>(analogy, 16)).toBe(1);
    expect(load<f32>(analogy, 12)).toBeCloseTo(2, 4);
  });
});
