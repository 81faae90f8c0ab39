/** Changed checkpoints: refused, or resumed from a place that the run can be at. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Word2Vec } from "../../../src/word2vec.ts";
import { changedBases } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";
import { changedFileAsCode, changeFile, type FileParts, partsOf } from "../tensor-file.ts";

const corpus = Array.from({ length: 12 }, (_, i) => ["a", "b", "c", i % 2 ? "d" : "e"]);
const JOBS = 6;
const EPOCHS = 3;

export async function open(): Promise<Target<number>> {
  const base = await makeCheckpoint();
  // what is changed is the run; sometimes the rest too
  const only = { ...base, texts: { run: base.texts.run } };
  const bases = [base, only, only, only, only, only];
  const { steps, make } = changedBases(bases, 3, (parts, seeds) => {
    const rest = Object.fromEntries(Object.entries(base.texts).filter(([name]) => !(name in parts.texts)));
    return changeFile(parts, seeds, { texts: 1, tensors: 0, header: 0, bytes: 0 }, rest);
  });
  return {
    steps,
    async run(steps) {
      const { bytes, texts } = make(steps);
      const signal = AbortSignal.timeout(1000);
      const { value: resumed, code } = await attempt(() => Word2Vec.resume(bytes, corpus, { signal }));
      if (!resumed) {
        if (code === "aborted") checkRun(texts.run);
        return code as string;
      }
      using model = resumed;
      checkRun(texts.run);
      check(model.wv.size === 5, `another vocabulary: ${model.wv.size} words`);
      model.wv.mostSimilar("a");
      return "accepted";
    },
    code: (steps) =>
      `// Word2Vec.resume, the run: ${make(steps).texts.run.slice(0, 2000)}\n${changedFileAsCode(make(steps))}`,
  };
}

/** A checkpoint in the middle of an epoch. */
async function makeCheckpoint(): Promise<FileParts> {
  const folder = await mkdtemp(join(tmpdir(), "wasm2vec-fuzz-"));
  const path = join(folder, "checkpoint.safetensors");
  try {
    const files: Buffer[] = [];
    const callbacks = { onEpochEnd: async () => files.push(await readFile(path)) };
    const options = { vectorSize: 4, minCount: 1, epochs: EPOCHS, batchWords: 8, computeLoss: true, callbacks };
    (await Word2Vec.train(corpus, { ...options, checkpoint: { path, every: 8 } })).close();
    return partsOf(files[1], ["options", "history", "run"]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {Fault} where no run is at such a place */
function checkRun(text: string): void {
  const { options, next, totals, corpus } = JSON.parse(text) ?? {};
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isSound =
    isCount(options?.epochs) &&
    options.epochs >= 1 &&
    [undefined, true, false].includes(options.computeLoss) &&
    [options.totalExamples, options.totalWords].every(
      (total) => total === undefined || total === null || isCount(total),
    ) &&
    isCount(next?.epoch) &&
    next.epoch <= options.epochs &&
    isCount(next.job) &&
    next.job <= JOBS &&
    [totals?.trainedWords, totals?.rawWords, totals?.epochWords].every(isCount) &&
    [totals.loss, totals.epochLoss].every(Number.isFinite) &&
    Array.isArray(totals.epochLosses) &&
    totals.epochLosses.every(Number.isFinite) &&
    isCount(corpus?.words);
  check(isSound, "a training was resumed from a place where none can be");
}
