/** What tokenizer_config.json changes in what tokenizer.json describes, as transformers obeys it. */

import { show, Wasm2VecError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../files/folder.ts";
import { specialTokensIn, type TokenizerFiles } from "./tokenizer-files.ts";

/**
 * tokenizer.json with what the configuration says: further added tokens, whether texts are lowercased, whether a space is put
 * first, whether the model's own tokens are put around.
 *
 * @throws {Wasm2VecError} `format-damaged` where the configuration is not as it should be
 */
export function configured({ tokenizer, config, file, table, isOlder }: TokenizerFiles): JsonObject {
  if (table) return tokenizer;
  const changed = { ...tokenizer };
  changed.added_tokens = withAddedTokens(tokenizer, config, file);
  changed.normalizer = mapParts(tokenizer.normalizer, "normalizers", (part) => bertNormalizer(part, config));
  if (typeof config.add_prefix_space === "boolean") {
    const { add_prefix_space } = config;
    changed.pre_tokenizer = mapParts(tokenizer.pre_tokenizer, "pretokenizers", (part) =>
      part.type === "ByteLevel" ? { ...part, add_prefix_space } : part,
    );
  }
  const around = isOlder ? templateOf(config, tokenizer) : undefined;
  if (around) changed.post_processor = around;
  const { model } = tokenizer;
  if (isJsonObject(model) && model.type === "WordLevel" && model.unk_token === undefined) {
    changed.model = { ...model, unk_token: tokenOf(config, "unk_token") };
  }
  return changed;
}

/** The id of an added token that has none yet. */
export const NO_ID = Symbol("no id");

/** The parts of a tree of sequences, changed. */
function mapParts(part: unknown, list: string, change: (part: JsonObject) => JsonObject): unknown {
  if (!isJsonObject(part)) return part;
  const parts = part[list];
  if (part.type !== "Sequence" || !Array.isArray(parts)) return change(part);
  return { ...part, [list]: parts.map((one) => mapParts(one, list, change)) };
}

const BERTS = /^(Bert|DistilBert|Electra|MobileBert|SqueezeBert)Tokenizer(Fast)?$/;

/** Where the configuration is one of BERT's, what it does not say is as BERT's. */
function bertNormalizer(part: JsonObject, config: JsonObject): JsonObject {
  if (part.type !== "BertNormalizer") return part;
  const isBert = BERTS.test(String(config.tokenizer_class));
  const lowercase = config.do_lower_case ?? (isBert ? true : part.lowercase);
  const strip = config.strip_accents !== undefined ? config.strip_accents : isBert ? null : part.strip_accents;
  const chinese = config.tokenize_chinese_chars ?? (isBert ? true : part.handle_chinese_chars);
  return { ...part, lowercase, strip_accents: strip, handle_chinese_chars: chinese };
}

function withAddedTokens(tokenizer: JsonObject, config: JsonObject, file: string): unknown {
  const listed = tokenizer.added_tokens ?? [];
  if (!Array.isArray(listed)) return listed;
  const decoder = config.added_tokens_decoder ?? {};
  if (!isJsonObject(decoder)) throw damaged(file, `added_tokens_decoder is ${show(decoder)}; expected an object`);
  const entries = Object.entries(decoder).map(([id, token]) => {
    if (!/^\d+$/.test(id)) throw damaged(file, `added_tokens_decoder has the id ${show(id)}; expected a whole number`);
    const isToken = isJsonObject(token) && typeof token.content === "string";
    if (!isToken) throw damaged(file, `added_tokens_decoder has ${show(token)} for ${id}; expected { content }`);
    return { ...token, id: Number(id) } as JsonObject;
  });
  entries.sort((a, b) => (a.id as number) - (b.id as number));
  const all = [...listed, ...entries];
  const known = new Set(all.map((token) => (isJsonObject(token) ? token.content : undefined)));
  for (const { content, json } of specialTokensIn(config)) {
    if (known.has(content)) continue;
    known.add(content);
    all.push({ normalized: false, ...json, content, special: true, id: NO_ID });
  }
  return all;
}

/** The first of the tokens that a configuration names so. */
export const tokenOf = (config: JsonObject, name: string): string | undefined =>
  specialTokensIn(config).find((token) => token.name === name)?.content;

/** Where there is no tokenizer.json, and the configuration says whether a beginning or an end is marked, that alone is put around. */
function templateOf(config: JsonObject, tokenizer: JsonObject): JsonObject | undefined {
  const says = typeof config.add_bos_token === "boolean" || typeof config.add_eos_token === "boolean";
  if (!says || BERTS.test(String(config.tokenizer_class))) return undefined;
  const bos = config.add_bos_token === true ? tokenOf(config, "bos_token") : undefined;
  const eos = config.add_eos_token === true ? tokenOf(config, "eos_token") : undefined;
  const item = (id: string | undefined, typeId: number) => (id ? [{ SpecialToken: { id, type_id: typeId } }] : []);
  const around = (text: string, typeId: number) => [
    ...item(bos, typeId),
    { Sequence: { id: text, type_id: typeId } },
    ...item(eos, typeId),
  ];
  const tokens = [bos, eos].filter((token) => token !== undefined);
  const special = tokens.map((token) => [token, { ids: [idIn(tokenizer, config, token)] }] as const);
  return {
    type: "TemplateProcessing",
    single: around("A", 0),
    pair: [...around("A", 0), ...around("B", 1)],
    special_tokens: Object.fromEntries(special),
  };
}

function idIn(tokenizer: JsonObject, config: JsonObject, token: string): unknown {
  const vocab = isJsonObject(tokenizer.model) ? tokenizer.model.vocab : undefined;
  if (isJsonObject(vocab) && Object.hasOwn(vocab, token)) return vocab[token];
  if (Array.isArray(vocab)) {
    const id = vocab.findIndex((entry) => Array.isArray(entry) && entry[0] === token);
    if (id >= 0) return id;
  }
  const listed = Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : [];
  const added = listed.find((one) => isJsonObject(one) && one.content === token);
  if (added) return (added as JsonObject).id;
  const decoder = Object.entries((config.added_tokens_decoder as JsonObject | undefined) ?? {});
  const found = decoder.find(([, one]) => isJsonObject(one) && one.content === token);
  return found && Number(found[0]);
}

function damaged(file: string, what: string): Wasm2VecError {
  const message = `tokenizer_config.json beside ${file}: ${what}. Copy or download it again.`;
  return new Wasm2VecError("format-damaged", message);
}
