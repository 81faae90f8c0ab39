// Training by worker threads: real ones, which run the built package's script.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { KeyedVectors } from "../../src/keyed-vectors.ts";
import { runtime, type StartThread } from "../../src/runtime/runtime.ts";
import type { TrainingEvent } from "../../src/training/options.ts";
import { WorkerLink } from "../../src/training/worker-link.ts";
import { version } from "../../src/version.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";
import { animals, losses, metals, topicsOf } from "../helpers/topics.ts";

/** In some twenty jobs. */
const topics = topicsOf(2400);
const settings = { vectorSize: 20, minCount: 1, sample: 0, window: 3, epochs: 5, batchWords: 1000, workers: 2 };

for (const sg of [0, 1] as const) {
  for (const { hs, negative } of losses) {
    test(`two workers learn as one does: sg ${sg}, hs ${hs}, negative ${negative}`, async () => {
      const words: number[] = [];
      const onProgress = (event: TrainingEvent) => event.kind === "epoch" && words.push(event.trainedWords);
      using model = await Word2Vec.train(topics, { ...settings, sg, hs, negative, onProgress });
      assert.equal(words, [19_200, 38_400, 57_600, 76_800, 96_000], "each word of each epoch is trained on once");
      for (const [i, word] of animals.entries()) {
        assert.ok(model.wv.similarity(word, animals[(i + 1) % 5]) > model.wv.similarity(word, metals[i]) + 0.3);
      }
    });
  }
}

test("a model that workers trained is queried, saved, loaded and trained further", async () => {
  using model = await Word2Vec.train(topics, settings);
  using again = await Word2Vec.load(await model.toBlob());
  assert.equal(again.wv.toMatrix().data, model.wv.toMatrix().data);
  for (const wv of [model.wv, again.wv]) {
    const nearest = wv.mostSimilar("cat", { topn: 4 }).map(([key]) => key);
    assert.equal(nearest.sort(), animals.slice(1).sort());
    assert.ok(wv.getVector("cat", { norm: true }).buffer instanceof ArrayBuffer);
    assert.ok(wv.getVectors(["cat", "gold"]).data.buffer instanceof ArrayBuffer);
  }
  const { trainedWords } = await again.train(topics, { epochs: 2 });
  assert.is(trainedWords, 38_400);
  assert.not.equal(again.wv.toMatrix().data, model.wv.toMatrix().data);
});

test("vectors in a shared memory answer every kind of query as a copy in a plain one does", async () => {
  const words = Array.from({ length: 3000 }, (_, i) => `w${i}`);
  const sentences = words.map((word, i) => [word, ...[2, 3, 5, 7, 11].map((step) => words[(i * step) % words.length])]);
  using model = await Word2Vec.train(sentences, { ...settings, epochs: 1 });
  using copy = await model.wv.detach();
  const queries = words.slice(0, 400);
  const answers = async (wv: KeyedVectors) => [
    wv.mostSimilar(["w3", "w4"], { negative: ["w5"] }),
    wv.mostSimilarBatch(queries, { topn: 1000 }).map((neighbors) => neighbors.at(-1)),
    wv.distances("w7"),
    wv.doesntMatch(["w1", "w2", "w3"]),
    wv.wmdistance(["w1", "w2"], ["w3", "w4"]),
    (await wv.neighborGraph({ k: 3 })).ids,
    wv.project({ keys: queries }).data,
    await wv.buildIndex({ dtype: "int8" }).then(() => wv.mostSimilar("w9")),
  ];
  assert.equal(await answers(model.wv), await answers(copy));
});

test("a model can be queried while it is trained", async () => {
  const similarities: number[] = [];
  const callbacks = { onEpochEnd: ({ wv }: Word2Vec) => similarities.push(wv.similarity("cat", "dog")) };
  using model = await Word2Vec.train(topics, { ...settings, callbacks });
  assert.is(new Set(similarities).size, 5);
  assert.is(model.wv.similarity("cat", "dog"), similarities[4]);
});

test("reproduce runs its jobs in order on one thread, whatever workers says", async () => {
  const options = { ...settings, reproduce: "gensim-4.4", epochs: 2 } as const;
  using one = await Word2Vec.train(topics, { ...options, workers: 1 });
  using four = await Word2Vec.train(topics, { ...options, workers: 4 });
  assert.equal(four.wv.toMatrix().data, one.wv.toMatrix().data);
});

test("an abort ends training between jobs; the model stays", async () => {
  const controller = new AbortController();
  using model = new Word2Vec({ ...settings, epochs: 100_000 });
  await model.buildVocab(topics);
  const onProgress = ({ kind }: TrainingEvent) => kind === "epoch" && controller.abort(new Error("enough"));
  const training = model.train(topics, { signal: controller.signal, onProgress });
  let thrown: unknown;
  await training.catch((error) => {
    thrown = error;
  });
  assert.is((thrown as Error).message, "enough");
  assert.ok(model.wv.similarity("cat", "dog") > model.wv.similarity("cat", "gold"));
  using again = await Word2Vec.load(await model.toBytes());
  assert.equal(again.wv.toMatrix().data, model.wv.toMatrix().data);
  assert.is((await again.train(topics, { epochs: 1 })).trainedWords, 19_200);
});

test("a model is trained by one call at a time", async () => {
  using model = new Word2Vec(settings);
  await model.buildVocab(topics);
  const training = model.train(topics);
  await rejects("busy", /train is changing the model\. Await it before calling train\./, () => model.train(topics));
  await training;
  await model.train(topics, { epochs: 1 });
});

test("a model that is closed while workers train it ends the training", async () => {
  const callbacks = { onEpochEnd: (model: Word2Vec) => model.close() };
  await rejects("closed", /closed/, () => Word2Vec.train(topics, { ...settings, callbacks }));
});

test("tables over 4 GiB, and a memory that the runtime does not give, are errors", async () => {
  await rejects("too-large", /10 words of 100000000 floats need \d+\.\d GB; .* 4\.3 GB/, () =>
    Word2Vec.train(topics, { ...settings, vectorSize: 1e8 }),
  );
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if (descriptor.initial > 1000) throw new RangeError("refused");
      super(descriptor);
    }
  };
  try {
    await rejects("out-of-memory", /10 words of 1000000 floats need 0\.8 GB, .* Close what is not needed/, () =>
      Word2Vec.train(topics, { ...settings, vectorSize: 1e6 }),
    );
  } finally {
    WebAssembly.Memory = Memory;
  }
});

/** What a process prints that trains with `workers: 2` and whatever else the script does; it must end by itself. */
function printed(script: string): string {
  const code = `
    import { init, Word2Vec } from "wasm2vec";
    const sentences = Array.from({ length: 2000 }, (_, i) => ["a", "b", "c", "d", "e"].map((word) => word + (i % 7)));
    const options = { vectorSize: 20, batchWords: 500, workers: 2, epochs: 1000 };
    const tell = ({ code, message }) => console.log(code, message);
    ${script}
    console.log("left:", process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort/.test(name)).join());`;
  const env = { ...process.env, FORCE_COLOR: "0" };
  const args = ["--input-type=module", "--eval", code];
  return execFileSync(process.execPath, args, { encoding: "utf8", env, timeout: 60_000 });
}

test("no worker is left after a normal end, an abort, an error", () => {
  assert.is(printed("await Word2Vec.train(sentences, { ...options, epochs: 3 });"), "left: \n");
  const signal = "AbortSignal.timeout(100)";
  assert.match(
    printed(
      `await Word2Vec.train(sentences, { ...options, signal: ${signal} }).catch(({ name }) => console.log(name));`,
    ),
    /^TimeoutError\nleft: \n$/,
  );
  for (const callback of ["onTrainBegin", "onEpochBegin", "onEpochEnd", "onTrainEnd"]) {
    const callbacks = `{ ${callback}() { throw new Error("stop") } }`;
    assert.is(
      printed(`await Word2Vec.train(sentences, { ...options, epochs: 3, callbacks: ${callbacks} }).catch(tell);`),
      "undefined stop\nleft: \n",
    );
  }
});

/** Scripts in the worker's place, and what the error says of each. */
const broken: Record<string, { script: string; said: RegExp }> = {
  "throws as it is loaded": { script: `throw new Error("broken");`, said: /broken/ },
  "ends as it is loaded": { script: "", said: /it exited with code 0/ },
  "ends at its first job": {
    script: `
      import { parentPort } from "node:worker_threads";
      parentPort.on("message", ({ kind }) => (kind === "open" ? parentPort.postMessage({ answer: undefined }) : process.exit(3)));
      parentPort.postMessage({ hello: ${JSON.stringify(version)} });`,
    said: /it exited with code 3/,
  },
  "ends when it has trained for a while, the other one going on": {
    script: `
      import { threadId } from "node:worker_threads";
      import ${JSON.stringify(pathToFileURL("build/training/node-worker.js"))};
      if (threadId % 2) setTimeout(() => process.exit(4), 100);`,
    said: /it exited with code 4/,
  },
  "runs into a fault": {
    script: `
      import ${JSON.stringify(pathToFileURL("build/training/node-worker.js"))};
      Uint32Array.prototype.set = () => { throw new RangeError("out of bounds") };`,
    said: /RangeError: out of bounds/,
  },
};

for (const [what, { script, said }] of Object.entries(broken)) {
  test(`a worker that ${what} ends the run with an error`, () =>
    withFolder(async (folder) => {
      const file = join(folder, "worker.mjs");
      writeFileSync(file, script);
      const workerUrl = JSON.stringify(pathToFileURL(file));
      const output = printed(
        `await init({ workerUrl: ${workerUrl} }); await Word2Vec.train(sentences, options).catch(tell);`,
      );
      assert.match(output, /^worker-failed A worker of the training failed: .*init\(\{ workerUrl \}\).*\nleft: \n$/);
      assert.match(output, said);
    }));
}

test("a worker's script that is not there ends the run with an error", () => {
  const output = printed(
    `await init({ workerUrl: "./no/such.js" }); await Word2Vec.train(sentences, options).catch(tell);`,
  );
  assert.match(output, /^worker-failed .*Cannot find module .*such\.js.*\nleft: \n$/);
});

/** Scripts that are not this library's, and what the error says of each. */
const strangers: Record<string, { script: string; said: RegExp }> = {
  "another version": {
    script: 'parentPort.postMessage({ hello: "0.0.1" });',
    said: /its script is of version "0\.0\.1"/,
  },
  "something else": { script: "parentPort.postMessage(42);", said: /it sent 42, as wasm2vec's does not/ },
  silence: { script: "parentPort.on('message', () => {});", said: /it said nothing for 10 seconds/ },
};

for (const [what, { script, said }] of Object.entries(strangers)) {
  test(`a worker's script that gives ${what} ends the run with an error`, () => {
    const source = `import { parentPort } from "node:worker_threads"; ${script}`;
    const workerUrl = JSON.stringify(`data:text/javascript,${encodeURIComponent(source)}`);
    const output = printed(
      `await init({ workerUrl: ${workerUrl} }); await Word2Vec.train(sentences, options).catch(tell);`,
    );
    assert.match(output, /^worker-failed .*\nleft: \n$/);
    assert.match(output, said);
  });
}

test("an abort while a worker starts is what the training says, whoever names its script", () => {
  const workerUrl = JSON.stringify(`data:text/javascript,${encodeURIComponent("setInterval(() => {}, 1000);")}`);
  const signal = "AbortSignal.timeout(300)";
  const output = printed(`
    await init({ workerUrl: ${workerUrl} });
    await Word2Vec.train(sentences, { ...options, signal: ${signal} }).catch(({ name }) => console.log(name));`);
  assert.is(output, "TimeoutError\nleft: \n");
});

/** A process whose `Worker` refuses the scripts that the pattern fits, and its training's warnings and end. */
function trainedWithout(scripts: string): string {
  return printed(`
    import threads from "node:worker_threads";
    import { syncBuiltinESMExports } from "node:module";
    const { Worker } = threads;
    threads.Worker = class extends Worker {
      constructor(url, options) {
        if (${scripts}.test(url)) throw new Error("no such script");
        super(url, options);
      }
    };
    syncBuiltinESMExports();
    const onProgress = ({ kind, code, message }) => kind === "warning" && console.log(code, message);
    const model = await Word2Vec.train(sentences, { ...options, epochs: 2, onProgress });
    console.log(model.wv.size, "words");`);
}

test("where the worker's script cannot be had, the copy in the library serves", () => {
  assert.is(trainedWithout("/^file:/"), "35 words\nleft: \n");
});

test("where no worker can be started, this thread trains and says why", () => {
  const output = trainedWithout("/^/");
  assert.match(output, /^single-thread No worker can be started here, so this thread trains\. .*no such script/);
  assert.match(output, /\n35 words\nleft: \n$/);
});

test("a message that a worker cannot read is an error, not a wait", async () => {
  const link = await WorkerLink.start(runtime.threads?.ways[0] as StartThread);
  const bytes = new Uint8Array(8);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  await rejects("worker-failed", /A worker of the training failed/, () =>
    link.ask("write", { address: 0, bytes }, [bytes.buffer]),
  );
  await link.end();
});

test.run();
