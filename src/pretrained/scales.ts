/** The scales that stand beside numbers of eight bits in a checkpoint: one for all, one a row, or one a block. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, isJsonObject, readJson } from "../files/folder.ts";
import type { StoredTensor } from "../formats/tensor-file.ts";
import type { Weights } from "./weights.ts";

/** Turns the numbers (D,) of a row as they are stored into what they stand for. */
export type Rescale = (numbers: Float32Array, row: number) => void;

/** The kinds that are numbers by themselves, where no scale stands beside them. */
const IS_FLOAT = /^F8_E[45]/;

/** What model2vec calls its table: of int8 it writes no scale, because cosines need none. */
const UNSCALED_TABLE = "embeddings";

/** Names of what belongs to a tensor and may change what its numbers stand for. */
const COMPANION = /scale|zero|absmax|quant|scb|format|offset|shape|shift/i;

/** Scales of what comes into a layer or goes out, which say nothing of its weights. */
const OF_ACTIVATIONS = /^(input|output|activation|act|k|v)_?scale/i;

/** More scales than these are refused: a table of a million rows in groups of 64 numbers has as many. */
const MOST_SCALES = 2 ** 26;

/** DeepSeek's blocks, where config.json says nothing else. */
const BLOCK = 128;

/** bitsandbytes stores the largest number of each row; the numbers are 127ths of it, by this factor. */
const PART_OF_127 = Math.fround(7.874015718698502e-3);

/**
 * Finds what the numbers of a matrix are to be multiplied with. Scales are named as compressed-tensors (`weight_scale`,
 * `weight_zero_point`), DeepSeek (`weight_scale_inv`, `scale`) and bitsandbytes (`SCB`) name them.
 *
 * @returns undefined where the numbers are what they stand for
 * @throws {Wasm2VecError} `format-unknown` where there is no scale and should be one, or one that is not known; `shape-mismatch`
 */
export async function findScales(
  weights: Weights,
  folder: Folder,
  tensor: StoredTensor,
  signal?: AbortSignal,
): Promise<Rescale | undefined> {
  const { name, dtype } = tensor;
  const base = name.replace(/\.?weight$/, "");
  const before = base && `${base}.`;
  const belonging = [...weights.names].filter(
    (other) =>
      other !== name &&
      (other.startsWith(name) || other.startsWith(before)) &&
      COMPANION.test(other.slice(before.length)) &&
      !OF_ACTIVATIONS.test(other.slice(before.length)) &&
      !other
        .slice(before.length)
        .replace(/^weight[._]/, "")
        .includes("."),
  );
  const scaleNames = [`${name}_scale_inv`, `${name}_scale`, `${before}scale`, `${before}SCB`];
  const zeroName = `${name}_zero_point`;
  const formatName = `${name}_format`;
  const scales = belonging.filter((other) => scaleNames.includes(other));
  const [scale, second] = scales;
  const isSCB = scale === `${before}SCB`;
  const unknown = belonging.find(
    (other) => !scales.includes(other) && other !== zeroName && !(isSCB && other === formatName),
  );
  const odd = second ?? unknown;
  const refuse = (what: string) =>
    new Wasm2VecError(
      "format-unknown",
      `Tensor ${show(name)} of ${folder.name} holds ${dtype}, ${what}. Take a checkpoint whose embeddings are not quantized.`,
    );
  if (odd !== undefined) throw refuse(`and ${show(odd)}, which is not read, says what they stand for`);
  if (scale === undefined) {
    if (belonging.length) throw refuse(`and ${show(zeroName)} without a scale`);
    if (IS_FLOAT.test(dtype) || (dtype === "I8" && name === UNSCALED_TABLE)) return undefined;
    throw refuse(`and no scale stands beside it; expected one as ${show(scaleNames[1])}`);
  }
  const factors = await readFactors(weights, folder, scale, tensor, signal);
  if (dtype === "U8" && !factors.isByRow) throw refuse(`and ${show(scale)} by blocks: they may be packed`);
  const zeros = weights.has(zeroName) ? await readFactors(weights, folder, zeroName, tensor, signal) : undefined;
  if (isSCB) {
    if (dtype !== "I8" || !factors.isByRow) throw refuse(`and ${show(scale)}, which belongs to rows of int8`);
    const format = weights.has(formatName) ? (await weights.numbersOf(formatName, signal))[0] : 0;
    if (format !== 0) throw refuse(`which bitsandbytes has put into another order (${show(formatName)} is ${format})`);
    return (numbers, row) => {
      const largest = factors.at(row, 0);
      for (let i = 0; i < numbers.length; i++) numbers[i] = Math.fround(numbers[i] * largest) * PART_OF_127;
    };
  }
  return (numbers, row) => {
    for (let i = 0; i < numbers.length; i++) {
      numbers[i] = (numbers[i] - (zeros ? zeros.at(row, i) : 0)) * factors.at(row, i);
    }
  };
}

/** A factor for each number of a matrix. */
interface Factors {
  /** whether a row has one */
  isByRow: boolean;
  at(row: number, column: number): number;
}

async function readFactors(
  weights: Weights,
  folder: Folder,
  name: string,
  { name: of, shape: [rows, columns] }: StoredTensor,
  signal?: AbortSignal,
): Promise<Factors> {
  const { shape } = (await weights.fileOf(name, signal)).tensor(name);
  const count = shape.reduce((product, size) => product * size, 1);
  const fail = () =>
    new Wasm2VecError(
      "shape-mismatch",
      `Tensor ${show(name)} of ${folder.name} has the shape [${shape}], which does not fit ${show(of)}, [${rows},${columns}]; expected one number, one a row, or one a block.`,
    );
  const [down, across] = shape;
  const isByRow = count === 1 || (down === rows && count === rows && shape.length <= 2);
  if (!isByRow && shape.length !== 2) throw fail();
  const block = isByRow ? undefined : await blockOf(folder, [rows, columns], [down, across], signal);
  if (!isByRow && !block) throw fail();
  if (count > MOST_SCALES) {
    const message = `Tensor ${show(name)} of ${folder.name} holds ${count} scales; ${MOST_SCALES} are read at most.`;
    throw new Wasm2VecError("too-large", message);
  }
  const numbers = await weights.numbersOf(name, signal);
  if (!block) return { isByRow, at: (row) => numbers[count === 1 ? 0 : row] };
  const [high, wide] = block;
  return { isByRow, at: (row, column) => numbers[Math.floor(row / high) * across + Math.floor(column / wide)] };
}

/** How many rows and columns a block has, of which there are so many; undefined where that is not certain. */
async function blockOf(
  folder: Folder,
  [rows, columns]: readonly [number, number],
  [down, across]: readonly number[],
  signal?: AbortSignal,
): Promise<readonly number[] | undefined> {
  const { quantization_config: config } = (await readJson(folder, "config.json", signal)) ?? {};
  const told = isJsonObject(config) ? config.weight_block_size : undefined;
  const fits = ([high, wide]: readonly number[]) =>
    Math.ceil(rows / high) === down && Math.ceil(columns / wide) === across;
  const candidates = [told, [BLOCK, BLOCK], [rows / down, columns / across]].filter(
    (block): block is number[] =>
      Array.isArray(block) && block.length === 2 && block.every((size) => Number.isInteger(size) && size > 0),
  );
  return candidates.find(fits);
}
