/** Cloudflare's workerd: it has no files, and compiles an imported engine when the code is deployed. */

import module from "../engine.wasm";
import type { Runtime } from "./runtime.ts";

export const runtime: Runtime = {
  async loadEngine(build) {
    if (build === "simd") return module;
    throw new Error("this runtime has the simd build only");
  },
};
