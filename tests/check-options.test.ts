// Options are checked one way: in each method that has them, whatever is given, before anything is done.

import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checkOptions, integer, option, optional, required, toggle } from "../src/check-options.ts";
import { show, type Wasm2VecError } from "../src/errors.ts";
import { CALLS, type PublicCall } from "./helpers/public-calls.ts";
import { rejects } from "./helpers/rejects.ts";

/** Every method with options: how to call it with wrong ones. */
const WITH_OPTIONS = Object.entries(CALLS).filter(([, { hasOptions }]) => hasOptions);

const called = async ({ call, args }: PublicCall, options: unknown) => call(...args.slice(0, -1), options);

for (const [method, recipe] of WITH_OPTIONS) {
  test(`${method}: an option that there is not, and options that are none`, async () => {
    await rejects("option-unknown", /has no option "nonsense"/, () => called(recipe, { nonsense: 1 }));
    for (const options of [null, "text", Symbol("x"), [], 7n, new Map(), Promise.resolve({}), AbortSignal.abort()]) {
      await rejects("option-invalid", /got the options .*; expected an object/, () => called(recipe, options));
    }
  });
}

test("a signal that is none", async () => {
  for (const [, recipe] of WITH_OPTIONS) {
    const error = (await called(recipe, { signal: 5 }).catch((error) => error)) as Wasm2VecError;
    if (error.code === "option-unknown") continue;
    assert.match(error.message, /signal is 5; expected an AbortSignal/);
  }
});

test("switches are true or false, or 1 or 0", async () => {
  const wrong = {
    "KeyedVectors.prototype.getVector": "norm",
    "KeyedVectors.prototype.addVectors": "replace",
    "KeyedVectors.prototype.evaluateWordPairs": "caseInsensitive",
    "AutoTokenizer.prototype.encode": "addSpecialTokens",
  };
  for (const [method, name] of Object.entries(wrong)) {
    const expected = new RegExp(`${name} is "no"; expected true or false, or 1 or 0`);
    await rejects("option-invalid", expected, () => called(CALLS[method], { [name]: "no" }));
  }
});

test("an option's value in the place of the options is shown as it is written", async () => {
  const written = {
    "KeyedVectors.prototype.mostSimilar": [5, "{ topn: 5 }"],
    "KeyedVectors.prototype.getVector": [true, "{ norm: true }"],
    "Word2Vec.prototype.train": [10, "{ epochs: 10 }"],
    "AutoTokenizer.prototype.decode": [false, "{ skipSpecialTokens: false }"],
  } as const;
  for (const [method, [value, expected]] of Object.entries(written)) {
    await rejects("option-invalid", new RegExp(`expected an object, such as ${expected}`), () =>
      called(CALLS[method], value),
    );
  }
  await rejects("option-invalid", /such as \{ negative: \["cat"\] \}/, () =>
    called(CALLS["KeyedVectors.prototype.mostSimilar"], ["cat"]),
  );
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
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const transferred = new Float32Array(2);
  structuredClone(transferred.buffer, { transfer: [transferred.buffer] });
  const shown: [unknown, string][] = [
    ["a\nb", '"a\\nb"'],
    ["x".repeat(1e6), `"${"x".repeat(80)}…"`],
    [Symbol("s"), "Symbol(s)"],
    [5n, "5n"],
    [-0, "0"],
    [undefined, "undefined"],
    [null, "null"],
    [Object.create(null), "{}"],
    [{ a: 1 }, '{"a":1}'],
    [{ a: 5n, b: Symbol("s"), c: "x", d: [1], e: undefined }, '{"a":5n,"b":Symbol(s),"c":"x","d":[…],"e":undefined}'],
    [circular, '{"self":{…}}'],
    [Promise.resolve(1), "a Promise: await it first"],
    [[Promise.resolve(1)], "[a Promise: await it first]"],
    [revoked, "a revoked Proxy"],
    [transferred, "a detached Float32Array"],
    [transferred.buffer, "a detached ArrayBuffer"],
    [runInNewContext("({ a: 1 })"), '{"a":1}'],
    [runInNewContext("[1]"), "[1]"],
    [runInNewContext("new Float32Array(2)"), "Float32Array(2)"],
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
