/**
 * Python's pickles, protocols 0 to 5: a program for a machine with a stack and a memo, whose result is a value. What it
 * calls for by name must be on a list, and becomes plain data (pickle-values.ts): no code is found, imported or run.
 * Long bytes stay in the file, so that an array is read when it is wanted, and only there where it goes.
 *
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */

import { show, Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { RandomAccess } from "../files/random-access.ts";
import {
  build,
  type PyDict as Dict,
  type Fail,
  globalName,
  type NdArray,
  PyDict,
  PyGlobal,
  type PyObject,
  plainInteger,
  StoredBytes,
} from "./pickle-values.ts";

export type { NdArray, PyObject };

/** How much is read at a time. */
const CHUNK_BYTES = 1 << 18;

/** Bytes and texts that are longer stay in the file. */
const LONG_BYTES = 1 << 16;

/** The longest line of a text protocol that holds a string, and any other. */
const LONGEST_TEXT = 2 ** 28;
const LONGEST_LINE = 4096;

/** The longest integer, in bytes; and in decimal digits. */
const LONGEST_INTEGER = 64;

/** How much may be made: small files must not become large values. A model of 5 million words of 2015 has 10 million dicts. */
const MOST_CONTAINERS = 2 ** 25;
const LARGEST_STACK = 2 ** 24;
const LARGEST_MEMO = 2 ** 26;
const DEEPEST = 10_000;

/** What a pickle's reader is told beside the source. */
export interface PickleReading {
  /** what messages call the file */
  file: string;
  /** what a pickle may ask for by name: see knownGlobals */
  globals: ReadonlyMap<string, PyGlobal>;
  /** what else messages say where it asks for something else */
  advice: string;
  /** What a reference to what lies outside stands for; without it, such a pickle is refused. */
  persistent?(id: unknown, fail: Fail): unknown;
  signal?: AbortSignal;
}

/**
 * Reads the value that a pickle holds. Lists, tuples and sets become arrays, which may hold themselves.
 *
 * @throws {Wasm2VecError} `pickle-refused` where it asks for a name that is not on the list, or calls what must not be
 *   called; `format-unknown` for a protocol or instruction that is not read; `format-damaged`; `too-large`
 */
export function readPickle(source: RandomAccess, reading: PickleReading): Promise<unknown> {
  return new Machine(source, reading).run();
}

/** What follows an instruction: a number of so many bytes, bytes whose length has so many bytes, lines, or nothing. */
type Argument = { number: 1 | 2 | 4 | 8; isSigned?: true } | { bytes: 1 | 4 | 8 } | { lines: 1 | 2 } | undefined;

interface Instruction {
  name: string;
  argument: Argument;
  /** @param value the number, the bytes' length, or undefined */
  run(machine: Machine, value: number): void;
}

const ascii = new TextDecoder("latin1");
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Texts up to this length are decoded without a decoder, whose call costs more. */
const SHORT_TEXT = 24;

class Machine {
  private bytes = new Uint8Array();
  /** where the window's first byte lies in the file */
  private base = 0;
  /** the next byte of the window, and where it ends */
  private at = 0;
  private end = 0;
  private stack: unknown[] = [];
  private readonly marks: number[] = [];
  private readonly memo: unknown[] = [];
  private containers = 0;
  private stopped = false;
  /** where an instruction's bytes or first line begin and end in the window, and its second line ends */
  private from = 0;
  private to = 0;
  private secondTo = 0;

  constructor(
    private readonly source: RandomAccess,
    private readonly reading: PickleReading,
  ) {}

  async run(): Promise<unknown> {
    const slice = new TimeSlice(this.reading.signal);
    for (;;) {
      let missing = 0;
      while (!missing && !this.stopped) missing = this.step();
      if (this.stopped) return this.pop();
      await this.fill(missing);
      if (slice.isOver) await slice.yield();
    }
  }

  /** Runs one instruction; where the window is too short for it, nothing is done, and it returns how many bytes it needs. */
  private step(): number {
    const { bytes, at, end } = this;
    if (at >= end) return 1;
    const instruction = INSTRUCTIONS[bytes[at]];
    if (!instruction) return this.unknownInstruction(bytes[at]);
    const { argument } = instruction;
    if (!argument) {
      this.at = at + 1;
      instruction.run(this, 0);
      return 0;
    }
    if ("lines" in argument) return this.runLines(instruction, argument.lines);
    const size = "number" in argument ? argument.number : argument.bytes;
    if (at + 1 + size > end) return 1 + size;
    const value = this.unsigned(at + 1, size);
    if ("bytes" in argument) return this.runBytes(instruction, at + 1 + size, value);
    this.at = at + 1 + size;
    instruction.run(this, argument.isSigned ? value | 0 : value);
    return 0;
  }

  private runBytes(instruction: Instruction, from: number, length: number): number {
    const { source, base, at, end } = this;
    if (length > source.size - base - from) {
      this.fail(`it promises ${length} bytes at byte ${base + at}, where ${source.size - base - from} are left`);
    }
    this.from = from;
    this.to = from + length;
    if (length > LONG_BYTES && instruction.name !== "LONG4") {
      instruction.run(this, length);
      this.seek(base + from + length);
      return 0;
    }
    if (this.to > end) return this.to - at;
    this.at = this.to;
    instruction.run(this, length);
    return 0;
  }

  private runLines(instruction: Instruction, lines: number): number {
    const longest = /STRING|UNICODE/.test(instruction.name) ? LONGEST_TEXT : LONGEST_LINE;
    const { bytes, at, end } = this;
    const ends: number[] = [];
    for (let line = 0, from = at + 1; line < lines; line++) {
      const newline = bytes.subarray(0, end).indexOf(10, from);
      if (newline < 0) {
        if (end - from > longest) this.fail(`its line at byte ${this.base + at} has more than ${longest} characters`);
        return 2 * (end - at) + 1;
      }
      ends.push(newline);
      from = newline + 1;
    }
    this.from = at + 1;
    this.to = ends[0];
    this.secondTo = ends[lines - 1];
    this.at = this.secondTo + 1;
    instruction.run(this, 0);
    return 0;
  }

  /** Moves the window so that it holds so many bytes from the next one on; fewer where the file ends, but one at least more. */
  private async fill(count: number): Promise<void> {
    const { source, reading } = this;
    const held = this.end - this.at;
    const begin = this.base + this.at;
    const length = Math.min(Math.max(count, CHUNK_BYTES), source.size - begin);
    if (length <= held) this.fail("it ends before its last instruction");
    const bytes = new Uint8Array(length);
    bytes.set(this.bytes.subarray(this.at, this.end));
    bytes.set(await source.read(begin + held, begin + length, reading.signal), held);
    this.bytes = bytes;
    this.base = begin;
    this.at = 0;
    this.end = length;
  }

  /** Goes on at a byte of the file. */
  private seek(position: number): void {
    this.at = Math.min(position - this.base, this.end);
    if (this.base + this.at === position) return;
    this.base = position;
    this.at = this.end = 0;
  }

  private unsigned(at: number, size: number): number {
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i];
    return value;
  }

  /** The window's bytes of an instruction, a copy; or where they lie, when they are long. */
  takeBytes(length: number): Uint8Array | StoredBytes {
    if (length > LONG_BYTES) return this.stored("bytes");
    return this.bytes.slice(this.from, this.to);
  }

  private stored(encoding: "bytes" | "text"): StoredBytes {
    return new StoredBytes(this.base + this.from, this.base + this.to, encoding);
  }

  takeText(length: number): string | StoredBytes {
    if (length > LONG_BYTES) return this.stored("text");
    const { bytes, from, to } = this;
    if (length <= SHORT_TEXT) {
      let text = "";
      let at = from;
      for (; at < to && bytes[at] < 0x80; at++) text += String.fromCharCode(bytes[at]);
      if (at === to) return text;
    }
    return utf8.decode(bytes.subarray(from, to));
  }

  /** A string of Python 2: the characters whose codes are its bytes. */
  takeLatin1(length: number): string | StoredBytes {
    if (length > LONG_BYTES) return this.stored("bytes");
    return latin1(this.bytes.subarray(this.from, this.to));
  }

  takeLine(): string {
    return latin1(this.bytes.subarray(this.from, this.to)).replace(/\r$/, "");
  }

  takeSecondLine(): string {
    return latin1(this.bytes.subarray(this.to + 1, this.secondTo)).replace(/\r$/, "");
  }

  takeFloat(): number {
    const at = this.at - 8;
    return new DataView(this.bytes.buffer, this.bytes.byteOffset).getFloat64(at);
  }

  /** A little-endian integer with a sign. */
  takeInteger(length: number): number | bigint {
    if (length > LONGEST_INTEGER) this.fail(`it holds an integer of ${length} bytes`);
    let value = 0n;
    for (let at = this.to - 1; at >= this.from; at--) value = (value << 8n) | BigInt(this.bytes[at]);
    return plainInteger(BigInt.asIntN(length * 8, value));
  }

  push(value: unknown): void {
    if (this.stack.length >= LARGEST_STACK) this.tooLarge("values at once");
    this.stack.push(value);
  }

  /** Pushes a new list, dict or object. */
  pushContainer(value: unknown): void {
    if (++this.containers > MOST_CONTAINERS) this.tooLarge("lists, dicts and objects");
    this.push(value);
  }

  pop(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.fail("an instruction finds nothing on the stack");
    return this.stack.pop();
  }

  top(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.fail("an instruction finds nothing on the stack");
    return this.stack[this.stack.length - 1];
  }

  /** POP, which also takes a mark away. */
  drop(): void {
    if (this.marks.length && this.stack.length === this.marks.at(-1)) this.marks.pop();
    else this.pop();
  }

  mark(): void {
    if (this.marks.length >= DEEPEST) this.tooLarge("values within one another");
    this.marks.push(this.stack.length);
  }

  /** What was pushed since the last mark. */
  popMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) return this.fail("an instruction finds no mark");
    return this.stack.splice(mark);
  }

  store(index: number): void {
    const value = this.top();
    // a memo is numbered on; beyond that an array would have holes, as many as the file likes
    const read = this.base + this.at;
    if (index < 0 || index > read) this.fail(`it remembers number ${index} after ${read} bytes`);
    if (index >= LARGEST_MEMO) this.tooLarge("values remembered");
    this.memo[index] = value;
  }

  memoize(): void {
    this.store(this.memo.length);
  }

  recall(index: number): void {
    if (!(index in this.memo)) this.fail(`it recalls number ${index}, which it has not remembered`);
    this.push(this.memo[index]);
  }

  list(): unknown[] {
    const list = this.top();
    return Array.isArray(list) ? list : this.fail(`it appends to ${show(list)}; expected a list`);
  }

  dict(): Dict {
    const dict = this.top();
    return dict instanceof PyDict ? dict : this.fail(`it sets an item of ${show(dict)}; expected a dict`);
  }

  setItems(items: readonly unknown[]): void {
    if (items.length % 2) this.fail("a dict has a key without a value");
    const dict = this.dict();
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
  }

  pushGlobal(module: string, name: string): void {
    const { file, globals, advice } = this.reading;
    const global = globals.get(globalName(module, name));
    if (!global) {
      throw new Wasm2VecError(
        "pickle-refused",
        `${file} asks Python for ${shown(module)}.${shown(name)}, which is none of the names that are known to be harmless. Nothing was run. ${advice}`,
      );
    }
    this.push(global);
  }

  /** Makes what a call of a global stands for. */
  call(callee: unknown, args: unknown): void {
    const { name, make } = callee instanceof PyGlobal ? callee : this.fail(`it calls ${show(callee)}`);
    if (!make) {
      const { file, advice } = this.reading;
      const message = `${file} calls ${name}, which may be named, but not called. Nothing was run. ${advice}`;
      throw new Wasm2VecError("pickle-refused", message);
    }
    const list = Array.isArray(args) ? args : this.fail(`it calls ${name} with ${show(args)}`);
    this.pushContainer(make(list, (what) => this.fail(`it holds ${what}`)));
  }

  persistent(): void {
    const { persistent } = this.reading;
    if (!persistent) this.refuse("BINPERSID");
    const id = this.pop();
    this.pushContainer(persistent(id, (what) => this.fail(`it holds ${what}`)));
  }

  build(): void {
    const state = this.pop();
    build(this.top(), state, (what) => this.fail(`it holds ${what}`));
  }

  stop(): void {
    this.stopped = true;
  }

  checkProtocol(protocol: number): void {
    if (protocol <= 5) return;
    const message = `${this.reading.file} is a pickle of protocol ${protocol}; expected 0 to 5. Save it with pickle_protocol=4.`;
    throw new Wasm2VecError("format-unknown", message);
  }

  /** @throws {Wasm2VecError} `format-unknown` */
  refuse(name: string): never {
    const message = `${this.reading.file} is a pickle that refers to what lies outside of it (${name}). Save it again, with save(path).`;
    throw new Wasm2VecError("format-unknown", message);
  }

  private unknownInstruction(code: number): never {
    return this.fail(`its byte ${this.base + this.at}, ${code}, is no instruction`);
  }

  readonly fail: Fail = (what) => {
    throw new Wasm2VecError(
      "format-damaged",
      `${this.reading.file} is no whole pickle: ${what}. Copy or download it again.`,
    );
  };

  private tooLarge(what: string): never {
    throw new Wasm2VecError("too-large", `${this.reading.file} is a pickle of too many ${what}. Save less of them.`);
  }
}

const shown = (name: string) => show(name).slice(1, -1);

/** Bytes as the characters with these codes; a TextDecoder for "latin1" would take windows-1252. */
function latin1(bytes: Uint8Array): string {
  if (bytes.every((byte) => byte < 0x80)) return ascii.decode(bytes);
  let text = "";
  for (let from = 0; from < bytes.length; from += 8192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return text;
}

/** An integer in decimal digits, as Python 2 wrote it. */
function parseInteger(machine: Machine, line: string): number | bigint {
  if (!/^[+-]?\d+L?$/.test(line) || line.length > LONGEST_INTEGER) machine.fail(`it holds the integer ${show(line)}`);
  return plainInteger(BigInt(line.replace(/^\+|L$/g, "")));
}

function parseNumber(machine: Machine, line: string): number {
  const text = line.trim().toLowerCase();
  const special = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY, nan: Number.NaN }[text];
  const number = special ?? (/\d/.test(text) ? Number(text) : undefined);
  if (number === undefined || (special === undefined && Number.isNaN(number))) {
    return machine.fail(`it holds the number ${show(line)}`);
  }
  return number;
}

/** The number of a place in the memo, in decimal digits. */
const parseIndex = (line: string) => (/^\d{1,15}$/.test(line) ? Number(line) : -1);

const ESCAPED: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/** The string that a literal of Python 2 stands for. */
function parseString(machine: Machine, line: string): string {
  const [quote] = line;
  if (!(quote === "'" || quote === '"') || line.length < 2 || !line.endsWith(quote)) {
    machine.fail(`it holds the string ${show(line)}`);
  }
  return line.slice(1, -1).replace(/\\(x[0-9a-f]{2}|[0-7]{1,3}|.)/gis, (_, code: string) => {
    if (/^x./i.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return ESCAPED[code] ?? code;
  });
}

/** The string whose characters beyond Latin-1 stand as \uXXXX or \UXXXXXXXX. */
function parseUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (whole, four?: string, eight?: string) => {
    const code = Number.parseInt(four ?? (eight as string), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

const NUMBER = { u1: { number: 1 }, u2: { number: 2 }, u4: { number: 4 }, u8: { number: 8 } } as const;
const BYTES = { u1: { bytes: 1 }, u4: { bytes: 4 }, u8: { bytes: 8 } } as const;
const LINE = { lines: 1 } as const;
const LINES = { lines: 2 } as const;

const pushText: Instruction["run"] = (machine, length) => machine.push(machine.takeText(length));
const pushBytes: Instruction["run"] = (machine, length) => machine.push(machine.takeBytes(length));
const pushLatin1: Instruction["run"] = (machine, length) => machine.push(machine.takeLatin1(length));
const pushInteger: Instruction["run"] = (machine, length) => machine.push(machine.takeInteger(length));
const pushNumber: Instruction["run"] = (machine, value) => machine.push(value);

/** The last values of the stack as a tuple. */
const tuple =
  (count: number): Instruction["run"] =>
  (machine) => {
    const items = Array.from({ length: count }, () => machine.pop());
    machine.pushContainer(items.reverse());
  };

const newObject: Instruction["run"] = (machine) => {
  const args = machine.pop();
  machine.call(machine.pop(), args);
};

/** Each instruction: its name, its code, what follows it, what it does. */
const TABLE: readonly [name: string, code: string, argument: Argument, run: Instruction["run"]][] = [
  ["MARK", "(", undefined, (machine) => machine.mark()],
  ["STOP", ".", undefined, (machine) => machine.stop()],
  ["POP", "0", undefined, (machine) => machine.drop()],
  ["POP_MARK", "1", undefined, (machine) => machine.popMark()],
  ["DUP", "2", undefined, (machine) => machine.push(machine.top())],
  ["PROTO", "\x80", NUMBER.u1, (machine, protocol) => machine.checkProtocol(protocol)],
  ["FRAME", "\x95", NUMBER.u8, () => {}],
  // numbers
  ["NONE", "N", undefined, (machine) => machine.push(null)],
  ["NEWTRUE", "\x88", undefined, (machine) => machine.push(true)],
  ["NEWFALSE", "\x89", undefined, (machine) => machine.push(false)],
  ["BININT", "J", { number: 4, isSigned: true }, pushNumber],
  ["BININT1", "K", NUMBER.u1, pushNumber],
  ["BININT2", "M", NUMBER.u2, pushNumber],
  ["LONG1", "\x8a", BYTES.u1, pushInteger],
  ["LONG4", "\x8b", BYTES.u4, pushInteger],
  ["BINFLOAT", "G", NUMBER.u8, (machine) => machine.push(machine.takeFloat())],
  [
    "INT",
    "I",
    LINE,
    (machine) => {
      const line = machine.takeLine();
      machine.push(line === "00" ? false : line === "01" ? true : parseInteger(machine, line));
    },
  ],
  ["LONG", "L", LINE, (machine) => machine.push(parseInteger(machine, machine.takeLine()))],
  ["FLOAT", "F", LINE, (machine) => machine.push(parseNumber(machine, machine.takeLine()))],
  // texts and bytes
  ["SHORT_BINUNICODE", "\x8c", BYTES.u1, pushText],
  ["BINUNICODE", "X", BYTES.u4, pushText],
  ["BINUNICODE8", "\x8d", BYTES.u8, pushText],
  ["SHORT_BINBYTES", "C", BYTES.u1, pushBytes],
  ["BINBYTES", "B", BYTES.u4, pushBytes],
  ["BINBYTES8", "\x8e", BYTES.u8, pushBytes],
  ["BYTEARRAY8", "\x96", BYTES.u8, pushBytes],
  ["SHORT_BINSTRING", "U", BYTES.u1, pushLatin1],
  ["BINSTRING", "T", BYTES.u4, pushLatin1],
  ["STRING", "S", LINE, (machine) => machine.push(parseString(machine, machine.takeLine()))],
  ["UNICODE", "V", LINE, (machine) => machine.push(parseUnicode(machine.takeLine()))],
  // lists, tuples, sets
  ["EMPTY_LIST", "]", undefined, (machine) => machine.pushContainer([])],
  ["EMPTY_TUPLE", ")", undefined, (machine) => machine.pushContainer([])],
  ["EMPTY_SET", "\x8f", undefined, (machine) => machine.pushContainer([])],
  ["LIST", "l", undefined, (machine) => machine.pushContainer(machine.popMark())],
  ["TUPLE", "t", undefined, (machine) => machine.pushContainer(machine.popMark())],
  ["FROZENSET", "\x91", undefined, (machine) => machine.pushContainer(machine.popMark())],
  ["TUPLE1", "\x85", undefined, tuple(1)],
  ["TUPLE2", "\x86", undefined, tuple(2)],
  ["TUPLE3", "\x87", undefined, tuple(3)],
  [
    "APPEND",
    "a",
    undefined,
    (machine) => {
      const item = machine.pop();
      machine.list().push(item);
    },
  ],
  ["APPENDS", "e", undefined, append],
  ["ADDITEMS", "\x90", undefined, append],
  // dicts
  ["EMPTY_DICT", "}", undefined, (machine) => machine.pushContainer(new PyDict())],
  [
    "DICT",
    "d",
    undefined,
    (machine) => {
      const items = machine.popMark();
      machine.pushContainer(new PyDict());
      machine.setItems(items);
    },
  ],
  [
    "SETITEM",
    "s",
    undefined,
    (machine) => {
      const value = machine.pop();
      machine.setItems([machine.pop(), value]);
    },
  ],
  ["SETITEMS", "u", undefined, (machine) => machine.setItems(machine.popMark())],
  // what was remembered
  ["GET", "g", LINE, (machine) => machine.recall(parseIndex(machine.takeLine()))],
  ["BINGET", "h", NUMBER.u1, (machine, index) => machine.recall(index)],
  ["LONG_BINGET", "j", NUMBER.u4, (machine, index) => machine.recall(index)],
  ["PUT", "p", LINE, (machine) => machine.store(parseIndex(machine.takeLine()))],
  ["BINPUT", "q", NUMBER.u1, (machine, index) => machine.store(index)],
  ["LONG_BINPUT", "r", NUMBER.u4, (machine, index) => machine.store(index)],
  ["MEMOIZE", "\x94", undefined, (machine) => machine.memoize()],
  // names, calls, objects
  ["GLOBAL", "c", LINES, (machine) => machine.pushGlobal(machine.takeLine(), machine.takeSecondLine())],
  [
    "STACK_GLOBAL",
    "\x93",
    undefined,
    (machine) => {
      const [name, module] = [machine.pop(), machine.pop()];
      if (typeof name !== "string" || typeof module !== "string") machine.fail("it asks for a name that is no text");
      machine.pushGlobal(module as string, name as string);
    },
  ],
  ["REDUCE", "R", undefined, newObject],
  ["NEWOBJ", "\x81", undefined, newObject],
  [
    "NEWOBJ_EX",
    "\x92",
    undefined,
    (machine) => {
      machine.pop();
      newObject(machine, 0);
    },
  ],
  [
    "INST",
    "i",
    LINES,
    (machine) => {
      const args = machine.popMark();
      machine.pushGlobal(machine.takeLine(), machine.takeSecondLine());
      machine.call(machine.pop(), args);
    },
  ],
  [
    "OBJ",
    "o",
    undefined,
    (machine) => {
      const [callee, ...args] = machine.popMark();
      machine.call(callee, args);
    },
  ],
  ["BUILD", "b", undefined, (machine) => machine.build()],
  // what lies outside
  ["PERSID", "P", LINE, (machine) => machine.refuse("PERSID")],
  ["BINPERSID", "Q", undefined, (machine) => machine.persistent()],
  ["EXT1", "\x82", NUMBER.u1, (machine) => machine.refuse("EXT1")],
  ["EXT2", "\x83", NUMBER.u2, (machine) => machine.refuse("EXT2")],
  ["EXT4", "\x84", NUMBER.u4, (machine) => machine.refuse("EXT4")],
  ["NEXT_BUFFER", "\x97", undefined, (machine) => machine.refuse("NEXT_BUFFER")],
  ["READONLY_BUFFER", "\x98", undefined, (machine) => machine.refuse("READONLY_BUFFER")],
];

function append(machine: Machine): void {
  const items = machine.popMark();
  const list = machine.list();
  for (const item of items) list.push(item);
}

const INSTRUCTIONS: (Instruction | undefined)[] = [];
for (const [name, code, argument, run] of TABLE) INSTRUCTIONS[code.charCodeAt(0)] = { name, argument, run };
