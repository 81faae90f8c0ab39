import { Job } from "../../assembly/job";
import { paddedOutputs, step, strideOf } from "../../assembly/step";
import { place, read, row, take } from "./place";

/** A pair of an input and an output: what speaks for it. */
class Pair {
  constructor(
    readonly input: i32,
    readonly output: i32,
    readonly positive: f32,
  ) {}
}

/** Two inputs, the second of which may be nothing, against up to three outputs; the errors are rows of their own. */
class Step {
  readonly job: Job = changetype<Job>(take(offsetof<Job>()));
  readonly zeros: usize = row([]);
  readonly outputs: u32;

  constructor(inputs: usize[], uses: f32[], outputs: usize[], noises: f32[]) {
    const job = this.job;
    this.outputs = paddedOutputs(outputs.length);
    while (inputs.length < 2) inputs.push(this.zeros);
    while (uses.length < 2) uses.push(0);
    while (<u32>outputs.length < this.outputs) outputs.push(this.zeros);
    job.vectorBytes = 32;
    job.alpha = 0.5;
    job.inputs = place<usize>(inputs);
    job.errors = place<usize>([row([]), row([])]);
    job.uses = place<f32>(uses);
    job.outputs = place<usize>(outputs);
    job.noises = take(strideOf(this.outputs));
    for (let o = 0; o < noises.length; o++) store<f32>(job.noises + ((<usize>o) << 2), noises[o]);
    job.positives = take(2 * strideOf(this.outputs));
    job.gradients = take(2 * strideOf(this.outputs));
  }

  run(pairs: Pair[]): void {
    for (let i = 0; i < pairs.length; i++) {
      const pair = pairs[i];
      const at = this.job.positives + <usize>pair.input * strideOf(this.outputs) + ((<usize>pair.output) << 2);
      store<f32>(at, pair.positive);
    }
    step(this.job, 2, this.outputs);
  }

  error(i: usize): usize {
    return load<usize>(this.job.errors + (i << 2));
  }
}

describe("a step of a block", () => {
  it("moves what speaks for itself together, what is noise apart", () => {
    // the logits are 0, so the sigmoids are a half, and half of the rate is 0.25
    const good = row([0, 2]);
    const bad = row([0, 4]);
    const block = new Step([row([1, 0])], [1], [good, bad], [0, 1]);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(good, 2)).toStrictEqual([0.25, 2]);
    expect(read<f32>(bad, 2)).toStrictEqual([-0.25, 4]);
    expect(read<f32>(block.error(0), 2)).toStrictEqual([0, 0.25 * 2 - 0.25 * 4]);
  });

  it("an input that is used three times counts three times, once for its output and twice as its noise", () => {
    const output = row([0, 1]);
    const block = new Step([row([1, 0])], [3], [output], [0.5]);
    block.run([new Pair(0, 0, 1)]);
    // one use speaks for the output; two are half a noise word each: P = 1, Q = 2, so the gradient is 0.5 (1 - 2 / 2)
    expect(read<f32>(output, 2)).toStrictEqual([0, 1]);
    const other = new Step([row([1, 0])], [3], [output], [1]);
    other.run([new Pair(0, 0, 1)]);
    // P = 1, Q = 3
    expect(read<f32>(output, 2)).toStrictEqual([-0.25, 1]);
  });

  it("an output gathers what both inputs give it", () => {
    const output = row([0, 0, 1]);
    const block = new Step([row([1, 0]), row([0, 2])], [1, 1], [output], [1]);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(output, 3)).toStrictEqual([0.25, -0.5, 1]);
    expect(read<f32>(block.error(0), 3)).toStrictEqual([0, 0, 0.25]);
    expect(read<f32>(block.error(1), 3)).toStrictEqual([0, 0, -0.25]);
  });

  it("adds to the errors that are there", () => {
    const block = new Step([row([1, 0])], [1], [row([0, 2])], [0]);
    store<f32>(block.error(0), 7, 4);
    block.run([new Pair(0, 0, 1)]);
    expect(read<f32>(block.error(0), 2)).toStrictEqual([0, 7.5]);
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
    expect(load<f32>(block.error(0))).toBeCloseTo(-0.375 * 1.0986122886681098, 6);
  });
});
