/**
 * The options of a call, checked in one way. A table says of each option what it may be and what it is where it is not
 * given; the types of what callers give and of what the library takes follow from it:
 *
 *     const OPTIONS = {
 *       // how many to return; 10
 *       topn: option(10, integer(0)),
 *       signal: optional(abortSignal),
 *     };
 *     export type FindOptions = GivenOptions<typeof OPTIONS>;            // { topn?: number; signal?: AbortSignal }
 *     const { topn, signal } = checkOptions(OPTIONS, given, "find");     // { topn: number; signal: AbortSignal | undefined }
 */

import { isArray, isDetached, isObject, nearestName, show, tagOf, Wasm2VecError } from "./errors.ts";
import { habitAdvice } from "./habits.ts";

/** What a value may be. */
export interface Kind<Given, Taken = Given> {
  /** what messages say was expected */
  expected: string;
  accepts(value: unknown): boolean;
  /** What is taken for an accepted value; itself where this is absent. */
  take?(value: Given): Taken;
}

/** A kind, and what is taken where nothing is given. */
export interface Option<Given, Taken = Given> extends Kind<Given, Taken> {
  fallback: Taken;
  isRequired?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds options of any types, which the two types below take apart
type OptionTable = Readonly<Record<string, Option<any, any>>>;

/** What callers may give: all of it may be absent. */
export type GivenOptions<Table> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the given type is asked for
  [Name in keyof Table]?: Table[Name] extends Option<infer Given, any> ? Given : never;
};

/** What the library takes: each option, given or not. */
export type CheckedOptions<Table> = {
  // biome-ignore lint/suspicious/noExplicitAny: only the taken type is asked for
  [Name in keyof Table]: Table[Name] extends Option<any, infer Taken> ? Taken : never;
};

/** An option with a default. */
export function option<Given, Taken = Given>(fallback: NoInfer<Taken>, kind: Kind<Given, Taken>): Option<Given, Taken> {
  return { ...kind, fallback };
}

/** An option that may be absent. */
export function optional<Given, Taken = Given>(kind: Kind<Given, Taken>): Option<Given, Taken | undefined> {
  return { ...kind, fallback: undefined };
}

/** An option that must be given. */
export function required<Given, Taken = Given>(kind: Kind<Given, Taken>): Option<Given, Taken> {
  return { ...kind, fallback: undefined as Taken, isRequired: true };
}

/**
 * Lays what is given over the defaults; an option that is undefined counts as not given. Each is read once.
 *
 * @param where what messages call the method
 * @throws {Wasm2VecError} `option-unknown` with the nearest name; `option-invalid`
 */
export function checkOptions<Table extends OptionTable>(
  table: Table,
  given: GivenOptions<Table>,
  where: string,
): CheckedOptions<Table> {
  if (!isRecord(given)) throw noOptions(table, given, where);
  const checked: Record<string, unknown> = {};
  for (const [name, { fallback }] of Object.entries(table)) checked[name] = fallback;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(table, name)) throw unknownOption(name, Object.keys(table), where);
    if (value !== undefined) checked[name] = checkValue(name, value, table[name], where);
  }
  for (const [name, kind] of Object.entries(table)) {
    if (kind.isRequired && checked[name] === undefined) throw invalidOption(name, undefined, kind.expected, where);
  }
  return checked as CheckedOptions<Table>;
}

/**
 * Checks a single value, such as a method's argument.
 *
 * @throws {Wasm2VecError} `option-invalid`
 */
export function checkValue<Given, Taken>(name: string, value: Given, kind: Kind<Given, Taken>, where: string): Taken {
  const isReadable = typeof value !== "object" || value === null || isObject(value);
  if (!isReadable || !kind.accepts(value)) throw invalidOption(name, value, kind.expected, where);
  return kind.take ? kind.take(value) : (value as unknown as Taken);
}

/** Whether a value is an object of names: no list, promise or signal, which would seem to hold nothing. */
export const isRecord = (given: unknown): given is Readonly<Record<string, unknown>> =>
  isObject(given) && tagOf(given) === "Object" && !(Symbol.iterator in given || Symbol.asyncIterator in given);

/** What is no object may be an option's value, given in its order as in Python. */
function noOptions(table: OptionTable, given: unknown, where: string): Wasm2VecError {
  const isMeant = ([, kind]: [string, Kind<unknown>]) => kind.expected !== ANYTHING && kind.accepts(given);
  const [name] = (isArray(given) || typeof given !== "object" ? Object.entries(table).find(isMeant) : undefined) ?? [];
  const advice = name ? `, such as { ${name}: ${show(given)} }` : "";
  return new Wasm2VecError("option-invalid", `${where} got the options ${show(given)}; expected an object${advice}.`);
}

function unknownOption(name: string, known: string[], where: string): Wasm2VecError {
  const nearest = nearestName(name, known);
  const all = known.length ? `It knows ${known.join(", ")}.` : "It has none.";
  const advice = habitAdvice(name, known) ?? (nearest ? `Did you mean "${nearest}"?` : all);
  return new Wasm2VecError("option-unknown", `${where} has no option ${show(name)}. ${advice}`);
}

function invalidOption(name: string, value: unknown, expected: string, where: string): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `${where}: ${name} is ${show(value)}; expected ${expected}.`);
}

/** Whole numbers of a range. */
export const integer = (min: number, max = Number.MAX_SAFE_INTEGER): Kind<number> => ({
  expected: `an integer ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
  accepts: (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
});

/** Finite numbers of a range. */
export const number = (min: number, max = Number.MAX_VALUE): Kind<number> => ({
  expected: max >= Number.MAX_VALUE ? `a number of at least ${min}` : `a number from ${min} to ${max}`,
  accepts: (value) => typeof value === "number" && value >= min && value <= max,
});

/** A switch: as in gensim, 0 and 1 will do. */
export const toggle: Kind<0 | 1 | boolean, boolean> = {
  expected: "true or false, or 1 or 0",
  accepts: (value) => typeof value === "boolean" || value === 0 || value === 1,
  take: Boolean,
};

export const string: Kind<string> = { expected: "a string", accepts: (value) => typeof value === "string" };

export const oneOf = <Name extends string>(...names: readonly Name[]): Kind<Name> => ({
  expected: names.map((name) => `"${name}"`).join(" or "),
  accepts: (value) => names.includes(value as Name),
});

export const orNull = <Given, Taken>({
  expected,
  accepts,
  take,
}: Kind<Given, Taken>): Kind<Given | null, Taken | null> => ({
  expected: `${expected}, or null`,
  accepts: (value) => value === null || accepts(value),
  take: (value) => (value !== null && take ? take(value) : (value as Taken | null)),
});

/** A function that is called with arguments of these types. */
export const callback = <Function>(): Kind<Function> => ({
  expected: "a function",
  accepts: isCallable,
});

/** Whether a value is a function that can be called: a class cannot. */
export const isCallable = (value: unknown) =>
  typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value));

/** Whether a function that must answer at once gave a promise. What it comes to, an error too, is nobody's concern then. */
export function isPromise(answer: unknown): boolean {
  const isThenable = typeof (answer as { then?: unknown } | null | undefined)?.then === "function";
  if (isThenable) Promise.resolve(answer).catch(() => {});
  return isThenable;
}

/** Whether a value is an object that can be iterated over; a text is none, also where it is boxed. */
export const isIterable = (value: unknown): value is Iterable<unknown> =>
  isObject(value) &&
  typeof (value as Iterable<unknown>)[Symbol.iterator] === "function" &&
  tagOf(value) !== "String" &&
  !(ArrayBuffer.isView(value) && isDetached(value));

/**
 * @param what what messages call the items
 * @throws {Wasm2VecError} `option-invalid` where they are no list
 */
export function checkList<Item>(given: Iterable<Item>, what: string): Iterable<Item> {
  if (!isIterable(given)) throw noList(given, what);
  if (!isArray(given)) return checkedIterable(given as Iterable<Item>, what);
  const hole = holeOf(given);
  if (hole === undefined) return given;
  throw new Wasm2VecError("option-invalid", `${what} are an array that has nothing at ${hole}; expected no holes.`);
}

/** The items of a list as an array. See `checkList`. */
export const listOf = <Item>(given: Iterable<Item>, what: string): readonly Item[] => [...checkList(given, what)];

/** A list of texts, each once. */
export const textList = (what: string): Kind<Iterable<string>, readonly string[]> => ({
  expected: "a list of words",
  accepts: isIterable,
  take: (given) => {
    const words = listOf(given, what);
    const wrong = words.findIndex((word) => typeof word !== "string");
    if (wrong < 0) return [...new Set(words)];
    throw new Wasm2VecError("option-invalid", `${what}: item ${wrong} is ${show(words[wrong])}; expected a text.`);
  },
});

function noList(given: unknown, what: string): Wasm2VecError {
  const items = typeof given === "string" ? given.split(/\s+/).filter(Boolean) : [given];
  const isOne = ["string", "number"].includes(typeof given) && items.length;
  const advice = isOne ? `, such as ${show(items)}` : "";
  return new Wasm2VecError("option-invalid", `${what} are ${show(given)}; expected an array${advice}.`);
}

/** The first place at which an array has nothing; undefined where it is full. */
export function holeOf(list: readonly unknown[]): number | undefined {
  for (let i = 0; i < list.length; i++) if (!(i in list)) return i;
  return undefined;
}

/** An iterable whose iterator is looked at while it is used. */
export const checkedIterable = <Item>(given: Iterable<Item>, what: string): Iterable<Item> => ({
  [Symbol.iterator]() {
    const iterator = checkIterator(given[Symbol.iterator](), what);
    return {
      next: () => checkResult(iterator.next(), what),
      return: (value) => iterator.return?.(value) ?? { done: true, value },
    };
  },
});

/** @throws {Wasm2VecError} `option-invalid` for what has no method next */
export function checkIterator<Type>(iterator: Type, what: string): Type {
  if (isObject(iterator) && typeof (iterator as { next?: unknown }).next === "function") return iterator;
  const got = isObject(iterator) ? "one without a method next" : show(iterator);
  throw new Wasm2VecError("option-invalid", `The iterator of ${lowerFirst(what)} is ${got}; expected { next() }.`);
}

/** @throws {Wasm2VecError} `option-invalid` for a result of next that is no object */
export function checkResult<Type>(result: Type, what: string): Type {
  if (isObject(result)) return result;
  const message = `next() of the iterator of ${lowerFirst(what)} gave ${show(result)}; expected { done, value }.`;
  throw new Wasm2VecError("option-invalid", message);
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** An object that has a method of this name. */
export const having = <Type>(method: keyof Type & string, expected: string): Kind<Type> => ({
  expected,
  accepts: (value) => typeof (value as Type | null | undefined)?.[method] === "function",
});

const ANYTHING = "anything";

/** What is checked where it is read. */
export const unchecked = <Type>(): Kind<Type> => ({ expected: ANYTHING, accepts: () => true });

/** An AbortSignal, of whatever realm. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The signals that follow others. */
const followers = new WeakMap<AbortSignalLike, AbortSignal>();

/** A signal of this realm, as fetch wants it, that is aborted when the given one is; the same each time. */
function followerOf(given: AbortSignalLike): AbortSignal {
  const known = followers.get(given);
  if (known) return known;
  const follower = new AbortController();
  const onAbort = () => follower.abort(given.reason);
  if (given.aborted) onAbort();
  else given.addEventListener("abort", onAbort);
  followers.set(given, follower.signal);
  return follower.signal;
}

export const abortSignal: Kind<AbortSignalLike, AbortSignal> = {
  expected: "an AbortSignal",
  accepts: (value) => {
    const { aborted, throwIfAborted, addEventListener, removeEventListener } = (value ?? {}) as AbortSignalLike;
    const methods = [throwIfAborted, addEventListener, removeEventListener];
    return typeof aborted === "boolean" && methods.every((method) => typeof method === "function");
  },
  take: followerOf,
};

/** What each method has that can be stopped. */
export const STOPPABLE = {
  /** stops the work; the promise rejects with its reason */
  signal: optional(abortSignal),
};
