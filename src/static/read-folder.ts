/**
 * A static encoder's folder, of whichever kind:
 *
 *     model2vec               config.json                        model.safetensors: embeddings, mapping, weights
 *     sentence-transformers   modules.json                       model.safetensors: embedding.weight (or as above)
 *     … older                 modules.json                       0_StaticEmbedding/model.safetensors, tokenizer.json
 *     WordLlama               neither                            model.safetensors: embedding.weight
 *
 * and tokenizer.json beside the weights.
 */

import { Engine } from "../engine/engine.ts";
import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, isJsonObject, type JsonObject, readJson, WEIGHTS_FILE } from "../files/folder.ts";
import { openSource, readAll } from "../files/source.ts";
import { readSafetensors, type SafetensorsFile } from "../formats/safetensors.ts";
import type { EncoderParts, EncoderRules } from "./encoder.ts";
import { readMapping, readTable, readWeights, type TableRequest } from "./read-table.ts";
import { type TokenizerFacts, tokenizerFacts } from "./tokenizer-facts.ts";

export const TOKENIZER_FILE = "tokenizer.json";
const CONFIG_FILE = "config.json";
const MODULES_FILE = "modules.json";

/** model2vec's names of the table, and those of PyTorch. */
const MODEL2VEC_TABLE = "embeddings";
const TABLE_NAMES = [MODEL2VEC_TABLE, "embedding.weight"];

/** How many tokens count where model2vec's config.json does not say it. */
export const DEFAULT_MAX_LENGTH = 512;

export interface FolderRequest extends TableRequest {
  /** whether vectors are divided by their length; what the folder says by default */
  normalize?: boolean;
}

/** What was read. */
export interface StaticFolder {
  parts: EncoderParts;
  /** tokenizer.json, as bytes and as what they say */
  tokenizer: Uint8Array<ArrayBuffer>;
  json: JsonObject;
}

/**
 * Reads a folder whole.
 *
 * @throws {Wasm2VecError} `model-incomplete`, `format-damaged`, `format-unknown`, `shape-mismatch`, `option-invalid`, `too-large`,
 *   `out-of-memory`; and what the folder throws
 */
export async function readStaticFolder(
  folder: Folder,
  request: FolderRequest,
  signal: AbortSignal | undefined,
): Promise<StaticFolder> {
  const [config, modules] = await Promise.all([
    readJson(folder, CONFIG_FILE, signal),
    readModules(folder, signal),
    Engine.load(signal),
  ]);
  const { below, file } = await openWeights(folder, modules?.path, signal);
  try {
    const tokenizer = await readTokenizer(folder, below, signal);
    const json = await parsed(folder, below, tokenizer, signal);
    const facts = tokenizerFacts(json);
    const name = tableName(file);
    const rules = rulesOf(folder, name === MODEL2VEC_TABLE ? config : undefined, modules, facts);
    const { normalize = rules.normalize } = request;
    const parts = await readParts(file, name, facts, request, signal);
    return { parts: { ...parts, facts, rules: { ...rules, normalize } }, tokenizer, json };
  } finally {
    await file.source.close?.();
  }
}

async function readParts(
  file: SafetensorsFile,
  name: string,
  facts: TokenizerFacts,
  request: TableRequest,
  signal: AbortSignal | undefined,
): Promise<Pick<EncoderParts, "table" | "mapping" | "weights">> {
  const [rows] = file.tensor(name).shape;
  const tokens = facts.lastId + 1;
  const mapping = await readMapping(file, tokens, rows, signal);
  const weights = await readWeights(file, tokens, signal);
  if (!mapping) checkRows(file, rows, facts);
  return { table: await readTable(file, name, request, signal), mapping, weights };
}

/** @throws {Wasm2VecError} `shape-mismatch` where a token has no row; there may be more rows than tokens */
function checkRows({ file }: SafetensorsFile, rows: number, { count, lastId }: TokenizerFacts): void {
  if (lastId < rows) return;
  throw new Wasm2VecError(
    "shape-mismatch",
    `The table in ${file} has ${rows} rows, and the tokenizer ${count} tokens, with ids up to ${lastId}: some have no row. Take the tokenizer that belongs to the table.`,
  );
}

function tableName(file: SafetensorsFile): string {
  const name = TABLE_NAMES.find((known) => file.tensors.has(known));
  if (name) return name;
  const names = [...file.tensors.keys()];
  throw new Wasm2VecError(
    "model-incomplete",
    `${file.file} holds ${show(names)}, and no ${TABLE_NAMES.join(" or ")}: it is no static encoder. Of a language model make one with StaticModel.fromEmbeddings, of word vectors with StaticModel.fromKeyedVectors.`,
  );
}

/** What modules.json says: where the table lies, and whether vectors are divided by their length. */
interface Modules {
  path: string;
  normalize: boolean;
}

/** @throws {Wasm2VecError} `format-damaged`; `format-unknown` for a module that is no part of a static encoder */
async function readModules(folder: Folder, signal: AbortSignal | undefined): Promise<Modules | undefined> {
  const list = await readList(folder, signal);
  if (!list) return undefined;
  const [first, ...others] = list.map((module) => moduleOf(folder, module));
  if (first?.type !== "StaticEmbedding") throw unknownModule(folder, first?.type ?? "none");
  const other = others.find(({ type }) => type !== "Normalize");
  if (other) throw unknownModule(folder, other.type);
  return { path: first.path, normalize: others.length > 0 };
}

/** modules.json holds a list. */
async function readList(folder: Folder, signal: AbortSignal | undefined): Promise<unknown[] | undefined> {
  const source = await folder.open(MODULES_FILE, signal);
  if (!source) return undefined;
  try {
    const { parseJson } = await import("../files/json.ts");
    const list = parseJson(await readAll(source, signal));
    if (Array.isArray(list)) return list;
    throw new Error("it is no list");
  } catch (cause) {
    if (cause instanceof Wasm2VecError || signal?.aborted) throw cause;
    throw damaged(folder, MODULES_FILE, `is no JSON list of modules: ${(cause as Error).message}`);
  } finally {
    await source.close?.();
  }
}

/** A module's class, the last of the names in its type, and its folder. */
function moduleOf(folder: Folder, module: unknown): { type: string; path: string } {
  const { type, path = "" } = isJsonObject(module) ? module : {};
  if (typeof type !== "string" || typeof path !== "string") {
    throw damaged(folder, MODULES_FILE, "holds a module without a type and a path");
  }
  return { type: type.slice(type.lastIndexOf(".") + 1), path: path === "." || path === "" ? "" : `${path}/` };
}

/** Opens the weights where the modules say they are, else in the folder or in the one below that older versions write. */
async function openWeights(folder: Folder, path: string | undefined, signal: AbortSignal | undefined) {
  for (const below of path === undefined ? ["", "0_StaticEmbedding/"] : [path]) {
    const source = await folder.open(below + WEIGHTS_FILE, signal);
    if (!source) continue;
    try {
      return { below, file: await readSafetensors(source, `${below + WEIGHTS_FILE} of ${folder.name}`, signal) };
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }
  throw missing(folder, (path ?? "") + WEIGHTS_FILE);
}

async function readTokenizer(folder: Folder, below: string, signal: AbortSignal | undefined) {
  const source = await folder.open(below + TOKENIZER_FILE, signal);
  if (!source) throw missing(folder, below + TOKENIZER_FILE);
  try {
    return (await readAll(source, signal)).slice();
  } finally {
    await source.close?.();
  }
}

/** tokenizer.json, whose bytes are here already. */
async function parsed(folder: Folder, below: string, bytes: Uint8Array<ArrayBuffer>, signal: AbortSignal | undefined) {
  const read = { name: folder.name, open: () => openSource(bytes) };
  return (await readJson(read, below + TOKENIZER_FILE, signal)) as JsonObject;
}

function rulesOf(
  folder: Folder,
  config: JsonObject | undefined,
  modules: Modules | undefined,
  facts: TokenizerFacts,
): EncoderRules {
  if (config) return model2vecRules(folder, config);
  const maxLength = modules ? facts.maxLength : null;
  const roundsToHalf = modules !== undefined;
  return { normalize: modules?.normalize ?? false, maxLength, dropsUnknown: false, roundsToHalf };
}

/** @throws {Wasm2VecError} `format-damaged`; `format-unknown` for another kind of model */
function model2vecRules(folder: Folder, config: JsonObject): EncoderRules {
  const { model_type: type = "model2vec", normalize = false, max_length: maxLength = DEFAULT_MAX_LENGTH } = config;
  if (type !== "model2vec") {
    throw new Wasm2VecError(
      "format-unknown",
      `${CONFIG_FILE} of ${folder.name} describes a model of the type ${show(type)}; expected "model2vec". Of a language model make an encoder with StaticModel.fromEmbeddings.`,
    );
  }
  if (typeof normalize !== "boolean")
    throw damaged(folder, CONFIG_FILE, `says normalize: ${show(normalize)}; expected true or false`);
  if (maxLength !== null && !(Number.isSafeInteger(maxLength) && (maxLength as number) >= 0)) {
    throw damaged(folder, CONFIG_FILE, `says max_length: ${show(maxLength)}; expected a whole number or null`);
  }
  return { normalize, maxLength: maxLength as number | null, dropsUnknown: true, roundsToHalf: true };
}

function missing(folder: Folder, file: string): Wasm2VecError {
  return new Wasm2VecError(
    "model-incomplete",
    `No ${file} in ${folder.name}. Check that it is the folder of a static encoder, with ${WEIGHTS_FILE} and ${TOKENIZER_FILE}.`,
  );
}

function unknownModule(folder: Folder, type: string): Wasm2VecError {
  return new Wasm2VecError(
    "format-unknown",
    `${MODULES_FILE} of ${folder.name} lists the module ${show(type)}; expected StaticEmbedding, and Normalize after it. Such a model cannot be run here.`,
  );
}

const damaged = (folder: Folder, file: string, what: string) =>
  new Wasm2VecError("format-damaged", `${file} of ${folder.name} ${what}. Copy or download it again.`);
