import { Job } from "../../../assembly/training/job";
import { pairStep } from "../../../assembly/training/reproduce-gensim";
import { fillSigmoid } from "../../../assembly/training/sigmoid-table";
import { place, read, row, take } from "../place";

/** A table that says 0.5 everywhere, and -1 for its logarithm: so numbers can be done by head. */
function halves(): usize {
  const table = take(2000 * 4);
  for (let i: usize = 0; i < 1000; i++) {
    store<f32>(table + (i << 2), 0.5);
    store<f32>(table + ((1000 + i) << 2), -1);
  }
  return table;
}

function open(outputs: usize[], labels: f32[]): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.rowBytes = 32;
  job.sigmoid = halves();
  job.error = take(32);
  job.outputs = place<usize>(outputs);
  job.labels = place<f32>(labels);
  job.alpha = 0.5;
  job.computeLoss = 1;
  return job;
}

describe("the sigmoid's table", () => {
  it("is 0.5 in the middle, and its logarithm 1000 entries further", () => {
    const table = take(2000 * 4);
    fillSigmoid(table);
    expect(load<f32>(table, 500 * 4)).toBe(0.5);
    expect(load<f32>(table, 1500 * 4)).toBe(<f32>-0.6931471805599453);
    expect(load<f32>(table)).toBeCloseTo(0.00247262, 6);
    expect(load<f32>(table, 999 * 4)).toBeCloseTo(0.99749783, 6);
  });
});

describe("a step", () => {
  it("moves an output of label 1 towards the hidden vector, one of label 0 away", () => {
    const good = row([1, 2]);
    const bad = row([2, 0]);
    const job = open([good, bad], [1, 0]);
    pairStep(job, row([1, 1]), 2);
    // gradients are 0.5 (1 - 0.5) and 0.5 (0 - 0.5)
    expect(read<f32>(good, 2)).toStrictEqual([1.25, 2.25]);
    expect(read<f32>(bad, 2)).toStrictEqual([1.75, -0.25]);
    expect(job.loss).toBe(2);
  });

  it("adds to the error what the outputs were before", () => {
    const job = open([row([1, 2]), row([2, 0])], [1, 0]);
    pairStep(job, row([1, 1]), 2);
    expect(read<f32>(job.error, 2)).toStrictEqual([0.25 * 1 - 0.25 * 2, 0.25 * 2]);
  });

  it("takes an output that comes twice as the first time left it", () => {
    const output = row([1, 0]);
    const job = open([output, output], [0, 0]);
    pairStep(job, row([2, 0]), 2);
    // 1 - 0.25 * 2 = 0.5, then 0.5 - 0.25 * 2 = 0
    expect(load<f32>(output)).toBe(0);
    expect(load<f32>(job.error)).toBe(-0.25 * 1 - 0.25 * 0.5);
  });

  it("passes over a logit of 6 or more", () => {
    const far = row([6, 0]);
    const job = open([far, row([-6, 0])], [0, 1]);
    pairStep(job, row([1, 0]), 2);
    expect(load<f32>(far)).toBe(6);
    expect(load<f32>(job.error)).toBe(0);
    expect(job.loss).toBe(0);
  });
});
