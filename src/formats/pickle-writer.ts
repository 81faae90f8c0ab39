/**
 * Pickles that Python reads, protocol 4: plain values, arrays of NumPy and objects of given classes. The dialect is the one
 * that NumPy 1 and 2 both read: `numpy.core`, and arrays as `_reconstruct` and a state.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */

const encoder = new TextEncoder();

/** How many bytes are gathered before they are handed on. */
const CHUNK_BYTES = 1 << 18;

/** How many items of a list or dict come at a time, as Python writes them: they lie on the reader's stack. */
const BATCH = 1000;

const CODES = {
  ...{ mark: 0x28, stop: 0x2e, none: 0x4e, true: 0x88, false: 0x89, int4: 0x4a, int1: 0x4b, int2: 0x4d, long: 0x8a },
  ...{ float: 0x47, text1: 0x8c, text4: 0x58, bytes1: 0x43, bytes4: 0x42, bytes8: 0x8e, list: 0x5d, appends: 0x65 },
  ...{ tuple: 0x74, tuple0: 0x29, tuple1: 0x85, tuple2: 0x86, tuple3: 0x87, dict: 0x7d, setItems: 0x75 },
  ...{
    memoize: 0x94,
    get1: 0x68,
    get4: 0x6a,
    global: 0x93,
    reduce: 0x52,
    newObject: 0x81,
    build: 0x62,
    protocol: 0x80,
  },
} as const;

/** A number that Python shall have as a float, also where it is whole. */
export class Float {
  constructor(readonly value: number) {}
}

/** A list whose items Python shall have as a tuple. */
export class Tuple {
  constructor(readonly items: readonly Plain[]) {}
}

/** What is written by itself; whole numbers become integers. */
export type Plain = null | boolean | number | bigint | string | Float | Tuple;

/** The types of arrays that are written, in NumPy's words. */
export type ArrayType = "f4" | "i8" | "u4" | "u1" | "O8";

/** Writes instructions one after the other; whoever writes takes them out where it is full. */
export class PickleWriter {
  private bytes = new Uint8Array(CHUNK_BYTES + 1024);
  private view = new DataView(this.bytes.buffer);
  private at = 0;
  private memorized = 0;
  /** where what comes again is remembered */
  private readonly places = new Map<string, number>();

  constructor() {
    this.code("protocol");
    this.byte(4);
  }

  /** What was written since the last time, where there is much of it. */
  *full(): Generator<Uint8Array> {
    if (this.at >= CHUNK_BYTES) yield* this.rest();
  }

  /** What was written since the last time. */
  *rest(): Generator<Uint8Array> {
    if (this.at) yield this.bytes.slice(0, this.at);
    this.at = 0;
  }

  stop(): void {
    this.code("stop");
  }

  plain(value: Plain): void {
    if (value === null) this.code("none");
    else if (typeof value === "boolean") this.code(value ? "true" : "false");
    else if (typeof value === "string") this.text(value);
    else if (value instanceof Tuple) this.tuple(value.items);
    else if (typeof value === "bigint") this.integer(value);
    else if (value instanceof Float || !Number.isInteger(value))
      this.float(Number(value instanceof Float ? value.value : value));
    else this.integer(BigInt(value));
  }

  private integer(value: bigint): void {
    if (value >= 0n && value < 1n << 8n) {
      this.code("int1");
      this.byte(Number(value));
    } else if (value >= 0n && value < 1n << 16n) {
      this.code("int2");
      this.number(2, Number(value));
    } else if (value === BigInt.asIntN(32, value)) {
      this.code("int4");
      this.number(4, Number(BigInt.asUintN(32, value)));
    } else {
      this.code("long");
      this.byte(9);
      for (let i = 0n; i < 9n; i++) this.byte(Number((value >> (8n * i)) & 0xffn));
    }
  }

  private float(value: number): void {
    this.code("float");
    this.reserve(8);
    this.view.setFloat64(this.at, value);
    this.at += 8;
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    const isShort = bytes.length < 256;
    this.code(isShort ? "text1" : "text4");
    this.number(isShort ? 1 : 4, bytes.length);
    this.put(bytes);
  }

  private tuple(items: readonly Plain[]): void {
    if (items.length > 3) this.code("mark");
    for (const item of items) this.plain(item);
    this.code(items.length > 3 ? "tuple" : (`tuple${items.length}` as "tuple0"));
  }

  /** Remembers what was written last; returns its number. */
  memoize(): number {
    this.code("memoize");
    return this.memorized++;
  }

  /** What was remembered under a number, again. */
  recall(place: number): void {
    const isShort = place < 256;
    this.code(isShort ? "get1" : "get4");
    this.number(isShort ? 1 : 4, place);
  }

  /** A class or function of Python. */
  global(module: string, name: string): void {
    this.once(`${module} ${name}`, () => {
      this.text(module);
      this.text(name);
      this.code("global");
    });
  }

  /** Begins an object, whose attributes follow as items of a dict. */
  beginObject(module: string, name: string): void {
    this.global(module, name);
    this.code("tuple0");
    this.code("newObject");
    this.beginDict();
  }

  endObject(): void {
    this.endDict();
    this.code("build");
  }

  /** Begins a dict, whose items follow, key and value. */
  beginDict(): void {
    this.code("dict");
    this.code("mark");
  }

  endDict(): void {
    this.code("setItems");
  }

  /** Items of a dict. */
  entries(values: Readonly<Record<string, Plain>>): void {
    for (const [name, value] of Object.entries(values)) {
      this.text(name);
      this.plain(value);
    }
  }

  /** A list, or with two values an item a dict, of so many items. */
  *items(kind: "list" | "dict", count: number, write: (item: number) => void): Generator<Uint8Array> {
    this.code(kind);
    for (let begin = 0; begin < count; begin += BATCH) {
      this.code("mark");
      for (let item = begin; item < Math.min(begin + BATCH, count); item++) write(item);
      this.code(kind === "list" ? "appends" : "setItems");
      yield* this.full();
    }
  }

  /** What a call gives: of the callable and of its arguments. */
  call(module: string, name: string, args: readonly Plain[]): void {
    this.global(module, name);
    this.tuple(args);
    this.code("reduce");
  }

  /** Gives what was written last a state, which `write` writes the items of. */
  build(write: () => void): void {
    this.code("mark");
    write();
    this.code("tuple");
    this.code("build");
  }

  /** An array of NumPy's, whose bytes lie in chunks, little endian and in the order of rows. */
  *array(
    shape: readonly number[],
    type: Exclude<ArrayType, "O8">,
    chunks: Iterable<Uint8Array>,
  ): Generator<Uint8Array> {
    const elements = shape.reduce((product, size) => product * size, 1);
    this.beginArray(shape, type);
    this.beginBytes(elements * Number(type.slice(1)));
    for (const chunk of chunks) {
      if (chunk.length >= CHUNK_BYTES) {
        yield* this.rest();
        yield chunk;
      } else {
        this.put(chunk);
        yield* this.full();
      }
    }
    this.endArray();
  }

  /** A small array of one dimension. */
  numbers(type: Exclude<ArrayType, "O8">, bytes: Uint8Array): void {
    this.beginArray([bytes.length / Number(type.slice(1))], type);
    this.beginBytes(bytes.length);
    this.put(bytes);
    this.endArray();
  }

  /** An array of objects, each of which `write` writes. */
  *objects(count: number, write: (item: number) => void): Generator<Uint8Array> {
    this.beginArray([count], "O8");
    yield* this.items("list", count, write);
    this.endArray();
  }

  /** An empty array, and what comes before the data in its state: version, shape, type, and whether columns come first. */
  private beginArray(shape: readonly number[], type: ArrayType): void {
    this.global("numpy.core.multiarray", "_reconstruct");
    this.global("numpy", "ndarray");
    this.plain(new Tuple([0]));
    this.code("bytes1");
    this.byte(1);
    this.byte("b".charCodeAt(0));
    this.code("tuple3");
    this.code("reduce");
    this.code("mark");
    this.plain(1);
    this.plain(new Tuple(shape));
    this.dtype(type);
    this.plain(false);
  }

  private endArray(): void {
    this.code("tuple");
    this.code("build");
  }

  private dtype(type: ArrayType): void {
    const [order, flags] = { f4: ["<", 0], i8: ["<", 0], u4: ["<", 0], u1: ["|", 0], O8: ["|", 63] }[type] as [
      string,
      number,
    ];
    this.once(type, () => {
      this.call("numpy", "dtype", [type, false, true]);
      this.build(() => {
        for (const item of [3, order, null, null, null, -1, -1, flags]) this.plain(item);
      });
    });
  }

  private beginBytes(length: number): void {
    const size = length < 256 ? 1 : length < 2 ** 32 ? 4 : 8;
    this.code(`bytes${size}`);
    this.number(size, length);
  }

  /** Writes what is remembered from then on, or what was remembered. */
  private once(what: string, write: () => void): void {
    const place = this.places.get(what);
    if (place === undefined) {
      write();
      this.places.set(what, this.memoize());
    } else this.recall(place);
  }

  private code(name: keyof typeof CODES): void {
    this.byte(CODES[name]);
  }

  private byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  private number(size: 1 | 2 | 4 | 8, value: number): void {
    for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) this.byte(rest % 256);
  }

  private put(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.at + count));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}
