// Where a corpus' ids lie: in memory, in a temporary file, or nowhere, so that the corpus is read again.

import { readdirSync, readlinkSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Corpus } from "../../src/corpus/corpus.ts";
import { IdStore } from "../../src/corpus/id-store.ts";
import type { TemporaryFile } from "../../src/runtime/runtime.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import type { TrainingEvent, WorkOptions } from "../../src/training/options.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

/** Runs work with temporary files in a folder of its own, of which nothing may be left, not even open. */
async function withTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const { TMPDIR } = process.env;
  await withFolder(async (folder) => {
    process.env.TMPDIR = folder;
    try {
      await work(folder);
      assert.equal(readdirSync(folder), []);
      assert.equal(openFilesIn(folder), []);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });
}

/** What this process has open of a folder, whether it has a name or not; only Linux tells. */
function openFilesIn(folder: string): string[] {
  if (process.platform !== "linux") return [];
  const open = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return "";
    }
  });
  return open.filter((path) => path.startsWith(folder));
}

/** Runs work in a runtime whose temporary files are others, or which has none. */
async function withTemporaryFiles(open: (() => Promise<TemporaryFile>) | undefined, work: () => Promise<void>) {
  const { openTemporary } = runtime;
  runtime.openTemporary = open;
  try {
    await work();
  } finally {
    runtime.openTemporary = openTemporary;
  }
}

const broken = (): Promise<TemporaryFile> => Promise.reject(new Error("no space left"));

test("ids come back, wherever they lie: ranges in any order, over the ends of chunks", () =>
  withTemporaryFolder(() =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 200 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 10 }),
        async (batches, memory, ranges) => {
          const ids = batches.flatMap((batch) => [...batch]);
          const store = new IdStore(memory, 8);
          for (const batch of batches) store.push(Uint32Array.from(batch));
          await store.finish();
          assert.is(store.length, ids.length);
          for (const [a, b] of ranges) {
            const begin = a % (ids.length + 1);
            const into = new Uint32Array(b % (ids.length - begin + 1));
            await store.read(begin, into);
            assert.equal([...into], ids.slice(begin, begin + into.length));
          }
          await store.close();
        },
      ),
      { seed: 1, numRuns: 200 },
    ),
  ));

test("ids in memory are read at once, those in a file when they are there", () =>
  withTemporaryFolder(async (folder) => {
    const store = new IdStore(8 * 4, 8);
    store.push(Uint32Array.from({ length: 20 }, (_, i) => i));
    await store.finish();
    assert.equal(readdirSync(folder), [], "the file has no name while it is open");
    const into = new Uint32Array(8);
    assert.is(store.read(0, into), undefined);
    assert.instance(store.read(8, into), Promise);
    await store.close();
  }));

/** 600 sentences of eight words. */
const corpus = Array.from({ length: 600 }, (_, i) => Array.from({ length: 8 }, (_, j) => `w${(i * j * j + i) % 97}`));
const settings = { vectorSize: 8, minCount: 2, window: 2, epochs: 3, batchWords: 500 };

async function bytesOf(given: Corpus, options: object): Promise<Uint8Array> {
  using model = await Word2Vec.train(given, { ...settings, ...options });
  return model.toBytes();
}

test("a corpus larger than corpusMemory gives the same model", () =>
  withTemporaryFolder(async () => {
    const expected = await bytesOf(corpus, {});
    for (const corpusMemory of [0, 1000, 600 * 9 * 4 - 1, 600 * 9 * 4]) {
      assert.equal(await bytesOf(corpus, { corpusMemory }), expected, `${corpusMemory} bytes`);
    }
    using model = new Word2Vec({ ...settings, corpusMemory: 0 });
    await model.buildVocab(corpus);
    await model.train(corpus);
    assert.equal(await model.toBytes(), expected, "in steps, too");
  }));

test("without temporary files the corpus is read again in each epoch, and gives the same model", () =>
  withTemporaryFiles(undefined, async () => {
    const options = { maxVocabSize: 60, minCount: 1 };
    // of more than one batch: the last one of an epoch is still there in the next
    const longer = Array(20).fill(corpus).flat();
    let readings = 0;
    const counting = () => {
      readings++;
      return longer;
    };
    assert.equal(await bytesOf(counting, { corpusMemory: 0 }), await bytesOf(longer, {}));
    assert.is(readings, 1 + 3);
    const expected = await bytesOf(corpus, {});
    assert.equal(await bytesOf(corpus, { ...options, corpusMemory: 0 }), await bytesOf(corpus, options));
    using model = new Word2Vec({ ...settings, corpusMemory: 0 });
    await model.buildVocab(corpus);
    await model.train(corpus);
    assert.equal(await model.toBytes(), expected, "in steps, too");
  }));

test("what cannot be read again says so", () =>
  withTemporaryFiles(undefined, () =>
    rejects("one-shot-corpus", /more ids than corpusMemory holds: 4800 words.* Raise corpusMemory/, () =>
      Word2Vec.train(corpus.values(), { ...settings, epochs: 1, corpusMemory: 0 }),
    ),
  ));

test("a corpus that is shorter when it is read again says so", () =>
  withTemporaryFiles(undefined, async () => {
    let readings = 0;
    await rejects("corpus-changed", /ended after 450 ids, earlier than when it was read before/, () =>
      Word2Vec.train(() => corpus.slice(0, readings++ ? 50 : 600), { ...settings, corpusMemory: 0 }),
    );
  }));

test("buildVocab keeps no ids", () =>
  withTemporaryFiles(broken, async () => {
    using model = new Word2Vec({ ...settings, corpusMemory: 0 });
    await model.buildVocab(corpus);
    assert.is(model.corpusTotalWords, 4800);
  }));

test("a temporary file that cannot be written, or read, says what to do", async () => {
  const train = () => Word2Vec.train(corpus, { ...settings, corpusMemory: 7 });
  await withTemporaryFiles(broken, () =>
    rejects(
      "file-not-writable",
      /the 7 bytes of corpusMemory .* no space left\. Make room .* raise corpusMemory/,
      train,
    ),
  );
  let closed = 0;
  const unreadable: TemporaryFile = {
    write: async () => {},
    read: () => Promise.reject(new Error("the disk is gone")),
    close: async () => void closed++,
  };
  await withTemporaryFiles(
    async () => unreadable,
    () =>
      rejects("file-not-readable", /temporary file with the corpus' ids could not be read: the disk is gone/, train),
  );
  assert.is(closed, 1);
});

test("nothing is left after an error or an abort, in the scan and in training", () =>
  withTemporaryFolder(async (folder) => {
    const reason = new Error("enough");
    const large = Array.from({ length: 400_000 }, () => ["a", "b", "c", "d"]);
    const fails = async (given: Corpus, work: WorkOptions) => {
      const training = Word2Vec.train(given, { ...settings, ...work, corpusMemory: 0 });
      assert.is(await training.then(() => "trained", (error) => error), reason); // biome-ignore format: one line
      assert.equal(openFilesIn(folder), []);
    };
    await fails(function* () {
      yield* large;
      throw reason;
    }, {});
    const onProgress = (event: TrainingEvent) => {
      if (event.kind === "epoch") throw reason;
    };
    await fails(corpus, { onProgress });
    const controller = new AbortController();
    await fails(
      function* () {
        yield* large;
        controller.abort(reason);
        yield* large;
      },
      { signal: controller.signal },
    );
    await fails(large, { signal: AbortSignal.abort(reason) });
  }));

test.run();
