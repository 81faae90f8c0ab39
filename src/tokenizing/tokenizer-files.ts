/** The files of a model folder that its tokenizer is made of. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, isJsonObject, type JsonObject, readJson } from "../files/folder.ts";
import { readAll } from "../files/source.ts";

export interface TokenizerFiles {
  /** what messages call the file that says most */
  file: string;
  tokenizer: JsonObject;
  /** tokenizer_config.json, with what older files beside it say */
  config: JsonObject;
  chatTemplate: unknown;
}

/**
 * Reads what describes a tokenizer: tokenizer.json; else vocab.json and merges.txt; else vocab.txt.
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
  const whole = withOlderFiles(config ?? {}, special, added);
  const described = json ? { tokenizer: json, file: "tokenizer.json" } : await fromVocabulary(folder, whole, signal);
  return {
    tokenizer: described.tokenizer,
    file: `${described.file} of ${folder.name}`,
    config: whole,
    chatTemplate: template ?? whole.chat_template,
  };
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
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readAll(source, signal));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const message = `${file} of ${folder.name} is not UTF-8. Copy or download it again.`;
    throw new Wasm2VecError("format-damaged", message, { cause });
  } finally {
    await source.close?.();
  }
}

/** What older folders hold in the place of tokenizer.json, as transformers reads it. */
async function fromVocabulary(folder: Folder, config: JsonObject, signal?: AbortSignal) {
  const [vocab, merges, words] = await Promise.all([
    readJson(folder, "vocab.json", signal),
    readTextFile(folder, "merges.txt", signal),
    readTextFile(folder, "vocab.txt", signal),
  ]);
  if (vocab && merges !== undefined) return { file: "vocab.json", tokenizer: bytePairs(vocab, merges, config) };
  if (words !== undefined) return { file: "vocab.txt", tokenizer: wordPieces(words, config, folder) };
  throw new Wasm2VecError(
    "model-incomplete",
    `No tokenizer.json in ${folder.name}, nor vocab.json and merges.txt, nor vocab.txt. Add those of the model; other kinds of tokenizer files cannot be read.`,
  );
}

const QWEN2_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** Byte-level BPE: Qwen2's where tokenizer_config.json says so, else GPT-2's, with RoBERTa's tokens around where it says that. */
function bytePairs(vocab: JsonObject, merges: string, config: JsonObject): JsonObject {
  const lines = merges.split("\n").map((line) => line.replace(/\r$/, ""));
  const kind = String(config.tokenizer_class ?? "");
  const spaceFirst = config.add_prefix_space === true;
  const bytes = { type: "ByteLevel", add_prefix_space: spaceFirst, trim_offsets: true };
  const words = { type: "Split", pattern: { Regex: QWEN2_WORDS }, behavior: "Isolated", invert: false };
  const isQwen = kind.startsWith("Qwen2");
  const around = /^(Roberta|Longformer|LED|Bart)/.test(kind);
  const special = (name: string, fallback: string) => {
    const content = specialTokensIn(config).find((token) => token.name === name)?.content ?? fallback;
    return [content, vocab[content]];
  };
  return {
    added_tokens: [],
    normalizer: isQwen ? { type: "NFC" } : null,
    pre_tokenizer: isQwen ? { type: "Sequence", pretokenizers: [words, { ...bytes, use_regex: false }] } : bytes,
    post_processor: around
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
  const tokens = text.replace(/\r?\n$/, "").split(/\r?\n/);
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
