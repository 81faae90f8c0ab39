/**
 * A tokenizer as one safetensors file that needs no parsing, version 1: the table of its model, which is copied into the
 * module's memory as it lies, and the rest of tokenizer.json.
 *
 *     offsets    (V + 1,)  U32  where each token begins in the text
 *     slots      (S,)      U32  the tokens by their hashes: 0, or a token's place + 1 in the lower bits and its hash's upper ones
 *     ids        (V,)      U32  the tokens' ids; where these are not 0, 1, 2, …
 *     merges     (M, 3)    U32  which token and which other become which, the best first; in BPE
 *     pairs      (P,)      U32  the merges by the hashes of their tokens, as slots
 *     text       (bytes,)  U8   the tokens' UTF-8, one after the other
 *     tokenizer  (bytes,)  U8   JSON: tokenizer.json, as the configuration changes it, without its model's vocabulary and merges
 *     config     (bytes,)  U8   JSON: tokenizer_config.json, with what other files beside it say
 *     checksums  (T, 16)   U8   of the header, and of each tensor before this one
 *
 * and in the metadata `format` and `formatVersion`.
 */

import { Engine } from "../engine/engine.ts";
import { isObject, show, Wasm2VecError } from "../errors.ts";
import { parseJson } from "../files/json.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { readSafetensors, type SafetensorsFile } from "../formats/safetensors.ts";
import { damaged, SealedReader, sealedChunks, tensorOf, versionOf } from "../formats/sealed-file.ts";
import type { ModelTable } from "./models/table.ts";

const FORMAT = "wasm2vec.tokenizer";
const FORMAT_VERSION = 1;

type Json = Readonly<Record<string, unknown>>;

/** What a file holds. */
export interface CompactTokenizer {
  /** tokenizer.json as the configuration changes it; its `model` has neither `vocab` nor `merges` */
  tokenizer: Json;
  /** tokenizer_config.json, with what other files beside it say */
  config: Json;
  table: ModelTable;
}

/**
 * The file in chunks.
 *
 * @throws {Wasm2VecError} `engine-not-loaded`, `out-of-memory`
 */
export async function compactChunks({ table, tokenizer, config }: CompactTokenizer): Promise<Iterable<Uint8Array>> {
  const { text, offsets, slots, ids, merges, pairs } = table;
  await Engine.load();
  const encoder = new TextEncoder();
  return sealedChunks(
    [
      tensorOf("offsets", "U32", offsets),
      tensorOf("slots", "U32", slots),
      ...(ids ? [tensorOf("ids", "U32", ids)] : []),
      { ...tensorOf("merges", "U32", merges), shape: [merges.length / 3, 3] },
      tensorOf("pairs", "U32", pairs),
      tensorOf("text", "U8", text),
      tensorOf("tokenizer", "U8", encoder.encode(JSON.stringify(tokenizer))),
      tensorOf("config", "U8", encoder.encode(JSON.stringify(config))),
    ],
    { format: FORMAT, formatVersion: String(FORMAT_VERSION) },
  );
}

/**
 * Reads a compact file.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `format-unknown` when it is no compact tokenizer, or a newer one; `format-damaged`; the signal's reason
 */
export async function readCompactTokenizer(
  source: RandomAccess,
  file: string,
  signal?: AbortSignal,
): Promise<CompactTokenizer> {
  const saved = await readSafetensors(source, file, signal);
  checkFormat(saved);
  await Engine.load(signal);
  const reader = await SealedReader.open(saved, true, signal);
  try {
    const numbers = async (name: string, shape?: number[]) =>
      new Uint32Array((await reader.read(name, "U32", shape)).buffer);
    const table = {
      offsets: await numbers("offsets"),
      slots: await numbers("slots"),
      ids: saved.tensors.has("ids") ? await numbers("ids") : undefined,
      merges: await numbers("merges", [saved.tensor("merges").shape[0], 3]),
      pairs: await numbers("pairs"),
      text: await reader.read("text", "U8"),
    };
    return { table, tokenizer: await readObject(reader, "tokenizer"), config: await readObject(reader, "config") };
  } finally {
    reader.close();
  }
}

function checkFormat(saved: SafetensorsFile): void {
  if (saved.metadata.format !== FORMAT) {
    throw new Wasm2VecError(
      "format-unknown",
      `${saved.file} is no compact tokenizer of wasm2vec. Make one of a tokenizer.json, or name that.`,
    );
  }
  versionOf(saved, FORMAT_VERSION);
}

async function readObject(reader: SealedReader, name: string): Promise<Json> {
  const bytes = await reader.read(name, "U8");
  const { file } = reader.file;
  try {
    const value = parseJson(bytes);
    if (isObject(value) && !Array.isArray(value)) return value as Json;
    throw new Error(`it is ${show(value)}`);
  } catch (cause) {
    throw damaged(file, `its ${name} is no JSON object: ${(cause as Error).message}`, cause);
  }
}
