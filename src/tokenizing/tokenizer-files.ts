/** The files of a model folder that its tokenizer is made of. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, incomplete, isJsonObject, type JsonObject, readJson } from "../files/folder.ts";
import { readAll } from "../files/source.ts";
import type { ModelTable } from "./models/table.ts";

/** What a tokenizer's compact file is called in a folder: no name that is looked for weights. */
const COMPACT_FILE = "tokenizer.wasm2vec";

export interface TokenizerFiles {
  /** what messages call the file that says most */
  file: string;
  /** the model's table, where there is a compact file: the configuration has changed `tokenizer` already */
  table?: ModelTable;
  tokenizer: JsonObject;
  /** whether `tokenizer` was made of a vocabulary's files */
  isOlder?: boolean;
  /** tokenizer_config.json, with what older files beside it say */
  config: JsonObject;
  chatTemplate: unknown;
}

/**
 * Reads what describes a tokenizer: tokenizer.json; else a compact file; else vocab.json and merges.txt; else vocab.txt.
 *
 * @throws {Wasm2VecError} `model-incomplete` where none of them is there; `format-damaged`; and what openSource throws
 */
export async function readTokenizerFiles(folder: Folder, signal?: AbortSignal): Promise<TokenizerFiles> {
  const [json, config, special, added, template] = await Promise.all([
    readJson(folder, "tokenizer.json", signal),
    readJson(folder, "tokenizer_config.json", signal),
    readJson(folder, "special_tokens_map.json", signal),
    readJson(folder, "added_tokens.json", signal),
    readTextFile(folder, "chat_template.jinja", signal),
  ]);
  const compact = json ? undefined : await fromCompact(folder, signal);
  if (compact) return compact;
  const whole = withOlderFiles(config ?? {}, special, added);
  const described = json
    ? { tokenizer: json, file: "tokenizer.json", config: whole }
    : await fromVocabulary(folder, whole, signal);
  return {
    ...described,
    isOlder: !json,
    file: `${described.file} of ${folder.name}`,
    chatTemplate: template ?? whole.chat_template,
  };
}

async function fromCompact(folder: Folder, signal?: AbortSignal): Promise<TokenizerFiles | undefined> {
  const source = await folder.open(COMPACT_FILE, signal);
  if (!source) return undefined;
  try {
    const file = `${COMPACT_FILE} of ${folder.name}`;
    const { readCompactTokenizer } = await import("./compact-file.ts");
    const { table, tokenizer, config } = await readCompactTokenizer(source, file, signal);
    return { file, table, tokenizer, config, chatTemplate: config.chat_template };
  } finally {
    await source.close?.();
  }
}

/** Files from before tokenizer_config.json listed added tokens: they say what it does not. */
function withOlderFiles(config: JsonObject, special?: JsonObject, added?: JsonObject): JsonObject {
  if (config.added_tokens_decoder !== undefined) return config;
  const merged: JsonObject = { ...config, ...special };
  if (!added) return merged;
  const names = new Set(specialTokensIn(merged).map(({ content }) => content));
  const decoder = Object.entries(added).map(([content, id]) => {
    const isSpecial = names.has(content);
    return [String(id), { content, special: isSpecial, normalized: !isSpecial }] as const;
  });
  return { ...merged, added_tokens_decoder: Object.fromEntries(decoder) };
}

/** A special token as a configuration names it: as a text, or with how it is found. */
export interface NamedToken {
  /** bos_token, pad_token, … */
  name: string;
  content: string;
  json: JsonObject;
}

const SPECIAL_NAMES = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map((name) => `${name}_token`);

/** The special tokens that a configuration names. */
export function specialTokensIn(config: JsonObject): NamedToken[] {
  const lists = [config.additional_special_tokens, config.extra_special_tokens].flatMap((list) =>
    Array.isArray(list) ? list : isJsonObject(list) ? Object.values(list) : [],
  );
  const named = [
    ...SPECIAL_NAMES.map((name) => [name, config[name]] as const),
    ...lists.map((token) => ["", token] as const),
  ];
  return named.flatMap(([name, token]) => {
    const json = typeof token === "string" ? { content: token } : isJsonObject(token) ? token : {};
    return typeof json.content === "string" && json.content !== "" ? [{ name, content: json.content, json }] : [];
  });
}

async function readTextFile(folder: Folder, file: string, signal?: AbortSignal): Promise<string | undefined> {
  const source = await folder.open(file, signal);
  if (!source) return undefined;
  const bytes = await readAll(source, signal).finally(() => source.close?.());
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const message = `${file} of ${folder.name} is not UTF-8. Copy or download it again.`;
    throw new Wasm2VecError("format-damaged", message, { cause });
  }
}

/** What older folders hold in the place of tokenizer.json, as transformers reads it. */
async function fromVocabulary(folder: Folder, config: JsonObject, signal?: AbortSignal) {
  const [vocab, merges, words] = await Promise.all([
    readJson(folder, "vocab.json", signal),
    readTextFile(folder, "merges.txt", signal),
    readTextFile(folder, "vocab.txt", signal),
  ]);
  if (vocab && merges !== undefined) {
    const named = withTokens(config, bytePairTokens(config), (token) => Object.hasOwn(vocab, token));
    return { file: "vocab.json", tokenizer: bytePairs(vocab, merges, named), config: named };
  }
  if (words !== undefined) {
    const listed = new Set(linesOf(words));
    const named = withTokens(config, BERT_TOKENS, (token) => listed.has(token));
    return { file: "vocab.txt", tokenizer: wordPieces(words, named, folder), config: named };
  }
  throw incomplete(
    folder,
    `No tokenizer.json in ${folder.name}, nor vocab.json and merges.txt, nor vocab.txt. Add those of the model; other kinds of tokenizer files cannot be read.`,
  );
}

type TokenNames = Readonly<Record<string, string>>;

const BERT_TOKENS = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
};

const END = "<|endoftext|>";

/** The special tokens that transformers' classes have where a configuration does not name them. */
function bytePairTokens(config: JsonObject): TokenNames {
  if (isQwen2(config)) return { unk_token: END, eos_token: END, pad_token: END };
  if (!isRoberta(config)) return { unk_token: END, bos_token: END, eos_token: END };
  const [begin, end] = ["<s>", "</s>"];
  return { bos_token: begin, cls_token: begin, eos_token: end, sep_token: end, unk_token: "<unk>", pad_token: "<pad>" };
}

const isQwen2 = (config: JsonObject) => String(config.tokenizer_class).startsWith("Qwen2");
const isRoberta = (config: JsonObject) => /^(Roberta|Longformer|LED|Bart)/.test(String(config.tokenizer_class));

/** A configuration with the names of tokens that it does not have, of those that the vocabulary has. */
function withTokens(config: JsonObject, names: TokenNames, isThere: (token: string) => boolean): JsonObject {
  const missing = Object.entries(names).filter(([name, token]) => config[name] === undefined && isThere(token));
  return { ...Object.fromEntries(missing), ...config };
}

const linesOf = (text: string) => text.replace(/\r?\n$/, "").split(/\r?\n/);

const QWEN2_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Byte-level BPE: Qwen2's where tokenizer_config.json says so, else GPT-2's, with RoBERTa's tokens around where it says that. */
function bytePairs(vocab: JsonObject, merges: string, config: JsonObject): JsonObject {
  const lines = merges.split("\n").map((line) => line.replace(/\r$/, ""));
  const spaceFirst = config.add_prefix_space === true;
  const bytes = { type: "ByteLevel", add_prefix_space: spaceFirst, trim_offsets: true };
  const words = { type: "Split", pattern: { Regex: QWEN2_WORDS }, behavior: "Isolated", invert: false };
  const isQwen = isQwen2(config);
  const special = (name: string, fallback: string) => {
    const content = specialTokensIn(config).find((token) => token.name === name)?.content ?? fallback;
    return [content, vocab[content]];
  };
  return {
    added_tokens: [],
    normalizer: isQwen ? { type: "NFC" } : null,
    pre_tokenizer: isQwen ? { type: "Sequence", pretokenizers: [words, { ...bytes, use_regex: false }] } : bytes,
    post_processor: isRoberta(config)
      ? {
          ...bytes,
          type: "RobertaProcessing",
          cls: special("cls_token", "<s>"),
          sep: special("sep_token", "</s>"),
        }
      : { type: "ByteLevel", add_prefix_space: spaceFirst, trim_offsets: false },
    decoder: bytes,
    model: {
      type: "BPE",
      vocab,
      // a first line may say the version; "#" alone is a character like any other
      merges: lines.filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version"))),
    },
  };
}

/** BERT's. */
function wordPieces(text: string, config: JsonObject, folder: Folder): JsonObject {
  const tokens = linesOf(text);
  const vocab: Record<string, number> = Object.create(null);
  tokens.forEach((token, id) => {
    vocab[token] = id;
  });
  const nameOf = (name: string, fallback: string) =>
    specialTokensIn(config).find((token) => token.name === name)?.content ?? fallback;
  const [cls, sep] = [nameOf("cls_token", "[CLS]"), nameOf("sep_token", "[SEP]")];
  for (const token of [cls, sep]) {
    if (vocab[token] === undefined) {
      throw new Wasm2VecError(
        "format-damaged",
        `vocab.txt of ${folder.name} has no token ${show(token)}. Copy or download it again.`,
      );
    }
  }
  const unknown = nameOf("unk_token", "[UNK]");
  const listed = [cls, sep, unknown, nameOf("pad_token", "[PAD]"), nameOf("mask_token", "[MASK]")];
  return {
    added_tokens: listed
      .filter((content) => vocab[content] !== undefined)
      .map((content) => ({ id: vocab[content], content, special: true, normalized: false })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars !== false,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case !== false,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: { type: "BertProcessing", cls: [cls, vocab[cls]], sep: [sep, vocab[sep]] },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      vocab,
      unk_token: unknown,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
    },
  };
}
