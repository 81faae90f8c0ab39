/** What `wasm2vec` is in pages, their workers, and whatever is none of the others. */

import { runtime } from "../runtime/browser.ts";
import { useRuntime } from "../runtime/runtime.ts";

useRuntime(runtime);

export * from "../index.ts";
