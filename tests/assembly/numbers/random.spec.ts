import {
  fillUniform,
  lcgNext,
  mtBelow,
  mtNext,
  mtSeed,
  pcgNext,
  pcgSeed,
  randomBelow,
  randomNext,
  seedJob,
} from "../../../assembly/numbers/random";
import { place, read, take } from "../place";

const MT_BYTES: usize = 625 * 4;

describe("SplitMix64", () => {
  it("gives java.util.SplittableRandom(0)'s first numbers", () => {
    const state = take(8);
    expect(randomNext(state)).toBe(0xe220a8397b1dcdaf);
    expect(randomNext(state)).toBe(0x6e789e6aa1b965f4);
  });

  it("below 10: the first digit after the point of the bits as a fraction", () => {
    expect(randomBelow(0, 10)).toBe(0);
    expect(randomBelow(0x8000000000000000, 10)).toBe(5);
    expect(randomBelow(0xffffffffffffffff, 10)).toBe(9);
    expect(randomBelow(0xffffffffffffffff, 1)).toBe(0);
    expect(randomBelow(0xffffffffffffffff, 0xffffffff)).toBe(0xfffffffe);
  });

  it("jobs that are neighbours begin far from each other", () => {
    const state = take(32);
    seedJob(state, 1, 0, 0);
    seedJob(state + 8, 2, 0, 0);
    seedJob(state + 16, 1, 1, 0);
    seedJob(state + 24, 1, 0, 1);
    for (let i: usize = 0; i < 4; i++) {
      for (let j: usize = 0; j < i; j++) {
        const turned = popcnt(load<u64>(state + (i << 3)) ^ load<u64>(state + (j << 3)));
        expect(turned).toBeGreaterThan(16);
        expect(turned).toBeLessThan(48);
      }
    }
  });
});

describe("the 48-bit generator", () => {
  it("gives bits 16 to 47 of the state, then steps: 0 becomes 11", () => {
    const state = place<u64>([(5 << 16) + 3]);
    expect(lcgNext(state)).toBe(5);
    store<u64>(state, 0);
    expect(lcgNext(state)).toBe(0);
    expect(load<u64>(state)).toBe(11);
  });

  it("stays below 2^48", () => {
    const state = place<u64>([(1 << 48) - 1]);
    expect(lcgNext(state)).toBe(0xffffffff);
    // -1 times the multiplier, plus 11
    expect(load<u64>(state)).toBe((1 << 48) - 25214903917 + 11);
  });
});

describe("MT19937", () => {
  it("gives the first number of the default seed 5489", () => {
    const state = take(MT_BYTES);
    mtSeed(state, 5489);
    expect(mtNext(state)).toBe(3499211612);
  });

  it("counts its position, and begins anew after 624 numbers", () => {
    const state = take(MT_BYTES);
    mtSeed(state, 1);
    for (let i = 0; i < 624; i++) mtNext(state);
    expect(load<u32>(state, 624 * 4)).toBe(624);
    mtNext(state);
    expect(load<u32>(state, 624 * 4)).toBe(1);
  });

  it("draws nothing where there is nothing to choose", () => {
    const state = take(MT_BYTES);
    mtSeed(state, 1);
    expect(mtBelow(state, 1)).toBe(0);
    expect(load<u32>(state, 624 * 4)).toBe(624);
  });

  it("below 5: numpy.random.RandomState(1).randint(0, 5, 6)", () => {
    const state = take(MT_BYTES);
    mtSeed(state, 1);
    const drawn = new Array<u32>(6);
    for (let i = 0; i < 6; i++) drawn[i] = mtBelow(state, 5);
    expect(drawn).toStrictEqual([3, 4, 0, 1, 3, 0]);
  });
});

describe("PCG64", () => {
  it("numpy.random.default_rng(0).random() is 0.6369616873214543: the upper 53 bits", () => {
    const state = take(32);
    pcgSeed(state, 0, take(48));
    expect(<f64>(pcgNext(state) >> 11) / 9007199254740992).toBe(0.6369616873214543);
  });

  it("numpy.random.default_rng(42).random() is 0.7739560485559633", () => {
    const state = take(32);
    pcgSeed(state, 42, take(48));
    expect(<f64>(pcgNext(state) >> 11) / 9007199254740992).toBe(0.7739560485559633);
  });

  it("fills rows with numbers in [-1, 1) / D and leaves their padding", () => {
    const state = take(32);
    const rows = take(2 * 32);
    pcgSeed(state, 1, take(48));
    fillUniform(state, rows, 2, 4, 32);
    // numpy.random.default_rng(1).random(8, dtype="float32") begins 0.47318864, 0.51182157
    expect(load<f32>(rows)).toBe((<f32>0.47318864 * 2 - 1) / 4);
    expect(load<f32>(rows, 4)).toBe((<f32>0.51182157 * 2 - 1) / 4);
    expect(read<f32>(rows + 16, 4)).toStrictEqual([0, 0, 0, 0]);
    for (let i: usize = 0; i < 4; i++) expect(Math.abs(load<f32>(rows + 32 + (i << 2)))).toBeLessThanOrEqual(0.25);
  });
});
