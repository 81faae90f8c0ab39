import { Job } from "../../../assembly/training/job";
import { reproduceJob } from "../../../assembly/training/reproduce-gensim";
import { place, row, take } from "../place";

/**
 * Two words, 1 and 4, that stand side by side; their tree is one node, 1, where word 0 turns left. A table of 0.5
 * everywhere and a learning rate of 1 make each gradient 0.5 or -0.5.
 */
function open(): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.kept = place<u32>([0, 1]);
  job.keptCount = 2;
  job.sentences = place<u32>([2]);
  job.sentenceCount = 1;
  job.spans = place<u32>([1, 1]);
  job.input = take(2 * 32);
  memory.copy(job.input, row([1]), 32);
  memory.copy(job.input + 32, row([4]), 32);
  job.nodes = row([1]);
  job.rowBytes = 32;
  job.vocabSize = 2;
  job.paths = place<u32>([0, 1, 2]);
  job.points = place<u32>([0, 0]);
  job.codes = place<u8>([0, 1]);
  job.sigmoid = place<f32>(new Array<f32>(1000).fill(0.5));
  job.hidden = take(32);
  job.error = take(32);
  job.outputs = take(8);
  job.labels = take(8);
  job.alpha = 1;
  return job;
}

describe("a job of hierarchical softmax", () => {
  it("skip-gram: each neighbour by itself predicts the word", () => {
    const job = open();
    job.sg = 1;
    reproduceJob(job);
    // word 1 predicts word 0: 4 + 0.5 * 1, and the node becomes 1 + 0.5 * 4
    expect(load<f32>(job.input, 32)).toBe(4.5);
    // word 0 predicts word 1: 1 - 0.5 * 3, and the node becomes 3 - 0.5 * 1
    expect(load<f32>(job.input)).toBe(-0.5);
    expect(load<f32>(job.nodes)).toBe(2.5);
  });

  it("CBOW: of one neighbour, the mean and the sum are what skip-gram does", () => {
    for (let mean: u32 = 0; mean < 2; mean++) {
      const job = open();
      job.cbowMean = mean;
      reproduceJob(job);
      expect(load<f32>(job.input, 32)).toBe(4.5);
      expect(load<f32>(job.input)).toBe(-0.5);
      expect(load<f32>(job.nodes)).toBe(2.5);
    }
  });

  it("CBOW: of two neighbours, the mean is (1 + 3) / 2, and each gets the whole error", () => {
    const job = threeWords(1);
    reproduceJob(job);
    // the node was 1: the error is 0.5
    expect(load<f32>(job.input)).toBe(1.5);
    expect(load<f32>(job.input, 64)).toBe(3.5);
    expect(load<f32>(job.nodes)).toBe(2);
  });

  it("CBOW: of two neighbours, the sum is 1 + 3, and each gets half of the error", () => {
    const job = threeWords(0);
    reproduceJob(job);
    expect(load<f32>(job.input)).toBe(1.25);
    expect(load<f32>(job.input, 64)).toBe(3.25);
    expect(load<f32>(job.nodes)).toBe(3);
  });

  it("does not look beyond a sentence", () => {
    const job = open();
    job.sg = 1;
    job.sentences = place<u32>([1, 2]);
    job.sentenceCount = 2;
    reproduceJob(job);
    expect(load<f32>(job.nodes)).toBe(1);
  });
});

/** Words 1, 0 and 3 in a row, of which only the middle one, which turns left, has a path and looks around. */
function threeWords(cbowMean: u32): Job {
  const job = open();
  job.cbowMean = cbowMean;
  job.kept = place<u32>([0, 1, 2]);
  job.sentences = place<u32>([3]);
  job.spans = place<u32>([0, 1, 0]);
  job.input = take(3 * 32);
  memory.copy(job.input, row([1]), 32);
  memory.copy(job.input + 64, row([3]), 32);
  job.paths = place<u32>([0, 0, 1, 1]);
  return job;
}
