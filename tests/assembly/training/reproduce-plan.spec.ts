import { mtSeed } from "../../../assembly/numbers/random";
import { Job } from "../../../assembly/training/job";
import { reproduceBegin, reproduceSpans, reproduceWords } from "../../../assembly/training/reproduce-gensim";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "../../../assembly/vocabulary/tokens";
import { place, read, take } from "../place";

function open(): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.kept = take(64);
  job.spans = take(64);
  job.sentences = take(64);
  job.mt = take(625 * 4);
  job.lcg = take(8);
  job.window = 5;
  mtSeed(job.mt, 1);
  return job;
}

function plan(job: Job, tokens: u32[]): void {
  job.tokens = place<u32>(tokens);
  job.tokenCount = tokens.length;
  reproduceBegin(job);
  reproduceWords(job);
  reproduceSpans(job);
}

describe("a plan", () => {
  it("keeps the words of the vocabulary, and where sentences end", () => {
    const job = open();
    plan(job, [7, OUT_OF_VOCABULARY, 8, SENTENCE_END, SENTENCE_END, 9, SENTENCE_END]);
    expect(job.keptCount).toBe(3);
    expect(read<u32>(job.kept, 3)).toStrictEqual([7, 8, 9]);
    expect(job.sentenceCount).toBe(2);
    expect(read<u32>(job.sentences, 2)).toStrictEqual([2, 3]);
    expect(read<u32>(job.spans, 3)).toStrictEqual([5, 5, 5]);
  });

  it("draws nothing without sampling, negatives and shrunk windows", () => {
    const job = open();
    plan(job, [1, 2, SENTENCE_END]);
    expect(load<u32>(job.mt, 624 * 4)).toBe(624);
    expect(load<u64>(job.lcg)).toBe(0);
  });

  it("seeds the job with 2^24 a + b: RandomState(1) draws 12710949 and 4686059", () => {
    const job = open();
    job.negative = 5;
    plan(job, [1, SENTENCE_END]);
    expect(load<u64>(job.lcg)).toBe(((<u64>12710949) << 24) + 4686059);
  });

  it("draws spans from 1 to the window: 5 less 3, 4, 0, 1, 3, 0", () => {
    const job = open();
    job.shrinkWindows = 1;
    plan(job, [0, 0, 0, 0, 0, 0, SENTENCE_END]);
    expect(read<u32>(job.spans, 6)).toStrictEqual([2, 1, 5, 4, 2, 5]);
  });

  it("drops a word whose share is 0, keeps one whose share is all", () => {
    const job = open();
    job.sampling = place<u32>([0, 0xffffffff]);
    plan(job, [0, 1, 0, 1, 0, SENTENCE_END]);
    expect(job.keptCount).toBe(2);
    expect(read<u32>(job.kept, 2)).toStrictEqual([1, 1]);
  });
});
