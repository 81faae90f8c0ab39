// The keys of a table are an array, which makes its strings when they are asked for, and may be read only.

import { inspect } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { rejects } from "../helpers/rejects.ts";
import { compass, named, tableOf } from "../helpers/tables.ts";

const KEYS = ["east", "north", "northeast", "west"];

/** What an array answers; a method of this name may be newer than the types. */
// biome-ignore lint/suspicious/noExplicitAny: methods are called by name
const ask = (list: readonly string[], method: string, ...given: unknown[]) => (list as any)[method](...given);

test("keys are found by their rows, as in an array", async () => {
  using vectors = await compass();
  const { indexToKey: keys } = vectors;
  assert.ok(Array.isArray(keys));
  assert.is(keys.length, 4);
  assert.is(keys[0], "east");
  for (const name of ["4", "-1", "1.5", "01", "1e0", ""]) assert.is(keys[name as unknown as number], undefined, name);
  assert.ok("3" in keys && !("4" in keys) && "length" in keys && !("-1" in keys));
  assert.equal(Object.entries(keys), Object.entries(KEYS));
  const [first, ...others] = keys;
  assert.equal([first, ...others], KEYS);
  assert.equal(Array.from(keys), KEYS);
  assert.equal(keys, KEYS);
  assert.is(JSON.stringify({ keys }), JSON.stringify({ keys: KEYS }));
  assert.is(String(keys), String(KEYS));
});

test("every method of an array that reads answers as an array's", async () => {
  using vectors = await compass();
  const isLong = (key: string) => key.length > 4;
  const calls: [method: string, ...given: unknown[]][] = [
    ...[0, 3, 4, -1, -4, -5, 1.7, Number.NaN].map((i): [string, number] => ["at", i]),
    ...[[], [1], [1, 3], [-3], [-3, -1], [3, 1], [0, 99]].map((range): [string, ...number[]] => ["slice", ...range]),
    ...["map", "filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "flatMap"].map(
      (method): [string, unknown] => [method, isLong],
    ),
    ...["indexOf", "lastIndexOf", "includes"].flatMap((method): [string, ...unknown[]][] => [
      ...[...KEYS, "south", 0, undefined, null, {}].map((key): [string, unknown] => [method, key]),
      ...[0, 1, 2, 9, -1, -3, -4, -9, 1.9, Number.NaN, Number.NEGATIVE_INFINITY].map((from): [string, ...unknown[]] => [
        method,
        "north",
        from,
      ]),
    ]),
    ["reduce", (all: string, key: string) => all + key],
    ["reduceRight", (all: string, key: string) => all + key, ":"],
    ["join", "+"],
    ["concat", ["south"], "x"],
    ["toReversed"],
    ["toSorted"],
    ["toSpliced", 1, 2, "x"],
    ["with", -1, "x"],
  ];
  for (const call of calls) assert.equal(ask(vectors.indexToKey, ...call), ask(KEYS, ...call), inspect(call));
  for (const method of ["keys", "values", "entries"]) {
    assert.equal([...ask(vectors.indexToKey, method)], [...ask(KEYS, method)], method);
  }
  const visited: unknown[] = [];
  vectors.indexToKey.forEach((...given) => {
    visited.push(given);
  });
  assert.equal(visited[2], ["northeast", 2, vectors.indexToKey]);
  assert.equal(["x"].concat(vectors.indexToKey), ["x", ...KEYS]);
  assert.equal([vectors.indexToKey].flat(), KEYS);
});

test("half a surrogate pair is held as U+FFFD: it is a key, but no string of the list", async () => {
  using vectors = await tableOf({ "\ufffd": [1] });
  assert.ok(vectors.has("\ud800"));
  assert.not(vectors.indexToKey.includes("\ud800"));
  assert.ok(vectors.indexToKey.includes("\ufffd"));
});

test("the list follows its table, until it is closed", async () => {
  const vectors = await compass();
  const { indexToKey: keys } = vectors;
  vectors.addVector("south", [0, -1]);
  assert.is(keys.length, 5);
  assert.is(keys[4], "south");
  vectors.close();
  await rejects("closed", /closed/, () => keys[0]);
  await rejects("closed", /closed/, () => keys.map(String));
});

test("writing to the list is an error that says what to do, and changes nothing", async () => {
  using vectors = await compass();
  const keys = vectors.indexToKey as string[];
  for (const write of [
    () => (keys[0] = "x"),
    () => (keys.length = 0),
    () => delete keys[0],
    () => keys.push("x"),
    () => keys.pop(),
    () => keys.sort(),
    () => keys.reverse(),
    () => keys.splice(0, 1),
    () => keys.fill("x"),
    () => Object.assign(keys, ["x"]),
    () => Object.freeze(keys),
    () => Object.defineProperty(keys, "0", { value: "x" }),
    () => Object.setPrototypeOf(keys, null),
  ]) {
    await rejects("read-only", /Add some with addVectors, or change a copy, \[\.\.\.indexToKey\]/, write);
  }
  assert.equal([...keys], KEYS);
});

test("it is printed as an array", async () => {
  using vectors = await compass();
  assert.is(inspect(vectors.indexToKey), inspect(KEYS));
  assert.is(inspect({ keys: vectors.indexToKey }, { compact: false }), inspect({ keys: KEYS }, { compact: false }));
  using many = await tableOf(named(300).map((_, i) => [i]));
  assert.is(inspect(many.indexToKey), inspect(named(300)));
  assert.is(inspect(many.indexToKey, { maxArrayLength: null }), inspect(named(300), { maxArrayLength: null }));
});

test("another table is made of the list as of any", async () => {
  using vectors = await compass();
  using copy = await KeyedVectors.from(vectors.indexToKey, vectors.toMatrix());
  assert.equal([...copy.indexToKey], KEYS);
});

test.run();
