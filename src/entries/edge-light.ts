/** What `wasm2vec` is in Vercel's edge runtime. */

import { runtime } from "../runtime/edge-light.ts";
import { useRuntime } from "../runtime/runtime.ts";

useRuntime(runtime);

export * from "../index.ts";
