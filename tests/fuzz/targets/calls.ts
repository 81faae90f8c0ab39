/** Public methods called with values of every kind: never a bare TypeError, RangeError or RuntimeError. */

import { EmbeddingMatrix } from "../../../src/embedding-matrix.ts";
import { KeyedVectors } from "../../../src/keyed-vectors.ts";
import { LineSentences } from "../../../src/text/line-sentences.ts";
import { simplePreprocess } from "../../../src/text/simple-preprocess.ts";
import { AutoTokenizer } from "../../../src/tokenizer.ts";
import { Word2Vec } from "../../../src/word2vec.ts";
import { Random } from "../random.ts";
import { attempt, Planned, type Target } from "../target.ts";
import { changeFile } from "../tensor-file.ts";
import { embeddings } from "./safetensors.ts";

const KEYS = ["cat", "dog", "bird", "", "fish"];
const D = 3;
const corpus = Array.from({ length: 6 }, (_, i) => ["cat", "dog", "bird", i % 2 ? "fish" : "sea"]);
const settings = { vectorSize: D, minCount: 1, epochs: 1, batchWords: 8, window: 2, hs: 1 } as const;
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** What a case works on; made anew for each. */
interface Subjects {
  table: KeyedVectors;
  model: Word2Vec;
  matrix: EmbeddingMatrix;
  tokenizer: AutoTokenizer;
}

/** A value with the code that makes it. */
type Made = [code: string, make: (subjects: Subjects) => unknown];

const throwing = () => {
  throw new Planned("planned");
};

// biome-ignore format: a value a line is too long
const STRANGE: readonly Made[] = [
  ["undefined", () => undefined], ["null", () => null], ["true", () => true], ["NaN", () => Number.NaN],
  ["-1", () => -1], ["0", () => 0], ["1", () => 1], ["1.5", () => 1.5], ["2 ** 31", () => 2 ** 31], ["2 ** 53", () => 2 ** 53],
  ["Infinity", () => Number.POSITIVE_INFINITY], ["-0", () => -0], ["10n", () => 10n], ["Symbol('s')", () => Symbol("s")],
  ['""', () => ""], ['"cat"', () => "cat"], ['"\\ud800"', () => "\ud800"], ['"/no/such/file"', () => "/no/such/file"],
  ['"http://"', () => "http://"], ['"data:,cat%20dog"', () => "data:,cat%20dog"], ['"a".repeat(100_000)', () => "a".repeat(100_000)],
  ["{}", () => ({})], ["[]", () => []], ["[[]]", () => [[]]], ["[null]", () => [null]], ["[undefined]", () => [undefined]],
  ["[1, 2, 3]", () => [1, 2, 3]], ["new Array(3)", () => new Array(3)], ['["cat"]', () => ["cat"]], ["[NaN]", () => [Number.NaN]],
  ["[10n]", () => [10n]], ["[Symbol('s')]", () => [Symbol("s")]], ['["cat", 1]', () => ["cat", 1]], ["[{}]", () => [{}]],
  ["Object.create(null)", () => Object.create(null)], ["() => {}", () => () => {}], ["async () => {}", () => async () => {}],
  ["() => { throw planned }", () => throwing], ["new Date(NaN)", () => new Date(Number.NaN)],
  ["/x/", () => /x/], ["new Map()", () => new Map()], ["new Set(['cat'])", () => new Set(["cat"])], ["new Map([['cat', 3]])", () => new Map([["cat", 3]])],
  ["Promise.resolve(1)", () => Promise.resolve(1)], ["new Proxy({}, throwing)", () => new Proxy({}, { get: throwing, ownKeys: throwing, has: throwing, getPrototypeOf: throwing })],
  ["{ get length() { throw planned } }", () => Object.defineProperty({}, "length", { get: throwing, enumerable: true })],
  ["{ length: -1 }", () => ({ length: -1 })], ["{ length: 3 }", () => ({ length: 3 })], ["{ length: NaN }", () => ({ length: Number.NaN })],
  ["{ length: 2 ** 53 }", () => ({ length: 2 ** 53 })], ["{ length: '3' }", () => ({ length: "3" })],
  ["new Float32Array()", () => new Float32Array()], ["new Float32Array(3)", () => new Float32Array(D)], ["Float32Array.of(1, NaN, 2)", () => Float32Array.of(1, Number.NaN, 2)],
  ["Float32Array.of(3e38, 3e38, 3e38)", () => Float32Array.of(3e38, 3e38, 3e38)], ["new Float64Array(3)", () => new Float64Array(D)],
  ["new BigInt64Array(3)", () => new BigInt64Array(D)], ["new DataView(new ArrayBuffer(3))", () => new DataView(new ArrayBuffer(D))],
  ["new Uint8Array(100)", () => new Uint8Array(100)], ["new ArrayBuffer(8)", () => new ArrayBuffer(8)], ["new Blob(['cat dog'])", () => new Blob(["cat dog"])],
  ["(function* () { yield 'cat'; })()", function* () { yield "cat"; }], ["new URL('file:///no/such')", () => new URL("file:///no/such")],
  ["{ shape: [1, 3], data: new Float32Array(3) }", () => ({ shape: [1, D], data: new Float32Array(D) })], ["{ shape: [2 ** 31, 3], data: [] }", () => ({ shape: [2 ** 31, D], data: [] })],
  ["{ shape: null, data: null }", () => ({ shape: null, data: null })], ["{ shape: [], data: new Float32Array() }", () => ({ shape: [], data: new Float32Array() })],
  ["{ shape: [NaN, 3], data: new Float32Array() }", () => ({ shape: [Number.NaN, D], data: new Float32Array() })],
  ["{ key: 'cat', weight: NaN }", () => ({ key: "cat", weight: Number.NaN })], ["{ key: null, weight: 1 }", () => ({ key: null, weight: 1 })],
  ["{ vector: [1, 2, 3], weight: 1 }", () => ({ vector: [1, 2, 3], weight: 1 })], ["{ begin: 3, end: 1 }", () => ({ begin: 3, end: 1 })],
  ["{ size: 3, read: () => null }", () => ({ size: 3, read: () => null })], ["{ size: NaN, read: async () => new Uint8Array() }", () => ({ size: Number.NaN, read: async () => new Uint8Array() })],
  ["{ size: 1e15, read: async () => new Uint8Array() }", () => ({ size: 1e15, read: async () => new Uint8Array() })], ["{ size: -1, read: async () => new Uint8Array() }", () => ({ size: -1, read: async () => new Uint8Array() })],
  ["{ [Symbol.iterator]: 1 }", () => ({ [Symbol.iterator]: 1 })], ["{ [Symbol.asyncIterator]: () => ({}) }", () => ({ [Symbol.asyncIterator]: () => ({}) })],
  ["AbortSignal.abort()", () => AbortSignal.abort()], ["a KeyedVectors", ({ table }) => table], ["a Word2Vec", ({ model }) => model],
  ["a KeyedVectors's wv", ({ model }) => model.wv],
];

/** What a parameter is for: some right values. */
// biome-ignore format: a line for each kind
const RIGHT = {
  key: [['"dog"', () => "dog"], ["1", () => 1], ['""', () => ""]],
  keys: [['["cat", "dog", "fish"]', () => ["cat", "dog", "fish"]], ["[0, 2]", () => [0, 2]], ["{ cat: [1, 2, 3] }", () => ({ cat: [1, 2, 3] })]],
  documents: [['[["cat", "dog"], []]', () => [["cat", "dog"], []]]],
  newKey: [['"new"', () => "new"], ['"cat"', () => "cat"]],
  vector: [["Float32Array.of(1, 2, 3)", () => Float32Array.of(1, 2, 3)]],
  vectors: [["[[1, 2, 3], [4, 5, 6]]", () => [[1, 2, 3], [4, 5, 6]]], ["{ replace: 1 }", () => ({ replace: 1 })], ["{ vectorSize: 3 }", () => ({ vectorSize: 3 })]],
  query: [['"cat"', () => "cat"], ['["cat", { key: "dog", weight: -1 }]', () => ["cat", { key: "dog", weight: -1 }]], ["new Float32Array(3)", () => new Float32Array(D)]],
  queries: [['["cat", "dog"]', () => ["cat", "dog"]]],
  name: [['"count"', () => "count"], ['"tag"', () => "tag"]],
  value: [["3", () => 3], ['"x"', () => "x"]],
  file: [["Buffer.from(': s\\ncat dog bird fish\\n')", () => bytes(": s\ncat dog bird fish\n")], ["Buffer.from('cat\\tdog\\t1\\ndog\\tbird\\t2\\n')", () => bytes("cat\tdog\t1\ndog\tbird\t2\n")]],
  corpus: [["corpus", () => corpus], ["new LineSentences(bytes)", () => new LineSentences(bytes("cat dog bird\nsea fish\n"))]],
  frequencies: [["{ cat: 3, dog: 2 }", () => ({ cat: 3, dog: 2 })]],
  model: [["model", ({ model }) => model]],
  folder: [["{ 'tokenizer.json': '{}' }", () => ({ "tokenizer.json": bytes({}) })]],
  text: [['"cat dog"', () => "cat dog"]],
  ids: [["[0, 1, 0]", () => [0, 1, 0]]],
  matrix: [["{ shape: [1, 3], data: new Float32Array(3) }", () => ({ shape: [1, D], data: new Float32Array(D) })]],
  count: [["5", () => 5]],
  target: [["new WritableStream()", () => new WritableStream()]],
  options: [["{}", () => ({})]],
} satisfies Record<string, Made[]>;

type Kind = keyof typeof RIGHT;

/** A method, its parameters, and the names of its options. */
interface Method {
  of:
    | "table"
    | "model"
    | "matrix"
    | "tokenizer"
    | "KeyedVectors"
    | "Word2Vec"
    | "EmbeddingMatrix"
    | "AutoTokenizer"
    | "library";
  name: string;
  takes: Kind[];
  options?: string[];
}

const ROWS = ["topn", "clipStart", "clipEnd", "restrictVocab", "filter"];
const WORK = ["signal", "onProgress"];
const TESTS = ["restrictVocab", "caseInsensitive", "dummy4unknown", "signal"];
// biome-ignore format: as many as fit
const MODEL = [
  "vectorSize", "alpha", "window", "minCount", "maxVocabSize", "sample", "seed", "workers", "minAlpha", "sg", "hs", "negative",
  "nsExponent", "cbowMean", "epochs", "nullWord", "trimRule", "sortedVocab", "batchWords", "corpusMemory", "computeLoss",
  "callbacks", "comment", "maxFinalVocab", "shrinkWindows", "initialVectors", "reproduce",
];

const of = (owner: Method["of"], methods: Record<string, [takes: Kind[], options?: string[]]>): Method[] =>
  Object.entries(methods).map(([name, [takes, options]]) => ({ of: owner, name, takes, options }));

const METHODS: readonly Method[] = [
  ...of("KeyedVectors", {
    from: [
      ["keys", "vectors"],
      ["dtype", "vectorSize"],
    ],
    cosineSimilarities: [["vector", "vectors"]],
  }),
  ...of("table", {
    has: [["key"]],
    get: [["key"]],
    forEach: [["value"]],
    getIndex: [["key", "count"]],
    getVector: [["key"], ["norm"]],
    getVectors: [["keys"]],
    getMeanVector: [["keys"], ["weights", "preNormalize", "postNormalize", "ignoreMissing"]],
    meanVectors: [["documents"], ["weights", "preNormalize", "postNormalize", "ignoreMissing"]],
    project: [[], ["keys"]],
    mostSimilar: [["query"], ["negative", ...ROWS]],
    similarByVector: [["vector"], ROWS],
    similarByKey: [["key"], ROWS],
    mostSimilarBatch: [["queries"], ROWS],
    mostSimilarCosmul: [["query"], ["negative", "topn", "restrictVocab"]],
    mostSimilarToGiven: [["key", "keys"]],
    neighborGraph: [[], ["k", "dtype", "signal", "onProgress", "filter", "topn"]],
    buildIndex: [[], ["dtype"]],
    similarity: [["key", "key"]],
    distance: [["key", "key"]],
    distances: [["query", "keys"]],
    nSimilarity: [["keys", "keys"]],
    relativeCosineSimilarity: [["key", "key"], ["topn"]],
    rank: [["key", "key"]],
    closerThan: [["key", "key"]],
    wmdistance: [["keys", "keys"], ["norm"]],
    doesntMatch: [["keys"]],
    rankByCentrality: [["keys"], ["useNorm"]],
    evaluateWordAnalogies: [["file"], [...TESTS, "similarityFunction"]],
    evaluateWordPairs: [["file"], [...TESTS, "delimiter"]],
    addVector: [["newKey", "vector"]],
    addVectors: [
      ["keys", "vectors"],
      ["extras", "replace"],
    ],
    setVector: [["key", "vector"]],
    getVecattr: [["key", "name"]],
    setVecattr: [["key", "name", "value"]],
    sortByDescendingFrequency: [[]],
    unitNormalizeAll: [[]],
    vectorsForAll: [["keys"], ["copyVecattrs"]],
    detach: [[]],
  }),
  ...of("Word2Vec", {
    new: [[], MODEL],
    train: [["corpus"], [...MODEL, ...WORK, "checkpoint"]],
    load: [["file"], ["signal"]],
    resume: [
      ["file", "corpus"],
      [...WORK, "callbacks", "checkpoint", "vectorsLockf"],
    ],
  }),
  ...of("model", {
    buildVocab: [["corpus"], ["trimRule", "update", ...WORK]],
    buildVocabFromFreq: [["frequencies"], ["corpusCount", "trimRule"]],
    resetFrom: [["model"]],
    train: [
      ["corpus"],
      [
        ...[
          "epochs",
          "totalExamples",
          "totalWords",
          "startAlpha",
          "endAlpha",
          "computeLoss",
          "callbacks",
          "checkpoint",
        ],
        ...["vectorsLockf", ...WORK],
      ],
    ],
    save: [["target"]],
    predictOutputWord: [["keys"], ["topn", "words"]],
    score: [["corpus"], ["signal", "onProgress"]],
    estimateMemory: [["count"]],
  }),
  ...of("EmbeddingMatrix", { fromPretrained: [["folder"], ["tensor", "signal"]] }),
  ...of("matrix", { lookup: [["ids"], ["signal"]], load: [[], ["dtype", "rows", "tokenizer", ...WORK]] }),
  ...of("AutoTokenizer", { fromPretrained: [["folder"], ["signal"]] }),
  ...of("tokenizer", {
    tokenize: [["text"]],
    encode: [["text"], ["addSpecialTokens"]],
    decode: [["ids"], ["skipSpecialTokens"]],
    convertTokensToIds: [["keys"]],
    convertIdsToTokens: [["ids"]],
  }),
  ...of("library", {
    simplePreprocess: [["text"], ["deacc", "minLen", "maxLen"]],
    LineSentences: [["file"], ["maxSentenceLength", "limit"]],
  }),
];

/** One call: which method, and what decides about its arguments. */
interface Step {
  method: number;
  seed: number;
}

export async function open(): Promise<Target<Step>> {
  const data = Float32Array.from({ length: KEYS.length * D }, (_, i) => Math.fround(Math.cos(i)));
  const file = changeFile(embeddings("BF16"), [], { texts: 1, tensors: 0, header: 0, bytes: 0 }).bytes;
  const tokenizer = await AutoTokenizer.fromPretrained({
    "tokenizer.json": bytes({
      ...{
        added_tokens: [],
        normalizer: null,
        pre_tokenizer: { type: "Whitespace" },
        post_processor: null,
        decoder: null,
      },
      model: { type: "WordLevel", vocab: { "<unk>": 0, cat: 1, dog: 2 }, unk_token: "<unk>" },
    }),
  });
  return {
    steps: (random: Random) => random.few(3, () => ({ method: random.below(METHODS.length), seed: random.u32() })),
    async run(steps) {
      // a model takes longest: it is not made for those who do not look at it
      const needsModel = /model|Word2Vec|wv/.test(steps.map(codeOfStep).join());
      const subjects: Subjects = {
        table: await KeyedVectors.from(KEYS, { data, shape: [KEYS.length, D] }),
        model: needsModel ? await Word2Vec.train(corpus, settings) : new Word2Vec(settings),
        matrix: await EmbeddingMatrix.fromPretrained({ "model.safetensors": file }),
        tokenizer,
      };
      try {
        let last = "";
        for (const step of steps) last = (await attempt(() => callOf(step, subjects))).code ?? "accepted";
        return last;
      } finally {
        for (const subject of [subjects.table, subjects.model, subjects.matrix]) subject.close();
      }
    },
    code: (steps) => steps.map(codeOfStep).join("\n"),
  };
}

/** The arguments of a call; options come last. */
function argumentsOf({ takes, options }: Method, random: Random): { positional: Made[]; options?: [string, Made][] } {
  const share = random.pick([0, 0.3, 0.8]);
  const positional = takes.map((kind): Made => random.pick(random.chance(share) ? STRANGE : RIGHT[kind]));
  if (!options || random.chance(0.2)) return { positional };
  if (random.chance(0.1)) return { positional: [...positional, random.pick(STRANGE)] };
  return { positional, options: random.few(2, () => [random.pick(options), random.pick(STRANGE)]) };
}

function codeOfStep({ method: index, seed }: Step): string {
  const method = METHODS[index];
  const { positional, options } = argumentsOf(method, new Random(seed));
  const given = options && `{ ${options.map(([name, [code]]) => `${name}: ${code}`).join(", ")} }`;
  const list = [...positional.map(([code]) => code), ...(given ? [given] : [])].join(", ");
  return method.name === "new" ? `new Word2Vec(${list})` : `${method.of}.${method.name}(${list})`;
}

async function callOf({ method, seed }: Step, subjects: Subjects): Promise<unknown> {
  const { of: owner, name } = METHODS[method];
  const { positional, options } = argumentsOf(METHODS[method], new Random(seed));
  const given: unknown[] = positional.map(([, make]) => make(subjects));
  if (options) given.push(Object.fromEntries(options.map(([option, [, make]]) => [option, make(subjects)])));
  const owners = { ...subjects, KeyedVectors, Word2Vec, EmbeddingMatrix, AutoTokenizer, library: LIBRARY };
  if (name === "new") return new Word2Vec(...(given as []));
  const result = await (owners[owner] as unknown as Record<string, (...given: unknown[]) => unknown>)[name](...given);
  if (result instanceof Word2Vec || result instanceof KeyedVectors) {
    if (result !== subjects.table && result !== subjects.model) result.close();
  }
  return result;
}

const LIBRARY = {
  simplePreprocess,
  async LineSentences(...given: ConstructorParameters<typeof LineSentences>) {
    for await (const _ of new LineSentences(...given));
  },
};
