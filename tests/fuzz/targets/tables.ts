/** Changed files of the gguf package and of torch.save: refused, or rows of as many numbers as the file has bits for. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { EmbeddingMatrix } from "../../../src/embedding-matrix.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { changedBases, Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";

const FOLDER = fileURLToPath(new URL("../../tests/golden/", import.meta.url));

/** The fewest bits that a number takes, in Q2_K. */
const FEWEST_BITS = 2.6;

const filesOf = (golden: string): [string, string][] =>
  Object.entries(JSON.parse(readFileSync(`${FOLDER}${golden}`, "utf8")).files);

export async function open(): Promise<Target<number>> {
  const files = [...filesOf("gguf.json"), ...filesOf("torch.json")].map(
    ([, base64]) => new Uint8Array(Buffer.from(base64, "base64")),
  );
  const { steps, make } = changedBases<Uint8Array, Uint8Array>(files, 4, (base, seeds) =>
    seeds.reduce<Uint8Array>((bytes, seed) => changeBytes(bytes, new Random(seed)).bytes, base),
  );
  return {
    steps,
    async run(steps) {
      const bytes = make(steps);
      const { value: matrix, code } = await attempt(() => EmbeddingMatrix.fromPretrained(bytes));
      if (!matrix) return code as string;
      try {
        const [rows, columns] = matrix.shape;
        check((rows * columns * FEWEST_BITS) / 8 <= bytes.length, `more than the file holds: [${rows}, ${columns}]`);
        const { value: found, code: refusal } = await attempt(() => matrix.lookup([0, rows - 1]));
        if (!found) return `lookup: ${refusal}`;
        check(found.data.length === 2 * columns, `${found.data.length} numbers for two rows of ${columns}`);
        return "accepted";
      } finally {
        matrix.close();
      }
    },
    code: (steps) => bytesAsCode(make(steps)),
  };
}
