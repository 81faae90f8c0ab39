/** Changed files of vectors of every format: refused, or a table that answers, and comes back when it is saved. */

import { gzipSync } from "node:zlib";
import { Engine } from "../../../src/engine/engine.ts";
import { KeyedVectors } from "../../../src/keyed-vectors.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { Random } from "../random.ts";
import { attempt, check, sameBits, type Target } from "../target.ts";
import { changeFile, partsOf } from "../tensor-file.ts";

const SHARES = { texts: 3, tensors: 8, header: 6, bytes: 1 };

/** A change of the file of this number. */
interface Step {
  file: number;
  seed: number;
}

export async function open(): Promise<Target<Step>> {
  await Engine.load();
  const files = await makeFiles();
  const parts = files.map((file) => (file[8] === 0x7b ? partsOf(file) : undefined));
  const make = (steps: readonly Step[]): Uint8Array => {
    if (!steps.length) return new Uint8Array();
    const { file } = steps[0];
    const made = parts[file];
    if (made)
      return changeFile(
        made,
        steps.map(({ seed }) => seed),
        SHARES,
      ).bytes;
    return steps.reduce((bytes, { seed }) => changeBytes(bytes, new Random(seed)).bytes, files[file]);
  };
  return {
    steps(random: Random) {
      const file = random.below(files.length);
      return [{ file, seed: random.below(2 ** 31) }, ...random.few(3, () => ({ file, seed: random.below(2 ** 31) }))];
    },
    async run(steps) {
      const bytes = make(steps);
      const { value: vectors, code } = await attempt(() => KeyedVectors.load(bytes, { unicodeErrors: "replace" }));
      if (!vectors) return code as string;
      using table = vectors;
      check(table.size <= bytes.length * 1100, `more rows than the file can hold: ${table.size}`);
      const saved = await attempt(() => bytesOf(table));
      if (!saved.value) return `save: ${saved.code}`;
      using again = await KeyedVectors.load(saved.value);
      check(again.size === table.size && again.dtype === table.dtype, "another shape comes back");
      check(sameBits(again.toMatrix().data, table.toMatrix().data), "other vectors come back");
      check(JSON.stringify([...again.indexToKey]) === JSON.stringify([...table.indexToKey]), "other keys come back");
      if (!table.size) return "empty";
      const found = await attempt(() => table.mostSimilar({ row: 0 }, { topn: 2 }));
      check([undefined, "option-invalid"].includes(found.code), `a query: ${found.code}`);
      return found.code ? "accepted, not finite" : "accepted";
    },
    code: (steps) => `await KeyedVectors.load(${bytesAsCode(make(steps))}, { unicodeErrors: "replace" })`,
  };
}

async function bytesOf(vectors: KeyedVectors, format?: "word2vec" | "glove" | "word2vec-binary"): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await vectors.save(new WritableStream({ write: (chunk) => void parts.push(chunk) }), { format });
  return new Uint8Array(Buffer.concat(parts));
}

/** A small table as a file of each format, of each kind of number, and gzipped. */
async function makeFiles(): Promise<Uint8Array[]> {
  const rows = { the: [0.5, -1.25, 1e-7], 日本: [2, 3, -4], x: [0, 0.1, 100] };
  using wide = await KeyedVectors.from(rows);
  wide.setVecattr("x", "tag", "last");
  using narrow = await KeyedVectors.from(rows, { dtype: "int8" });
  using half = await KeyedVectors.from(rows, { dtype: "float16" });
  const files = [await bytesOf(wide), await bytesOf(narrow), await bytesOf(half)];
  for (const format of ["word2vec", "glove", "word2vec-binary"] as const) files.push(await bytesOf(wide, format));
  return [...files, ...files.slice(2).map((file) => new Uint8Array(gzipSync(file)))];
}
