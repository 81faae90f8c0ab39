/** The example's stand-in for a model: an example is run as it is, not bundled with the tests. */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** Writes a model folder of Qwen2.5-1.5B's shape, and gives the value of row `id`, column `column`. */
export const {
  makeStandIn,
  standInValue,
}: {
  makeStandIn(folder: string): Promise<void>;
  standInValue(id: number, column: number): number;
} = await import(pathToFileURL(resolve("examples/article/stand-in.js")).href);
