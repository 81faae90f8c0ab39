/** Changed safetensors files of a language model's embeddings: refused, or rows that another reader gives too. */

import { EmbeddingMatrix } from "../../../src/embedding-matrix.ts";
import { type Json, textOf } from "../json.ts";
import { changedBases } from "../random.ts";
import { attempt, check, Fault, sameNumbers, type Target } from "../target.ts";
import { changedFileAsCode, changeFile, type FileParts, type TensorPart } from "../tensor-file.ts";

const NAME = "model.embed_tokens.weight";
const SHARES = { texts: 1, tensors: 2, header: 10, bytes: 3 };

/** Rows of every kind of number that is read, with other tensors around them. */
export function embeddings(dtype: "F32" | "F16" | "BF16", name = NAME): FileParts {
  const size = dtype === "F32" ? 4 : 2;
  const bytes = new Uint8Array(6 * 3 * size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 18; i++) {
    if (size === 4) view.setFloat32(i * 4, Math.fround(i / 3 - 2), true);
    else view.setUint16(i * 2, 0x3c00 + i * 37, true);
  }
  const other = (name: string, shape: number[]): TensorPart => ({
    ...{ name, dtype: "U8", shape },
    bytes: new Uint8Array(shape.reduce((a, b) => a * b, 1)).fill(7),
  });
  const tensors = [other("lm_head.weight", [8]), { name, dtype, shape: [6, 3], bytes }, other("empty", [0, 3])];
  return { texts: { format: "pt" }, tensors };
}

export async function open(): Promise<Target<number>> {
  const bases = (["F32", "F16", "BF16"] as const).map((dtype) => embeddings(dtype));
  const { steps, make } = changedBases(bases, 4, (base, seeds) => changeFile(base, seeds, SHARES));
  return {
    steps,
    async run(steps) {
      const { bytes, header } = make(steps);
      const { value: matrix, code } = await attempt(() =>
        EmbeddingMatrix.fromPretrained(new Map([["model.safetensors", bytes]])),
      );
      if (!matrix) return code as string;
      try {
        const text = Buffer.from(bytes.subarray(8)).toString();
        // where bytes were changed after it was written, the header is another
        if (text.startsWith(textOf(header))) checkHeader(header);
        return await use(matrix, bytes);
      } finally {
        matrix.close();
      }
    },
    code: (steps) => changedFileAsCode(make(steps)),
  };
}

/** Looks up and loads what was accepted. */
export async function use(matrix: EmbeddingMatrix, file: Uint8Array): Promise<string> {
  const [rows, columns] = matrix.shape;
  check(rows * columns <= file.length, `more rows than the file holds: [${rows}, ${columns}]`);
  const ids = rows ? [0, rows - 1, Math.floor(rows / 2), 0] : [];
  const { value: found, code } = await attempt(() => matrix.lookup(ids));
  if (!found) return `lookup: ${code}`;
  const expected = readRows(file, matrix.tensor, ids, columns);
  check(
    sameNumbers(found.data, expected),
    `other rows than are in the file: ${ids} are ${found.data}; expected ${expected}`,
  );
  const { value: table, code: refusal } = await attempt(() => matrix.load());
  if (!table) return `load: ${refusal}`;
  using loaded = table;
  check(
    loaded.size === rows && loaded.vectorSize === columns,
    `another shape was loaded: [${loaded.size}, ${loaded.vectorSize}]`,
  );
  if (rows) check(sameNumbers(loaded.getVectors(ids).data, expected), "what is loaded differs from what is looked up");
  return "accepted";
}

/** (N, columns) the rows as another reader gives them. */
function readRows(file: Uint8Array, name: string, ids: readonly number[], columns: number): Float32Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataBegin = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file.subarray(8, dataBegin)).toString());
  const { dtype, data_offsets } = header[name];
  const begin = dataBegin + data_offsets[0];
  return Float32Array.from({ length: ids.length * columns }, (_, k) => {
    const i = ids[Math.floor(k / columns)] * columns + (k % columns);
    if (dtype === "F32") return view.getFloat32(begin + i * 4, true);
    if (dtype === "F64") return view.getFloat64(begin + i * 8, true);
    // of float16 with fewer bits of the fraction
    if (dtype === "F8_E5M2") return halfOf(view.getUint8(begin + i) << 8);
    const bits = view.getUint16(begin + i * 2, true);
    return dtype === "BF16" ? new Float32Array(Uint32Array.of(bits << 16).buffer)[0] : halfOf(bits);
  });
}

function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}

/** What the format's first reader, which is written in Rust, refuses, and JSON.parse does not. */
function checkHeader(header: Json): void {
  const text = textOf(header);
  if (/(?<!\\)\\ud[89ab]..(?!\\ud[c-f])/i.test(text))
    throw new Fault("a header with half of a surrogate pair was accepted");
  if (!("members" in header)) return;
  checkNames(header, "the header");
  for (const [name, entry] of header.members) {
    if (!("members" in entry) || name === "__metadata__") continue;
    checkNames(entry, "a tensor's entry");
    for (const [field, value] of entry.members) {
      if (!["shape", "data_offsets"].includes(field) || !("items" in value)) continue;
      const wrong = value.items.map(textOf).find((size) => !/^(0|[1-9]\d*)$/.test(size));
      if (wrong !== undefined) throw new Fault(`a size that is no whole number was accepted: ${wrong}`);
    }
  }
}

function checkNames({ members }: { members: [string, Json][] }, where: string): void {
  const names = members.map(([name]) => name);
  check(new Set(names).size === names.length, `${where} with a key that comes twice was accepted`);
}
