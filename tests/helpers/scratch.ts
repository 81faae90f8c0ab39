/** Puts numbers into an engine's memory, for tests of kernels: whatever is placed gets an address of its own. */

import { Engine } from "../../src/engine/engine.ts";
import {
  ALIGNMENT,
  INT8_FIELDS,
  JOB_FIELDS,
  roundUp,
  rowBytesOf,
  SEARCH_FIELDS,
  SPLIT_FIELDS,
  WORDS_FIELDS,
} from "../../src/engine/layout.ts";
import { type Field, Struct, structBytes } from "../../src/engine/struct.ts";
import type { MersenneTwister, Vector } from "./reference.ts";

/** The dimensions that every kernel is tested with. */
export const DIMENSIONS = [1, 3, 4, 50, 100, 300];

/** What float32 may change a number by when it rounds it, relatively: half of its last bit. */
export const ROUNDING = 2 ** -24;

/** How many bytes a guard has, at least; what is read there is a NaN or no word's id. */
const GUARD = 1024;

/** (D,) numbers in [-1, 1) that float32 holds exactly. */
export function randomRow(generator: MersenneTwister, dimension: number): Vector {
  return Array.from({ length: dimension }, () => (generator.next() >>> 8) / 2 ** 23 - 1);
}

/** (V, D) of them. */
export function randomRows(generator: MersenneTwister, size: number, dimension: number): Vector[] {
  return Array.from({ length: size }, () => randomRow(generator, dimension));
}

type NameOf<Fields extends readonly Field[]> = Fields[number]["name"];
type Fields<List extends readonly Field[]> = Partial<Record<NameOf<List>, number>>;

export class Scratch {
  readonly kernels: Engine["kernels"];
  private end: number;
  private readonly guards: { begin: number; end: number }[] = [];

  private constructor(readonly engine: Engine) {
    this.kernels = engine.kernels;
    this.end = engine.base;
  }

  static async open(isRelaxed = false): Promise<Scratch> {
    return new Scratch(await Engine.open(isRelaxed));
  }

  [Symbol.dispose](): void {
    this.engine.close();
  }

  /** Room for so many bytes, all zero, at a multiple of a cache line. */
  take(bytes: number): number {
    const address = roundUp(this.end, ALIGNMENT);
    this.end = address + bytes;
    this.engine.reserve(this.end, "The test needs");
    return address;
  }

  /** Room between two guards. */
  guarded(bytes: number): number {
    this.guard();
    const address = this.take(bytes);
    this.guard();
    return address;
  }

  private guard(): void {
    const begin = this.end;
    this.end = roundUp(begin + GUARD, ALIGNMENT);
    this.engine.reserve(this.end, "The test needs");
    this.engine.u8(begin, this.end - begin).fill(0xff);
    this.guards.push({ begin, end: this.end });
  }

  /** Fails where something was written beside the guarded rooms. */
  checkGuards(): void {
    for (const { begin, end } of this.guards) {
      const written = this.engine.u8(begin, end - begin).findIndex((byte) => byte !== 0xff);
      if (written >= 0) throw new Error(`something was written ${written} bytes into the guard at ${begin}`);
    }
  }

  u8(values: ArrayLike<number>): number {
    const address = this.take(values.length);
    this.engine.u8(address, values.length).set(values);
    return address;
  }

  i16(values: ArrayLike<number>): number {
    const address = this.take(values.length * 2);
    this.engine.i16(address, values.length).set(values);
    return address;
  }

  u32(values: ArrayLike<number>): number {
    const address = this.take(values.length * 4);
    this.engine.u32(address, values.length).set(values);
    return address;
  }

  f32(values: ArrayLike<number>): number {
    const address = this.take(values.length * 4);
    this.engine.f32(address, values.length).set(values);
    return address;
  }

  f64(values: ArrayLike<number>): number {
    const address = this.take(values.length * 8);
    this.engine.f64(address, values.length).set(values);
    return address;
  }

  u64(value: bigint): number {
    return this.u32([Number(value % 2n ** 32n), Number(value >> 32n)]);
  }

  /** A vector (D,) as a row: f32, padded with zeros. */
  row(values: Vector): number {
    return this.rows([values]);
  }

  /** A table (V, D) of such rows, one after the other. */
  rows(table: Vector[]): number {
    const rowBytes = rowBytesOf(table[0].length);
    const address = this.take(table.length * rowBytes);
    for (const [i, values] of table.entries()) this.engine.f32(address + i * rowBytes, values.length).set(values);
    return address;
  }

  /** (D,) a row without its padding. */
  readRow(address: number, dimension: number): Vector {
    return [...this.engine.f32(address, dimension)];
  }

  /** (V, D) */
  readRows(address: number, size: number, dimension: number): Vector[] {
    return Array.from({ length: size }, (_, i) => this.readRow(address + i * rowBytesOf(dimension), dimension));
  }

  /** What is behind the numbers of a row. */
  readPadding(address: number, dimension: number): number[] {
    return [...this.engine.f32(address, rowBytesOf(dimension) / 4)].slice(dimension);
  }

  /** A struct of the engine; fields that are not given are 0. */
  struct<Name extends string>(fields: readonly Field<Name>[], values: Partial<Record<Name, number>>): number {
    const address = this.u32(fields.map(() => 0));
    const struct = new Struct(this.engine, address, fields);
    for (const { name } of fields) struct.set(name, values[name] ?? 0);
    return address;
  }

  words(fields: Fields<typeof WORDS_FIELDS>): number {
    return this.struct(WORDS_FIELDS, fields);
  }

  splitter(fields: Fields<typeof SPLIT_FIELDS>): number {
    return this.struct(SPLIT_FIELDS, fields);
  }

  splitterField(splitter: number, name: NameOf<typeof SPLIT_FIELDS>): number {
    return new Struct(this.engine, splitter, SPLIT_FIELDS).get(name);
  }

  setSplitterField(splitter: number, name: NameOf<typeof SPLIT_FIELDS>, value: number): void {
    new Struct(this.engine, splitter, SPLIT_FIELDS).set(name, value);
  }

  search(fields: Fields<typeof SEARCH_FIELDS>): number {
    return this.struct(SEARCH_FIELDS, fields);
  }

  /** The structs of several queries, one after the other. */
  int8Searches(queries: Fields<typeof INT8_FIELDS>[]): number {
    const begin = this.u32(queries.flatMap(() => INT8_FIELDS.map(() => 0)));
    for (const [q, fields] of queries.entries()) {
      const struct = new Struct(this.engine, begin + q * structBytes(INT8_FIELDS), INT8_FIELDS);
      for (const { name } of INT8_FIELDS) struct.set(name, fields[name] ?? 0);
    }
    return begin;
  }

  job(fields: Fields<typeof JOB_FIELDS>): number {
    return this.struct(JOB_FIELDS, fields);
  }

  setJobField(job: number, name: NameOf<typeof JOB_FIELDS>, value: number): void {
    new Struct(this.engine, job, JOB_FIELDS).set(name, value);
  }

  /** A field of a job as the engine left it. */
  jobField(job: number, name: NameOf<typeof JOB_FIELDS>): number {
    return new Struct(this.engine, job, JOB_FIELDS).get(name);
  }
}
