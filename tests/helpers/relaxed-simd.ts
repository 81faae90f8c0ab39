/** Relaxed SIMD in this process. */

import { setFlagsFromString } from "node:v8";
import { hasExactDot, hasRelaxedSimd } from "../../src/engine/simd.ts";

/** Node 20 has it, and uses it only when told to. */
export function allowRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Does something as where the runtime has no relaxed SIMD. */
export async function withoutRelaxedSimd<Result>(work: () => Promise<Result>): Promise<Result> {
  const { validate } = WebAssembly;
  WebAssembly.validate = () => false;
  try {
    return await work();
  } finally {
    WebAssembly.validate = validate;
  }
}

/** The builds that an int8 index can have here, and how something is done that is to make it so. */
const INDEX_BUILDS = [
  { build: "simd", asIn: withoutRelaxedSimd },
  { build: "relaxed", asIn: <Result>(work: () => Promise<Result>) => work() },
] as const;

/** Those that this runtime has. */
export const indexBuilds = () => INDEX_BUILDS.filter(({ build }) => build === "simd" || hasExactDot());
