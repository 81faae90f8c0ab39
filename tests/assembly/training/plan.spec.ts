import { Job } from "../../../assembly/training/job";
import { beginPlan, planWords } from "../../../assembly/training/plan";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "../../../assembly/vocabulary/tokens";
import { place, read, take } from "../place";

/** A job whose generator begins at 0: its first numbers are e220a839 7b1dcdaf, 6e789e6a a1b965f4, 06c45d18 8009454f. */
function open(): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.kept = take(64);
  job.spans = take(64);
  job.sentences = take(64);
  job.random = place<u64>([0]);
  job.window = 5;
  beginPlan(job);
  return job;
}

function add(job: Job, tokens: u32[]): void {
  job.tokens = place<u32>(tokens);
  job.tokenCount = tokens.length;
  planWords(job);
}

describe("a plan of the default discipline", () => {
  it("keeps the words of the vocabulary, and where sentences end", () => {
    const job = open();
    add(job, [7, OUT_OF_VOCABULARY, 8, SENTENCE_END, SENTENCE_END, 9, SENTENCE_END]);
    expect(job.keptCount).toBe(3);
    expect(read<u32>(job.kept, 3)).toStrictEqual([7, 8, 9]);
    expect(job.sentenceCount).toBe(2);
    expect(read<u32>(job.sentences, 2)).toStrictEqual([2, 3]);
    expect(read<u32>(job.spans, 3)).toStrictEqual([5, 5, 5]);
  });

  it("goes on where the last piece of tokens ended, and begins anew", () => {
    const job = open();
    add(job, [1, 2]);
    expect(job.sentenceCount).toBe(0);
    add(job, [3, SENTENCE_END]);
    expect(read<u32>(job.kept, 3)).toStrictEqual([1, 2, 3]);
    expect(read<u32>(job.sentences, 1)).toStrictEqual([3]);
    beginPlan(job);
    add(job, [4, SENTENCE_END]);
    expect(read<u32>(job.kept, 1)).toStrictEqual([4]);
    expect(read<u32>(job.sentences, 1)).toStrictEqual([1]);
  });

  it("looks as far as the upper bits say: e2, 6e and 06 of 256 of a window of 8 are 8, 4 and 1 words", () => {
    const job = open();
    job.window = 8;
    job.shrinkWindows = 1;
    add(job, [0, 0, 0, SENTENCE_END]);
    expect(read<u32>(job.spans, 3)).toStrictEqual([8, 4, 1]);
  });

  it("keeps a word whose share is not below the lower bits", () => {
    const job = open();
    job.sampling = place<u32>([0x7b1dcdaf, 0xa1b965f3]);
    add(job, [0, 1, SENTENCE_END]);
    expect(job.keptCount).toBe(1);
    expect(load<u32>(job.kept)).toBe(0);
  });

  it("draws a number for each word of the vocabulary, kept or not", () => {
    const job = open();
    job.sampling = place<u32>([0, 0xffffffff]);
    add(job, [0, OUT_OF_VOCABULARY, 1, SENTENCE_END]);
    expect(job.keptCount).toBe(1);
    expect(load<u64>(job.random)).toBe(2 * 0x9e3779b97f4a7c15);
  });
});
