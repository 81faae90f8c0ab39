/** Pages and their workers: a path is a relative URL. */

import type { Runtime } from "./runtime.ts";

export const runtime: Runtime = {
  async loadEngine() {
    const response = await fetch(new URL("../engine.wasm", import.meta.url));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status} ${response.statusText}`);
    return WebAssembly.compile(await response.arrayBuffer());
  },

  baseUrl: () => globalThis.document?.baseURI ?? globalThis.location?.href,
};
