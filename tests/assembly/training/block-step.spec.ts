import { MAX_PADDING, paddedOutputs, step, strideOf } from "../../../assembly/training/block-step";
import { Job } from "../../../assembly/training/job";
import { place, read, row, take } from "../place";

/** A pair of an input and one of the first four outputs: what speaks for it. */
class Pair {
  constructor(
    readonly input: i32,
    readonly output: i32,
    readonly positive: f32,
  ) {}
}

/** Half of the rate: so low that all comes at once. */
const HALF: f32 = 0.03125;

/** Two inputs, the second of which may be nothing, against some outputs; the errors are rows of their own. */
class Step {
  readonly job: Job = changetype<Job>(take(offsetof<Job>()));
  readonly zeros: usize = row([]);
  readonly outputs: u32;

  constructor(inputs: usize[], uses: f32[], outputs: usize[], noises: f32[], labels: f32[] = []) {
    const job = this.job;
    this.outputs = outputs.length;
    const padded = paddedOutputs(this.outputs);
    while (inputs.length < 2) inputs.push(this.zeros);
    while (uses.length < 2) uses.push(0);
    while (<u32>outputs.length < this.outputs + MAX_PADDING) outputs.push(this.zeros);
    while (<u32>noises.length < padded) noises.push(0);
    while (<u32>labels.length < padded) labels.push(0);
    job.vectorBytes = 32;
    job.alpha = 2 * HALF;
    job.inputs = place<usize>(inputs);
    job.errors = place<usize>([row([]), row([])]);
    job.uses = place<f32>(uses);
    job.outputs = place<usize>(outputs);
    job.noises = place<f32>(noises);
    job.labels = place<f32>(labels);
    job.gradients = take(2 * strideOf(this.outputs));
  }

  run(pairs: Pair[]): void {
    const positives = take(32);
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i];
      store<f32>(positives + ((<usize>pair.input * 4 + pair.output) << 2), pair.positive);
    }
    step(this.job, 2, this.outputs, pairs.length ? positives : 0, 0);
  }

  error(i: usize): usize {
    return load<usize>(this.job.errors + (i << 2));
  }
}

describe("a step of a block", () => {
  it("moves what speaks for itself together, what is noise apart", () => {
    // the logits are 0, so the sigmoids are a half
    const good = row([0, 2]);
    const bad = row([0, 4]);
    const block = new Step([row([1, 0])], [1], [good, bad], [0, 1]);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(good, 2)).toStrictEqual([HALF, 2]);
    expect(read<f32>(bad, 2)).toStrictEqual([-HALF, 4]);
    expect(read<f32>(block.error(0), 2)).toStrictEqual([0, HALF * 2 - HALF * 4]);
  });

  it("an input that is used three times counts three times, once for its output and twice as its noise", () => {
    const output = row([0, 1]);
    const block = new Step([row([1, 0])], [3], [output], [0.5]);
    block.run([new Pair(0, 0, 1)]);
    // one use speaks for the output; two are half a noise word each: P = 1, Q = 2, so the gradient is 0
    expect(read<f32>(output, 2)).toStrictEqual([0, 1]);
    const other = new Step([row([1, 0])], [3], [output], [1]);
    other.run([new Pair(0, 0, 1)]);
    // P = 1, Q = 3
    expect(read<f32>(output, 2)).toStrictEqual([-HALF, 1]);
  });

  it("an output gathers what both inputs give it", () => {
    const output = row([0, 0, 1]);
    const block = new Step([row([1, 0]), row([0, 2])], [1, 1], [output], [1]);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(output, 3)).toStrictEqual([HALF, -2 * HALF, 1]);
    expect(read<f32>(block.error(0), 3)).toStrictEqual([0, 0, HALF]);
    expect(read<f32>(block.error(1), 3)).toStrictEqual([0, 0, -HALF]);
  });

  it("adds to the errors that are there", () => {
    const block = new Step([row([1, 0])], [1], [row([0, 2])], [0]);
    store<f32>(block.error(0), 7, 4);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(block.error(0), 2)).toStrictEqual([0, 7 + 2 * HALF]);
  });

  it("leaves the row of zeros, and outputs that nothing speaks of", () => {
    const output = row([3, 4]);
    const block = new Step([row([1, 1])], [1], [output], [0]);
    block.run([]);
    expect(read<f32>(output, 2)).toStrictEqual([3, 4]);
    expect(read<f32>(block.zeros, 8)).toStrictEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(read<f32>(block.error(0), 2)).toStrictEqual([0, 0]);
  });

  it("a logit of ln 3 is a sigmoid of three quarters", () => {
    const output = row([<f32>1.0986122886681098]);
    const block = new Step([row([1])], [1], [output], [1]);
    block.run([]);
    expect(load<f32>(block.error(0))).toBeCloseTo(-1.5 * HALF * 1.0986122886681098, 6);
  });

  it("a label speaks for an output as often as the input is used: three times half the rate times 1 - σ(0)", () => {
    const left = row([0, 1]);
    const right = row([0, 1]);
    const block = new Step([row([1, 0])], [3], [left, right], [1, 1], [1, 0]);
    block.run([]);
    expect(read<f32>(left, 2)).toStrictEqual([3 * HALF, 1]);
    expect(read<f32>(right, 2)).toStrictEqual([-3 * HALF, 1]);
  });

  it("what is too much to come at once comes in parts, so that it ends on this side of its aim", () => {
    for (let rate: f32 = 1; rate < 100; rate *= 10) {
      // half of the uses speak for the output, half against it: the aim is a logit of 0
      const output = row([2]);
      const block = new Step([row([1])], [16], [output], [1]);
      block.job.alpha = rate;
      block.run([new Pair(0, 0, 8)]);
      expect(load<f32>(output)).toBeGreaterThanOrEqual(0);
      expect(load<f32>(output)).toBeLessThan(2);
    }
  });

  it("treats as many outputs alike as there are, whatever tiles they fill, and leaves the row of zeros", () => {
    for (let count = 1; count <= 13; count++) {
      const outputs = new Array<usize>();
      for (let o = 0; o < count; o++) outputs.push(row([0, <f32>o]));
      const block = new Step([row([1, 0])], [1], outputs.slice(0), new Array<f32>(count).fill(1));
      block.run([]);
      let sum: f32 = 0;
      for (let o = 0; o < count; o++) {
        expect(read<f32>(outputs[o], 2)).toStrictEqual([-HALF, <f32>o]);
        sum += <f32>o;
      }
      expect(read<f32>(block.error(0), 2)).toStrictEqual([0, -HALF * sum]);
      expect(read<f32>(block.zeros, 8)).toStrictEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }
  });
});
