/**
 * What an Arrow file says of its columns and of the batches of rows, as messages:
 *
 *     | -1: i32 | length: i32 | a FlatBuffer | body: the buffers of a batch's columns |
 *
 * @see https://arrow.apache.org/docs/format/Columnar.html
 */

import type { Column, ColumnKind } from "./columns.ts";
import { COLUMN_NAMES } from "./columns.ts";
import { FlatTable, flat } from "./flatbuffer.ts";

/** What we write, and all that is read, is of the format's fifth version. */
const VERSION = flat.i16(4);

/** Kinds of message. */
const SCHEMA = 1;
const BATCH = 3;

/** Kinds of column, by the format's numbers. */
const TYPES = {
  Int: 2,
  FloatingPoint: 3,
  Utf8: 5,
  List: 12,
  FixedSizeList: 16,
  LargeUtf8: 20,
  LargeList: 21,
  Utf8View: 24,
} as const;
const TYPE_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(TYPES).map(([name, number]) => [number, name]),
);

/** How many buffers a column of a type has: whether each row is there, and what holds it. Views have more, as batches say. */
const BUFFERS: Readonly<Record<number, number>> = {
  ...{ 1: 0, 4: 3, 13: 1, 14: 1, 16: 1, 19: 3, 22: 0, [TYPES.Utf8]: 3, [TYPES.LargeUtf8]: 3 },
};
const VIEWS = [23, 24];

/** Floats by their precision. */
const FLOAT_BYTES: readonly (number | undefined)[] = [2, 4, 8];

export interface ArrowColumn extends Column {
  /** the number of its first node and of its first buffer, those of columns before it counted */
  node: number;
  buffer: number;
  /** the columns of views before it, whose buffers come on top */
  viewsBefore: number;
  /** of texts: how many bytes an offset has; undefined for views */
  offsetBytes?: 4 | 8;
  /** of vectors: D, undefined where lists may have any length */
  width?: number;
  /** of floats or integers: how many bytes each has */
  bytes: number;
  isSigned: boolean;
}

/** Columns of a schema, at the top. */
export function readColumns(schema: FlatTable): ArrowColumn[] {
  const place = { node: 0, buffer: 0, viewsBefore: 0 };
  return schema.tables(1).map((field) => {
    const begin = { ...place };
    pass(field, place, 0);
    return { name: field.text(0), ...begin, ...describe(field) };
  });
}

/** Counts the nodes and buffers of a column and of what lies below it. */
function pass(field: FlatTable, place: { node: number; buffer: number; viewsBefore: number }, depth: number): void {
  if (depth > 64) throw new RangeError("columns within columns");
  const type = field.i8(2);
  place.node++;
  // a dictionary's rows are numbers
  if (field.has(4)) place.buffer += 2;
  else {
    place.buffer += BUFFERS[type] ?? 2;
    if (VIEWS.includes(type)) place.viewsBefore++;
    for (const child of field.tables(5)) pass(child, place, depth + 1);
  }
}

function describe(field: FlatTable): Omit<ArrowColumn, "name" | "node" | "buffer" | "viewsBefore"> {
  const number = field.i8(2);
  const name = TYPE_NAMES[number] ?? `type ${number}`;
  const other = { kind: "other" as ColumnKind, type: name, bytes: 0, isSigned: false };
  if (field.has(4)) return { ...other, type: `a dictionary of ${name}` };
  const type = field.table(3);
  switch (number) {
    case TYPES.Utf8:
    case TYPES.LargeUtf8:
      return { ...other, kind: "text", offsetBytes: number === TYPES.Utf8 ? 4 : 8 };
    case TYPES.Utf8View:
      return { ...other, kind: "text" };
    case TYPES.Int:
      return { ...other, ...integer(type?.i32(0) ?? 0), isSigned: Boolean(type?.i8(1)) };
    case TYPES.List:
    case TYPES.LargeList:
    case TYPES.FixedSizeList: {
      const child = field.tables(5)[0];
      if (child?.i8(2) !== TYPES.FloatingPoint) return { ...other, type: `${name} of type ${child?.i8(2)}` };
      const bytes = FLOAT_BYTES[child.table(3)?.i16(0) ?? 0];
      if (!bytes) return other;
      const width = number === TYPES.FixedSizeList ? type?.i32(0) : undefined;
      return { ...other, kind: "vector", bytes, width, offsetBytes: number === TYPES.LargeList ? 8 : 4 };
    }
    default:
      return other;
  }
}

const integer = (bits: number) =>
  [8, 16, 32, 64].includes(bits) ? { kind: "integer" as const, bytes: bits / 8 } : { kind: "other" as const };

/** A part of a file. */
export interface Block {
  /** where its message begins, how long that is, and how long the body behind it */
  begin: number;
  metaBytes: number;
  bodyBytes: number;
}

export interface Footer {
  columns: ArrowColumn[];
  isBigEndian: boolean;
  batches: Block[];
}

export function readFooter(bytes: Uint8Array): Footer {
  const footer = FlatTable.root(bytes);
  const schema = footer.table(1);
  if (!schema) throw new RangeError("there is no schema");
  const batches = footer.structs(3, 24, (view, at) => ({
    begin: Number(view.getBigInt64(at, true)),
    metaBytes: view.getInt32(at + 8, true),
    bodyBytes: Number(view.getBigInt64(at + 16, true)),
  }));
  return { columns: readColumns(schema), isBigEndian: schema.i16(0) !== 0, batches };
}

/** A number of bytes of a body. */
export interface Region {
  begin: number;
  length: number;
}

export interface Batch {
  rows: number;
  nodes: { rows: number; nulls: number }[];
  /** from the body's beginning on */
  buffers: Region[];
  /** how many further buffers each column of views has */
  views: number[];
  /** 0: LZ4, 1: Zstandard; undefined where buffers lie there as they are */
  codec: number | undefined;
}

/** The batch that a message describes; undefined where it describes something else. */
export function readBatch(bytes: Uint8Array): Batch | undefined {
  const message = FlatTable.root(bytes);
  const batch = message.i8(1) === BATCH ? message.table(2) : undefined;
  if (!batch) return undefined;
  const pair = (view: DataView, at: number) =>
    [Number(view.getBigInt64(at, true)), Number(view.getBigInt64(at + 8, true))] as const;
  return {
    rows: batch.i64(0),
    nodes: batch.structs(1, 16, (view, at) => {
      const [rows, nulls] = pair(view, at);
      return { rows, nulls };
    }),
    buffers: batch.structs(2, 16, (view, at) => {
      const [begin, length] = pair(view, at);
      return { begin, length };
    }),
    views: batch.structs(4, 8, (view, at) => Number(view.getBigInt64(at, true))),
    codec: batch.table(3)?.i8(0),
  };
}

const field = (
  name: string,
  type: number,
  settings: ReturnType<typeof flat.table>,
  ...children: ReturnType<typeof flat.table>[]
) => flat.table(flat.text(name), flat.i8(0), flat.i8(type), settings, undefined, flat.tables(...children));

/** The columns that we write: key, count where it is known, vector. */
function schemaOf(width: number, hasCounts: boolean) {
  const numbers = field("item", TYPES.FloatingPoint, flat.table(flat.i16(1)));
  const count = field(COLUMN_NAMES.count[0], TYPES.Int, flat.table(flat.i32(64), flat.i8(1)));
  return flat.table(
    flat.i16(0),
    flat.tables(
      field(COLUMN_NAMES.key[0], TYPES.Utf8, flat.table()),
      ...(hasCounts ? [count] : []),
      field(COLUMN_NAMES.vector[0], TYPES.FixedSizeList, flat.table(flat.i32(width)), numbers),
    ),
  );
}

/** Bytes of a message that has a body of so many bytes: with its head, a multiple of eight. */
function message(kind: number, header: ReturnType<typeof flat.table>, bodyBytes: number): Uint8Array {
  const buffer = flat.buffer(flat.table(VERSION, flat.i8(kind), header, flat.i64(bodyBytes)));
  const bytes = new Uint8Array(8 + buffer.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, buffer.length, true);
  bytes.set(buffer, 8);
  return bytes;
}

/** The schema as a message. */
export const schemaMessage = (width: number, hasCounts: boolean) => message(SCHEMA, schemaOf(width, hasCounts), 0);

/** A batch's message: nodes as [rows, nulls], buffers as [begin, length]. */
export const batchMessage = (rows: number, nodes: number[][], buffers: number[][], bodyBytes: number) =>
  message(BATCH, flat.table(flat.i64(rows), flat.structs(...nodes), flat.structs(...buffers)), bodyBytes);

/** What stands at a file's end: the schema again, and where the batches lie. */
export const footerBytes = (width: number, hasCounts: boolean, batches: readonly Block[]) =>
  flat.buffer(
    flat.table(
      VERSION,
      schemaOf(width, hasCounts),
      undefined,
      flat.structs(...batches.map(({ begin, metaBytes, bodyBytes }) => [begin, metaBytes, bodyBytes])),
    ),
  );
