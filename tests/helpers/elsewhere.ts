/** Objects as another realm makes them, such as a frame, jsdom or a test runner's sandbox: none is an instance of ours. */

import { createContext, runInContext } from "node:vm";

const realm = createContext();

/** What a piece of code gives there. */
const inRealm = <Value>(code: string): Value => runInContext(code, realm) as Value;

const makeArray = inRealm<(items: unknown[]) => unknown[]>("(items) => Array.from(items)");
const makeMap = inRealm<(entries: unknown[]) => object>(
  "(entries) => new Map(Array.from(entries, (e) => Array.from(e)))",
);
const makeSet = inRealm<(items: unknown[]) => object>("(items) => new Set(items)");
const makeObject = inRealm<(entries: unknown[]) => object>("(entries) => Object.fromEntries(entries)");
const makeFunction = inRealm<(call: unknown) => unknown>("(call) => (...given) => call(...given)");
const makeView = inRealm<(name: string, bytes: Uint8Array) => ArrayBufferView>(`(name, bytes) => {
  const buffer = new ArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return name === "ArrayBuffer" ? buffer : new globalThis[name](buffer);
}`);
const objectPrototype = inRealm<object>("Object.prototype");

const tagOf = (value: object) => Object.prototype.toString.call(value).slice(8, -1);

/** Objects of the Web, which node:vm has none of: they answer as they are, but inherit from nothing here. */
const WEB = /^(Blob|File|URL|AbortSignal|ReadableStream|WritableStream|Response)$/;

/** A copy of a value in the other realm; of an object of the Web, one that stands for it. */
export function elsewhere<Value>(value: Value): Value {
  return copyOf(value) as Value;
}

function copyOf(value: unknown): unknown {
  if (typeof value === "function") return makeFunction(value);
  if (typeof value !== "object" || value === null) return value;
  const tag = tagOf(value);
  if (ArrayBuffer.isView(value)) return makeView(tag, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (tag === "ArrayBuffer") return makeView(tag, new Uint8Array(value as ArrayBuffer));
  if (Array.isArray(value)) return makeArray(value.map(copyOf));
  if (tag === "Map") return makeMap([...(value as Map<unknown, unknown>)].map((entry) => entry.map(copyOf)));
  if (tag === "Set") return makeSet([...(value as Set<unknown>)].map(copyOf));
  if (WEB.test(tag)) return standIn(value);
  const isOurs = Object.getPrototypeOf(value) !== Object.prototype;
  return isOurs ? value : makeObject(Object.entries(value).map(([name, item]) => makeArray([name, copyOf(item)])));
}

function standIn(object: object): object {
  return new Proxy(object, {
    getPrototypeOf: () => objectPrototype,
    get(target, name) {
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
