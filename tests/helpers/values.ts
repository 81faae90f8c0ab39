/** Values of every kind that a caller may give by mistake, each made anew for every call. */

import { runInNewContext } from "node:vm";
import { KeyedVectors, Word2Vec } from "../../src/index.ts";

/** What a value's own functions, getters and traps throw: callers get it as it is. */
export class Own extends Error {}

const fail = (): never => {
  throw new Own("mine");
};

/** Whoever is handed it awaits it, or not. */
function rejected(): Promise<never> {
  const promise = Promise.reject(new Own("mine"));
  promise.catch(() => {});
  return promise;
}

function revoked<Target extends object>(target: Target): Target {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function detached<View extends ArrayBufferView>(view: View): View {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

function circular(): object {
  const value: Record<string, unknown> = {};
  value.self = value;
  return value;
}

function circularList(): unknown[] {
  const list: unknown[] = ["a"];
  list.push(list);
  return list;
}

function locked(): ReadableStream {
  const stream = new ReadableStream();
  stream.getReader();
  return stream;
}

const closedVectors = await KeyedVectors.from(["a"], { data: Float32Array.of(1), shape: [1, 1] });
closedVectors.close();
const closedModel = new Word2Vec();
closedModel.close();

/** Has the methods of everything, which throw nothing and do nothing. */
class Everything {
  size = 1;
  vectorSize = 4;
  shape = [1, 4];
  data = [1, 2, 3, 4];
  has() {}
  get() {}
  read() {}
  getVector() {}
  convertIdsToTokens() {}
  getFile() {}
  createWritable() {}
  getWriter() {}
  addEventListener() {}
  throwIfAborted() {}
}

/** The throwing traps of a proxy. */
const TRAPS = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((trap) => [trap, fail]));

const elsewhere = (code: string) => () => runInNewContext(code) as unknown;

// biome-ignore format: a line for each kind
export const VALUES: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  "-0": () => -0,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "-Infinity": () => Number.NEGATIVE_INFINITY,
  1.5: () => 1.5,
  "2**53": () => 2 ** 53,
  "2**53-1": () => Number.MAX_SAFE_INTEGER,
  "1e39": () => 1e39,
  "-1": () => -1,
  '""': () => "",
  text: () => "a b c",
  "lone surrogate": () => "\ud800",
  "NUL": () => "\0",
  "__proto__": () => "__proto__",
  "long text": () => "x".repeat(100_000),
  BigInt: () => 7n,
  symbol: () => Symbol("s"),
  "iterator symbol": () => Symbol.iterator,
  "function that throws": () => fail,
  "function: true": () => () => true,
  "function: 2": () => () => 2,
  'function: "KEEP"': () => () => "KEEP",
  "async function": () => async () => true,
  "async function that rejects": () => async () => fail(),
  class: () => Everything,
  "{}": () => ({}),
  "null-prototype object": () => Object.create(null),
  "object of unknown names": () => ({ nonsense: 1 }),
  "throwing getters": () => ({ get length() { return fail(); }, get size() { return fail(); }, get row() { return fail(); }, get shape() { return fail(); } }),
  "throwing toString": () => ({ toString: fail }),
  "throwing toPrimitive": () => ({ [Symbol.toPrimitive]: fail }),
  "throwing toJSON": () => ({ toJSON: fail }),
  "throwing iterator method": () => ({ [Symbol.iterator]: fail }),
  "iterator method of nothing": () => ({ [Symbol.iterator]: () => undefined }),
  "async iterator method of nothing": () => ({ [Symbol.asyncIterator]: () => undefined }),
  "iterator method that is none": () => ({ [Symbol.iterator]: 5 }),
  circular: circular,
  "circular list": circularList,
  "throwing Proxy": () => new Proxy({}, TRAPS),
  "throwing Proxy of a list": () => new Proxy([], TRAPS),
  "revoked Proxy": () => revoked({}),
  "revoked Proxy of a list": () => revoked([]),
  "list with a revoked Proxy": () => [revoked({})],
  "[]": () => [],
  "sparse array": () => new Array(3),
  // biome-ignore lint/suspicious/noSparseArray: that is what is tried
  "array with a hole": () => ["cat", , "dog"],
  "huge empty array": () => new Array(2 ** 32 - 1),
  "nested arrays": () => [[[["cat"]]]],
  "mixed array": () => ["cat", 1, null, undefined, {}, 5n, Symbol("s"), () => 1],
  "array with a symbol": () => [Symbol("s")],
  "array of promises": () => [Promise.resolve("cat")],
  "array-like": () => ({ length: 2, 0: "cat", 1: "dog" }),
  "array-like of no length": () => ({ length: "many" }),
  "array-like of 2**40": () => ({ length: 2 ** 40 }),
  Set: () => new Set(["cat"]),
  Map: () => new Map([["cat", 1]]),
  "Map of symbols": () => new Map([[Symbol("s"), 1n]]),
  "iterator without next": () => ({ [Symbol.iterator]: () => ({}) }),
  "async iterator without next": () => ({ [Symbol.asyncIterator]: () => ({}) }),
  "iterator that gives no result": () => ({ [Symbol.iterator]: () => ({ next: () => 5 }) }),
  "async iterator that gives no result": () => ({ [Symbol.asyncIterator]: () => ({ next: () => 5 }) }),
  "iterator that throws": () => ({ [Symbol.iterator]: () => ({ next: fail }) }),
  "async iterator that rejects": () => ({ [Symbol.asyncIterator]: () => ({ next: rejected }) }),
  generator: () => (function* () { yield "cat"; })(),
  "generator that throws": () => (function* () { yield ["cat"]; fail(); })(),
  "async generator": () => (async function* () { yield "cat"; })(),
  "async generator that throws": () => (async function* () { yield ["cat"]; fail(); })(),
  "Promise": () => Promise.resolve(["cat"]),
  "rejected Promise": rejected,
  // biome-ignore lint/suspicious/noThenProperty: that is what is tried
  "thenable that throws": () => ({ then: fail }),
  Date: () => new Date(0),
  "invalid Date": () => new Date(Number.NaN),
  RegExp: () => /b/,
  Error: () => new Error("given"),
  URL: () => new URL("file:///nowhere/at/all"),
  "URL of nothing": () => new URL("data:,"),
  Blob: () => new Blob(["text"]),
  Response: () => new Response("text"),
  ArrayBuffer: () => new ArrayBuffer(3),
  SharedArrayBuffer: () => new SharedArrayBuffer(3),
  "detached ArrayBuffer": () => detached(new Uint8Array(4)).buffer,
  "detached Float32Array": () => detached(new Float32Array(4)),
  "detached DataView": () => detached(new DataView(new ArrayBuffer(4))),
  DataView: () => new DataView(new ArrayBuffer(3)),
  Int8Array: () => new Int8Array(4),
  Uint8Array: () => new Uint8Array(4),
  Uint8ClampedArray: () => new Uint8ClampedArray(4),
  Int16Array: () => new Int16Array(4),
  Uint16Array: () => new Uint16Array(4),
  Int32Array: () => new Int32Array(4),
  Uint32Array: () => new Uint32Array(4),
  Float32Array: () => Float32Array.of(1, 2, 3, 4),
  "Float32Array of NaN": () => Float32Array.of(Number.NaN, 2, 3, 4),
  Float64Array: () => Float64Array.of(1, 2, 3, 4),
  "Float64Array of 1e39": () => Float64Array.of(1e39, 2, 3, 4),
  "numbers with NaN": () => [1, 2, 3, Number.NaN],
  "numbers beyond float32": () => [1e39, 2, 3, 4],
  BigInt64Array: () => new BigInt64Array(4),
  BigUint64Array: () => new BigUint64Array(4),
  WeakMap: () => new WeakMap(),
  WeakSet: () => new WeakSet(),
  WeakRef: () => new WeakRef({}),
  "boxed text": () => Object("cat"),
  "boxed number": () => Object(1),
  "boxed BigInt": () => Object(7n),
  "methods of everything": () => new Everything(),
  "array of another realm": elsewhere("[1n, null]"),
  "Map of another realm": elsewhere("new Map([[1n, 2n]])"),
  "Float32Array of another realm": elsewhere("new Float32Array(3)"),
  "object of another realm": elsewhere("({ nonsense: 1 })"),
  "function of another realm": elsewhere("() => 2n"),
  "aborted signal": () => AbortSignal.abort(new Own("aborted")),
  AbortController: () => new AbortController(),
  "locked stream": locked,
  "failing stream": () => new ReadableStream({ start: (controller) => controller.error(new Own("mine")) }),
  "stream of texts": () => new ReadableStream({ start(controller) { controller.enqueue("cat"); controller.close(); } }),
  "writable stream that fails": () => new WritableStream({ write: fail }),
  "locked writable stream": () => { const stream = new WritableStream(); stream.getWriter(); return stream; },
  "closed KeyedVectors": () => closedVectors,
  "closed Word2Vec": () => closedModel,
  "Word2Vec without a vocabulary": () => new Word2Vec(),
  Headers: () => new Headers(),
  globalThis: () => globalThis,
  Math: () => Math,
  "WebAssembly.Memory": () => new WebAssembly.Memory({ initial: 1 }),
};
