// Options are checked one way: in each method that has them, whatever is given, before anything is done.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkOptions, integer, option, optional, required, toggle } from "../src/check-options.ts";
import { show, Wasm2VecError } from "../src/errors.ts";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import {
  AutoTokenizer,
  EmbeddingMatrix,
  KeyedVectors,
  LineSentences,
  simplePreprocess,
  Word2Vec,
} from "../src/index.ts";
import { rejects } from "./helpers/rejects.ts";

const topics = Array.from({ length: 20 }, () => ["cat", "dog", "milk"]);
const model = await Word2Vec.train(topics, { minCount: 1, hs: 1, vectorSize: 4, epochs: 1 });
const file = await model.toBytes();
const vectors = await model.wv.detach();
const chunks = [
  ...safetensorsChunks([{ name: "wte.weight", dtype: "F32", shape: [1, 2], chunks: [new Uint8Array(8)] }]),
];
const embeddings = await EmbeddingMatrix.fromPretrained(new Blob(chunks as Uint8Array<ArrayBuffer>[]));
const tokenizerJson = {
  ...{ added_tokens: [], normalizer: null, post_processor: null, decoder: null },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordLevel", vocab: { a: 0, "[UNK]": 1 }, unk_token: "[UNK]" },
};
const folder = { "tokenizer.json": new TextEncoder().encode(JSON.stringify(tokenizerJson)) };
const tokenizer = await AutoTokenizer.fromPretrained(folder);
const empty = new Uint8Array();

type Call = (options: never) => unknown;

/** Every method with options; each is called with wrong ones. */
const CALLS: Record<string, Call> = {
  "new Word2Vec": (options) => new Word2Vec(options),
  "Word2Vec.train": (options) => Word2Vec.train(topics, options),
  "Word2Vec.resume": (options) => Word2Vec.resume(file, topics, options),
  "Word2Vec.load": (options) => Word2Vec.load(file, options),
  buildVocab: (options) => model.buildVocab(topics, options),
  buildVocabFromFreq: (options) => model.buildVocabFromFreq({ a: 1 }, options),
  train: (options) => model.train(topics, options),
  score: (options) => model.score(topics, options),
  predictOutputWord: (options) => model.predictOutputWord(["cat"], options),
  "KeyedVectors.from": (options) => KeyedVectors.from(["a"], { data: Float32Array.of(1), shape: [1, 1] }, options),
  getVector: (options) => vectors.getVector("cat", options),
  meanVectors: (options) => vectors.meanVectors([["cat"]], options),
  getMeanVector: (options) => vectors.getMeanVector(["cat"], options),
  mostSimilar: (options) => vectors.mostSimilar("cat", options),
  mostSimilarBatch: (options) => vectors.mostSimilarBatch(["cat"], options),
  mostSimilarCosmul: (options) => vectors.mostSimilarCosmul("cat", options),
  neighborGraph: (options) => vectors.neighborGraph(options),
  buildIndex: (options) => vectors.buildIndex(options),
  relativeCosineSimilarity: (options) => vectors.relativeCosineSimilarity("cat", "dog", options),
  wmdistance: (options) => vectors.wmdistance(["cat"], ["dog"], options),
  rankByCentrality: (options) => vectors.rankByCentrality(["cat"], options),
  evaluateWordAnalogies: (options) => vectors.evaluateWordAnalogies(empty, options),
  evaluateWordPairs: (options) => vectors.evaluateWordPairs(empty, options),
  addVectors: (options) => vectors.addVectors(["new"], [[1, 2, 3, 4]], options),
  vectorsForAll: (options) => vectors.vectorsForAll(["cat"], options),
  project: (options) => vectors.project(options),
  "EmbeddingMatrix.fromPretrained": (options) => EmbeddingMatrix.fromPretrained("nowhere", options),
  lookup: (options) => embeddings.lookup([0], options),
  load: (options) => embeddings.load(options),
  "AutoTokenizer.fromPretrained": (options) => AutoTokenizer.fromPretrained(folder, options),
  encode: (options) => tokenizer.encode("a", options),
  decode: (options) => tokenizer.decode([0], options),
  LineSentences: (options) => new LineSentences(empty, options),
  simplePreprocess: (options) => simplePreprocess("a", options),
};

/** Values of every kind; none is an AbortSignal, a callback, or of any other option's kind but for numbers and switches. */
const WRONG: unknown[] = [
  Symbol("x"),
  Object.create(null),
  { throwIfAborted: 5 },
  5n,
  "no",
  new Date(Number.NaN),
  () => {},
];

const called = async (call: Call, options: unknown) => call(options as never);

for (const [method, call] of Object.entries(CALLS)) {
  test(`${method}: an option that there is not, and options that are none`, async () => {
    await rejects("option-unknown", /has no option "nonsense"/, () => called(call, { nonsense: 1 }));
    for (const options of [null, "text", Symbol("x"), [], 7n]) {
      await rejects("option-invalid", /got the options .*; expected an object/, () => called(call, options));
    }
  });

  test(`${method}: no value of any option ends in an error of the runtime`, async () => {
    const { message } = (await called(call, { nonsense: 1 }).catch((error) => error)) as Error;
    const names = /It knows (.*)\.$/.exec(message)?.[1].split(", ") ?? [];
    for (const name of names) {
      for (const value of WRONG) {
        const error = await called(call, { [name]: value }).catch((error) => error);
        const isFine = !(error instanceof Error) || error instanceof Wasm2VecError;
        assert.ok(isFine, `${method}({ ${name}: ${show(value)} }): ${error}`);
      }
    }
  });
}

for (const method of ["Word2Vec.train", "Word2Vec.resume", "Word2Vec.load", "buildVocab", "train", "score"]) {
  test(`${method}: a signal that is none`, () =>
    rejects("option-invalid", /signal is 5; expected an AbortSignal/, () => called(CALLS[method], { signal: 5 })));
}

for (const method of ["evaluateWordAnalogies", "evaluateWordPairs", "neighborGraph", "lookup", "load"]) {
  test(`${method}: a signal that is none`, () =>
    rejects("option-invalid", /signal is 5; expected an AbortSignal/, () => called(CALLS[method], { signal: 5 })));
}

test("switches are true or false, or 1 or 0", async () => {
  const wrong = {
    getVector: "norm",
    addVectors: "replace",
    evaluateWordPairs: "caseInsensitive",
    encode: "addSpecialTokens",
  };
  for (const [method, name] of Object.entries(wrong)) {
    const expected = new RegExp(`${name} is "no"; expected true or false, or 1 or 0`);
    await rejects("option-invalid", expected, () => called(CALLS[method], { [name]: "no" }));
  }
});

const TABLE = { limit: option(10, integer(0)), deep: option(false, toggle), name: required(integer(1, 5)) };

test("what is not given, or undefined, is the default", () => {
  assert.equal(checkOptions(TABLE, { name: 2, limit: undefined, deep: 1 }, "f"), { limit: 10, deep: true, name: 2 });
  assert.equal(checkOptions({ a: optional(toggle) }, {}, "f"), { a: undefined });
});

test("what must be given is asked for", () =>
  rejects("option-invalid", /^f: name is undefined; expected an integer from 1 to 5\.$/, () =>
    checkOptions(TABLE, {}, "f"),
  ));

test("names of an object's own methods are no options", () =>
  rejects("option-unknown", /f has no option "toString"/, () => checkOptions(TABLE, { toString: 1 } as object, "f")));

test("values are shown short, whatever they are", () => {
  const shown: [unknown, string][] = [
    ["a\nb", '"a\\nb"'],
    ["x".repeat(1e6), `"${"x".repeat(80)}…"`],
    [Symbol("s"), "Symbol(s)"],
    [5n, "5"],
    [-0, "0"],
    [undefined, "undefined"],
    [null, "null"],
    [Object.create(null), "{}"],
    [{ a: 1 }, '{"a":1}'],
    [{ a: 5n }, "an object"],
    [new Map(), "an object of class Map"],
    [() => {}, "a function"],
    [[1, "a", [2]], '[1, "a", […]]'],
    [Array(9).fill(1), "[1, 1, 1, 1, 1, 1, 1, 1, …]"],
    [new Float32Array(3), "Float32Array(3)"],
    [
      {
        get a() {
          throw new Error("no");
        },
      },
      "an object",
    ],
  ];
  for (const [value, text] of shown) assert.is(show(value), text);
});

test.run();
