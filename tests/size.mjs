// Checks the engine's size budget.
import { readFileSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 30_000;
const { size } = statSync("build/engine.wasm");
console.log(
  `engine.wasm ${size} bytes, ${gzipSync(readFileSync("build/engine.wasm")).length} gzipped; the budget is ${BUDGET}`,
);
process.exit(size <= BUDGET ? 0 : 1);
