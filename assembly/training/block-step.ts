// One step of training: I inputs against O outputs, in register tiles: of 2 x 4 for the logits, whose lanes make whole
// vectors of four, and of 2 x 3 for the updates, which then need no more registers than there are.
//
// For each input i and output o, with P how much speaks for the pair and Q how much speaks of it at all:
//
//     logit = input · output,  g = alpha (P - Q σ(logit)),  error_i += g output,  output += g input
//
// where P = p + m l and Q = P + d (m - P): m is how often the input is used; l, of the output, how much each use speaks for
// it, and d how much each that does not counts as noise; p is what speaks for this pair, of the first four outputs only.
// The gradient of Σ P log σ(x) + (Q - P) log σ(-x), so one step serves skip-gram and CBOW, negative sampling and
// hierarchical softmax. Inputs and outputs are padded to full tiles with a row of zeros, for which p, l, d and m are 0.

import { multiplyAdd } from "../numbers/multiply-add";
import { largest, sum } from "../numbers/vector";
import { Job } from "./job";

/** As many outputs as fill the tiles of logits. */
export function paddedOutputs(outputs: u32): u32 {
  return (outputs + 3) & ~3;
}

/** How many rows of zeros have to stand behind the outputs: tiles reach so far beyond them. */
export const MAX_PADDING: u32 = 3;

/** How far rows of g lie apart, in bytes: the last tile of an update may reach two numbers beyond those of logits. */
export function strideOf(outputs: u32): usize {
  return (<usize>paddedOutputs(outputs) + 4) << 2;
}

function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

/** The sums of the lanes of four vectors, as the lanes of one. */
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Two inputs' logits with four outputs. */
function logitTile(x0: usize, x1: usize, outputs: usize, bytes: usize, to0: usize, to1: usize): void {
  let y0 = load<usize>(outputs);
  let y1 = load<usize>(outputs, 4);
  let y2 = load<usize>(outputs, 8);
  let y3 = load<usize>(outputs, 12);
  let a0 = f32x4.splat(0);
  let a1 = a0;
  let a2 = a0;
  let a3 = a0;
  let b0 = a0;
  let b1 = a0;
  let b2 = a0;
  let b3 = a0;
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, y0 += 16, y1 += 16, y2 += 16, y3 += 16) {
    const a = v128.load(x0);
    const b = v128.load(x1);
    let y = v128.load(y0);
    a0 = multiplyAdd(a, y, a0);
    b0 = multiplyAdd(b, y, b0);
    y = v128.load(y1);
    a1 = multiplyAdd(a, y, a1);
    b1 = multiplyAdd(b, y, b1);
    y = v128.load(y2);
    a2 = multiplyAdd(a, y, a2);
    b2 = multiplyAdd(b, y, b2);
    y = v128.load(y3);
    a3 = multiplyAdd(a, y, a3);
    b3 = multiplyAdd(b, y, b3);
  }
  v128.store(to0, sums(a0, a1, a2, a3));
  v128.store(to1, sums(b0, b1, b2, b3));
}

/** Moves three outputs, and two inputs' errors, by the tile's gradients. */
function updateTile(
  x0: usize,
  x1: usize,
  e0: usize,
  e1: usize,
  outputs: usize,
  bytes: usize,
  from0: usize,
  from1: usize,
): void {
  let y0 = load<usize>(outputs);
  let y1 = load<usize>(outputs, 4);
  let y2 = load<usize>(outputs, 8);
  const a0 = v128.load32_splat(from0);
  const a1 = v128.load32_splat(from0, 4);
  const a2 = v128.load32_splat(from0, 8);
  const b0 = v128.load32_splat(from1);
  const b1 = v128.load32_splat(from1, 4);
  const b2 = v128.load32_splat(from1, 8);
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, e0 += 16, e1 += 16, y0 += 16, y1 += 16, y2 += 16) {
    const a = v128.load(x0);
    const b = v128.load(x1);
    let y = v128.load(y0);
    let ea = multiplyAdd(a0, y, v128.load(e0));
    let eb = multiplyAdd(b0, y, v128.load(e1));
    v128.store(y0, multiplyAdd(b0, b, multiplyAdd(a0, a, y)));
    y = v128.load(y1);
    ea = multiplyAdd(a1, y, ea);
    eb = multiplyAdd(b1, y, eb);
    v128.store(y1, multiplyAdd(b1, b, multiplyAdd(a1, a, y)));
    y = v128.load(y2);
    v128.store(e0, multiplyAdd(a2, y, ea));
    v128.store(e1, multiplyAdd(b2, y, eb));
    v128.store(y2, multiplyAdd(b2, b, multiplyAdd(a2, a, y)));
  }
}

/**
 * The same where each input is its own error: it moves at once. Four streams of memory less; one body for both would need them,
 * and more registers than there are.
 */
function moveTile(x0: usize, x1: usize, outputs: usize, bytes: usize, from0: usize, from1: usize): void {
  let y0 = load<usize>(outputs);
  let y1 = load<usize>(outputs, 4);
  let y2 = load<usize>(outputs, 8);
  const a0 = v128.load32_splat(from0);
  const a1 = v128.load32_splat(from0, 4);
  const a2 = v128.load32_splat(from0, 8);
  const b0 = v128.load32_splat(from1);
  const b1 = v128.load32_splat(from1, 4);
  const b2 = v128.load32_splat(from1, 8);
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, y0 += 16, y1 += 16, y2 += 16) {
    const a = v128.load(x0);
    const b = v128.load(x1);
    let y = v128.load(y0);
    let ea = multiplyAdd(a0, y, a);
    let eb = multiplyAdd(b0, y, b);
    v128.store(y0, multiplyAdd(b0, b, multiplyAdd(a0, a, y)));
    y = v128.load(y1);
    ea = multiplyAdd(a1, y, ea);
    eb = multiplyAdd(b1, y, eb);
    v128.store(y1, multiplyAdd(b1, b, multiplyAdd(a1, a, y)));
    y = v128.load(y2);
    v128.store(x0, multiplyAdd(a2, y, ea));
    v128.store(x1, multiplyAdd(b2, y, eb));
    v128.store(y2, multiplyAdd(b2, b, multiplyAdd(a2, a, y)));
  }
}

/** The last tile: two outputs, and in the place of a third a row that stays; it moves the errors c0 times and c1 times. */
function updateLast(
  x0: usize,
  x1: usize,
  e0: usize,
  e1: usize,
  outputs: usize,
  bytes: usize,
  from0: usize,
  from1: usize,
  row: usize,
  c0: f32,
  c1: f32,
): void {
  let y0 = load<usize>(outputs);
  let y1 = load<usize>(outputs, 4);
  const a0 = v128.load32_splat(from0);
  const a1 = v128.load32_splat(from0, 4);
  const a2 = f32x4.splat(c0);
  const b0 = v128.load32_splat(from1);
  const b1 = v128.load32_splat(from1, 4);
  const b2 = f32x4.splat(c1);
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, e0 += 16, e1 += 16, y0 += 16, y1 += 16, row += 16) {
    const a = v128.load(x0);
    const b = v128.load(x1);
    let y = v128.load(y0);
    let ea = multiplyAdd(a0, y, v128.load(e0));
    let eb = multiplyAdd(b0, y, v128.load(e1));
    v128.store(y0, multiplyAdd(b0, b, multiplyAdd(a0, a, y)));
    y = v128.load(y1);
    ea = multiplyAdd(a1, y, ea);
    eb = multiplyAdd(b1, y, eb);
    v128.store(y1, multiplyAdd(b1, b, multiplyAdd(a1, a, y)));
    y = v128.load(row);
    v128.store(e0, multiplyAdd(a2, y, ea));
    v128.store(e1, multiplyAdd(b2, y, eb));
  }
}

/** The same where each input is its own error. */
function moveLast(
  x0: usize,
  x1: usize,
  outputs: usize,
  bytes: usize,
  from0: usize,
  from1: usize,
  row: usize,
  c0: f32,
  c1: f32,
): void {
  let y0 = load<usize>(outputs);
  let y1 = load<usize>(outputs, 4);
  const a0 = v128.load32_splat(from0);
  const a1 = v128.load32_splat(from0, 4);
  const a2 = f32x4.splat(c0);
  const b0 = v128.load32_splat(from1);
  const b1 = v128.load32_splat(from1, 4);
  const b2 = f32x4.splat(c1);
  for (const end = x0 + bytes; x0 < end; x0 += 16, x1 += 16, y0 += 16, y1 += 16, row += 16) {
    const a = v128.load(x0);
    const b = v128.load(x1);
    let y = v128.load(y0);
    let ea = multiplyAdd(a0, y, a);
    let eb = multiplyAdd(b0, y, b);
    v128.store(y0, multiplyAdd(b0, b, multiplyAdd(a0, a, y)));
    y = v128.load(y1);
    ea = multiplyAdd(a1, y, ea);
    eb = multiplyAdd(b1, y, eb);
    v128.store(y1, multiplyAdd(b1, b, multiplyAdd(a1, a, y)));
    y = v128.load(row);
    v128.store(x0, multiplyAdd(a2, y, ea));
    v128.store(x1, multiplyAdd(b2, y, eb));
  }
}

/** What the sigmoid is made of, four times each. As constants in its code, V8 would make each anew, for every use. */
// biome-ignore format: a vector a line
const CONSTANTS: usize = memory.data<f32>([
  15, 15, 15, 15,
  -15, -15, -15, -15,
  -1.4426950408889634, -1.4426950408889634, -1.4426950408889634, -1.4426950408889634,
  12582912, 12582912, 12582912, 12582912,
  0.0013264727, 0.0013264727, 0.0013264727, 0.0013264727,
  0.009671513, 0.009671513, 0.009671513, 0.009671513,
  0.055507336, 0.055507336, 0.055507336, 0.055507336,
  0.24022242, 0.24022242, 0.24022242, 0.24022242,
  0.693147, 0.693147, 0.693147, 0.693147,
  1, 1, 1, 1,
], 16);

/** Logits are taken to be at most ±15. */
function clamp(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, v128.load(CONSTANTS)), v128.load(CONSTANTS, 16));
}

/**
 * σ(x) = 1 / (1 + 2^t), t = -x log2 e, whose whole part n goes to the exponent: a number of 24 bits to which 1.5 · 2^23 is
 * added ends in n. 2^(t - n) is a minimax polynomial; relative error below 2^-22, none at 0.
 */
function sigmoid(x: v128): v128 {
  const one = v128.load(CONSTANTS, 144);
  const t = f32x4.mul(clamp(x), v128.load(CONSTANTS, 32));
  const whole = add(t, v128.load(CONSTANTS, 48));
  const f = f32x4.sub(t, f32x4.sub(whole, v128.load(CONSTANTS, 48)));
  let p = multiplyAdd(v128.load(CONSTANTS, 64), f, v128.load(CONSTANTS, 80));
  p = multiplyAdd(p, f, v128.load(CONSTANTS, 96));
  p = multiplyAdd(p, f, v128.load(CONSTANTS, 112));
  p = multiplyAdd(p, f, v128.load(CONSTANTS, 128));
  p = multiplyAdd(p, f, one);
  return f32x4.div(one, add(one, i32x4.add(p, i32x4.shl(whole, 23))));
}

/** log y for y >= 1: the exponent's part, and 2 artanh(s) for the mantissa's; relative error below 1e-6. */
function logarithm(y: v128): v128 {
  const bits = i32x4.sub(y, i32x4.splat(0x3f800000));
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(bits, 23));
  const mantissa = i32x4.add(v128.and(bits, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000));
  const one = f32x4.splat(1);
  const s = f32x4.div(f32x4.sub(mantissa, one), add(mantissa, one));
  const squared = f32x4.mul(s, s);
  let sum = multiplyAdd(squared, f32x4.splat(2.0 / 9), f32x4.splat(2.0 / 7));
  sum = multiplyAdd(sum, squared, f32x4.splat(2.0 / 5));
  sum = multiplyAdd(sum, squared, f32x4.splat(2.0 / 3));
  sum = multiplyAdd(sum, squared, f32x4.splat(2));
  return multiplyAdd(exponent, f32x4.splat(0.6931471805599453), f32x4.mul(s, sum));
}

/** Adds a row's loss, -P log σ(x) - (Q - P) log σ(-x) = (Q - P) x - Q log σ(x), of its four pairs. */
function addLoss(job: Job, x: v128, p: v128, q: v128): void {
  const surprise = logarithm(f32x4.div(f32x4.splat(1), sigmoid(x)));
  const losses = multiplyAdd(f32x4.sub(q, p), clamp(x), f32x4.mul(q, surprise));
  const zero = f32x4.splat(0);
  job.loss += f32x4.extract_lane(sums(losses, zero, zero, zero), 0);
}

/** Turns a row of logits into gradients, behind which are zeros. `positives` is p, of the first four outputs. */
function gradients(job: Job, logits: usize, outputs: u32, positives: v128, uses: f32): void {
  const alpha = f32x4.splat(job.alpha);
  const m = f32x4.splat(uses);
  let labels = job.labels;
  let noises = job.noises;
  const end = logits + ((<usize>paddedOutputs(outputs)) << 2);
  for (; logits < end; logits += 16, labels += 16, noises += 16) {
    const p = multiplyAdd(m, v128.load(labels), positives);
    const q = multiplyAdd(v128.load(noises), f32x4.sub(m, p), p);
    if (job.computeLoss) addLoss(job, v128.load(logits), p, q);
    v128.store(logits, f32x4.mul(alpha, f32x4.sub(p, f32x4.mul(q, sigmoid(v128.load(logits))))));
    positives = f32x4.splat(0);
  }
  v128.store(end, f32x4.splat(0));
}

/** A row of (I, 4) f32, times the share, or zeros where there are none. */
function positivesOf(positives: usize, i: usize, share: f32): v128 {
  return positives ? f32x4.mul(f32x4.splat(share), v128.load(positives + (i << 4))) : f32x4.splat(0);
}

/**
 * How far one part of a step may move an output, which all of its inputs move together, and an input: as alpha times the pairs
 * that the row is in. All pairs of a part are computed from the rows as they were before it, so a longer way leads beyond the
 * aim, further each time, until nothing is finite.
 */
const MAX_OUTPUT_WAY: f32 = 1;
const MAX_INPUT_WAY: f32 = 1;

/**
 * How often a part is repeated at most. A learning rate that needs more teaches nothing, so what is beyond is left out: a part
 * never goes further than it may.
 */
const MAX_REPEATS: f32 = 100;

/**
 * One step over `inputs`, an even number, and `outputs`, as the job's arrays describe them; positives: (I, 4) f32, p of the
 * first four outputs, or 0; excess: (D,) f32, a row that moves each input by alpha for each of its uses, or 0. The inputs come
 * in parts that go no further than they may; each part finds the outputs where the one before left them. At usual options one
 * part holds all inputs. Two inputs that go too far by themselves are a part that is repeated, each time for a share of their
 * uses, without the excess: it knows nothing of an aim, and rows that move as far as these leave the mean behind.
 */
export function step(job: Job, inputs: u32, outputs: u32, positives: usize, excess: usize): void {
  let maxima = f32x4.splat(1);
  let lanes = f32x4.splat(0);
  for (let o: usize = 0; o < outputs; o += 4) {
    const noises = v128.load(job.noises + (o << 2));
    maxima = f32x4.pmax(maxima, noises);
    lanes = add(lanes, noises);
  }
  // how many uses the inputs of a part may have together, and how many each
  const maxTotal = MAX_OUTPUT_WAY / (job.alpha * largest(maxima));
  const maxUses = MAX_INPUT_WAY / (job.alpha * sum(lanes));
  let from: u32 = 0;
  while (from < inputs) {
    let to = from;
    let total: f32 = 0;
    let largestUses: f32 = 0;
    for (; to < inputs; to += 2) {
      const uses = job.uses + ((<usize>to) << 2);
      const both = load<f32>(uses) + load<f32>(uses, 4);
      const larger = max(load<f32>(uses), load<f32>(uses, 4));
      if (to > from && (total + both > maxTotal || larger > maxUses)) break;
      total += both;
      largestUses = max(largestUses, larger);
    }
    const steps = max<f32>(1, max(total / maxTotal, largestUses / maxUses));
    const repeats = min(MAX_REPEATS, ceil(steps));
    const share: f32 = 1 / max(repeats, steps);
    for (let n: f32 = 0; n < repeats; n++) stepPart(job, from, to, outputs, positives, repeats > 1 ? 0 : excess, share);
    from = to;
  }
}

/** The inputs `from` to `to` against the outputs, for a share of their uses. */
function stepPart(job: Job, from: u32, to: u32, outputs: u32, positives: usize, excess: usize, share: f32): void {
  const stride = strideOf(outputs);
  const bytes = job.vectorBytes;
  const outputsEnd = job.outputs + ((<usize>outputs) << 2);
  let row = job.gradients;
  for (let i: usize = from; i < to; i += 2, row += stride << 1) {
    const at = job.inputs + (i << 2);
    const x0 = load<usize>(at);
    const x1 = load<usize>(at, 4);
    let tile = row;
    for (let o = job.outputs; o < outputsEnd; o += 16, tile += 16) logitTile(x0, x1, o, bytes, tile, tile + stride);
    const uses = job.uses + (i << 2);
    gradients(job, row, outputs, positivesOf(positives, i, share), load<f32>(uses) * share);
    gradients(job, row + stride, outputs, positivesOf(positives, i + 1, share), load<f32>(uses, 4) * share);
  }
  row = job.gradients;
  // the excess has the third place of the last tile
  const threesEnd = excess ? job.outputs + 12 * (outputs / 3) : outputsEnd;
  for (let i: usize = from; i < to; i += 2, row += stride << 1) {
    const at = job.inputs + (i << 2);
    const errors = job.errors + (i << 2);
    const x0 = load<usize>(at);
    const x1 = load<usize>(at, 4);
    const e0 = load<usize>(errors);
    const e1 = load<usize>(errors, 4);
    const isOwn = x0 == e0 && x1 == e1;
    let gradient = row;
    let o = job.outputs;
    for (; o < threesEnd; o += 12, gradient += 12) {
      if (isOwn) moveTile(x0, x1, o, bytes, gradient, gradient + stride);
      else updateTile(x0, x1, e0, e1, o, bytes, gradient, gradient + stride);
    }
    if (!excess) continue;
    const uses = job.uses + (i << 2);
    const c0 = job.alpha * share * load<f32>(uses);
    const c1 = job.alpha * share * load<f32>(uses, 4);
    if (isOwn) moveLast(x0, x1, o, bytes, gradient, gradient + stride, excess, c0, c1);
    else updateLast(x0, x1, e0, e1, o, bytes, gradient, gradient + stride, excess, c0, c1);
  }
}
