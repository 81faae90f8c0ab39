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

type Fields<Names extends readonly string[]> = Partial<Record<Names[number], number>>;

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

  /** A vocabulary's struct; fields that are not given are 0. */
  words(fields: Fields<typeof WORDS_FIELDS>): number {
    return this.u32(WORDS_FIELDS.map((name) => fields[name] ?? 0));
  }

  /** A splitter's struct; fields that are not given are 0. */
  splitter(fields: Fields<typeof SPLIT_FIELDS>): number {
    return this.u32(SPLIT_FIELDS.map((name) => fields[name] ?? 0));
  }

  splitterField(splitter: number, name: (typeof SPLIT_FIELDS)[number]): number {
    return this.engine.u32(splitter + SPLIT_FIELDS.indexOf(name) * 4, 1)[0];
  }

  setSplitterField(splitter: number, name: (typeof SPLIT_FIELDS)[number], value: number): void {
    this.engine.u32(splitter + SPLIT_FIELDS.indexOf(name) * 4, 1)[0] = value;
  }

  /** A search's struct; fields that are not given are 0. */
  search(fields: Fields<typeof SEARCH_FIELDS>): number {
    return this.u32(SEARCH_FIELDS.map((name) => fields[name] ?? 0));
  }

  /** An int8 search's struct; fields that are not given are 0. */
  int8Search({ scale = 0, weight = 0, slack = 0, ...fields }: Fields<typeof INT8_FIELDS>): number {
    const search = this.u32(INT8_FIELDS.map((name) => fields[name as keyof typeof fields] ?? 0));
    this.engine.f32(search + INT8_FIELDS.indexOf("scale") * 4, 3).set([scale, weight, slack]);
    return search;
  }

  /** A job's struct; fields that are not given are 0. */
  job({ alpha = 0, ...fields }: Fields<typeof JOB_FIELDS>): number {
    const job = this.u32(JOB_FIELDS.map((name) => (name === "alpha" ? 0 : (fields[name as keyof typeof fields] ?? 0))));
    this.engine.f32(job + JOB_FIELDS.indexOf("alpha") * 4, 1)[0] = alpha;
    return job;
  }

  setJobField(job: number, name: (typeof JOB_FIELDS)[number], value: number): void {
    this.engine.u32(job + JOB_FIELDS.indexOf(name) * 4, 1)[0] = value;
  }

  setJobFloat(job: number, name: (typeof JOB_FIELDS)[number], value: number): void {
    this.engine.f32(job + JOB_FIELDS.indexOf(name) * 4, 1)[0] = value;
  }

  /** A field of a job as the engine left it. */
  jobField(job: number, name: (typeof JOB_FIELDS)[number]): number {
    const address = job + JOB_FIELDS.indexOf(name) * 4;
    return name === "loss" || name === "alpha" ? this.engine.f32(address, 1)[0] : this.engine.u32(address, 1)[0];
  }
}
