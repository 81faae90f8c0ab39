/** Which columns of a file hold the keys, how often each came, and the vectors. */

import { show, Wasm2VecError } from "../errors.ts";

/** What a column holds, as far as it matters here. */
export type ColumnKind = "text" | "vector" | "integer" | "other";

export interface Column {
  name: string;
  kind: ColumnKind;
  /** what messages call its type */
  type: string;
}

/** The names of columns that are looked for first; what we write bears the first of each. */
export const COLUMN_NAMES = {
  key: ["key", "word", "token", "text", "name"],
  vector: ["vector", "embedding", "vectors", "embeddings"],
  count: ["count"],
} as const;

/**
 * The column of texts, that of vectors, and where there is one the integers called "count". Of several the one that is
 * called so is meant, else the first.
 *
 * @param name what messages call the file, and `kind` what it is: "an Arrow file"
 * @throws {Wasm2VecError} `format-unknown` where there are none
 */
export function chooseColumns<Found extends Column>(columns: readonly Found[], name: string, kind: string) {
  const find = (kind: ColumnKind, names: readonly string[]) => {
    const found = columns.filter((column) => column.kind === kind);
    return names.flatMap((name) => found.find((column) => column.name.toLowerCase() === name) ?? []).at(0) ?? found[0];
  };
  const key = find("text", COLUMN_NAMES.key);
  const vector = find("vector", COLUMN_NAMES.vector);
  const count = columns.find(({ name, kind }) => kind === "integer" && name.toLowerCase() === COLUMN_NAMES.count[0]);
  if (key && vector) return { key, vector, count };
  const there = columns.map(({ name, type }) => `${show(name)} (${type})`).join(", ") || "none";
  throw new Wasm2VecError(
    "format-unknown",
    `${name} is ${kind} whose columns are ${there}; expected one of texts, such as "key", and one of lists of float numbers, such as "vector". Write its columns under these types.`,
  );
}
