/** Runtimes that compile the engine when the code is deployed, and none of bytes. */

import type { Runtime } from "./runtime.ts";

export const onlyModule =
  (module: WebAssembly.Module): Runtime["loadEngine"] =>
  async (file) => {
    if (file === "simd") return module;
    throw new Error("this runtime has one build only");
  };
