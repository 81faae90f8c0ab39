/** Vercel's edge runtime: it has no files, and compiles an imported engine when the code is deployed. */

import module from "../engine.wasm?module";
import tokenizer from "../tokenizer.wasm?module";
import { onlyModule } from "./only-module.ts";
import type { Runtime } from "./runtime.ts";

export const runtime: Runtime = { loadEngine: onlyModule(module), loadTokenizer: async () => tokenizer };
