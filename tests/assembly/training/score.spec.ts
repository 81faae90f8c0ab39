import { Job } from "../../../assembly/training/job";
import { scoreWords } from "../../../assembly/training/score";
import { fillSigmoid } from "../../../assembly/training/sigmoid-table";
import { place, take } from "../place";

/** Two words of zeros: each turn of a path has the probability 1/2. The path to word 0 has one turn, to word 1 two. */
function flatModel(): Job {
  const job = changetype<Job>(take(offsetof<Job>()));
  job.input = take(2 * 32);
  job.nodes = take(2 * 32);
  job.rowBytes = 32;
  job.paths = place<u32>([0, 1, 3]);
  job.points = place<u32>([0, 0, 1]);
  job.codes = place<u8>([0, 1, 1]);
  job.hidden = take(32);
  job.sigmoid = take(8000);
  job.window = 1;
  fillSigmoid(job.sigmoid);
  return job;
}

const HALF: f64 = -0.6931471805599453; // log 1/2; the table's next entry is 1/83 further

describe("a score", () => {
  it("of skip-gram sees a word from each of its neighbours", () => {
    const job = flatModel();
    job.sg = 1;
    // 0 | 1 | 0: one turn from one side, two turns from two sides, one turn from one side
    expect(scoreWords(job, place<u32>([0, 1, 0]), 3, 0, 3)).toBeCloseTo(6 * HALF, 1);
  });

  it("of CBOW sees it from all of them together", () => {
    const job = flatModel();
    expect(scoreWords(job, place<u32>([0, 1, 0]), 3, 0, 3)).toBeCloseTo(4 * HALF, 1);
  });

  it("of no words is 0", () => {
    expect(scoreWords(flatModel(), place<u32>([0]), 1, 0, 0)).toBe(0);
  });
});
