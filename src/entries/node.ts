/** What `wasm2vec` is in Node, Deno and Bun. */

import { runtime } from "../runtime/node.ts";
import { useRuntime } from "../runtime/runtime.ts";

useRuntime(runtime);

export * from "../index.ts";
