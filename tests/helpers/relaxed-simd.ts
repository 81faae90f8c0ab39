/** Relaxed SIMD in this process. */

import { setFlagsFromString } from "node:v8";
import { hasRelaxedSimd } from "../../src/engine/relaxed-simd.ts";

/** Node 20 has it, and uses it only when told to. */
export function allowRelaxedSimd(): void {
  if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
}
