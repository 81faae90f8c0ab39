/** Which of a model's tensors holds its input embeddings. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, type JsonObject, readJson } from "../files/folder.ts";
import type { TensorFile } from "../formats/tensor-file.ts";
import { fits, isTied, rowsOfIds, type Sizes, seesOrHears, sizesOf } from "./config-sizes.ts";
import {
  changedByAdapter,
  comesBefore,
  isOfDecoder,
  isOfNoToken,
  isPackedTable,
  isTiedOutput,
  mayBeTable,
  type NamedTable,
  tableOf,
  textEncoders,
} from "./tensor-names.ts";
import type { Weights } from "./weights.ts";

/** What is known of a tensor: no shape while the file that holds it is not opened. */
export interface TensorShape {
  readonly name: string;
  readonly shape?: readonly number[];
}

type Matrix = Required<TensorShape>;

const isMatrix = <Tensor extends TensorShape>(tensor: Tensor): tensor is Tensor & Matrix => tensor.shape?.length === 2;

/** A matrix whose name says that it may be the embeddings. */
interface Candidate extends Matrix, NamedTable {
  /** the tensor that holds it in the file: another where both are one, and this was left out */
  readonly stored: string;
}

/** How many tensors a message lists. */
const LISTED = 12;

/**
 * Chooses the tensor of the input embeddings: by its name, where its shape is what config.json asks for; else the output
 * embeddings, where config.json says that both are one; else the only matrix of that shape. An encoder's come before its
 * decoder's.
 *
 * @param tensors all of the model's; those without a shape are not chosen
 * @param config what config.json holds
 * @param metadata the texts of a safetensors header, which has `left out: kept` where two tensors are one
 * @param model what messages call the model
 * @throws {Wasm2VecError} `model-incomplete` with those that might be meant, where none is it for certain
 */
export function chooseEmbedding(
  tensors: readonly TensorShape[],
  config: JsonObject = {},
  metadata: Readonly<Record<string, string>> = {},
  model = "the model",
): string {
  const names = new Set(tensors.map(({ name }) => name));
  const matrices = tensors.filter(isMatrix);
  const sizes = sizesOf(config);
  const named = namedTables(tensors, names, metadata);
  if (named.length) return chooseNamed(named, names, config, model);
  const packed = [...names].find(isPackedTable);
  if (packed) throw undecided(`${show(packed)} in ${model} holds packed numbers, which cannot be read`, matrices);
  const found = [...tiedOutputs(matrices, names, config), ...unnamedTables(matrices, sizes)];
  if (found.length === 1) return found[0].name;
  if (found.length) throw undecided(`More than one tensor of ${model} may hold its input embeddings`, found);
  throw undecided(`No tensor that is known to hold input embeddings in ${model}`, matrices);
}

/** The tensors whose names speak of tokens, matrices before others; where there are none, the matrices called a table. */
function namedTables(
  tensors: readonly TensorShape[],
  names: ReadonlySet<string>,
  metadata: Readonly<Record<string, string>>,
): Candidate[] {
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const leftOut = Object.entries(metadata).filter(([name, kept]) => !names.has(name) && !isOfNoToken(kept));
  const candidates: Candidate[] = [];
  for (const [name, stored] of [...tensors.map(({ name }) => [name, name]), ...leftOut]) {
    const [table, shape] = [tableOf(name), shapes.get(stored)];
    // what has a bias is a layer that happens to be called so
    const isLayer = /\.weight$/.test(name) && names.has(name.replace(/weight$/, "bias"));
    if (table && shape && !isLayer) candidates.push({ ...table, shape, stored });
  }
  const ofTokens = candidates.filter(({ speaksOfTokens }) => speaksOfTokens);
  if (!ofTokens.length) return candidates.filter(isMatrix);
  return ofTokens.some(isMatrix) ? ofTokens.filter(isMatrix) : ofTokens;
}

/** The one of some tables that text goes through first, where nothing speaks against it. */
function chooseNamed(
  named: readonly Candidate[],
  names: ReadonlySet<string>,
  config: JsonObject,
  model: string,
): string {
  const sizes = sizesOf(config);
  const fitting = named.filter(({ shape }) => fits(shape, sizes));
  const fail = (reason: string, tables = named) =>
    undecided(
      reason,
      tables.map(({ stored: name, shape }) => ({ name, shape })),
    );
  if (!fitting.length) throw fail(`No embeddings in ${model} are of the size in config.json, ${shown(sizes)}`);
  const first = fitting.reduce((first, other) => (precedes(other, first) ? other : first));
  if (!fitting.every((other) => other.stored === first.stored || precedes(first, other))) {
    throw fail(`More than one tensor of ${model} may hold its input embeddings`, fitting);
  }
  const module = first.path.join(".");
  if ([...names].some((name) => changedByAdapter(name) === module)) {
    throw fail(`An adapter changes ${show(module)} of ${model}`);
  }
  if (isOfDecoder(first.path, textEncoders(names)) && !seesOrHears(config)) {
    throw fail(`In ${model} are its decoder's embeddings, and not its encoder's, which the input is for`);
  }
  return first.stored;
}

/** An encoder's table is before its decoder's; one beside both is before theirs, if it may be the same. */
function precedes(table: Candidate, other: Candidate): boolean {
  const order = comesBefore(table.path, other.path);
  return order === "encoder" || (order === "beside" && table.shape.every((size, i) => size === other.shape[i]));
}

/**
 * The output embeddings, where they are the input's too. Not where an encoder has the input, nor where they have fewer rows
 * than there are tokens.
 */
function tiedOutputs(matrices: readonly Matrix[], names: ReadonlySet<string>, config: JsonObject): Matrix[] {
  if (!isTied(config) || seesOrHears(config)) return [];
  const encoders = textEncoders(names);
  if ([...names].some((name) => isOfDecoder(name.split("."), encoders))) return [];
  const [sizes, least] = [sizesOf(config), rowsOfIds(config)];
  return matrices.filter(({ name, shape }) => isTiedOutput(name) && fits(shape, sizes) && shape[0] >= least);
}

/** The matrices of the size that config.json gives, whose names say nothing. */
function unnamedTables(matrices: readonly Matrix[], sizes: readonly Sizes[]): Matrix[] {
  const whole = sizes.filter(({ rows, columns }) => rows.length && columns.length);
  return whole.length ? matrices.filter(({ name, shape }) => mayBeTable(name) && fits(shape, whole)) : [];
}

/** As the messages' list has shapes. */
const shown = (sizes: readonly Sizes[]) =>
  sizes
    .slice(0, LISTED)
    .map(({ rows, columns }) => `[${rows.join(" or ") || "any"}, ${columns.join(" or ") || "any"}]`)
    .join(" or ");

function undecided(reason: string, matrices: readonly Matrix[]): Wasm2VecError {
  return new Wasm2VecError("model-incomplete", `${reason}. ${listMatrices(matrices)}`);
}

function listMatrices(matrices: readonly Matrix[]): string {
  if (!matrices.length) return "It has no matrix at all.";
  const largest = [...matrices].sort((a, b) => b.shape[0] - a.shape[0]);
  const listed = largest.slice(0, LISTED).map(({ name, shape }) => `${show(name)} [${shape.join(", ")}]`);
  const more = matrices.length > LISTED ? `, and ${matrices.length - LISTED} more` : "";
  return `Pass one of its matrices as the option tensor: ${listed.join(", ")}${more}.`;
}

/**
 * Finds the tensor of a model's input embeddings. Of a model in shards, only those are opened that may hold it.
 *
 * @param given the name that the user gave, if any
 * @throws {Wasm2VecError} `model-incomplete` with the tensors that might be meant; and what opening shards and readJson throw
 */
export async function findEmbeddingTensor(
  weights: Weights,
  folder: Folder,
  given?: string,
  signal?: AbortSignal,
): Promise<string> {
  if (given !== undefined) {
    if (weights.has(given)) return given;
    throw undecided(`No tensor ${show(given)} in ${folder.name}`, await weights.matrices(signal));
  }
  const config = await readJson(folder, "config.json", signal);
  const names = [...weights.names];
  const tables = await readTensors(weights, names.filter(tableOf), signal);
  const { tensors, metadata } = [...tables.tensors.values()].some(isMatrix)
    ? tables
    : await readTensors(weights, names, signal);
  const unopened = names.filter((name) => !tensors.has(name)).map((name) => ({ name }));
  return chooseEmbedding([...unopened, ...tensors.values()], config, metadata, folder.name);
}

/** What the files that hold some tensors tell of them. */
async function readTensors(weights: Weights, names: readonly string[], signal?: AbortSignal) {
  const tensors = new Map<string, TensorShape>();
  const files = new Set<TensorFile>();
  for (const name of names) {
    const file = await weights.fileOf(name, signal);
    tensors.set(name, file.tensor(name));
    files.add(file);
  }
  const metadata = Object.fromEntries([...files].flatMap(({ metadata }) => Object.entries(metadata)));
  return { tensors, metadata };
}
