/** Safetensors files with something changed: in a text of the metadata, a tensor, the header or anywhere. */

import { Checksum, DIGEST_BYTES } from "../../src/formats/checksum.ts";
import { bytesAsCode, changeBytes, joined } from "./bytes.ts";
import { changeJson, type Json, jsonOf, textOf } from "./json.ts";
import { Random } from "./random.ts";

export interface TensorPart {
  name: string;
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

export interface FileParts {
  /** the metadata: texts, and JSON that is written as a text */
  texts: Record<string, string | Json>;
  tensors: TensorPart[];
}

/** How often a step changes what. */
export type Shares = Readonly<Record<"texts" | "tensors" | "header" | "bytes", number>>;

const ORDER = ["texts", "tensors", "header", "bytes"] as const;

/** A file, its metadata, its header before its bytes were changed, and what was changed. */
export interface ChangedFile {
  bytes: Uint8Array<ArrayBuffer>;
  texts: Record<string, string>;
  header: Json;
  notes: string[];
}

/** Takes a file apart. */
export function partsOf(file: Uint8Array, jsonTexts: readonly string[] = []): FileParts {
  const headerEnd = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__ = {}, ...entries } = JSON.parse(Buffer.from(file.subarray(8, headerEnd)).toString());
  const tensors = Object.entries(
    entries as Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>,
  ).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]): TensorPart => ({
      ...{ name, dtype, shape },
      bytes: file.slice(headerEnd + begin, headerEnd + end),
    }),
  );
  const texts = Object.entries(__metadata__ as Record<string, string>).map(([name, text]) => [
    name,
    jsonTexts.includes(name) ? jsonOf(JSON.parse(text)) : text,
  ]);
  return { texts: Object.fromEntries(texts), tensors };
}

/**
 * The file with a change for each seed, what lies inside first.
 *
 * @param rest metadata that stays
 */
export function changeFile(
  parts: FileParts,
  seeds: readonly number[],
  shares: Shares,
  rest: FileParts["texts"] = {},
): ChangedFile {
  const notes: string[] = [];
  const { texts, tensors } = structuredClone(parts);
  const changes = seeds.map((seed) => {
    const random = new Random(seed);
    return { random, where: random.weighted(shares) };
  });
  changes.sort((a, b) => ORDER.indexOf(a.where) - ORDER.indexOf(b.where));
  const at = (where: keyof Shares) => changes.filter((change) => change.where === where).map(({ random }) => random);
  for (const random of at("texts")) notes.push(changeText(texts, random));
  for (const random of at("tensors")) notes.push(changeTensor(tensors, random));
  const written = Object.entries({ ...texts, ...rest }).map(([name, text]): [string, string] => [
    name,
    typeof text === "string" ? text : textOf(text),
  ]);
  let header = headerOf(written, tensors);
  for (const random of at("header")) {
    const { json, note } = changeJson(header, random);
    header = json;
    notes.push(`header ${note}`);
  }
  const head = headOf(header);
  signTensors(tensors, head);
  let bytes = joined(head, ...tensors.map((tensor) => tensor.bytes));
  for (const random of at("bytes")) {
    const changed = changeBytes(bytes, random);
    bytes = joined(changed.bytes);
    notes.push(changed.note);
  }
  return { bytes, texts: Object.fromEntries(written), header, notes };
}

export const changedFileAsCode = ({ bytes, notes }: ChangedFile) => `// ${notes.join("\n// ")}\n${bytesAsCode(bytes)}`;

function changeText(texts: FileParts["texts"], random: Random): string {
  const name = random.pick(Object.keys(texts));
  const text = texts[name];
  if (typeof text === "string") {
    texts[name] = random.pick(["", "0", "1", "2", "01", "1.0", `${text} `, "999999999999999999999", "x".repeat(5000)]);
    return `${name} = ${(texts[name] as string).slice(0, 40)}`;
  }
  const { json, note } = changeJson(text, random);
  texts[name] = json;
  return `${name} ${note}`;
}

const ELEMENT_BYTES: Readonly<Record<string, number>> = { F64: 8, F32: 4, U32: 4, BF16: 2, F16: 2 };

/** A number in a tensor, its length, or how many rows there are. */
function changeTensor(tensors: TensorPart[], random: Random): string {
  const tensor = random.pick(tensors);
  const { name, dtype, bytes, shape } = tensor;
  const size = ELEMENT_BYTES[dtype] ?? 1;
  const count = bytes.length / size;
  const i = random.below(count);
  const change = random.weighted({ number: 8, rows: 1, shape: 1 });
  if (change === "shape") {
    tensor.shape = random.pick([[count], [1, count], [count, 1], [...shape, 1], [0], [count, 0], [], [4e9, 0]]);
    if (tensor.shape.includes(0)) tensor.bytes = new Uint8Array();
    return `${name}: shape [${tensor.shape}]`;
  }
  if (change === "rows") {
    const row = (bytes.length / Math.max(1, shape[0])) | 0;
    const more = random.chance(0.5);
    tensor.bytes = more ? joined(bytes, bytes.slice(0, row)) : bytes.slice(row);
    tensor.shape = [Math.max(0, shape[0] + (more ? 1 : -1)), ...shape.slice(1)];
    return `${name}: a row ${more ? "more" : "less"}`;
  }
  if (!count) return `${name} stays`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = random.pick([
    0,
    1,
    2,
    5,
    255,
    2 ** 31,
    2 ** 32 - 1,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e30,
    3e38,
    2 ** 53,
  ]);
  if (size === 8) view.setFloat64(i * 8, value, true);
  else if (dtype === "F32") view.setFloat32(i * 4, value, true);
  else if (size === 4) view.setUint32(i * 4, value, true);
  else if (size === 2) view.setUint16(i * 2, random.pick([0, 1, 0x8000, 0x7c00, 0x7f80, 0x7fff, 0xffff]), true);
  else view.setUint8(i, random.pick([0, 0x20, 0x61, 0x80, 0xc3, 0xed, 0xff]));
  return `${name}[${i}] = ${size > 2 ? value : `${bytes.subarray(i * size, (i + 1) * size)}`}`;
}

function headerOf(texts: readonly [string, string][], tensors: readonly TensorPart[]): Json {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes }): [string, Json] => {
    const begin = end;
    end += bytes.length;
    return [name, jsonOf({ dtype, shape, data_offsets: [begin, end] })];
  });
  return { members: [["__metadata__", jsonOf(Object.fromEntries(texts))], ...entries] };
}

/** The header's length and the header. */
function headOf(header: Json): Uint8Array {
  const text = new TextEncoder().encode(textOf(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return joined(length, text);
}

/** Where a model's file has checksums, those of what was changed: else nothing of it would be looked at. */
function signTensors(tensors: readonly TensorPart[], head: Uint8Array): void {
  const { name, bytes } = tensors[tensors.length - 1];
  if (name !== "checksums" || bytes.length !== tensors.length * DIGEST_BYTES) return;
  const checksum = Checksum.open();
  for (const [i, part] of [head, ...tensors.slice(0, -1).map((tensor) => tensor.bytes)].entries()) {
    checksum.add(part);
    bytes.set(checksum.digest(), i * DIGEST_BYTES);
  }
  checksum.close();
}
