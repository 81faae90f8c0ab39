/**
 * Thrift's compact protocol, as Parquet's metadata are written: structs of numbered fields.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

import { isUint8Array } from "../files/bytes.ts";

/** Kinds of value; a switch has its value in the place of its kind. */
const TRUE = 1;
const FALSE = 2;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const MAP = 11;
const STRUCT = 12;
const I32 = 5;
const I64 = 6;

/** How deep structs may lie within each other. */
const MAX_DEPTH = 32;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

type Value = number | boolean | Uint8Array | Value[] | ThriftStruct | undefined;

/** A struct that was read. A field that is absent, or of another kind, counts as zero or nothing. */
export class ThriftStruct {
  constructor(private readonly fields: ReadonlyMap<number, Value>) {}

  has(id: number): boolean {
    return this.fields.has(id);
  }

  number(id: number): number {
    const value = this.fields.get(id);
    return typeof value === "number" ? value : 0;
  }

  flag(id: number, fallback: boolean): boolean {
    const value = this.fields.get(id);
    return typeof value === "boolean" ? value : fallback;
  }

  text(id: number): string {
    const value = this.fields.get(id);
    return isUint8Array(value) ? decoder.decode(value) : "";
  }

  struct(id: number): ThriftStruct | undefined {
    const value = this.fields.get(id);
    return value instanceof ThriftStruct ? value : undefined;
  }

  structs(id: number): ThriftStruct[] {
    const value = this.fields.get(id);
    return Array.isArray(value) ? value.filter((item) => item instanceof ThriftStruct) : [];
  }
}

/**
 * A struct at the beginning of bytes, and how long it is.
 *
 * @throws {RangeError} where it does not end within the bytes
 */
export function readStruct(bytes: Uint8Array): { struct: ThriftStruct; length: number } {
  const reader = new ThriftReader(bytes);
  return { struct: reader.struct(0), length: reader.at };
}

class ThriftReader {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  struct(depth: number): ThriftStruct {
    if (depth > MAX_DEPTH) throw new RangeError("structs within structs");
    const fields = new Map<number, Value>();
    for (let id = 0, head = this.byte(); head !== 0; head = this.byte()) {
      id = head >> 4 ? id + (head >> 4) : this.integer();
      fields.set(id, this.value(head & 15, depth));
    }
    return new ThriftStruct(fields);
  }

  private value(kind: number, depth: number): Value {
    if (kind === TRUE || kind === FALSE) return kind === TRUE;
    return this.item(kind, depth);
  }

  private item(kind: number, depth: number): Value {
    switch (kind) {
      case TRUE:
      case FALSE:
        return this.byte() === TRUE;
      case 3:
        return (this.byte() << 24) >> 24;
      case 4:
      case I32:
      case I64:
        return this.integer();
      case DOUBLE:
        this.skip(8);
        return undefined;
      case BINARY: {
        const length = this.unsigned();
        this.skip(length);
        return this.bytes.subarray(this.at - length, this.at);
      }
      case LIST:
      case SET:
        return this.list(depth);
      case MAP:
        return this.map(depth);
      case STRUCT:
        return this.struct(depth + 1);
      default:
        throw new RangeError(`a value of kind ${kind}`);
    }
  }

  private list(depth: number): Value[] {
    const head = this.byte();
    const length = head >> 4 === 15 ? this.unsigned() : head >> 4;
    this.checkLength(length);
    return Array.from({ length }, () => this.item(head & 15, depth + 1));
  }

  /** Nothing that is read here is a map. */
  private map(depth: number): undefined {
    const length = this.unsigned();
    this.checkLength(length);
    const kinds = length ? this.byte() : 0;
    for (let i = 0; i < length; i++) for (const kind of [kinds >> 4, kinds & 15]) this.item(kind, depth + 1);
  }

  /** Each item has one byte at least. */
  private checkLength(length: number): void {
    if (length > this.bytes.length - this.at) throw new RangeError(`a list of ${length} items`);
  }

  private byte(): number {
    this.skip(1);
    return this.bytes[this.at - 1];
  }

  private skip(count: number): void {
    if (count > this.bytes.length - this.at) throw new RangeError("it is cut short");
    this.at += count;
  }

  private integer(): number {
    const value = this.unsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  private unsigned(): number {
    let [value, factor] = [0, 1];
    for (let i = 0; i < 10; i++, factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError("a number has more than ten bytes");
  }
}

/** A value that is written. */
interface Written {
  kind: number;
  write(out: number[]): void;
}

const unsigned = (value: number, out: number[]) => {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  out.push(rest);
};

const integer =
  (kind: number) =>
  (value: number): Written => ({ kind, write: (out) => unsigned(value * 2, out) });

export const thrift = {
  /** Whole numbers from 0 on. */
  i32: integer(I32),
  i64: integer(I64),

  text: (text: string): Written => ({
    kind: BINARY,
    write(out) {
      const bytes = encoder.encode(text);
      unsigned(bytes.length, out);
      for (const byte of bytes) out.push(byte);
    },
  }),

  list: (items: readonly Written[]): Written => ({
    kind: LIST,
    write(out) {
      const kind = items[0]?.kind ?? STRUCT;
      if (items.length < 15) out.push((items.length << 4) | kind);
      else {
        out.push(0xf0 | kind);
        unsigned(items.length, out);
      }
      for (const item of items) item.write(out);
    },
  }),

  /** Fields by their numbers, 15 apart at most. */
  struct: (fields: Readonly<Record<number, Written | undefined>>): Written => ({
    kind: STRUCT,
    write(out) {
      let last = 0;
      for (const [name, value] of Object.entries(fields)) {
        if (!value) continue;
        out.push(((Number(name) - last) << 4) | value.kind);
        last = Number(name);
        value.write(out);
      }
      out.push(0);
    },
  }),

  bytes(value: Written): Uint8Array {
    const out: number[] = [];
    value.write(out);
    return Uint8Array.from(out);
  },
};
