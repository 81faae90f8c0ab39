/** What `wasm2vec` is in Cloudflare's workerd. */

import { useRuntime } from "../runtime/runtime.ts";
import { runtime } from "../runtime/workerd.ts";

useRuntime(runtime);

export * from "../index.ts";
