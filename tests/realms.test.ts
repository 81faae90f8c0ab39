// Objects of another realm, such as a frame, jsdom or a test runner's sandbox, are taken like our own.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Corpus, EmbeddingMatrix, init, KeyedVectors, LineSentences, Matrix, Word2Vec } from "../src/index.ts";
import { elsewhere } from "./helpers/elsewhere.ts";
import { CALLS, folder, renew, things, topics } from "./helpers/public-calls.ts";
import { rejects } from "./helpers/rejects.ts";

const sources = (readdirSync("src", { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts"))
  .map((file) => ({ file, code: readFileSync(join("src", file), "utf8").replaceAll(/^ *(\/\/|\/?\*).*$/gm, "") }));

test("the source asks for instances of its own classes only", () => {
  const own = new Set(sources.flatMap(({ code }) => Array.from(code.matchAll(/\bclass (\w+)/g), ([, name]) => name)));
  assert.ok(own.has("Wasm2VecError") && own.has("VectorTable"));
  const foreign = sources.flatMap(({ file, code }) =>
    Array.from(code.matchAll(/\binstanceof ([\w.]+)/g), ([, name]) => `${file}: ${name}`).filter(
      (found) => !own.has(found.split(": ")[1]),
    ),
  );
  assert.equal(foreign, []);
});

test("nor does it compare constructors or prototypes", () => {
  const comparing = /\.constructor\s*[!=]==?|[!=]==?\s*[\w.]+\.constructor\b|isPrototypeOf|Symbol\.hasInstance/;
  assert.equal(
    sources.filter(({ code }) => comparing.test(code)).map(({ file }) => file),
    [],
  );
});

test("the stand-ins are no instances here", () => {
  const made = [new Blob(), new URL("a:b"), new Map(), new Float32Array(1), [1], {}, new ArrayBuffer(1), () => {}];
  for (const value of made) {
    const there = elsewhere(value);
    assert.not(there instanceof (value.constructor as typeof Object), String(value.constructor));
    assert.is(Object.prototype.toString.call(there), Object.prototype.toString.call(value));
  }
});

for (const [name, { call, args, changes }] of Object.entries(CALLS)) {
  if (args.every((arg) => elsewhere(arg) === arg)) continue;
  test(`${name} answers the same`, async () => {
    const answer = async (args: readonly unknown[]) => {
      const text = String(await Promise.resolve().then(() => call(...args)));
      if (changes) await renew();
      return text;
    };
    assert.is(await answer(args.map(elsewhere)), await answer(args));
  });
}

const wv = () => things.wv;
const vector = [1, 2, 3, 4];

// biome-ignore lint/suspicious/noExplicitAny: arguments of any kind are the point
type Other = [given: unknown[], call: (...given: any[]) => unknown];

/** Options, and what public-calls has not: each is called with what it is given, here and from elsewhere. */
const OTHERS: Readonly<Record<string, Other>> = {
  "negative and filter": [
    [["dog"], [{ row: 1 }, "milk"]],
    (negative, filter) => wv().mostSimilar("cat", { negative, filter }),
  ],
  "a filter's range": [[{ begin: 1, end: 2 }], (filter) => wv().mostSimilar("cat", { filter })],
  "a filter's function": [[(key: string) => key === "dog"], (filter) => wv().mostSimilar("cat", { filter })],
  "a filter's Set": [[new Set(["dog"])], (filter) => wv().mostSimilar("cat", { filter })],
  "weighed items": [
    [
      [
        { key: "cat", weight: 2 },
        { vector, weight: -1 },
      ],
    ],
    (items) => wv().mostSimilar(items),
  ],
  weights: [[() => 2], (weights) => wv().meanVectors([["cat"]], { weights })],
  "keys to draw": [[new Set(["cat", "dog"])], (keys) => wv().project({ keys })],
  "entries as an object": [[{ a: Float32Array.of(1), b: [2] }], (entries) => KeyedVectors.from(entries)],
  "entries as a Map": [
    [
      new Map([
        ["a", [1]],
        ["b", [2]],
      ]),
    ],
    (entries) => KeyedVectors.from(entries),
  ],
  "a matrix": [[{ data: Float64Array.of(1, 2), shape: [2, 1] }], (vectors) => KeyedVectors.from(["a", "b"], vectors)],
  "bytes of the engine, and where a worker is": [
    [new Uint8Array(readFileSync("build/engine.wasm")), pathToFileURL("build/training/node-worker.js")],
    (bytes, workerUrl) => init({ bytes, workerUrl }),
  ],
  "a matrix of its own": [[Float32Array.of(1, 2), [2, 1]], (data, shape) => new Matrix(data, shape)],
  rows: [[[Float32Array.of(1), Float64Array.of(2), [3]]], (rows) => Matrix.from(rows)],
  extras: [
    [{ tag: ["x"] }],
    async (extras) => {
      const vectors = await KeyedVectors.from([], { vectorSize: 1 });
      vectors.addVectors(["a"], [[1]], { extras });
      return vectors.getVecattr("a", "tag");
    },
  ],
  "counts as an object": [[{ cat: 3, dog: 2 }], (counts) => counted(counts)],
  "counts as a Map": [
    [
      new Map([
        ["cat", 3],
        ["dog", 2],
      ]),
    ],
    (counts) => counted(counts),
  ],
  "options of a model": [
    [{ vectorSize: 2, trimRule: () => "keep", callbacks: [{ onEpochEnd() {} }] }],
    (options) => new Word2Vec(options),
  ],
  "a corpus of promises": [[() => topics], async (corpus) => (await trained(corpus)).wv.indexToKey],
  locks: [
    [Float32Array.of(1, 0)],
    async (vectorsLockf) => things.model.train(topics, { vectorsLockf }).then(() => renew()),
  ],
};

const counted = async (counts: Record<string, number>) => {
  const model = new Word2Vec({ minCount: 1, vectorSize: 2 });
  await model.buildVocabFromFreq(counts);
  return model.wv.indexToKey;
};

const trained = (corpus: Corpus) => Word2Vec.train(corpus, { minCount: 1, vectorSize: 2, epochs: 1 });

for (const [name, [given, call]] of Object.entries(OTHERS)) {
  test(`${name}, the same`, async () =>
    assert.is(String(await call(...given.map(elsewhere))), String(await call(...given))));
}

const TEXT = new TextEncoder().encode("cat dog\nmilk\n");
const path = join(folder, "text.txt");
writeFileSync(path, TEXT);
const stream = () => new Blob([TEXT]).stream();

/** All that bytes come from. */
const SOURCES: Readonly<Record<string, () => unknown>> = {
  "a Uint8Array": () => TEXT,
  "an ArrayBuffer": () => TEXT.slice().buffer,
  "a DataView": () => new DataView(TEXT.slice().buffer),
  "a Blob": () => new Blob([TEXT]),
  "a File": () => new File([TEXT], "text.txt"),
  "a URL": () => pathToFileURL(path),
  "a stream": stream,
  "a Response": () => new Response(TEXT),
  "a source of its own": () => ({
    size: TEXT.length,
    read: (begin: number, end: number) => elsewhere(TEXT.slice(begin, end)),
  }),
  "a page's file handle": () => ({ getFile: async () => elsewhere(new File([TEXT], "text.txt")) }),
};

for (const [name, make] of Object.entries(SOURCES)) {
  test(`a text is read from ${name}`, async () => {
    const source = elsewhere(make()) as Uint8Array;
    const lines: string[][] = [];
    for await (const line of new LineSentences(source)) lines.push(line);
    assert.equal(lines, [["cat", "dog"], ["milk"]]);
  });
}

test("a jsdom's Blob of before its 29th version is read with its FileReader", async () => {
  const whole = new Blob([TEXT]);
  const old = (blob: Blob): unknown => ({
    [Symbol.toStringTag]: "Blob",
    size: blob.size,
    slice: (begin: number, end: number) => old(blob.slice(begin, end)),
    blob,
  });
  const global = globalThis as { FileReader?: unknown };
  global.FileReader = class {
    result: unknown;
    onload() {}
    async readAsArrayBuffer({ blob }: { blob: Blob }) {
      this.result = await blob.arrayBuffer();
      this.onload();
    }
  };
  try {
    for await (const line of new LineSentences(old(whole) as Blob)) assert.ok(line.length);
  } finally {
    delete global.FileReader;
  }
  const text = new LineSentences(old(whole) as Blob);
  await rejects("file-not-readable", /FileReader/, () => text[Symbol.asyncIterator]().next());
});

test("a folder is a list of Files, a Map or an object", async () => {
  const file = new Uint8Array(await (CALLS["EmbeddingMatrix.fromPretrained"].args[0] as Blob).arrayBuffer());
  const name = "model.safetensors";
  for (const given of [[new File([file], name)], new Map([[name, new Blob([file])]]), { [name]: file }]) {
    const embeddings = await EmbeddingMatrix.fromPretrained(elsewhere(given) as Map<string, Blob>);
    assert.equal(embeddings.shape, [1, 2]);
    embeddings.close();
  }
});

test("a model is written to a stream and to a URL", async () => {
  const bytes = await things.model.toBytes();
  let written = 0;
  await things.model.save(
    elsewhere(
      new WritableStream<Uint8Array>({
        write(chunk) {
          written += chunk.length;
        },
      }),
    ),
  );
  assert.is(written, bytes.length);
  const target = pathToFileURL(join(folder, "url.safetensors"));
  await things.model.save(elsewhere(target));
  assert.is(readFileSync(target).length, bytes.length);
});

test("a stream of sentences is one-shot, and refused where someone else reads it", async () => {
  const sentences = (): ReadableStream<string[]> =>
    new ReadableStream({
      start(controller) {
        for (const sentence of topics) controller.enqueue(sentence);
        controller.close();
      },
    });
  assert.equal((await Word2Vec.train(elsewhere(sentences()), { minCount: 1, vectorSize: 2, epochs: 1 })).wv.size, 3);
  const locked = sentences();
  locked.getReader();
  await rejects("one-shot-corpus", /someone else reads/, () => Word2Vec.train(elsewhere(locked)));
});

test("a signal stops a fetch, with its reason", async () => {
  const server = createServer((_, response) => response.write("cat ")).listen(0);
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const controller = new AbortController();
  const reason = new Error("mine");
  const signal = elsewhere(controller.signal);
  setTimeout(() => controller.abort(reason), 50);
  const [first, second] = await Promise.all(
    [Word2Vec.load(url, { signal }), Word2Vec.load(url, { signal })].map((load) => load.catch((error) => error)),
  );
  assert.is(first, reason);
  assert.is(second, reason);
  assert.is(await Word2Vec.load(url, { signal }).catch((error) => error), reason);
  server.closeAllConnections();
  server.close();
});

test("what another copy of the library made, as where CommonJS and modules load one each, is taken or refused clearly", async () => {
  const other: typeof import("../src/index.ts") = await import("wasm2vec" as string);
  assert.is.not(other.Matrix, Matrix);
  const matrix = new other.Matrix(Float32Array.of(1, 2, 3, 4), [2, 2]);
  const vectors = await KeyedVectors.from(["cat", "dog"], matrix as unknown as Matrix);
  assert.is(vectors.getVector("dog")[1], 4);
  const copied = await other.KeyedVectors.from(vectors);
  assert.equal([...(await KeyedVectors.from(copied))], [...vectors]);
  const options = { minCount: 1, vectorSize: 2, epochs: 1, initialVectors: copied };
  const model = await Word2Vec.train(new other.LineSentences(TEXT), options);
  assert.equal([...model.wv.keys()].sort(), ["cat", "dog", "milk"]);
  const theirs = (await other.Word2Vec.load(await model.toBytes())) as unknown as Word2Vec;
  await rejects("option-invalid", /resetFrom got an object of class Word2Vec; .* this copy/, () =>
    model.resetFrom(theirs),
  );
});

test.run();
