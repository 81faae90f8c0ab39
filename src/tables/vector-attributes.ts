/** Values that belong to keys beside their vectors: what gensim calls vecattrs. */

import { show, Wasm2VecError } from "../errors.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

/** The one attribute that each table has; the vocabulary holds it. */
const COUNT = "count";

interface Attribute {
  /** what typeof says of its values */
  type: string;
  /** by row, with holes where nothing was set */
  values: unknown[];
}

/** The types of the values that a file keeps. */
const KEPT_TYPES = ["number", "string", "boolean"];

/** Named columns of values, one for each row; all values of a column have one type. */
export class VectorAttributes {
  private attributes = new Map<string, Attribute>();

  constructor(private readonly vocabulary: () => Vocabulary) {}

  /**
   * The value of a row; where none was set, 0 for a column of numbers and undefined for others.
   *
   * @throws {Wasm2VecError} `attribute-not-found`
   */
  get(row: number, name: string): unknown {
    checkName(name);
    if (name === COUNT) return this.vocabulary().counts[row];
    const attribute = this.attributes.get(name);
    if (attribute) return attribute.values[row] ?? (attribute.type === "number" ? 0 : undefined);
    const names = [COUNT, ...this.attributes.keys()].map((known) => `"${known}"`).join(", ");
    throw new Wasm2VecError(
      "attribute-not-found",
      `There is no attribute ${show(name)}, only ${names}. Set it with setVecattr first.`,
    );
  }

  /** @throws {Wasm2VecError} `option-invalid` when the value has another type than the attribute's */
  set(row: number, name: string, value: unknown): void {
    this.check(name, [value]);
    if (name === COUNT) this.vocabulary().counts[row] = value as number;
    else this.column(name, typeof value).values[row] = value;
  }

  /** @throws {Wasm2VecError} `option-invalid` unless `set` would take all the values */
  check(name: string, values: ArrayLike<unknown>): void {
    checkName(name);
    const type = name === COUNT ? "number" : (this.attributes.get(name)?.type ?? typeof values[0]);
    for (const value of Array.from(values)) {
      if (value !== undefined && typeof value === type && (name !== COUNT || isCount(value))) continue;
      const other = type === "undefined" ? "a value" : `a ${type}, as its other values are`;
      const expected = name === COUNT ? "an integer of at least 0" : other;
      throw new Wasm2VecError(
        "option-invalid",
        `The attribute ${show(name)} got ${show(value)}; expected ${expected}.`,
      );
    }
  }

  /** Puts the values in another order, but the counts, which the vocabulary moves: row i gets those of order[i]. */
  reorder(order: Uint32Array): void {
    this.attributes = this.ordered(order);
  }

  /** Copies all but the counts: row i gets the values of the other's rows[i], none where that is -1. */
  copyFrom(other: VectorAttributes, rows: Uint32Array | Int32Array): void {
    this.attributes = other.ordered(rows);
  }

  /**
   * All but the counts as JSON: `{ name: { type, values: [[row, value], …] } }`; undefined where there are none.
   *
   * @throws {Wasm2VecError} `option-invalid` for values that JSON does not hold
   */
  toJson(): string | undefined {
    if (!this.attributes.size) return undefined;
    const columns = Array.from(this.attributes, ([name, { type, values }]) => {
      if (!KEPT_TYPES.includes(type)) throw notKept(name, type);
      const set = [...values.entries()].filter(([, value]) => value !== undefined);
      return [
        name,
        { type, values: set.map(([row, value]) => [row, typeof value === "number" ? numberText(value) : value]) },
      ];
    });
    return JSON.stringify(Object.fromEntries(columns));
  }

  /**
   * Takes what toJson gave of a table of so many rows, for the first of them that are kept.
   *
   * @throws when it is something else
   */
  takeJson(json: string, rows: number, kept: number): void {
    const columns = Object.entries(JSON.parse(json) as Record<string, { type: string; values: [number, unknown][] }>);
    for (const [name, { type, values }] of columns) {
      const attribute: Attribute = { type, values: [] };
      for (const [row, given] of values) {
        const value = type === "number" ? Number(given) : given;
        const fits =
          Number.isInteger(row) && row >= 0 && row < rows && typeof value === type && KEPT_TYPES.includes(type);
        if (!fits || name === COUNT) throw new Error(`row ${show(row)} of ${show(name)} is ${show(given)}`);
        if (row < kept) attribute.values[row] = value;
      }
      this.attributes.set(name, attribute);
    }
  }

  private column(name: string, type: string): Attribute {
    const attribute = this.attributes.get(name) ?? { type, values: [] };
    this.attributes.set(name, attribute);
    return attribute;
  }

  private ordered(rows: Uint32Array | Int32Array): Map<string, Attribute> {
    const ordered = ({ type, values }: Attribute) => ({ type, values: Array.from(rows, (row) => values[row]) });
    return new Map(Array.from(this.attributes, ([name, attribute]) => [name, ordered(attribute)]));
  }
}

/** @throws {Wasm2VecError} `option-invalid` */
function checkName(name: unknown): void {
  if (typeof name === "string") return;
  throw new Wasm2VecError("option-invalid", `An attribute's name is ${show(name)}; expected a string.`);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A number as text that gives it again; JSON has no NaN, no Infinity and no -0. */
const numberText = (value: number) => (Object.is(value, -0) ? "-0" : String(value));

function notKept(name: string, type: string): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `The attribute ${show(name)} holds values of type ${type}; a file keeps numbers, strings and booleans. Make JSON of them, or keep them elsewhere.`,
  );
}
