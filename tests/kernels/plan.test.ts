// The plan of a job (plan.ts) against its plain twin.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { GuardedJob, type Place } from "../helpers/guarded-job.ts";
import * as reference from "../helpers/reference.ts";

const V = 10;

/** A model of V words of which nothing is trained. */
const untrained: reference.Model = {
  input: Array.from({ length: V }, () => [0]),
  output: [],
  nodes: [],
  paths: [],
  noise: [],
  draws: 0,
  drawWeight: 0,
  sg: true,
  cbowMean: false,
};

/** The first word is nearly always dropped, the last never. */
const sampling = Array.from({ length: V }, (_, i) => Math.floor((2 ** 32 - 1) * (i / (V - 1))));

/** Sentences of ids below V, some of whose words are out of the vocabulary, and some empty. */
function randomSentences(seed: number, lengths: number[]): reference.Token[][] {
  const twister = new reference.MersenneTwister(seed);
  const token = () => (twister.below(10) ? twister.below(V) : undefined);
  return lengths.map((length) => Array.from({ length }, token));
}

const someSentences = randomSentences(3, [0, 12, 1, 30, 0, 2, 25, 0]);

interface Given {
  sentences?: reference.Token[][];
  options: reference.PlanOptions;
  place?: Place;
  piece?: number;
}

/** Whether the engine's plan, and the generator after it, are the twin's. */
async function checkPlan({ sentences = someSentences, options, place = [1, 0, 0], piece }: Given): Promise<void> {
  using job = await GuardedJob.open(untrained, options);
  job.plan(sentences, place, piece);
  job.scratch.checkGuards();
  const generator = reference.SplitMix64.ofJob(...place);
  const expected = reference.plan(sentences, options, generator);
  assert.equal(
    job.sentences,
    expected.filter((sentence) => sentence.length),
  );
  assert.is(job.nextRandom(), generator.next());
}

for (const given of [undefined, sampling]) {
  for (const shrinkWindows of [true, false]) {
    for (const window of [1, 5, 40]) {
      const name = `${given ? "sampled" : "all kept"}, ${shrinkWindows ? "shrunk" : "fixed"} windows of ${window}`;
      test(`the plan is the twin's: ${name}`, () => checkPlan({ options: { sampling: given, window, shrinkWindows } }));
    }
  }
}

test("the plan does not depend on the pieces in which the tokens come", async () => {
  for (const piece of [1, 2, 7, 50]) await checkPlan({ options: { sampling, window: 3, shrinkWindows: true }, piece });
});

test("a sentence of which nothing is kept, and no sentence at all, leave nothing", async () => {
  const options = { sampling: Array(V).fill(0), window: 5, shrinkWindows: true };
  await checkPlan({ sentences: [[1, 2], [undefined], []], options });
  await checkPlan({ sentences: [], options });
});

test("10,000 words of one sentence, and of as many sentences, are kept", async () => {
  const options = { window: 5, shrinkWindows: true };
  await checkPlan({ sentences: [Array(10000).fill(1)], options });
  await checkPlan({ sentences: Array(10000).fill([2]), options });
});

test("words are kept as often as their share has it, spans are all equally likely, and neither says the other", async () => {
  const window = 4;
  const half = Array(V).fill(2 ** 31 - 1);
  using job = await GuardedJob.open(untrained, { sampling: half, window, shrinkWindows: true });
  const seen = Array(window + 1).fill(0);
  for (let number = 0; number < 10; number++) {
    job.plan([Array(10000).fill(0)], [1, 0, number]);
    for (const { span } of job.sentences[0]) seen[span]++;
  }
  const [none, ...spans] = seen;
  assert.is(none, 0);
  // of 100,000 words, an eighth is kept with each span: 12,500, whose standard deviation is 105
  for (const count of spans) assert.ok(Math.abs(count - 12500) < 4 * 105, `${spans}`);
});

test("any sentences in any pieces are planned as the twin plans them", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.option(fc.nat(V - 1), { nil: undefined }), { maxLength: 20 }), { maxLength: 20 }),
      fc.record({
        sampling: fc.option(fc.array(fc.nat(2 ** 32 - 1), { minLength: V, maxLength: V }), { nil: undefined }),
        window: fc.integer({ min: 1, max: 40 }),
        shrinkWindows: fc.boolean(),
      }),
      fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(1000), fc.nat(1000)),
      fc.integer({ min: 1, max: 100 }),
      (sentences, options, place, piece) => checkPlan({ sentences, options, place, piece }),
    ),
    { seed: 1, numRuns: 200 },
  ));

test.run();
