/** The keys of a table as an array that may be read only: a string is made when it is asked for, and not kept. */

import { Wasm2VecError } from "../errors.ts";
import { CONSOLE, unlessClosed } from "../printed.ts";
import { findRow } from "./keys.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Inspect = (value: unknown, options: object) => string;

/**
 * The keys in the order of their rows: what gensim calls index_to_key. It follows the table, and has Array's methods, which
 * need nothing but a length and what lies at numbers. `includes` and `indexOf` of a key look it up.
 */
export function keyList(vocabulary: () => Vocabulary): readonly string[] {
  const methods = {
    includes: (key: unknown, from?: number) => methods.indexOf(key, from) >= 0,
    indexOf: (key: unknown, from = 0) => {
      const row = findRow(vocabulary(), key) ?? -1;
      const begin = Math.trunc(from) || 0;
      // a text may be found that is held as another: half a surrogate pair as U+FFFD
      return list[row] === key && row >= (begin < 0 ? list.length + begin : begin) ? row : -1;
    },
    [CONSOLE]: (_depth: number, options: { maxArrayLength?: number | null }, inspect: Inspect) =>
      unlessClosed("KeyList", () => {
        const shown = list.slice(0, options.maxArrayLength ?? list.length);
        shown.length = list.length;
        return inspect(shown, options);
      }),
  };
  // printers look behind the proxy
  const list: readonly string[] = new Proxy(Object.assign([] as string[], methods), {
    get(target, name) {
      const row = rowNamed(name);
      if (row !== undefined) return row < vocabulary().size ? vocabulary().word(row) : undefined;
      return name === "length" ? vocabulary().size : Reflect.get(target, name);
    },
    has(target, name) {
      const row = rowNamed(name);
      return row === undefined ? Reflect.has(target, name) : row < vocabulary().size;
    },
    ownKeys: () => [...Array.from({ length: list.length }, (_, row) => String(row)), "length"],
    getOwnPropertyDescriptor(_, name) {
      if (name === "length") return { value: list.length, writable: true, enumerable: false, configurable: false };
      const row = rowNamed(name);
      if (row === undefined || row >= list.length) return undefined;
      return { value: list[row], writable: true, enumerable: true, configurable: true };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    preventExtensions: refuse,
    setPrototypeOf: refuse,
  });
  return list;
}

/** The row that a property's name is the number of, as in an array. */
function rowNamed(name: string | symbol): number | undefined {
  if (typeof name === "symbol") return undefined;
  const row = Number(name);
  return Number.isInteger(row) && row >= 0 && String(row) === name ? row : undefined;
}

function refuse(): never {
  throw new Wasm2VecError(
    "read-only",
    "indexToKey may be read only: it is the table's keys. Add some with addVectors, or change a copy, [...indexToKey].",
  );
}
