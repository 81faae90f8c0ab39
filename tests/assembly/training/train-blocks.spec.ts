import { Job } from "../../../assembly/training/job";
import { trainJob } from "../../../assembly/training/train-blocks";
import { place, read, take } from "../place";

/** A noise word's entry in the alias table: always word 2. */
const ALWAYS_2: u32[] = [0, 2, 0, 2, 0, 2];

/**
 * Words 0, 1 and 2 are (1, 0), (2, 0) and (4, 0), as outputs (0, 1), (0, 2) and (0, 4): all logits are 0, all sigmoids a
 * half. Words 0 and 1 stand side by side, every noise word is word 2, and half of the rate is 0.0625.
 */
function open(): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.kept = place<u32>([0, 1]);
  job.keptCount = 2;
  job.sentences = place<u32>([2]);
  job.sentenceCount = 1;
  job.spans = place<u32>([1, 1]);
  job.input = table(0);
  job.output = table(1);
  job.rowBytes = 32;
  job.vectorBytes = 16;
  job.vocabSize = 3;
  job.noise = place<u32>(ALWAYS_2);
  job.draws = 3;
  job.drawWeight = 0.5;
  job.random = take(8);
  job.negatives = take(64);
  job.negativeCapacity = 16;
  job.drawn = 16;
  job.alpha = 0.125;
  placeStep(job);
  return job;
}

/** Three rows whose number at `column` is 1, 2 and 4. */
function table(column: usize): usize {
  const rows = take(3 * 32);
  for (let i: usize = 0; i < 3; i++) store<f32>(rows + (i << 5) + (column << 2), <f32>(1 << (<i32>i)));
  return rows;
}

function placeStep(job: Job): void {
  job.inputIds = take(64);
  job.places = take(64);
  job.contexts = take(256);
  job.inputs = take(64);
  job.errors = take(64);
  job.uses = take(64);
  job.outputIds = take(64);
  job.columns = take(16);
  job.outputs = take(64);
  job.noises = take(64);
  job.labels = take(64);
  job.shares = take(16);
  job.positives = take(1024);
  job.gradients = take(1024);
  job.hidden = take(4 * 32);
  job.error = take(4 * 32);
  job.zeros = take(32);
  job.noiseRows = take(32);
  job.noiseMean = take(32);
  job.noiseExcess = take(32);
}

/** (2,) a row's numbers. */
function word(table: usize, i: usize): f32[] {
  return read<f32>(table + (i << 5), 2);
}

describe("a job of negative sampling", () => {
  it("skip-gram: each word predicts the other; three noise words of weight a half count 1.5 for each", () => {
    const job = open();
    job.sg = 1;
    trainJob(job);
    // word 0 is predicted by (2, 0), word 1 by (1, 0), word 2 is noise of both
    expect(word(job.output, 0)).toStrictEqual([0.0625 * 2, 1]);
    expect(word(job.output, 1)).toStrictEqual([0.0625 * 1, 2]);
    expect(word(job.output, 2)).toStrictEqual([-0.0625 * 1.5 * 3, 4]);
    expect(word(job.input, 2)).toStrictEqual([4, 0]);
  });

  it("skip-gram: a word is corrected by what it predicted and by the noise", () => {
    const job = open();
    job.sg = 1;
    job.alpha = <f32>0.0000019073486328125; // 2^-19: what one output's move adds to the next is lost
    trainJob(job);
    const half = job.alpha / 2;
    expect(load<f32>(job.input, 4)).toBeCloseTo(half * (2 - 1.5 * 4), 10);
    expect(load<f32>(job.input, 32 + 4)).toBeCloseTo(half * (1 - 1.5 * 4), 10);
  });

  it("CBOW: of one neighbour, the mean and the sum are that neighbour", () => {
    for (let mean: u32 = 0; mean < 2; mean++) {
      const job = open();
      job.cbowMean = mean;
      trainJob(job);
      expect(word(job.output, 0)).toStrictEqual([0.0625 * 2, 1]);
      expect(word(job.output, 1)).toStrictEqual([0.0625 * 1, 2]);
      expect(word(job.output, 2)).toStrictEqual([-0.0625 * 1.5 * 3, 4]);
    }
  });

  it("does nothing for a word by itself, and draws nothing", () => {
    const job = open();
    job.sg = 1;
    job.sentences = place<u32>([1, 2]);
    job.sentenceCount = 2;
    trainJob(job);
    expect(word(job.output, 2)).toStrictEqual([0, 4]);
    expect(load<u64>(job.random)).toBe(0);
  });
});

describe("a job of hierarchical softmax", () => {
  it("word 0 is a turn to the left, word 1 one to the right, which the node has left behind by then", () => {
    for (let sg: u32 = 0; sg < 2; sg++) {
      const job = openTree();
      job.sg = sg;
      trainJob(job);
      // left: the node (0, 1) gains 0.0625 (2, 0), and word 1 gains 0.0625 (0, 1)
      expect(word(job.input, 1)).toStrictEqual([2, 0.0625]);
      // right: the node is (0.125, 1), so the logit of (1, 0) is 0.125, whose sigmoid is 0.53120937
      const gradient: f32 = -0.125 * 0.53120937;
      expect(load<f32>(job.nodes)).toBeCloseTo(0.125 + gradient, 6);
      expect(load<f32>(job.input)).toBeCloseTo(1 + gradient * 0.125, 6);
      expect(load<f32>(job.input, 4)).toBeCloseTo(gradient, 6);
    }
  });
});

/** The same words, and a tree of one node, (0, 1). */
function openTree(): Job {
  const job = open();
  job.output = 0;
  job.nodes = table(1);
  job.paths = place<u32>([0, 1, 2, 2]);
  job.points = place<u32>([0, 0]);
  job.codes = place<u8>([0, 1]);
  return job;
}
