/** Ours: a Node process that knows the library by its public names. */

import { hasRelaxedSimd } from "../../src/engine/simd.ts";
import { type Contender, common, reported } from "./contender.ts";
import { execute } from "./program.ts";

/** Node 20 has relaxed SIMD, and uses it only when told to. */
const relaxed = hasRelaxedSimd() ? [] : ["--experimental-wasm-relaxed-simd"];

/** @param more options beyond the common ones */
export function wasm2vec(name: string, more: object = {}): Contender {
  return {
    name,
    seeds: "many",
    prepare: async () => {},
    // the entry names its chunks by their content
    madeFrom: () => [
      "build/engine.wasm",
      "build/engine-relaxed.wasm",
      "build/entries/node.js",
      "bench/training/train-in-node.js",
      "bench/training/train.js",
    ],
    async train(training) {
      const { text, configuration, threads, epochs, seed, vectors } = training;
      const { name: _, ...what } = configuration;
      const options = { ...common, ...what, ...more, workers: threads, epochs, seed };
      const job = JSON.stringify({ corpus: text.path, options, vectors });
      const { lines, peakBytes } = await execute(process.execPath, [
        ...relaxed,
        "bench/training/train-in-node.js",
        job,
      ]);
      return { ...reported(lines, training), peakBytes };
    },
  };
}
