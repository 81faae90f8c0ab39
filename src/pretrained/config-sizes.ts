/** What config.json tells of a model's input embeddings: how many rows and columns, and whether they are the output's too. */

import { isJsonObject, type JsonObject } from "../files/folder.ts";
import { isForeign } from "./tensor-names.ts";

/** The sizes that a part of a model gives its embeddings. An empty list where it does not say. */
export interface Sizes {
  rows: readonly number[];
  columns: readonly number[];
}

/** Names of a vocabulary's size. */
const ROWS = /^((src|input|text|padded)_)?vocab_size$|^n_(vocab|words)$/;

/** Names of the width of rows: embedding_size, word_embed_proj_dim, n_embd, emb_dim; a model's width where it has no other. */
const COLUMNS = /^[nd]_emb(d|ed)?$|emb[a-z]{0,9}_(proj_)?(size|dim|rank)$|^(hidden_size|d_model|dim|model_dim)$/;

/** How many rows a table may have beyond the vocabulary: models add some to make the number round. */
const padding = (rows: number) => Math.min(Math.max(rows / 8, 127), 1023);

/** Names of tokens that a model has rows for. */
const TOKEN_ID = /(token|patch)_(id|index)$/;

/** Encoders have sizes of these where they read no text. */
const SENSES = /mel_bins|feat_extract|mask_time_|image_size|patch_size|sampling_rate/;

/** How many parts are looked at, and widths of each. */
const [MOST_PARTS, MOST_WIDTHS] = [100, 16];

const numbersIn = (config: JsonObject, names: RegExp): number[] =>
  Object.entries(config)
    .filter(([name, number]) => names.test(name) && Number.isSafeInteger(number))
    .map(([, number]) => number as number);

/**
 * The sizes that config.json and its parts give, of those parts that read text. What a part does not say is as in the
 * whole. Where some say how many rows, only these count.
 */
export function sizesOf(config: JsonObject): Sizes[] {
  const all: Sizes[] = [];
  const visit = (part: JsonObject, whole: Sizes) => {
    const own = { rows: rowsIn(part), columns: numbersIn(part, COLUMNS).slice(0, MOST_WIDTHS) };
    const sizes = {
      rows: own.rows.length ? own.rows : whole.rows,
      columns: own.columns.length ? own.columns : whole.columns,
    };
    if (own.rows.length || own.columns.length) all.push(sizes);
    for (const inner of textParts(part)) if (all.length < MOST_PARTS) visit(inner, sizes);
  };
  visit(config, { rows: [], columns: [] });
  const whole = all.filter(({ rows, columns }) => rows.length && columns.length);
  const isRepeated = ({ rows }: Sizes) => whole.some((other) => rows.some((size) => other.rows.includes(size)));
  const others = all.filter((sizes) => sizes.rows.length && !sizes.columns.length && !isRepeated(sizes));
  return whole.length || others.length ? [...whole, ...others] : all;
}

/** Rows of prompts that are learned lie behind those of the vocabulary. */
function rowsIn(config: JsonObject): number[] {
  const prompts = Number(config.prompt_types) * Number(config.prompt_length) || 0;
  return numbersIn(config, ROWS).map((rows) => rows + prompts);
}

function textParts(config: JsonObject): JsonObject[] {
  return Object.entries(config)
    .filter(([name]) => !isForeign(name))
    .map(([, value]) => value)
    .filter(isJsonObject);
}

/** Whether a matrix can be the embeddings of a model of these sizes: not too few rows, nor more than are added. */
export function fits([rows, columns]: readonly number[], sizes: readonly Sizes[]): boolean {
  if (!sizes.length) return true;
  return sizes.some(
    (of) =>
      (!of.rows.length || of.rows.some((size) => rows >= size && rows <= size + padding(size))) &&
      (!of.columns.length || of.columns.includes(columns)),
  );
}

/**
 * Whether config.json says that input and output embeddings are one. The whole decides; its parts where it does not say,
 * if all that say agree.
 */
export function isTied(config: JsonObject): boolean {
  if (typeof config.tie_word_embeddings === "boolean") return config.tie_word_embeddings;
  const said = textParts(config)
    .map((part) => part.tie_word_embeddings)
    .filter((tied) => typeof tied === "boolean");
  return said.length > 0 && !said.includes(false);
}

/** The least number of rows that hold all tokens which config.json names by their ids. */
export function rowsOfIds(config: JsonObject): number {
  let rows = 0;
  for (const id of numbersIn(config, TOKEN_ID)) rows = Math.max(rows, id + 1);
  for (const part of textParts(config)) rows = Math.max(rows, rowsOfIds(part));
  return rows;
}

/** Whether config.json says that what comes in is seen or heard: then an encoder has no embeddings of tokens. */
export const seesOrHears = (config: JsonObject): boolean =>
  [config, config.encoder, config.encoder_config]
    .filter(isJsonObject)
    .some((part) => Object.keys(part).some((key) => SENSES.test(key)));
