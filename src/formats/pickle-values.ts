/** What pickles hold, as plain data: whatever a pickle calls for, one of these is made, and nothing is run. */

import { show } from "../errors.ts";
import { isUint8Array } from "../files/bytes.ts";
import { type ElementType, elementsOf, elementType } from "./npy.ts";

/** Whoever makes a value says so, with this, where it cannot be made. */
export type Fail = (what: string) => never;

/** Bytes that are long and stay in the file, from `begin` to `end`. */
export class StoredBytes {
  /**
   * @param encoding "bytes" as they are; "text" a string as UTF-8; "latin1" bytes as the string of the characters with
   *   these codes, that as UTF-8: how protocol 2 writes bytes
   */
  constructor(
    readonly begin: number,
    readonly end: number,
    readonly encoding: "bytes" | "text" | "latin1",
  ) {}
}

/** How many keys are looked through one by one; and more than a Map holds. */
const FEW_KEYS = 64;
const MANY_KEYS = 2 ** 23;

/** A dict: keys and values in the order in which they were set. */
export class PyDict {
  /** key, value, key, value, …; a key that was set again comes again */
  private readonly items: unknown[] = [];
  private places: Map<unknown, number> | undefined;

  set(key: unknown, value: unknown): void {
    this.items.push(key, value);
    this.places = undefined;
  }

  /** The value of a text or number; undefined where there is none. */
  get(key: string | number): unknown {
    if (this.size <= FEW_KEYS || this.size > MANY_KEYS) {
      for (let at = this.items.length - 2; at >= 0; at -= 2) if (this.items[at] === key) return this.items[at + 1];
      return undefined;
    }
    if (!this.places) {
      this.places = new Map();
      for (let at = 0; at < this.items.length; at += 2) this.places.set(this.items[at], at);
    }
    const place = this.places.get(key);
    return place === undefined ? undefined : this.items[place + 1];
  }

  /** How often a key was set. */
  get size(): number {
    return this.items.length / 2;
  }

  *entries(): Generator<[key: unknown, value: unknown]> {
    for (let at = 0; at < this.items.length; at += 2) yield [this.items[at], this.items[at + 1]];
  }
}

/** A class or a function, by its name. */
export class PyGlobal {
  /**
   * @param name "module.name", where a module that was renamed has its newer name
   * @param make what stands for a call of it; undefined where it must not be called
   */
  constructor(
    readonly name: string,
    readonly make?: Maker,
  ) {}
}

/** An instance of a class: its attributes, never the class's code. */
export class PyObject {
  /** its attributes */
  state = new PyDict();
  /** what it was built with instead of attributes */
  content: unknown;

  /** @param type the class's name, with its module's */
  constructor(
    readonly type: string,
    readonly args: readonly unknown[],
  ) {}

  get(name: string): unknown {
    return this.state.get(name);
  }
}

/** The type of an array's elements; `element` is undefined where these are no numbers. */
export class Dtype {
  isObject: boolean;
  element: ElementType | undefined;

  constructor(readonly text: string) {
    this.isObject = /^[|<>=]?O/.test(text);
    this.element = elementType(text);
  }

  /** Takes the order of bytes, which a pickle tells apart from the type. */
  setOrder(order: unknown): void {
    if (this.element && order === ">") this.element = { ...this.element, isBigEndian: true };
  }
}

/** An array of NumPy's. */
export class NdArray {
  dtype = new Dtype("u1");
  shape: readonly number[] = [0];
  isFortran = false;
  /** its elements' bytes, or of an array of objects the elements */
  data: Uint8Array | StoredBytes | readonly unknown[] = new Uint8Array();
}

/** Makes the value that a call stands for. */
export type Maker = (args: readonly unknown[], fail: Fail) => unknown;

/** Modules by the names that they have today. */
const RENAMED: readonly [before: string, after: string][] = [
  ["__builtin__", "builtins"],
  ["copy_reg", "copyreg"],
  // what Python 3.4 wrote for classes of collections
  ["UserString", "collections"],
  ["UserList", "collections"],
  ["numpy._core", "numpy.core"],
];

/** "module.name" with the module's newer name. */
export function globalName(module: string, name: string): string {
  const [before, after] = RENAMED.find(([before]) => module === before || module.startsWith(`${before}.`)) ?? ["", ""];
  return `${after}${module.slice(before.length)}.${name}`;
}

const makeDict: Maker = () => new PyDict();
const makeList: Maker = ([items = []], fail) => (Array.isArray(items) ? [...items] : fail("a set of no list"));
/** A generator of random numbers, or what one is made of. */
const makeRandom: Maker = (args) => new PyObject("numpy.random", args);

/** What may be called, beside the classes that a reader knows. */
const MAKERS: Readonly<Record<string, Maker>> = {
  "builtins.set": makeList,
  "builtins.frozenset": makeList,
  "builtins.bytearray": ([bytes = "", encoding], fail) => encodeBytes([bytes, encoding ?? "latin1"], fail),
  "collections.defaultdict": makeDict,
  "collections.OrderedDict": makeDict,
  "_codecs.encode": (args, fail) => encodeBytes(args, fail),
  "copyreg._reconstructor": ([type], fail) =>
    type instanceof PyGlobal ? (type.make?.([], fail) ?? fail(`an instance of ${type.name}`)) : fail("no class"),
  "numpy.dtype": ([text], fail) => (typeof text === "string" ? new Dtype(text) : fail("a dtype without a name")),
  "numpy.core.multiarray._reconstruct": () => new NdArray(),
  "numpy.core.multiarray.scalar": makeScalar,
  "numpy.core.numeric._frombuffer": ([data, dtype, shape, order], fail) => {
    const array = new NdArray();
    fillArray(array, [1, shape, dtype, order === "F", data], fail);
    return array;
  },
  "numpy.random.__RandomState_ctor": makeRandom,
  "numpy.random._pickle.__randomstate_ctor": makeRandom,
  "numpy.random._pickle.__bit_generator_ctor": makeRandom,
  "numpy.random._pickle.__generator_ctor": makeRandom,
  "numpy.random.bit_generator.__pyx_unpickle_SeedSequence": makeRandom,
};

/** What may be named, but not called. */
const NAMED: readonly string[] = [
  ...["int", "long", "float", "str", "unicode", "object", "hash"].map((name) => `builtins.${name}`),
  ...["ndarray", "float16", "float32", "float64"].map((name) => `numpy.${name}`),
  ...["_mt19937.MT19937", "_pcg64.PCG64", "bit_generator.SeedSequence"].map((name) => `numpy.random.${name}`),
];

/**
 * The globals that a pickle may ask for.
 *
 * @param classes names of classes, whose instances become PyObjects
 * @param functions names that may be named, but not called
 */
export function knownGlobals(classes: readonly string[], functions: readonly string[]): ReadonlyMap<string, PyGlobal> {
  const makers: [string, Maker?][] = [
    ...Object.entries(MAKERS),
    ...[...NAMED, ...functions].map((name): [string] => [name]),
    ...classes.map((name): [string, Maker] => [name, (args) => new PyObject(name, args)]),
  ];
  return new Map(makers.map(([name, make]) => [name, new PyGlobal(name, make)]));
}

/** Gives a value the state that it was pickled with. */
export function build(value: unknown, state: unknown, fail: Fail): void {
  if (value instanceof NdArray && Array.isArray(state)) fillArray(value, state, fail);
  else if (value instanceof Dtype && Array.isArray(state)) value.setOrder(state[1]);
  else if (value instanceof PyObject) buildObject(value, state);
  // an OrderedDict of torch's may have attributes, which say nothing of what it holds
  else if (!(value instanceof PyDict)) fail(`a state for what has none, ${show(value)}`);
}

/** A state is a dict of attributes, or two of them, or something of the class's own. */
function buildObject(object: PyObject, state: unknown): void {
  const dicts = Array.isArray(state) && state.length === 2 ? state : [state];
  const isState = dicts.every((dict) => dict instanceof PyDict || dict === null);
  if (!isState) object.content = state;
  else if (dicts[0] && !object.state.size) object.state = dicts[0];
  else for (const dict of dicts) for (const [key, value] of dict?.entries() ?? []) object.state.set(key, value);
}

/** @param state (version, shape, dtype, is Fortran's, data), in the oldest files without the version */
function fillArray(array: NdArray, state: readonly unknown[], fail: Fail): void {
  const [shape, dtype, isFortran, data] = state.slice(-4);
  if (!Array.isArray(shape) || shape.length > 64 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    fail(`an array of the shape ${show(shape)}`);
  }
  array.shape = shape as number[];
  array.dtype = dtype instanceof Dtype ? dtype : fail(`an array of ${show(dtype)}; expected a dtype`);
  array.isFortran = Boolean(isFortran);
  const { isObject, element, text } = array.dtype;
  array.data = isObject && Array.isArray(data) ? data : bytesOf(data, fail);
  const { length } = array.data as { length?: number };
  const expected = elementsOf(array.shape) * (isObject ? 1 : (element?.bytes ?? Number.NaN));
  if (length !== undefined && (element || isObject) && length !== expected) {
    fail(`an array of the shape (${array.shape}) and type ${show(text)} with ${length} bytes`);
  }
}

/** Bytes of what stands for them: bytes, or a string of the characters with these codes. */
function bytesOf(data: unknown, fail: Fail): Uint8Array | StoredBytes {
  if (isUint8Array(data)) return data;
  if (typeof data === "string") return latin1Bytes(data, fail);
  if (data instanceof StoredBytes) return data.encoding === "text" ? asLatin1(data) : data;
  return fail(`${show(data)} where bytes should be`);
}

const asLatin1 = ({ begin, end }: StoredBytes) => new StoredBytes(begin, end, "latin1");

function latin1Bytes(text: string, fail: Fail): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) fail("a text where bytes should be");
    bytes[i] = code;
  }
  return bytes;
}

/** What `text.encode(encoding)` gives. */
function encodeBytes([text, encoding]: readonly unknown[], fail: Fail): unknown {
  if (isUint8Array(text)) return text;
  const isLatin1 = typeof encoding === "string" && /^latin[-_]?1$/i.test(encoding);
  return isLatin1 ? bytesOf(text, fail) : fail(`a text in the encoding ${show(encoding)}`);
}

function makeScalar([dtype, data]: readonly unknown[], fail: Fail): unknown {
  const bytes = bytesOf(data, fail);
  if (!(dtype instanceof Dtype) || !dtype.element || bytes instanceof StoredBytes) return fail("a scalar of no number");
  const { kind, bytes: size, isBigEndian } = dtype.element;
  if (bytes.length !== size) return fail(`a scalar of ${bytes.length} bytes; expected ${size}`);
  const view = new DataView(bytes.slice().buffer);
  if (kind === "f") {
    if (size === 2) return fail("a scalar of float16");
    return size === 4 ? view.getFloat32(0, !isBigEndian) : view.getFloat64(0, !isBigEndian);
  }
  const bits = BigInt(size * 8);
  let value = 0n;
  for (let i = 0; i < size; i++) value |= BigInt(bytes[i]) << BigInt(8 * (isBigEndian ? size - 1 - i : i));
  if (kind === "b") return value !== 0n;
  return plainInteger(kind === "i" ? BigInt.asIntN(Number(bits), value) : value);
}

/** A number, where one counts exactly so far. */
export const plainInteger = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
