/** What a tensor's name tells: whether it may hold a model's embeddings, and of which of its parts. */

/** What a name tells of a tensor that may hold token embeddings. */
export interface NamedTable {
  /** the tensor's name in the file */
  readonly name: string;
  /** the name's parts, up to the module that holds the table */
  readonly path: readonly string[];
  /** whether the name speaks of tokens or words, as `embed_tokens` does and `embedding` does not */
  readonly speaksOfTokens: boolean;
}

/**
 * Modules whose name speaks of tokens: embed_tokens, wte, word_embeddings, tok_embeddings, token_embd, embed_in, shared.
 *
 * @see transformers' get_input_embeddings, llama.cpp's tensor_mapping.py
 */
const TOKEN_TABLE =
  /^(wte|shared|in_out_embed|(text_)?(emb[a-z]*_(text_)?(tokens?|words?|vocab|in)|(words?|tok|tokens?|vocab|input)_?emb[a-z]*(_layer|_table)?))$/;

/** Modules that hold a table, of whatever. */
const ANY_TABLE = /^emb(d|ed|eds|edder|edding|eddings)?$/;

const words = (list: string) => new RegExp(`(^|_)(${list.replaceAll(" ", "|")})(?=_|\\d|$)`);

/** Parts that see or hear, and tables that are of no token: of positions, types, codes. They count as words between "_". */
const FOREIGN = words(
  "vision visual vit image images img pixel video videos patch patches patcher vq vqmodel vqgan quantize quantizer " +
    "audio speech acoustic acoustics sound wave mel codec codebook codebooks code2wav token2wav tokenizer vocoder talker " +
    "t2u unit speaker depth qformer projector protein position positions positional pos wpe type types segment segments " +
    "time timestep mtp nextn draft label labels lora adapter prompt prompts",
);

/** Parts of one of many like layers. */
const LAYERS = /^(h|blk|.*(layer|block|stage|expert|mtp).*)$/;

/** Encoders have these before their layers where they see or hear. */
const SENSES = /conv|patch|subsampl|feature|spectr|vision|visual|image|pixel|video|audio|speech/;

/** They have these where they read text too. */
const TEXT = words("text language llm lm");

const ENCODER = words("encoder");
const DECODER = words("decoder");

/** What comes out: never a table by its shape alone. */
const OUTPUT = words(
  "head output out unembed embed_out logits classifier score cls predictions generator proj projection",
);

/** The output embeddings of language models, which are the input's too where a model ties them. */
const TIED_OUTPUT = /(^|\.)((lm_head(\.decoder|\.out_proj)?)|predictions\.decoder|embed_out|output|output_projection)$/;

/** What adapters put in a module's place: the module as it was, and as it was trained. */
const WRAPPER =
  /^(base_layer|token_adapter|parametrizations|original_module|modules_to_save|lora_.*|trainable_tokens.*)$/;

/** Small factors and differences, which are added to a module's weight. */
const ADDED = /^(lora_|trainable_tokens)/;

/** Parts of tables that are packed. */
const PACKED = /^(qweight|weight_packed|weight_quantized|packed_weight)$/;

/** A tensor's parts: the modules, without the parameter's own name. */
const modulesOf = (name: string): string[] => {
  const parts = name.split(".");
  return parts.length > 1 && parts.at(-1) === "weight" ? parts.slice(0, -1) : parts;
};

/** Whether a part of a model, or of its config.json, is of no text. What visual_bert sees is text too. */
export const isForeign = (part: string) => FOREIGN.test(part) && !/bert$|language/.test(part);

/** Whether it lies in a part that is of no text, or within a layer. */
function isElsewhere(path: readonly string[]): boolean {
  return path.some((part, i) => isForeign(part) || (/^\d+$/.test(part) && LAYERS.test(path[i - 1] ?? "")));
}

/** Whether a tensor by its name is surely of no token. */
export const isOfNoToken = (name: string) => isElsewhere(modulesOf(name));

/** What a name tells where its tensor may hold token embeddings: undefined where it may not. */
export function tableOf(name: string): NamedTable | undefined {
  let path = modulesOf(name);
  if (path.some((part) => ADDED.test(part))) return undefined;
  if (wrapperAt(path) > 0) path = path.slice(0, wrapperAt(path));
  // as Flax has it: wte.embedding
  if (path.at(-1) === "embedding" && TOKEN_TABLE.test(path.at(-2) ?? "")) path = path.slice(0, -1);
  const module = path.at(-1) as string;
  const speaksOfTokens = TOKEN_TABLE.test(module);
  if (isElsewhere(path) || !(speaksOfTokens || ANY_TABLE.test(module))) return undefined;
  return { name, path, speaksOfTokens };
}

const wrapperAt = (path: readonly string[]) => path.findIndex((part) => WRAPPER.test(part));

/** The module that an adapter changes by this tensor; undefined where it changes none. */
export function changedByAdapter(name: string): string | undefined {
  const path = name.split(".");
  const isChange = path.some((part) => ADDED.test(part) || part === "modules_to_save");
  return isChange ? path.slice(0, wrapperAt(path)).join(".") : undefined;
}

/** Whether it is a table of tokens in a packed form, which is no matrix of their numbers. */
export function isPackedTable(name: string): boolean {
  const path = name.split(".");
  const module = path.slice(0, -1);
  return PACKED.test(path.at(-1) as string) && TOKEN_TABLE.test(module.at(-1) ?? "") && !isElsewhere(module);
}

/** Whether it may be what a model ties to its input embeddings. */
export const isTiedOutput = (name: string) => {
  const path = modulesOf(name);
  return TIED_OUTPUT.test(path.join(".")) && !isElsewhere(path);
};

/** Whether it may be the embeddings by its shape, as its name says nothing: not that it is an output, nor another table. */
export function mayBeTable(name: string): boolean {
  const path = modulesOf(name);
  const last = path.at(-1) as string;
  const isOther = [OUTPUT, DECODER, /emb|_weight$|^weight_/].some((pattern) => pattern.test(last)) || /head/.test(name);
  return !isOther && !isElsewhere(path) && wrapperAt(path) < 0;
}

/**
 * The places at which an encoder reads text: a decoder at the same place has a table of its own, for what it writes.
 * Where the encoder sees or hears, the decoder's table is the only one.
 */
export function textEncoders(names: Iterable<string>): ReadonlySet<string> {
  const found = new Map<string, { reads: boolean; senses: boolean }>();
  for (const name of names) {
    const path = modulesOf(name);
    const at = path.findIndex((part) => ENCODER.test(part));
    if (at < 0 || FOREIGN.test(path[at])) continue;
    const place = path.slice(0, at).join(".");
    const encoder = found.get(place) ?? { reads: false, senses: false };
    found.set(place, encoder);
    const layer = path.findIndex((part, i) => i > at && /^\d+$/.test(part));
    const inner = path.slice(at, layer < 0 ? undefined : layer);
    encoder.reads ||= inner.some((part) => TEXT.test(part));
    encoder.senses ||= inner.some((part) => SENSES.test(part));
  }
  return new Set([...found].filter(([, { reads, senses }]) => reads || !senses).map(([place]) => place));
}

/** Whether it is a decoder's, beside an encoder that reads text. */
export function isOfDecoder(path: readonly string[], encoders: ReadonlySet<string>): boolean {
  const at = path.findIndex((part) => DECODER.test(part));
  return at >= 0 && encoders.has(path.slice(0, at).join("."));
}

/**
 * Whether a table is the one that text goes through first: an encoder's before its decoder's; one that lies beside both before
 * their own.
 */
export function comesBefore(path: readonly string[], other: readonly string[]): "beside" | "encoder" | undefined {
  const at = path.findIndex((part, i) => part !== other[i]);
  if (at < 0 || at >= other.length) return undefined;
  const isPart = ENCODER.test(other[at]) || DECODER.test(other[at]);
  if (at === path.length - 1 && isPart) return "beside";
  return ENCODER.test(path[at]) && DECODER.test(other[at]) ? "encoder" : undefined;
}
