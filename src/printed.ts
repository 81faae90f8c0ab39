/**
 * What people see of an object: one line, `Class(what it is)`, wherever it is printed. Each class has
 *
 *     toString() { return lineOf("KeyedVectors", () => [shapeOf(4, 2), "float32"]); }   // KeyedVectors(4 × 2, float32)
 *     [CONSOLE]() { return this.toString(); }
 */

import { Wasm2VecError } from "./errors.ts";

/** The method that Node, Deno and Bun ask for what a console shows. Browsers show fields. */
export const CONSOLE: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;

/** How many keys, rows or numbers a line shows of many. */
const SHOWN = 3;

/**
 * `name(part, part)`, without the parts that are empty. Never throws for what is closed: that is said.
 *
 * @param name the class as written, because whoever minifies code renames classes
 */
export const lineOf = (name: string, parts: () => readonly string[]) =>
  unlessClosed(name, () => `${name}(${parts().filter(Boolean).join(", ")})`);

/** What is printed of an object; of one that is closed, that it is. */
export function unlessClosed(name: string, print: () => string): string {
  try {
    return print();
  } catch (error) {
    if (error instanceof Wasm2VecError && error.code === "closed") return `${name}(closed)`;
    throw error;
  }
}

/** 1750 as "1,750" */
export const grouped = (count: number) => count.toLocaleString("en");

/** "1 word", "1,750 words" */
export const counted = (count: number, what: string) => `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;

export const shapeOf = (rows: number, columns: number) => `${grouped(rows)} × ${grouped(columns)}`;

/** The first of many, separated by commas, and a sign of the others. */
export function firstOf(items: Iterable<string>): string {
  const shown: string[] = [];
  for (const item of items) {
    if (shown.push(item) > SHOWN) return `${shown.slice(0, SHOWN).join(", ")}, …`;
  }
  return shown.join(", ");
}

/** A number of five digits at most, as float32 has seven: 0.1 and not 0.10000000149011612. */
export function rounded(number: number): string {
  const digits = number.toPrecision(5);
  return Math.abs(number) < 1e5 ? String(Number(digits)) : digits;
}

/** Rows as a page shows them, in columns; of many rows and columns those at the beginning and the end. */
export function rowsAsText(rows: number, columns: number, at: (row: number, column: number) => number): string {
  const shownColumns = ends(columns);
  const cells = ends(rows).map((row) =>
    shownColumns.map((column) => (row < 0 || column < 0 ? "…" : rounded(at(row, column)))),
  );
  const width = Math.max(0, ...cells.flat().map((cell) => cell.length));
  return cells.map((row) => `[${row.map((cell) => cell.padStart(width)).join("  ")}]`).join("\n");
}

/** 0 … count - 1; of more than seven the first and last three, and -1 between. */
function ends(count: number): number[] {
  if (count <= 2 * SHOWN + 1) return Array.from({ length: count }, (_, i) => i);
  return [0, 1, 2, -1, count - 3, count - 2, count - 1];
}

/** JSON of what has millions of numbers would be garbage, or never end: what to write instead is told. */
export function notJson(name: string, instead: string): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `JSON.stringify got ${name}, which is no JSON. ${instead}`);
}
