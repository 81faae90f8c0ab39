/**
 * What a Parquet file says of its columns and of where their pages lie.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */

import { schemaMessage } from "./arrow-metadata.ts";
import { COLUMN_NAMES, type Column, type ColumnKind } from "./columns.ts";
import type { Codec } from "./decompress.ts";
import { readStruct, type ThriftStruct, thrift } from "./thrift.ts";

/** The kinds of number and text that columns hold, by the format's numbers. */
export const TYPES = [
  "BOOLEAN",
  "INT32",
  "INT64",
  "INT96",
  "FLOAT",
  "DOUBLE",
  "BYTE_ARRAY",
  "FIXED_LEN_BYTE_ARRAY",
] as const;
export type ParquetType = (typeof TYPES)[number];

const CODECS = ["UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"] as const;

/** Of the codecs those that are read. */
export const UNPACKED: Readonly<Record<string, Codec | undefined>> = {
  SNAPPY: "SNAPPY",
  GZIP: "GZIP",
  ZSTD: "ZSTD",
  LZ4_RAW: "LZ4_RAW",
};

const REPETITION = { required: 0, optional: 1, repeated: 2 } as const;

/** A column of values, wherever in the schema. */
export interface ParquetColumn extends Column {
  /** its number among the columns of values */
  leaf: number;
  physical: ParquetType;
  /** the levels of a value that is there; 0 where there are none */
  maxDefinition: number;
  maxRepetition: number;
}

/** A column's values of a group of rows. */
export interface ColumnChunk {
  codec: string;
  values: number;
  begin: number;
  end: number;
}

export interface RowGroup {
  rows: number;
  chunks: ColumnChunk[];
}

export interface ParquetFooter {
  columns: ParquetColumn[];
  groups: RowGroup[];
}

export function readFooter(bytes: Uint8Array): ParquetFooter {
  const { struct } = readStruct(bytes);
  return { columns: readColumns(struct.structs(2)), groups: struct.structs(4).map(readGroup) };
}

/** The schema is a tree, each node before its children. */
function readColumns(elements: readonly ThriftStruct[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let at = 1;
  const visit = (path: readonly ThriftStruct[]) => {
    if (path.length > 64) throw new RangeError("columns within columns");
    const element = elements[at++];
    if (!element) throw new RangeError("the schema is cut short");
    const here = [...path, element];
    if (!element.has(5)) columns.push(describe(here, columns.length));
    else for (let child = 0; child < element.number(5); child++) visit(here);
  };
  for (let child = 0; child < (elements[0]?.number(5) ?? 0); child++) visit([]);
  return columns;
}

function describe(path: readonly ThriftStruct[], leaf: number): ParquetColumn {
  const count = (kinds: readonly number[]) => path.filter((element) => kinds.includes(element.number(3))).length;
  const maxRepetition = count([REPETITION.repeated]);
  const physical = TYPES[path[path.length - 1].number(1)] ?? "BOOLEAN";
  const isNumber = physical === "INT32" || physical === "INT64";
  const isFloat = physical === "FLOAT" || physical === "DOUBLE";
  let kind: ColumnKind = "other";
  if (maxRepetition === 0 && path.length === 1) {
    if (physical === "BYTE_ARRAY") kind = "text";
    else if (isNumber) kind = "integer";
  } else if (maxRepetition === 1 && isFloat) kind = "vector";
  return {
    ...{ name: path[0].text(4), kind, type: maxRepetition ? `a list of ${physical}` : physical },
    ...{ leaf, physical, maxRepetition, maxDefinition: count([REPETITION.optional, REPETITION.repeated]) },
  };
}

function readGroup(group: ThriftStruct): RowGroup {
  const chunks = group.structs(1).map((chunk): ColumnChunk => {
    const meta = chunk.struct(3);
    const pages = [meta?.number(9) ?? 0, meta?.number(11) ?? 0].filter((offset) => offset > 0);
    const begin = Math.min(...pages);
    return {
      codec: CODECS[meta?.number(4) ?? 0] ?? `codec ${meta?.number(4)}`,
      values: meta?.number(5) ?? 0,
      ...{ begin, end: begin + (meta?.number(7) ?? 0) },
    };
  });
  return { rows: group.number(3), chunks };
}

/** The columns that we write. */
const WRITTEN = {
  key: { type: TYPES.indexOf("BYTE_ARRAY"), path: [COLUMN_NAMES.key[0]] },
  count: { type: TYPES.indexOf("INT64"), path: [COLUMN_NAMES.count[0]] },
  vector: { type: TYPES.indexOf("FLOAT"), path: [COLUMN_NAMES.vector[0], "list", "element"] },
} as const;

const { i32, i64, list, struct, text } = thrift;
const { required, repeated } = REPETITION;
const PLAIN = 0;
const RLE = 3;

/** Logical types: texts and lists, as older readers and as newer ones know them. */
const AS_TEXT = { 6: i32(0), 10: struct({ 1: struct({}) }) };
const AS_LIST = { 6: i32(3), 10: struct({ 3: struct({}) }) };

function schemaOf(hasCounts: boolean) {
  const leaf = (type: number, name: string, more = {}) =>
    struct({ 1: i32(type), 3: i32(required), 4: text(name), ...more });
  const { key, count, vector } = WRITTEN;
  const [name, repeatedName, element] = vector.path;
  return list([
    struct({ 4: text("schema"), 5: i32(hasCounts ? 3 : 2) }),
    leaf(key.type, key.path[0], AS_TEXT),
    ...(hasCounts ? [leaf(count.type, count.path[0])] : []),
    struct({ 3: i32(required), 4: text(name), 5: i32(1), ...AS_LIST }),
    struct({ 3: i32(repeated), 4: text(repeatedName), 5: i32(1) }),
    leaf(vector.type, element),
  ]);
}

/** A column's pages of a group, as they were written. */
export interface WrittenChunk {
  column: keyof typeof WRITTEN;
  values: number;
  begin: number;
  bytes: number;
}

export interface WrittenGroup {
  rows: number;
  chunks: WrittenChunk[];
}

export function footerBytes(
  rows: number,
  width: number,
  hasCounts: boolean,
  groups: readonly WrittenGroup[],
): Uint8Array {
  const chunk = ({ column, values, begin, bytes }: WrittenChunk) => {
    const { type, path } = WRITTEN[column];
    const encodings = list([i32(PLAIN), i32(RLE)]);
    const sizes = { 5: i64(values), 6: i64(bytes), 7: i64(bytes), 9: i64(begin) };
    const meta = struct({ 1: i32(type), 2: encodings, 3: list(path.map(text)), 4: i32(0), ...sizes });
    return struct({ 2: i64(begin), 3: meta });
  };
  const group = ({ rows, chunks }: WrittenGroup) =>
    struct({ 1: list(chunks.map(chunk)), 2: i64(chunks.reduce((sum, { bytes }) => sum + bytes, 0)), 3: i64(rows) });
  // what Parquet has no type for, a list of fixed length, readers of Arrow find here
  const arrow = struct({ 1: text("ARROW:schema"), 2: text(base64(schemaMessage(width, hasCounts))) });
  return thrift.bytes(
    struct({
      ...{ 1: i32(2), 2: schemaOf(hasCounts), 3: i64(rows), 4: list(groups.map(group)), 5: list([arrow]) },
      6: text("wasm2vec"),
    }),
  );
}

const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

/** What stands before a page of so many bytes. */
export const pageHeader = (values: number, bytes: number) =>
  thrift.bytes(
    struct({
      1: i32(0),
      2: i32(bytes),
      3: i32(bytes),
      5: struct({ 1: i32(values), 2: i32(PLAIN), 3: i32(RLE), 4: i32(RLE) }),
    }),
  );
