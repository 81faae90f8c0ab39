/**
 * The smoke suite: one body, unchanged in every runtime, made of web-standard objects only.
 *
 * It returns what must be the same everywhere, `{ name: value }`, and throws at the first check that fails.
 */
import { expectedRow, tinyModelFolder } from "./model-folder.js";

const sentences = [
  "the cat drinks warm milk",
  "the dog drinks cold water",
  "a cat chases the small mouse",
  "a dog chases the quick cat",
  "the mouse eats yellow cheese",
  "people drink tea with milk",
  "people drink coffee with cold milk",
  "the small mouse drinks water",
  "people feed the cat and the dog",
].map((sentence) => sentence.split(" "));

const options = { vectorSize: 16, minCount: 1, sg: 1, seed: 1, epochs: 5, workers: 1 };
const tables = 1000;

/**
 * @param wasm2vec the library's namespace
 * @param has what the host has: `threads` that share a memory, a `page` that must not freeze, and what its console prints of
 *   an object, `inspect`, where that can be asked
 * @param readModelFolder gives a folder as a Map of name → bytes
 */
export async function smoke({ wasm2vec, has, readModelFolder = tinyModelFolder }) {
  await trainByWorkers(wasm2vec, has);
  if (has.page) await measureFreeze(wasm2vec);
  return {
    ...(await trainSaveLoad(wasm2vec)),
    ...(await search(wasm2vec)),
    ...(await print(wasm2vec, has)),
    ...(await readGzip(wasm2vec)),
    ...(await exchangeFiles(wasm2vec)),
    ...(await lookUpRows(wasm2vec, await readModelFolder())),
    ...(await tokenizeByPairs(wasm2vec)),
    ...(await openManyTables(wasm2vec)),
    ...(await hashModels(wasm2vec)),
  };
}

async function trainSaveLoad({ Word2Vec, Wasm2VecError }) {
  const model = await Word2Vec.train(sentences, options);
  const before = answers(model.wv);
  checkNeighbours(model.wv, before.nearest);
  checkError(Wasm2VecError, "key-not-found", () => model.wv.mostSimilar("zebra"));

  const bytes = await model.toBytes();
  const again = await Word2Vec.load(bytes);
  checkSame("what a model answers before toBytes() and after Word2Vec.load()", before, answers(again.wv));

  model.close();
  checkError(Wasm2VecError, "closed", () => model.wv.mostSimilar("cat"));
  checkSame("what the loaded model answers once the first is closed", before, answers(again.wv));
  again.close();
  return { "nearest to cat": before.nearest, "cat and dog": before.similarity };
}

/** Vectors as files of each format, and back: what reads and writes them is loaded when it is needed. */
async function exchangeFiles({ KeyedVectors }) {
  const vectors = await KeyedVectors.from({ tea: [0.1, -2], 茶: [1e-7, 3] });
  const sizes = {};
  for (const format of ["safetensors", "word2vec", "word2vec-binary", "glove"]) {
    const parts = [];
    await vectors.save(new WritableStream({ write: (chunk) => void parts.push(chunk) }), { format });
    const file = new Blob(parts);
    const again = await KeyedVectors.load(file);
    checkSame(`what comes back of ${format}`, vectors.toMatrix().toArrays(), again.toMatrix().toArrays());
    sizes[format] = file.size;
    again.close();
  }
  vectors.close();
  return { "bytes of files of vectors": sizes };
}

/** Neighbours in every way that there is: all the same. */
async function search({ Word2Vec, KeyedVectors }) {
  const model = await Word2Vec.train(sentences, options);
  const { wv } = model;
  const keys = [...wv.indexToKey];
  const expected = keys.map((key) => wv.mostSimilar(key, { topn: 3 }));
  checkSame("a batch", expected, wv.mostSimilarBatch(keys, { topn: 3 }));
  await wv.buildIndex({ dtype: "int8" });
  checkSame("a batch with the index", expected, wv.mostSimilarBatch(keys, { topn: 3 }));
  const { ids, similarities } = await wv.neighborGraph({ k: 3 });
  const neighbours = Array.from(ids, (id, i) => [keys[id], similarities[i]]);
  checkSame("the graph", expected.flat(), neighbours);
  const narrow = await KeyedVectors.from(keys, wv.toMatrix(), { dtype: "bfloat16" });
  const plane = Array.from(narrow.project().data);
  checkSame("the numbers of a plane", keys.length * 2, plane.length);
  narrow.close();
  model.close();
  return { "the graph": neighbours, "the plane": plane };
}

/** "one two\n" and "three\n", each a member. */
const twoMembers = "H4sIAAAAAAAAA8vPS1UoKc/nAgBDPMuZCAAAAB+LCAAAAAAAAAMryShKTeUCANjFRv8GAAAA";

async function readGzip({ LineSentences }) {
  const bytes = Uint8Array.from(atob(twoMembers), (character) => character.charCodeAt(0));
  const sentences = [];
  for await (const sentence of new LineSentences(bytes)) sentences.push(sentence);
  return { "gzip of two members": sentences };
}

/** One line in every console, which is what String gives, too. */
async function print({ Word2Vec }, { inspect = String }) {
  const model = await Word2Vec.train(sentences, options);
  const { wv } = model;
  const seen = [model, wv].map((value) => inspect(value));
  if (inspect !== String) checkSame("a list in a console", `[ ${seen[1]} ]`, oneLine(inspect([wv])));
  model.close();
  seen.push(inspect(model));
  return { "a console prints": seen };
}

/** Bun breaks lines within brackets. */
const oneLine = (text) => text.replaceAll(/\s+/g, " ");

/** Plain arrays and numbers, so that they can be compared and printed; JSON keeps every bit of a number. */
function answers(wv) {
  return {
    nearest: wv.mostSimilar("cat", { topn: 3 }),
    similarity: wv.similarity("cat", "dog"),
    vector: Array.from(wv.getVector("milk")),
  };
}

function checkNeighbours(wv, nearest) {
  checkSame("the number of neighbours", 3, nearest.length);
  check(!nearest.some(([key]) => key === "cat"), `"cat" must not be its own neighbour: ${JSON.stringify(nearest)}`);
  for (const [i, [key, score]] of nearest.entries()) {
    check(i === 0 || score <= nearest[i - 1][1], `the best must come first: ${JSON.stringify(nearest)}`);
    checkNear(`mostSimilar's score of "${key}"`, cosine(wv.getVector("cat"), wv.getVector(key)), score);
    checkNear(`similarity("cat", "${key}")`, score, wv.similarity("cat", key));
  }
}

async function lookUpRows({ AutoTokenizer, EmbeddingMatrix, simplePreprocess }, folder) {
  checkSame("simplePreprocess", ["words", "become", "vectors"], simplePreprocess("Words become: a VECTORS!"));

  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const tokens = tokenizer.tokenize("vectors become words");
  checkSame("the tokens", ["vectors", "become", "words"], tokens);
  const ids = tokenizer.convertTokensToIds([...tokens, "vectors"]);
  checkSame("the ids", [3, 2, 1, 3], Array.from(ids));

  const embeddings = await EmbeddingMatrix.fromPretrained(folder);
  checkSame("the matrix's shape", [5, 4], Array.from(embeddings.shape));
  checkSame("the matrix's dtype", "bfloat16", embeddings.dtype);

  const rows = await embeddings.lookup(ids);
  checkSame("the rows' shape", [4, 4], Array.from(rows.shape));
  for (const [i, id] of ids.entries()) checkSame(`the row of id ${id}`, expectedRow(id), Array.from(rows.row(i)));
  embeddings.close?.();
  return { "rows looked up": Array.from(rows.data) };
}

/** The tokenizer's module is one of its own, which each runtime has in its way. */
async function tokenizeByPairs({ AutoTokenizer }) {
  const model = { type: "BPE", vocab: { l: 0, o: 1, w: 2, lo: 3, low: 4 }, merges: ["l o", "lo w"] };
  const json = new TextEncoder().encode(JSON.stringify({ model }));
  const tokenizer = await AutoTokenizer.fromPretrained({ "tokenizer.json": json });
  const file = await tokenizer.toBytes();
  const again = await AutoTokenizer.fromPretrained({ "tokenizer.wasm2vec": file });
  checkSame("the ids by pairs", [4, 3, 0], again.encode("lowlol"));
  return { "a tokenizer's file": Array.from(file) };
}

/** Each table has a WebAssembly memory of its own: without a close() that lets go, a runtime soon has none left. */
async function openManyTables({ KeyedVectors }) {
  for (let n = 0; n < tables; n++) {
    const vectors = await KeyedVectors.from(["a", "b", "c", "d"], tableWhere(1 + (n % 3)));
    const [[key, score]] = vectors.mostSimilar("a", { topn: 1 });
    vectors.close();
    checkSame(`table ${n}'s nearest to "a"`, "bcd"[n % 3], key);
    checkNear(`table ${n}'s best score`, Math.SQRT1_2, score);
  }
  return { "tables opened": tables };
}

/** (4, 4): row 0 and row `near` lie at 45 degrees, the others at 90. */
function tableWhere(near) {
  const data = new Float32Array(16);
  for (let i = 0; i < 4; i++) data[4 * i + (i === 0 || i === near ? 0 : 2)] = 1;
  data[4 * near + 1] = 1;
  return { data, shape: [4, 4] };
}

/** One seed and one worker promise the same bytes on every processor and in every runtime. */
async function hashModels({ Word2Vec }) {
  const hashes = {};
  for (const sg of [0, 1]) {
    for (const hs of [0, 1]) {
      const model = await Word2Vec.train(sentences, { ...options, sg, hs, negative: hs ? 0 : 5 });
      hashes[`SHA-256, sg ${sg} hs ${hs}`] = await sha256(await model.toBytes());
      model.close();
    }
  }
  checkSame("the number of different models", 4, new Set(Object.values(hashes)).size);
  return hashes;
}

/** Several workers where the runtime has them; else one thread, and one warning that says why. */
async function trainByWorkers({ Word2Vec }, { threads }) {
  const warnings = [];
  const onProgress = (event) => event.kind === "warning" && warnings.push(event.message);
  const corpus = Array.from({ length: 300 }, () => sentences).flat();
  const model = await Word2Vec.train(corpus, { ...options, workers: 2, batchWords: 500, onProgress });
  const before = answers(model.wv);
  checkNeighbours(model.wv, before.nearest);
  const again = await Word2Vec.load(await model.toBytes());
  checkSame("what a model that workers trained answers once it is loaded", before, answers(again.wv));
  model.close();
  again.close();
  checkSame("the number of warnings", threads ? 0 : 1, warnings.length);
  if (!threads) check(/^workers is 2, but one thread trains: /.test(warnings[0]), warnings[0]);
}

/** A job of a good part of a second leaves the page free: its longest task is far shorter. */
async function measureFreeze({ Word2Vec }) {
  const corpus = Array.from({ length: 100_000 }, (_, i) =>
    Array.from({ length: 10 }, (_, j) => `w${(i * j * j) % 997}`),
  );
  const model = new Word2Vec({ ...options, sample: 0, epochs: 1, batchWords: 1e7 });
  await model.buildVocab(corpus);
  await turn(); // what came before is another task
  let longest = 0;
  const note = (tasks) => {
    longest = Math.max(longest, ...tasks.map(({ duration }) => duration));
  };
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  observer.observe({ type: "longtask" });
  const begin = performance.now();
  await model.train(corpus);
  const whole = performance.now() - begin;
  await turn();
  note(observer.takeRecords());
  observer.disconnect();
  model.close();
  check(longest < whole / 4, `the page stood still for ${longest} ms of a training of ${whole} ms`);
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function check(isRight, message) {
  if (!isRight) throw new Error(message);
}

function checkSame(what, expected, got) {
  const [wanted, given] = [JSON.stringify(expected), JSON.stringify(got)];
  check(wanted === given, `${what}: expected ${wanted}, got ${given}`);
}

function checkNear(what, expected, got) {
  check(Math.abs(expected - got) < 1e-5, `${what}: expected ${expected}, got ${got}`);
}

function checkError(type, code, action) {
  let thrown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  check(thrown instanceof type, `expected a ${type.name} "${code}", got ${thrown ?? "no error"}`);
  checkSame("the error's code", code, thrown.code);
}
