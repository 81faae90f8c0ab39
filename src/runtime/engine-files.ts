/** Where the engine lies beside the library: its files, and a copy within. Runtimes that compile no bytes do not load this. */

import type { EngineFile } from "./runtime.ts";

/** Where a file lies, said as bundlers want it to find it. */
export const engineAddress = (file: EngineFile) =>
  file === "simd" ? new URL("../engine.wasm", import.meta.url) : new URL("../engine-relaxed.wasm", import.meta.url);

/**
 * What `load` gives; where that fails, the copy that the library carries, which there is of one file.
 *
 * @throws what `load` threw, where there is no copy either
 */
export async function orInlined(
  file: EngineFile,
  load: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await load();
  } catch (error) {
    if (file !== "simd") throw error;
    const copy = await import("inline:engine").catch(() => undefined);
    if (!copy) throw error;
    return copy.default;
  }
}

/** The tokenizer's module, which is small: the library carries it, so that bundlers need find no other file. */
export const inlinedTokenizer = async () => (await import("inline:tokenizer")).default;
