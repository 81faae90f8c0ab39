/** Every public function and method with right arguments: recipes by which tests call them with wrong ones. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { joinBytes } from "../../src/files/bytes.ts";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import * as api from "../../src/index.ts";
import { lettersEncoder } from "./letters.ts";

const { AutoTokenizer, EmbeddingMatrix, FrozenPhrases, init, KeyedVectors, LineSentences, Matrix, Phrases } = api;
const { SearchIndex, simplePreprocess, StaticModel, Wasm2VecError, Word2Vec } = api;

export interface PublicCall {
  /** calls it with the arguments that are given, in the place of which others are tried */
  // biome-ignore lint/suspicious/noExplicitAny: arguments of any kind are the point
  call: (...args: any[]) => unknown;
  args: readonly unknown[];
  /** whether the last argument is its options */
  hasOptions?: boolean;
  /** whether what it is called on is another afterwards */
  changes?: boolean;
}

// what all suites use, so that none of the values that are tried takes its place
await init({ workerUrl: pathToFileURL("build/training/node-worker.js") });

/** Where files go that are written, until all suites are done. */
export const folder = mkdtempSync(join(tmpdir(), "wasm2vec-calls-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

export const topics = Array.from({ length: 20 }, () => ["cat", "dog", "milk"]);
const small = { minCount: 1, hs: true, vectorSize: 4, epochs: 1 };
const path = join(folder, "checkpoint.safetensors");
const trained = await Word2Vec.train(topics, { ...small, checkpoint: { path } });
const file = await trained.toBytes();
const checkpointFile = new Uint8Array(readFileSync(path));
const tensor = { name: "wte.weight", dtype: "F32" as const, shape: [1, 2], chunks: [new Uint8Array(8)] };
const embeddingsFile = new Blob([...safetensorsChunks([tensor])] as Uint8Array<ArrayBuffer>[]);
const embeddings = await EmbeddingMatrix.fromPretrained(embeddingsFile);
const tokenizerJson = {
  ...{ added_tokens: [], normalizer: null, post_processor: null, decoder: null },
  pre_tokenizer: { type: "Whitespace" },
  model: { type: "WordPiece", vocab: { a: 0, "[UNK]": 1 }, unk_token: "[UNK]" },
};
const tokenizerFolder = {
  "tokenizer.json": new TextEncoder().encode(JSON.stringify(tokenizerJson)),
  "tokenizer_config.json": new TextEncoder().encode('{"pad_token":"a","model_max_length":9}'),
  "chat_template.jinja": new TextEncoder().encode("{{ messages[0].content }}"),
};
const tokenizer = await AutoTokenizer.fromPretrained(tokenizerFolder);
const encoder = await StaticModel.fromKeyedVectors(trained.wv);
const encoderFiles = new Map<string, Uint8Array<ArrayBuffer>>();
await encoder.savePretrained(encoderFiles);
const smallModel = {
  "model.safetensors": joinBytes([
    ...safetensorsChunks([{ ...tensor, shape: [2, 2], chunks: [new Uint8Array(16).fill(64)] }]),
  ]),
};
const twoRows = await EmbeddingMatrix.fromPretrained(smallModel);
const analogies = new TextEncoder().encode(": a\ncat dog milk cat\n");
const pairs = new TextEncoder().encode("cat\tdog\t1\ndog\tmilk\t2\n");
const others = await trained.wv.detach();
const phrases = await Phrases.train(topics, { minCount: 1, threshold: 0.1 });
const frozen = phrases.freeze();
const [phrasesFile, frozenFile] = [await phrases.toBytes(), await frozen.toBytes()];
const phrasesTarget = join(folder, "phrases.safetensors");
const target = join(folder, "model.safetensors");
const vectorsFile = new TextEncoder().encode("1 4\ncat 1 2 3 4\n");

const letters = lettersEncoder();
const indexTarget = join(folder, "index.safetensors");
const newIndex = () => SearchIndex.from(letters, { cat: "a cat", dog: "a dog" });
const indexFile = await (await newIndex()).toBytes();

/** What methods are called on. They may be made anew, because right calls change them. */
export const things = { model: trained, wv: await trained.wv.detach(), index: await newIndex() };

export async function renew(): Promise<void> {
  things.model.close();
  things.wv.close();
  things.index.close();
  things.index = await newIndex();
  things.model = await Word2Vec.load(file);
  things.wv = await things.model.wv.detach();
}

type Recipe = Omit<PublicCall, "call">;

const methods = <Thing extends object>(name: string, thing: () => Thing, recipes: Recipes<Thing>) =>
  Object.entries(recipes).map(([method, recipe]) => {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const call = (...given: unknown[]) => (thing() as any)[method](...given);
    return [`${name}.${method}`, { ...(recipe as Recipe), call }] as const;
  });

type Recipes<Thing> = { [Method in Exclude<keyof Thing, "toString">]?: Recipe } & {
  toString?: Recipe | (() => string);
};

/** Right arguments, without options, and with options as the last. */
const takes = (...args: unknown[]) => ({ args });
const takesOptions = (...args: unknown[]) => ({ args: [...args, {}], hasOptions: true });
const changing = (recipe: Recipe) => ({ ...recipe, changes: true });

const printed = { toString: takes(), toJSON: takes() };

async function readAll(sentences: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of sentences);
}

const vector = [1, 2, 3, 4];
const oneKey = { data: Float32Array.of(1), shape: [1, 1] };

/** By their names: "new Class", "Class.static", "Class.prototype.method" and "function". */
export const CALLS: Readonly<Record<string, PublicCall>> = Object.fromEntries([
  ["init", { call: init, ...takesOptions() }],
  ["drawProgress", { call: api.drawProgress, ...takes({ write() {} }) }],
  ["simplePreprocess", { call: simplePreprocess, ...takesOptions("a text") }],
  ["new Matrix", { call: (data, shape) => new Matrix(data, shape), ...takes(new Float32Array(4), [2, 2]) }],
  ["new KeyedVectors", { call: (table) => new KeyedVectors(table).size, ...takes() }],
  ["new Wasm2VecError", { call: (code, message) => new Wasm2VecError(code, message), ...takes("busy", "a message") }],
  ["tokenize", { call: (text, options) => [...api.tokenize(text, options)], ...takesOptions("a text") }],
  ["deaccent", { call: api.deaccent, ...takes("a text") }],
  ["removeStopwords", { call: api.removeStopwords, ...takesOptions("a text") }],
  ["new Text8Corpus", { call: (source, options) => new api.Text8Corpus(source, options), ...takesOptions(pairs) }],
  ...methods("Text8Corpus.prototype", () => new api.Text8Corpus(pairs), { toString: takes() }),
  [
    "new PathLineSentences",
    { call: (source, options) => new api.PathLineSentences(source, options), ...takesOptions([new File([], "a")]) },
  ],
  ...methods("PathLineSentences.prototype", () => new api.PathLineSentences("texts"), { toString: takes() }),
  [
    "new IdSentences",
    {
      call: (vocabulary, sentences) => Word2Vec.train(new api.IdSentences(vocabulary, sentences), small),
      ...takes(["cat"], [[0, 0]]),
    },
  ],
  ...methods("IdSentences.prototype", () => new api.IdSentences(["cat"], [[0]]), { toString: takes() }),
  ["new Phrases", { call: (options) => new Phrases(options), ...takesOptions() }],
  ...methods("Phrases", () => Phrases, { train: takesOptions(topics), load: takesOptions(phrasesFile) }),
  ...methods("Phrases.prototype", () => phrases, {
    addVocab: takesOptions(topics),
    apply: takes(["cat", "dog"]),
    findPhrases: takesOptions(topics),
    exportPhrases: takes(),
    freeze: takes(),
    save: takesOptions(phrasesTarget),
    toBytes: takes(),
    ...printed,
    close: { args: [] },
  }),
  ...methods("FrozenPhrases", () => FrozenPhrases, { load: takesOptions(frozenFile) }),
  ...methods("FrozenPhrases.prototype", () => frozen, {
    apply: takes(["cat", "dog"]),
    findPhrases: takesOptions(topics),
    save: takesOptions(phrasesTarget),
    toBytes: takes(),
    ...printed,
  }),
  ["Phrases.prototype.applyTo", { call: (corpus) => readAll(phrases.applyTo(corpus)), ...takes(topics) }],
  ["FrozenPhrases.prototype.applyTo", { call: (corpus) => readAll(frozen.applyTo(corpus)), ...takes(topics) }],
  ["new LineSentences", { call: (source, options) => new LineSentences(source, options), ...takesOptions(pairs) }],
  ...methods("LineSentences.prototype", () => new LineSentences(pairs), { toString: takes() }),
  ["new Word2Vec", { call: (options) => new Word2Vec(options), ...takesOptions() }],
  ...methods("Matrix", () => Matrix, { from: takes([vector, vector]) }),
  ...methods("Matrix.prototype", () => new Matrix(new Float32Array(4), [2, 2]), {
    ...{ row: takes(1), toArrays: takes() },
    ...printed,
  }),
  ...methods("Word2Vec", () => Word2Vec, {
    train: takesOptions(topics),
    resume: takesOptions(checkpointFile, topics),
    load: takesOptions(file),
  }),
  ...methods("Word2Vec.prototype", () => things.model, {
    buildVocab: changing(takesOptions(topics)),
    buildVocabFromFreq: changing(takesOptions({ cat: 9 })),
    resetFrom: changing(takes(trained)),
    intersectWord2vecFormat: changing(takesOptions(vectorsFile)),
    train: changing(takesOptions(topics)),
    save: takesOptions(target),
    toBytes: takes(),
    toBlob: takes(),
    getLatestTrainingLoss: takes(),
    predictOutputWord: takesOptions(["cat"]),
    score: takesOptions(topics),
    estimateMemory: takes(1000),
    ...printed,
    close: changing(takes()),
  }),
  ...methods("KeyedVectors", () => KeyedVectors, {
    from: takesOptions(["a"], oneKey),
    load: takesOptions(vectorsFile),
    cosineSimilarities: takes(vector, [vector, vector]),
  }),
  ...methods("KeyedVectors.prototype", () => things.wv, {
    ...{
      has: takes("cat"),
      get: takes("cat"),
      keys: takes(),
      values: takes(),
      entries: takes(),
      forEach: takes(() => {}),
    },
    ...printed,
    meanVectors: takesOptions([["cat"], ["dog"]]),
    getIndex: takes("cat", -1),
    getVector: takesOptions("cat"),
    getVectors: takes(["cat", "dog"]),
    getVectorsInto: takes([0], new Float32Array(64)),
    toMatrix: takes(),
    getNormedVectors: takes(),
    getMeanVector: takesOptions(["cat", "dog"]),
    project: takesOptions(),
    mostSimilar: takesOptions("cat"),
    similarByVector: takesOptions(vector),
    similarByKey: takesOptions("cat"),
    mostSimilarBatch: takesOptions(["cat", "dog"]),
    mostSimilarCosmul: takesOptions("cat"),
    mostSimilarToGiven: takes("cat", ["dog", "milk"]),
    neighborGraph: takesOptions(),
    buildIndex: { args: [{ dtype: "int8" }], hasOptions: true },
    similarity: takes("cat", "dog"),
    distance: takes("cat", "dog"),
    distances: takes("cat", ["dog"]),
    nSimilarity: takes(["cat"], ["dog"]),
    relativeCosineSimilarity: takesOptions("cat", "dog"),
    rank: takes("cat", "dog"),
    closerThan: takes("cat", "dog"),
    wmdistance: takesOptions(["cat"], ["dog"]),
    doesntMatch: takes(["cat", "dog"]),
    rankByCentrality: takesOptions(["cat", "dog"]),
    evaluateWordAnalogies: takesOptions(analogies),
    evaluateWordPairs: takesOptions(pairs),
    save: takesOptions(target),
    addVector: changing(takes("new", vector)),
    addVectors: changing(takesOptions(["new"], [vector])),
    setVector: changing(takes("cat", vector)),
    getVecattr: takes("cat", "count"),
    setVecattr: changing(takes("cat", "weight", 1)),
    sortByDescendingFrequency: changing(takes()),
    unitNormalizeAll: changing(takes()),
    vectorsForAll: takesOptions(["cat"]),
    alignTo: takesOptions(others),
    detach: takes(),
    close: changing(takes()),
  }),
  ...methods("EmbeddingMatrix", () => EmbeddingMatrix, { fromPretrained: takesOptions(embeddingsFile) }),
  ...methods("EmbeddingMatrix.prototype", () => embeddings, {
    ...printed,
    lookup: takesOptions([0]),
    load: takesOptions(),
    close: takes(),
  }),
  ["fuse", { call: api.fuse, ...takesOptions([["cat"], ["dog"]]) }],
  ...methods("SearchIndex", () => SearchIndex, {
    from: takesOptions(letters, { cat: "a cat" }),
    load: { args: [indexFile, { encoder: letters }], hasOptions: true },
  }),
  ...methods("SearchIndex.prototype", () => things.index, {
    ...printed,
    has: takes("cat"),
    add: changing(takesOptions("new", "a text")),
    remove: changing(takes("cat")),
    search: takesOptions("a text"),
    save: takesOptions(indexTarget),
    toBytes: takes(),
    close: changing(takes()),
  }),
  ...methods("StaticModel", () => StaticModel, {
    fromPretrained: takesOptions(encoderFiles),
    fromEmbeddings: takesOptions(twoRows, tokenizer),
    fromKeyedVectors: takesOptions(others),
  }),
  ...methods("StaticModel.prototype", () => encoder, {
    encode: takesOptions("cat"),
    encodeInto: takesOptions("cat", new Float32Array(4)),
    encodeAsSequence: takesOptions("cat dog"),
    similarity: takes("cat", "dog"),
    savePretrained: takesOptions(new Map()),
    ...printed,
    close: { args: [] },
  }),
  ...methods("AutoTokenizer", () => AutoTokenizer, {
    fromPretrained: takesOptions(tokenizerFolder),
    from: takes({ encode: () => [0] }),
  }),
  ...methods("AutoTokenizer.prototype", () => tokenizer, {
    toString: takes(),
    tokenize: takes("a"),
    save: takesOptions(target),
    toBytes: takes(),
    convertTokensToIds: takes(["a"]),
    convertIdsToTokens: takes([0]),
    encode: takesOptions("a"),
    encodeBatch: takesOptions(["a"]),
    decode: takesOptions([0]),
    decodeBatch: takesOptions([[0]]),
    applyChatTemplate: takesOptions([{ role: "user", content: "a" }]),
    getVocab: takes(),
    close: takes(),
  }),
] as [string, PublicCall][]);

const PRIVATE = /^ {2}(?:private|protected) (?:static |readonly |async |get |\*)*(\w+)/gm;
const INTERNAL = /@internal[^/]*\*\/\s+(?:static |async |get |\*)*(?!constructor)(\w+)/g;

const SOURCES = (readdirSync("src", { recursive: true }) as string[])
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join("src", file), "utf8"));

/** What no one shall call: a class's private methods look like others when it runs. */
const hidden = (name: string) => {
  const source = SOURCES.find((text) => new RegExp(`export class ${name}\\b`).test(text)) as string;
  return new Set([...source.matchAll(PRIVATE), ...source.matchAll(INTERNAL)].map(([, method]) => method));
};

const functionsOf = (object: object) =>
  Object.entries(Object.getOwnPropertyDescriptors(object)).flatMap(([name, { value }]) =>
    typeof value === "function" && name !== "constructor" ? [name] : [],
  );

/** The names of all that can be called, found by looking at what is exported. */
export function publicNames(): string[] {
  const exported = Object.entries(api as Record<string, unknown>);
  const names = exported.flatMap(([name, made]) => {
    if (!isClass(made)) return typeof made === "function" ? [name] : [];
    const left = hidden(name);
    const isSeen = (method: string) => !left.has(method);
    return [
      ...(left.has("constructor") ? [] : [`new ${name}`]),
      ...functionsOf(made)
        .filter(isSeen)
        .map((method) => `${name}.${method}`),
      ...functionsOf(made.prototype)
        .filter(isSeen)
        .map((method) => `${name}.prototype.${method}`),
    ];
  });
  return names.sort();
}

type Class = { new (): unknown; prototype: object };

const isClass = (value: unknown): value is Class => typeof value === "function" && /^class\b/.test(String(value));
