// Every public function and method, with values of every kind in the place of each argument and of each option: a call
// succeeds, or tells a person what was wrong. No error is the runtime's, nothing hangs, and nothing is harmed.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { show, Wasm2VecError } from "../src/errors.ts";
import { CALLS, folder, type PublicCall, publicNames, renew, things } from "./helpers/public-calls.ts";
import { Own, VALUES } from "./helpers/values.ts";

/** What the runtime says where a value is used that nobody has looked at. */
const RAW = /Cannot (read|convert|mix|perform)|is not (a function|iterable|a constructor)|undefined \(|\[object /;

/** What is right nowhere, but where anything is. */
// biome-ignore format: a list
const NEVER = new Set([
  "symbol", "BigInt", "RegExp", "Date", "Error", "Promise", "rejected Promise", "boxed text", "boxed number", "WeakMap",
  "WeakSet", "WeakRef", "Math", "globalThis", "AbortController", "WebAssembly.Memory", "throwing Proxy", "revoked Proxy",
  "revoked Proxy of a list", "list with a revoked Proxy", "mixed array", "array with a symbol", "array of promises",
  "sparse array", "array with a hole", "huge empty array", "class", "iterator without next", "iterator that throws",
  "iterator method of nothing", "detached ArrayBuffer", "detached Float32Array", "detached DataView", "circular list",
  "array of another realm", "Map of another realm", "aborted signal", "generator that throws",
]);

/** Arguments that take anything: an attribute's value, what may be no key; and those of classes that users do not make. */
const ANYTHING = [
  "KeyedVectors.prototype.setVecattr, argument 2",
  "KeyedVectors.prototype.has",
  "SearchIndex.prototype.has",
  "new Wasm2VecError",
  "StaticModel.prototype.savePretrained, argument 0 = Map of another realm",
  "new Matrix",
];

/** Milliseconds after which a call hangs. */
const LIMIT = 5000;

let calls = 0;
const raw: string[] = [];
const succeeded: string[] = [];
const loose: unknown[] = [];
process.on("unhandledRejection", (error) => loose.push(error));

const start = process.cwd();
test.before(() => process.chdir(folder));
test.after(() => {
  process.chdir(start);
  if (process.env.SUCCEEDED) for (const line of succeeded) console.log(line);
  for (const line of raw) console.log("RAW", line);
  console.log(`${calls} calls, ${raw.length} raw errors`);
});

async function withinLimit(work: unknown): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it hangs")), LIMIT);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a known question has its known answer. */
function isUnharmed(): boolean {
  const { model, wv } = things;
  const [known] = wv.mostSimilar("cat", { topn: 1 });
  return (
    wv.size === 3 && known[0] === NEAREST[0] && known[1] === NEAREST[1] && model.wv.similarity("cat", "cat") > 0.999
  );
}

const [NEAREST] = things.wv.mostSimilar("cat", { topn: 1 });

/** Calls with one value of every kind after the other. */
async function tryAll(where: string, changes: boolean | undefined, call: (value: unknown) => unknown): Promise<void> {
  const begin = performance.now();
  for (const [kind, make] of Object.entries(VALUES)) {
    calls++;
    const what = `${where} = ${kind}`;
    try {
      if (process.env.TRACE) console.log(what);
      // what a listener that is not waited for rejects with is the caller's, as with a Map's forEach
      if (kind === "async function that rejects" && where.includes("forEach")) continue;
      const value = make();
      const answer = await withinLimit(call(value));
      if (NEVER.has(kind) && !ANYTHING.some((begin) => what.startsWith(begin)))
        raw.push(`${what} gave ${show(answer)}`);
      succeeded.push(`${what}: ${show(answer)}`);
      if (changes) await renew();
    } catch (error) {
      const isTold = error instanceof Wasm2VecError && !RAW.test(error.message);
      if (!isTold && !(error instanceof Own)) raw.push(`${what}: ${error}`);
      if (process.env.TOLD) console.log(what, String(error));
    }
    if (!isUnharmed()) {
      raw.push(`${what} harmed the table`);
      await renew();
    }
  }
  if (process.env.TIMES) console.log(where, Math.round(performance.now() - begin));
}

async function optionsOf({ call, args }: PublicCall): Promise<string[]> {
  const error = await (async () => call(...args.slice(0, -1), { nonsense: 1 }))().catch((error) => error as Error);
  return /It knows (.*)\.$/.exec((error as Error).message)?.[1].split(", ") ?? [];
}

test("there is a recipe for all that can be called", () => {
  assert.equal(Object.keys(CALLS).sort(), publicNames());
  assert.ok(Object.keys(VALUES).length >= 56);
});

for (const [name, recipe] of Object.entries(CALLS)) {
  test(`${name}: values of every kind`, async () => {
    const before = raw.length;
    const { args, call, hasOptions, changes } = recipe;
    for (const i of args.keys())
      await tryAll(`${name}, argument ${i}`, changes, (value) =>
        call(...args.map((arg, j) => (j === i ? value : arg))),
      );
    for (const option of hasOptions ? await optionsOf(recipe) : []) {
      const right = args[args.length - 1] as object;
      const others = args.slice(0, -1);
      await tryAll(`${name}, option ${option}`, changes, (value) => call(...others, { ...right, [option]: value }));
    }
    assert.equal(raw.slice(before), []);
  });
}

test("no promise was left to reject by itself", async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(loose.map(String), []);
});

test.run();
