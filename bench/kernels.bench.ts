/** The two kernels that training and queries spend their time in. */

import { rowBytesOf } from "../src/engine/layout.ts";
import { MersenneTwister } from "../tests/helpers/reference.ts";
import { DIMENSIONS, randomRow, Scratch } from "../tests/helpers/scratch.ts";
import { type Bench, timeRepeated } from "./bench.ts";

/** How many pairs of rows a timed call goes through: few enough that they stay in the first cache. */
const PAIRS = 8;

/** So small that a million additions overflow nothing. */
const FACTOR = 1e-4;

export const bench: Bench<{ milliseconds: number }> = {
  name: "kernels",
  description: "dot and axpy over padded rows, per dimension, beside the same loops in JavaScript",
  options: { milliseconds: 20 },

  async run({ milliseconds }) {
    const rows = [];
    for (const dimension of DIMENSIONS) {
      using scratch = await Scratch.open();
      for (const [kernel, { engine, script }] of Object.entries(kernelsFor(scratch, dimension))) {
        const [ours, plain] = [engine, script].map((work) => timeRepeated(work, { milliseconds }));
        rows.push({
          kernel,
          dimension,
          "ns, median": rounded(ours.median / PAIRS),
          "ns, min": rounded(ours.min / PAIRS),
          "JavaScript ns, median": rounded(plain.median / PAIRS),
          ratio: rounded(plain.median / ours.median),
        });
      }
    }
    return [{ title: "One call, from JavaScript, rows in the first cache", rows }];
  },
};

/** The same work on the same numbers, in the engine and in JavaScript: each goes through all pairs once. */
function kernelsFor(scratch: Scratch, dimension: number) {
  const generator = new MersenneTwister(1);
  const plain = Array.from({ length: PAIRS }, () => ({
    x: Float32Array.from(randomRow(generator, dimension)),
    y: Float32Array.from(randomRow(generator, dimension)),
  }));
  const placed = plain.map(({ x, y }) => ({ x: scratch.row([...x]), y: scratch.row([...y]) }));
  const { kernels } = scratch;
  const bytes = rowBytesOf(dimension);
  return {
    dot: {
      engine: () => placed.reduce((sum, { x, y }) => sum + kernels.dot(x, y, bytes), 0),
      script: () => plain.reduce((sum, { x, y }) => sum + dot(x, y), 0),
    },
    axpy: {
      engine() {
        for (const { x, y } of placed) kernels.axpy(FACTOR, x, y, bytes);
        return scratch.engine.f32(placed[0].y, 1)[0];
      },
      script() {
        for (const { x, y } of plain) axpy(FACTOR, x, y);
        return plain[0].y[0];
      },
    },
  };
}

function dot(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

function axpy(a: number, x: Float32Array, y: Float32Array): void {
  for (let i = 0; i < x.length; i++) y[i] += a * x[i];
}

const rounded = (value: number) => Number(value.toPrecision(3));
