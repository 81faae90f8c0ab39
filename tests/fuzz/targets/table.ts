/** Random calls on several tables, each beside a plain list of its keys, vectors and attributes. */

import { KeyedVectors } from "../../../src/keyed-vectors.ts";
import type { RowDtype } from "../../../src/tables/row-format.ts";
import { Random } from "../random.ts";
import { attempt, check, sameBits, type Target } from "../target.ts";

const KEYS = [
  "",
  "a",
  "b",
  "c",
  "cat",
  "dog",
  "\0",
  "你好",
  "👩‍🚀",
  "\ud800",
  "\ufffd",
  "e\u0301",
  "é",
  "x".repeat(300),
];
/** How many numbers the vectors of each table have, and what is stored of them. */
const TABLES: readonly [columns: number, dtype: RowDtype][] = [
  [3, "float32"],
  [8, "float32"],
  [1, "bfloat16"],
];

/** As UTF-8 holds a key: half of a surrogate pair is U+FFFD. */
const held = (key: string) => Buffer.from(key).toString();

interface Row {
  key: string;
  vector: Float32Array;
  count: number;
  attributes: Record<string, unknown>;
}

/** A table and what it must hold. */
interface Pair {
  table: KeyedVectors;
  rows: Row[];
  columns: number;
}

/** What a case works on. */
interface World {
  pairs: Pair[];
  /** what was begun and is not awaited yet, with a look at what came of it */
  pending: (() => Promise<void>)[];
  /** the calls so far as code, where they are wanted */
  calls?: string[];
  /** how many tables there were */
  made: number;
}

/** A call, and what decides about its arguments. */
interface Step {
  call: keyof typeof CALLS;
  at: number;
  seed: number;
}

export async function open(): Promise<Target<Step>> {
  return {
    steps(random: Random) {
      const make = (call: Step["call"]): Step => ({ call, at: random.below(TABLES.length), seed: random.u32() });
      const steps = random.few(40, () => make(random.weighted(WEIGHTS)));
      // it takes long
      if (random.chance(0.05)) steps.splice(random.below(steps.length), 0, make("addNumbered"));
      return steps;
    },
    async run(steps) {
      await play(steps);
      return "accepted";
    },
    async code(steps) {
      const calls: string[] = [];
      await play(steps, calls).catch(() => {});
      return calls.join("\n");
    },
  };
}

async function play(steps: readonly Step[], calls?: string[]): Promise<void> {
  const world: World = { pairs: [], pending: [], calls, made: 0 };
  try {
    for (const [columns, dtype] of TABLES) world.pairs.push(await emptyPair(world, columns, dtype));
    for (const { call, at, seed } of steps) {
      await (CALLS as Record<string, Call>)[call](world.pairs[at], new Random(seed), world, at);
      for (const [i, pair] of world.pairs.entries()) {
        if (i === at) checkContent(pair, `after ${call}`);
        else checkVectors(pair, `in another table after ${call}`);
      }
    }
    for (const pair of world.pairs) checkContent(pair, "in the end");
    await CALLS.settle(world.pairs[0], new Random(0), world);
  } finally {
    for (const { table } of world.pairs) table.close();
  }
}

async function emptyPair(world: World, columns: number, dtype: RowDtype): Promise<Pair> {
  const options = { vectorSize: columns, dtype };
  const code = `await KeyedVectors.from([], ${JSON.stringify(options)})`;
  return { table: named(await KeyedVectors.from([], options), world, code), rows: [], columns };
}

/** The table, or where calls are wanted as code, one that writes down what it is asked. */
function named(table: KeyedVectors, world: World, code: string): KeyedVectors {
  const { calls } = world;
  if (!calls) return table;
  const name = `table${world.made++}`;
  calls.push(`const ${name} = ${code};`);
  return new Proxy(table, {
    get(target, property) {
      const value = Reflect.get(target, property, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        const isLook = ["toMatrix", "getIndex", "getVecattr", "getVector"].includes(String(property));
        if (!isLook) calls.push(`${name}.${String(property)}(${given.map(asCode).join(", ")})`);
        return value.apply(target, given);
      };
    },
  });
}

function asCode(value: unknown): string {
  if (value instanceof Float32Array) return `Float32Array.of(${value.join(", ")})`;
  if (Array.isArray(value)) return `[${value.map(asCode).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(JSON.stringify(value));
  const entries = Object.entries(value).map(([name, item]) => `${name}: ${asCode(item)}`);
  return `{ ${entries.join(", ")} }`;
}

/** Whole numbers below 128, which every kind of number holds exactly. */
const vectorOf = (random: Random, { columns }: Pair) =>
  Float32Array.from({ length: columns }, () => random.below(9) - 4);

const keysOf = (random: Random) => random.few(5, () => random.pick(KEYS));

function find({ rows }: Pair, key: string): Row | undefined {
  const wanted = held(key);
  return rows.find((row) => row.key === wanted);
}

function put(pair: Pair, key: string, vector: Float32Array, replace: boolean): Row {
  const row = find(pair, key);
  if (row && replace) row.vector = vector;
  if (row) return row;
  const added = { key: held(key), vector, count: 0, attributes: {} };
  pair.rows.push(added);
  return added;
}

function checkVectors({ table, rows, columns }: Pair, when: string): void {
  check(table.size === rows.length, `another number of rows ${when}: ${table.size}; expected ${rows.length}`);
  const data = table.toMatrix().data;
  const expected = new Float32Array(rows.length * columns);
  for (const [i, { vector }] of rows.entries()) expected.set(vector, i * columns);
  if (sameBits(data, expected)) return;
  const i = data.findIndex((x, i) => !Object.is(x, expected[i]));
  const row = Math.floor(i / columns);
  check(false, `other vectors ${when}: row ${row} is ${data.subarray(row * columns, (row + 1) * columns)}`);
}

function checkContent(pair: Pair, when: string): void {
  const { table, rows } = pair;
  checkVectors(pair, when);
  const keys = JSON.stringify([...table.indexToKey]);
  check(keys === JSON.stringify(rows.map(({ key }) => key)), `other keys ${when}: ${keys}`);
  const step = Math.ceil(rows.length / 60);
  for (const [i, { key, count, attributes }] of rows.entries()) {
    if (i % step) continue;
    check(table.getIndex(key) === i, `a key is not found ${when}: ${JSON.stringify(key)}`);
    const got = table.getVecattr({ row: i }, "count");
    check(got === count, `another count ${when}: ${got}; expected ${count}`);
    for (const [name, value] of Object.entries(attributes)) {
      check(
        table.getVecattr({ row: i }, name) === value,
        `another attribute ${when}: ${name} of ${JSON.stringify(key)}`,
      );
    }
  }
}

async function addMany(pair: Pair, random: Random, replace: boolean, keys = keysOf(random)): Promise<void> {
  const vectors = keys.map(() => vectorOf(random, pair));
  const counts = keys.map(() => random.below(5));
  const tags = counts.map((count) => `tag ${count}`);
  const withExtras = random.chance(0.3);
  const extras: Record<string, unknown[]> = withExtras ? { count: counts, tag: tags } : {};
  const isMatrix = random.chance(0.3);
  const given = isMatrix
    ? { data: Float32Array.from(vectors.flatMap((vector) => [...vector])), shape: [keys.length, pair.columns] as const }
    : vectors;
  const { code } = await attempt(() => pair.table.addVectors(keys, given, { replace, extras }));
  const isTwice = new Set(keys.map(held)).size < keys.length;
  if (isTwice) return check(code === "key-duplicate", `keys that come twice: ${code}, ${JSON.stringify(keys)}`);
  check(code === undefined, `added keys are refused: ${code}`);
  const known = new Map(pair.rows.map((row) => [row.key, row]));
  for (const [i, key] of keys.entries()) {
    const old = known.get(held(key));
    const isNew = !old;
    const row = old ?? { key: held(key), vector: vectors[i], count: 0, attributes: {} };
    if (isNew) pair.rows.push(row);
    else if (replace) row.vector = vectors[i];
    if (!withExtras || !(isNew || replace)) continue;
    row.count = counts[i];
    row.attributes.tag = tags[i];
  }
}

const copyOf = (rows: readonly Row[]) => rows.map((row) => ({ ...row, attributes: { ...row.attributes } }));

/** Puts a table that was made of one in the place of the one after it. */
function putNext(world: World, at: number, table: KeyedVectors, pair: Pair): void {
  const to = (at + 1) % TABLES.length;
  world.pairs[to].table.close();
  world.pairs[to] = { ...pair, table: named(table, world, "the copy") };
}

const norm = (x: ArrayLike<number>) => Math.hypot(...Array.from(x));

function cosine(x: ArrayLike<number>, y: ArrayLike<number>): number {
  const lengths = norm(x) * norm(y);
  return lengths ? Array.from(x).reduce((sum, value, i) => sum + value * y[i], 0) / lengths : 0;
}

/** Answers are a query's nearest rows: each with its cosine, best first, none better left out. */
function checkNeighbors(
  pair: Pair,
  vector: ArrayLike<number>,
  without: number[],
  topn: number,
  got: [string, number][],
) {
  const candidates = pair.rows.flatMap((row, i) => (without.includes(i) ? [] : [{ ...row, i }]));
  const scores = candidates.map((row) => cosine(vector, row.vector)).sort((a, b) => b - a);
  check(got.length === Math.min(topn, candidates.length), `another number of neighbors: ${got.length}`);
  for (const [i, [key, score]] of got.entries()) {
    const row = find(pair, key);
    check(row !== undefined && candidates.some((other) => other.key === row.key), `no candidate: ${key}`);
    check(Math.abs(cosine(vector, row.vector) - score) < 1e-5, `another cosine: ${score} of ${JSON.stringify(key)}`);
    check(Math.abs(scores[i] - score) < 1e-5, `a nearer row was left out: ${scores[i]} before ${score}`);
  }
}

/** Calls a method with random arguments, and looks at what came of it. */
type Call = (pair: Pair, random: Random, world: World, at: number) => void | Promise<void>;

const CALLS = {
  addVector(pair: Pair, random: Random) {
    const [key, vector] = [random.pick(KEYS), vectorOf(random, pair)];
    const row = pair.table.addVector(key, vector);
    put(pair, key, vector, false);
    check(pair.rows[row].key === held(key), `addVector returned another row: ${row}`);
  },
  addVectors: (pair: Pair, random: Random) => addMany(pair, random, false),
  replace: (pair: Pair, random: Random) => addMany(pair, random, true),
  /** enough to fill regions that must grow */
  addNumbered: (pair: Pair, random: Random) => {
    const [first, count] = [random.below(2000), random.pick([50, 300, 800])];
    return addMany(
      pair,
      random,
      false,
      Array.from({ length: count }, (_, i) => `number ${first + i}`),
    );
  },
  setVector(pair: Pair, random: Random) {
    const [key, vector] = [random.pick(KEYS), vectorOf(random, pair)];
    pair.table.setVector(key, vector);
    put(pair, key, vector, true);
  },
  async setRow(pair: Pair, random: Random) {
    const [i, vector] = [random.below(8), vectorOf(random, pair)];
    const { code } = await attempt(() => pair.table.setVector({ row: i }, vector));
    check((code === undefined) === i < pair.rows.length, `setVector of a row: ${code}`);
    if (i < pair.rows.length) pair.rows[i].vector = vector;
  },
  async setVecattr(pair: Pair, random: Random) {
    const [key, name] = [random.pick(KEYS), random.pick(["count", "tag", "__proto__", "flag"])];
    const value = { count: random.below(6), tag: `tag ${random.below(3)}`, flag: true, __proto__: null }[name] ?? 1;
    const { code } = await attempt(() => pair.table.setVecattr(key, name, value));
    const row = find(pair, key);
    check((code === undefined) === Boolean(row), `setVecattr: ${code} for ${name} of ${JSON.stringify(key)}`);
    if (row && name === "count") row.count = value as number;
    else if (row)
      Object.defineProperty(row.attributes, name, { value, enumerable: true, configurable: true, writable: true });
  },
  sort({ table, rows }: Pair) {
    table.sortByDescendingFrequency();
    rows.reverse().sort((a, b) => b.count - a.count);
  },
  has(pair: Pair, random: Random) {
    const key = random.pick([...KEYS, "unknown", "\udfff"]);
    check(pair.table.has(key) === Boolean(find(pair, key)), `has: ${JSON.stringify(key)}`);
  },
  async mostSimilar(pair: Pair, random: Random) {
    const { table, rows } = pair;
    const topn = random.pick([0, 1, 2, 100]);
    if (!rows.length || random.chance(0.3)) {
      const vector = vectorOf(random, pair);
      return checkNeighbors(pair, vector, [], topn, table.mostSimilar(vector, { topn }));
    }
    const i = random.below(rows.length);
    if (random.chance(0.3)) {
      const got = table.mostSimilar({ row: i }, { topn: null });
      check(got.length === rows.length, `another number of cosines: ${got.length}`);
      const wrong = rows.findIndex((row, j) => !(Math.abs(got[j] - cosine(rows[i].vector, row.vector)) < 1e-5));
      return check(wrong < 0, `another cosine with a row: ${wrong}`);
    }
    checkNeighbors(pair, rows[i].vector, [i], topn, table.mostSimilar(rows[i].key, { topn }));
  },
  mostSimilarBatch(pair: Pair, random: Random) {
    const queries = random.few(20, () => vectorOf(random, pair));
    const answers = pair.table.mostSimilarBatch(queries, { topn: 2 });
    for (const [q, answer] of answers.entries()) checkNeighbors(pair, queries[q], [], 2, answer);
  },
  similarity({ table, rows }: Pair, random: Random) {
    if (!rows.length) return;
    const [a, b] = [random.pick(rows), random.pick(rows)];
    check(Math.abs(table.similarity(a.key, b.key) - cosine(a.vector, b.vector)) < 1e-5, "another similarity");
    check(Math.abs(table.distances(a.vector, [b.key])[0] - 1 + cosine(a.vector, b.vector)) < 1e-5, "another distance");
  },
  async others({ table, rows }: Pair, random: Random) {
    const keys = keysOf(random);
    const known = rows.some(({ key }) => keys.map(held).includes(key));
    for (const call of [
      () => table.doesntMatch(keys),
      () => table.getMeanVector(keys),
      () => table.rank(keys[0], keys[keys.length - 1]),
      () => table.mostSimilarCosmul(keys),
      () => table.wmdistance(keys, keysOf(random)),
      () => table.project({ keys }),
      () => table.nSimilarity(keys, keys),
      () => table.getVectors(keys),
      () => table.relativeCosineSimilarity(keys[0], keys[keys.length - 1]),
    ]) {
      const { code } = await attempt(() => call());
      const isAllowed = [undefined, "key-not-found", "empty-query"].includes(code);
      check(isAllowed, `a query of ${known ? "known" : "unknown"} keys: ${code}`);
    }
  },
  async buildIndex(pair: Pair, random: Random) {
    const index = await pair.table.buildIndex({ dtype: "int8" });
    CALLS.mostSimilarBatch(pair, random);
    if (random.chance(0.5)) index.close();
  },
  async neighborGraph({ table, rows }: Pair) {
    const { value } = await attempt(() => table.neighborGraph({ k: 2 }));
    check(value !== undefined || !rows.length, "no graph of a table that has rows");
  },
  unitNormalizeAll({ table, rows }: Pair) {
    const before = table.toMatrix();
    table.unitNormalizeAll();
    for (const [i, row] of rows.entries()) {
      const [old, length] = [before.row(i), norm(before.row(i))];
      row.vector = table.getVector({ row: i });
      const isUnit = row.vector.every((x, d) => Math.abs(x - (length ? old[d] / length : 0)) < 0.01);
      check(isUnit, `no unit vector: ${row.vector} of ${old}`);
    }
  },
  async detach(pair: Pair, _random: Random, world: World, at: number) {
    putNext(world, at, await pair.table.detach(), { ...pair, rows: copyOf(pair.rows) });
  },
  /** a copy that is made while the table changes: it holds what the table held when it was asked for */
  detachLater({ table, rows, columns }: Pair, _random: Random, { pending }: World) {
    const [asked, expected] = [attempt(() => table.detach()), copyOf(rows)];
    pending.push(async () => {
      const { value: copy, code } = await asked;
      check(copy !== undefined || ["closed", "busy"].includes(code as string), `a copy: ${code}`);
      if (!copy) return;
      using made = copy;
      checkContent({ table: made, rows: expected, columns }, "in a copy that was made meanwhile");
    });
  },
  graphLater({ table }: Pair, _random: Random, { pending }: World) {
    const asked = attempt(() => table.neighborGraph({ k: 1 }));
    pending.push(async () => {
      const { code } = await asked;
      check([undefined, "closed", "busy", "table-changed"].includes(code), `a graph: ${code}`);
    });
  },
  async settle(_pair: Pair, _random: Random, { pending }: World) {
    for (const look of pending.splice(0)) await look();
  },
  async vectorsForAll(pair: Pair, random: Random, world: World, at: number) {
    const keys = keysOf(random);
    const copyVecattrs = random.chance(0.5);
    const { value: some, code } = await attempt(() => pair.table.vectorsForAll(keys, { copyVecattrs }));
    check(some !== undefined, `vectorsForAll: ${code}, ${JSON.stringify(keys)}`);
    const rows = [...new Set(keys.map(held))].flatMap((key) => find(pair, key) ?? []);
    const attributesOf = (row: Row) => (copyVecattrs ? { ...row.attributes } : {});
    putNext(world, at, some, { ...pair, rows: rows.map((row) => ({ ...row, attributes: attributesOf(row) })) });
  },
  async close({ table, columns }: Pair, random: Random, world: World, at: number) {
    table.close();
    for (const call of [
      () => table.size,
      () => table.has("a"),
      () => table.addVector("a", new Float32Array(columns)),
      () => table.detach(),
    ]) {
      const { code } = await attempt(() => call() as unknown);
      check(code === "closed", `a closed table gave ${code}`);
    }
    world.pairs[at] = await emptyPair(world, columns, random.pick(["float32", "float16", "bfloat16"] as const));
  },
};

const WEIGHTS: Record<keyof typeof CALLS, number> = {
  ...{
    addVector: 6,
    addVectors: 6,
    addNumbered: 0,
    detachLater: 2,
    graphLater: 1,
    settle: 2,
    replace: 3,
    setVector: 5,
    setRow: 3,
    setVecattr: 5,
    sort: 3,
    has: 4,
  },
  ...{ mostSimilar: 6, mostSimilarBatch: 2, similarity: 3, others: 3, buildIndex: 2, neighborGraph: 1 },
  ...{ unitNormalizeAll: 1, detach: 2, vectorsForAll: 2, close: 1 },
};
