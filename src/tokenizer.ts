/** A model folder's tokenizer: text to tokens and their ids, and back, as Python's transformers does it. */

import {
  checkOptions,
  checkValue,
  type GivenOptions,
  having,
  integer,
  isRecord,
  type Kind,
  listOf,
  oneOf,
  option,
  optional,
  STOPPABLE,
  string,
  toggle,
  unchecked,
} from "./check-options.ts";
import { isObject, show, tagOf, Wasm2VecError } from "./errors.ts";
import { joinBytes } from "./files/bytes.ts";
import { type FolderLike, type JsonObject, openFolder } from "./files/folder.ts";
import { FOLDER_OPTIONS } from "./files/folder-options.ts";
import { asItIs } from "./files/source-kinds.ts";
import type { TargetLike } from "./files/target.ts";
import { CONSOLE, lineOf } from "./printed.ts";
import { type ChatMessage, chosenTemplate, renderChat } from "./tokenizing/chat-template.ts";
import { cleanedUpEnglish } from "./tokenizing/clean-up.ts";
import { configured } from "./tokenizing/configuration.ts";
import type { Encoding } from "./tokenizing/encoding.ts";
import { GivenTokenizer, type TokenizerLike } from "./tokenizing/given-tokenizer.ts";
import { type IdsLike, idsOf, tokensOf } from "./tokenizing/ids.ts";
import type { Pipeline } from "./tokenizing/pipeline.ts";
import { readTokenizerFiles, specialTokensIn } from "./tokenizing/tokenizer-files.ts";
import {
  type Padding,
  paddedLength,
  type Side,
  type Truncation,
  type TruncationStrategy,
  truncate,
} from "./tokenizing/truncation.ts";

/** Is loaded where a tokenizer is opened. */
const loadPipeline = () => import("./tokenizing/pipeline.ts");

const addSpecialTokens = option(true, toggle);

const ENCODE_OPTIONS = {
  /** put the model's own tokens, such as [CLS], where it expects them; true by default */
  addSpecialTokens,
  /** a second text, which the model reads beside the first */
  pair: optional(string),
};

/** true and false, or one of some names. */
const switchOr = <Name extends string>(...names: Name[]): Kind<Name | boolean> => ({
  expected: `true, false, ${oneOf(...names).expected}`,
  accepts: (value) => typeof value === "boolean" || names.includes(value as Name),
});

const BATCH_OPTIONS = {
  /** put the model's own tokens, such as [CLS], where it expects them; true by default */
  addSpecialTokens,
  /** fill up to the longest (true) or to maxLength; what tokenizer.json says by default, else not */
  padding: optional(switchOr("longest", "max_length")),
  /** cut to maxLength, of two texts the longer first (true); what tokenizer.json says by default, else not */
  truncation: optional(switchOr("longest_first", "only_first", "only_second")),
  /** how many tokens a row has, the model's own among them; tokenizer.json's by default, else modelMaxLength */
  maxLength: optional(integer(1, 2 ** 31 - 1)),
  /** second texts, one for each */
  pairs: optional(unchecked<Iterable<string>>()),
};

const DECODE_OPTIONS = {
  /** leave the model's own tokens out of the text; false by default */
  skipSpecialTokens: option(false, toggle),
  /** take spaces before punctuation out; what tokenizer_config.json says by default, else not */
  cleanUpTokenizationSpaces: optional(toggle),
};

const CHAT_OPTIONS = {
  /** end with what begins the model's answer; false by default */
  addGenerationPrompt: option(false, toggle),
  /** give ids; true by default. false: the text */
  tokenize: option(true, toggle),
  /** what the model may call, as the template expects it */
  tools: optional(unchecked<Iterable<unknown>>()),
  /** what the model may read, as the template expects it */
  documents: optional(unchecked<Iterable<unknown>>()),
  /** the template; the folder's by default */
  chatTemplate: optional(string),
};

/** Options of `AutoTokenizer.fromPretrained`. @interface */
export type TokenizerOptions = GivenOptions<typeof FOLDER_OPTIONS>;
/** Options of a tokenizer's `save`. @interface */
export type SaveTokenizerOptions = GivenOptions<typeof STOPPABLE>;
/** Options of `encode`. @interface */
export type EncodeOptions = GivenOptions<typeof ENCODE_OPTIONS>;
/** Options of `encodeBatch`. @interface */
export type EncodeBatchOptions = GivenOptions<typeof BATCH_OPTIONS>;
/** Options of `decode` and `decodeBatch`. @interface */
export type DecodeOptions = GivenOptions<typeof DECODE_OPTIONS>;
/** Options of `applyChatTemplate`. @interface */
export type ChatTemplateOptions = GivenOptions<typeof CHAT_OPTIONS>;

/** The tokens of many texts, row behind row; T tokens in all. */
export interface BatchEncoding {
  /** (T,) their ids */
  inputIds: Int32Array<ArrayBuffer>;
  /** (T,) 1 for a token, 0 for padding */
  attentionMask: Int32Array<ArrayBuffer>;
  /** (T,) which of two texts a token is of: 0 or 1 */
  tokenTypeIds: Int32Array<ArrayBuffer>;
  /** (T, 2) where each token begins in its text and where it ends, in UTF-16 units; 0 and 0 for the model's own tokens. Empty where a given tokenizer does not tell */
  offsets: Int32Array<ArrayBuffer>;
  /** (texts + 1,) where each text's tokens begin, and where the last one's end */
  rowStarts: Int32Array<ArrayBuffer>;
  /** [texts, tokens of each]; undefined where texts have different numbers of tokens, because they were not filled up */
  shape: [number, number] | undefined;
}

/** Text to a model's tokens and their ids, and back. */
export class AutoTokenizer {
  private isClosed = false;

  private constructor(
    private readonly run: Pipeline | GivenTokenizer,
    private readonly config: JsonObject,
    private readonly chatTemplate: unknown,
    /** what messages call the model's folder */
    private readonly folder: string,
    /** @internal Reads the tokenizer.json again that it was made of, for whoever writes one: it is not held. */
    readonly readDescription?: (signal?: AbortSignal) => Promise<JsonObject>,
  ) {}

  /**
   * Loads a model's tokenizer. Its ids are those of Python's transformers and tokenizers; what cannot be run with the same ids is
   * refused by its name. See docs/tokenizers.md.
   *
   * @param from the model's folder: tokenizer.json, or vocab.json and merges.txt, or vocab.txt; and what is there of
   *   tokenizer_config.json, special_tokens_map.json, added_tokens.json, chat_template.jinja. Or tokenizer.wasm2vec alone, the
   *   compact file that `save` writes
   * @throws {Wasm2VecError} `model-incomplete` without these; `format-damaged`; `format-unknown` for a tokenizer that cannot be
   *   run; `option-unknown`; and what openSource throws
   */
  static async fromPretrained(from: FolderLike, options: TokenizerOptions = {}): Promise<AutoTokenizer> {
    const given = checkOptions(FOLDER_OPTIONS, options, "AutoTokenizer.fromPretrained");
    const { signal } = given;
    const folder = openFolder(from, given);
    const [files, { Pipeline }] = await Promise.all([readTokenizerFiles(folder, signal), loadPipeline()]);
    const run = await Pipeline.open(configured(files), files.file, files.table);
    if (signal?.aborted) run.close();
    signal?.throwIfAborted();
    const describe = async (signal?: AbortSignal) => configured(await readTokenizerFiles(folder, signal));
    // a compact file has its vocabulary as a table alone
    return new AutoTokenizer(run, files.config, files.chatTemplate, folder.name, files.table ? undefined : describe);
  }

  /**
   * @internal A tokenizer of a tokenizer.json that is read already, and of nothing else.
   *
   * @param folder what messages call its folder
   * @param describe gives the tokenizer.json again
   * @throws {Wasm2VecError} `format-damaged`, `format-unknown`
   */
  static async fromDescription(
    json: JsonObject,
    folder: string,
    describe: (signal?: AbortSignal) => Promise<JsonObject>,
  ): Promise<AutoTokenizer> {
    const { Pipeline } = await loadPipeline();
    const run = await Pipeline.open(json, `tokenizer.json of ${folder}`);
    return new AutoTokenizer(run, {}, undefined, folder, describe);
  }

  /**
   * Wraps a tokenizer of any other kind, which answers at once.
   *
   * @param tokenizer its `encode(text)` gives ids; `decode(ids)`, `tokenToId(token)`, `idToToken(id)` and `getVocab()` are called
   *   where they are needed. It puts the model's own tokens around by itself
   * @throws {Wasm2VecError} `option-invalid` for what has no method encode
   */
  static from(tokenizer: TokenizerLike): AutoTokenizer {
    checkValue(
      "tokenizer",
      tokenizer,
      having<TokenizerLike>("encode", "an object with a method encode"),
      "AutoTokenizer.from",
    );
    return new AutoTokenizer(new GivenTokenizer(tokenizer), {}, undefined, "the given tokenizer");
  }

  /**
   * Splits a text into the model's tokens, without special ones around it.
   *
   * @throws {Wasm2VecError} `option-invalid` when it is not a string; `closed`
   */
  tokenize(text: string): string[] {
    checkText(text);
    this.checkOpen();
    return this.run.encode(text).ids.map((id) => this.run.tokenOf(id) as string);
  }

  /**
   * The ids of tokens; of one that the vocabulary lacks, the unknown token's.
   *
   * @param tokens an array of them, or one
   * @throws {Wasm2VecError} `key-not-found` for such a token where the model has no unknown token; `option-invalid`, `closed`
   */
  convertTokensToIds(tokens: string | Iterable<string>): number[] {
    const list = tokensOf(tokens);
    this.checkOpen();
    return list.map((token) => this.run.idOf(token) ?? this.unknownId(token));
  }

  /**
   * The tokens of ids; undefined for an id that no token has, such as those of padding rows.
   *
   * @param ids an array, a typed array or a tensor of them, or one
   * @throws {Wasm2VecError} `id-out-of-range` when an id is no whole number from 0 on; `option-invalid`, `closed`
   */
  convertIdsToTokens(ids: IdsLike): (string | undefined)[] {
    const list = idsOf(ids, "The ids");
    this.checkOpen();
    return list.map((id) => this.run.tokenOf(id));
  }

  /**
   * The ids of a text's tokens.
   *
   * @throws {Wasm2VecError} `option-invalid` when it is not a string; `key-not-found` for what is unknown where the model has no
   *   token for that; `option-unknown`, `closed`
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addSpecialTokens, pair } = checkOptions(ENCODE_OPTIONS, options, "encode");
    checkText(text);
    this.checkOpen();
    return this.run.finish(this.encodings(text, pair), addSpecialTokens).ids;
  }

  /**
   * The tokens of many texts as typed arrays.
   *
   * @param texts N texts
   * @throws {Wasm2VecError} `option-invalid`, also where padding or truncation lacks what it needs; `key-not-found` as encode;
   *   `option-unknown`, `closed`
   */
  encodeBatch(texts: Iterable<string>, options: EncodeBatchOptions = {}): BatchEncoding {
    const checked = checkOptions(BATCH_OPTIONS, options, "encodeBatch");
    const list = listOfTexts(texts, "The texts");
    const pairs = checked.pairs === undefined ? undefined : listOfTexts(checked.pairs, "The pairs");
    if (pairs && pairs.length !== list.length) {
      throw new Wasm2VecError(
        "option-invalid",
        `encodeBatch got ${list.length} texts and ${pairs.length} pairs; expected as many.`,
      );
    }
    this.checkOpen();
    const truncation = this.truncationFor(checked.truncation, checked.maxLength);
    const padding = this.paddingFor(checked.padding, checked.maxLength);
    const rows = list.map((text, i) => {
      const encodings = this.encodings(text, pairs?.[i]);
      const added = this.run.addedTo(encodings.length > 1, checked.addSpecialTokens);
      const cut = truncation ? truncate(encodings, truncation.maxLength - added, truncation) : encodings;
      return this.run.finish(cut, checked.addSpecialTokens);
    });
    return batchOf(rows, padding, this.run instanceof GivenTokenizer);
  }

  /**
   * The text of tokens. Ids that no token has, such as those of padding rows, give none.
   *
   * @param ids an array, a typed array or a tensor of them, or one
   * @throws {Wasm2VecError} `id-out-of-range` when an id is no whole number from 0 on; `option-unknown`, `option-invalid`, `closed`
   */
  decode(ids: IdsLike, options: DecodeOptions = {}): string {
    const { skipSpecialTokens, cleanUpTokenizationSpaces } = checkOptions(DECODE_OPTIONS, options, "decode");
    const list = idsOf(ids, "The ids");
    this.checkOpen();
    const text = this.run.decode(list, skipSpecialTokens);
    // transformers leaves the texts of BPE as they are, which have their spaces right
    const isAsked = this.config.clean_up_tokenization_spaces === true && this.run.kind !== "BPE";
    return (cleanUpTokenizationSpaces ?? isAsked) ? cleanedUpEnglish(text) : text;
  }

  /**
   * The texts of many lists of ids. See decode.
   *
   * @throws {Wasm2VecError} as decode
   */
  decodeBatch(lists: Iterable<IdsLike>, options: DecodeOptions = {}): string[] {
    checkOptions(DECODE_OPTIONS, options, "decodeBatch");
    if (isObject(lists) && tagOf(lists) === "Map") {
      throw new Wasm2VecError("option-invalid", "The lists of ids are a Map; expected an array of lists.");
    }
    return listOf(lists, "The lists of ids").map((ids) => this.decode(ids, options));
  }

  /**
   * A chat as the model was trained to read it: with its template, chat_template.jinja or the one in tokenizer_config.json.
   *
   * @param messages such as [{ role: "user", content: "Hello" }]
   * @returns ids; a text with `tokenize: false`
   * @throws {Wasm2VecError} `model-incomplete` without a template; `format-unknown` for one that cannot be run with these messages;
   *   `option-unknown`, `option-invalid`, `closed`
   */
  applyChatTemplate(
    messages: Iterable<ChatMessage>,
    options: ChatTemplateOptions & { tokenize: false | 0 },
  ): Promise<string>;
  applyChatTemplate(
    messages: Iterable<ChatMessage>,
    options?: ChatTemplateOptions & { tokenize?: true | 1 },
  ): Promise<number[]>;
  async applyChatTemplate(
    messages: Iterable<ChatMessage>,
    options: ChatTemplateOptions = {},
  ): Promise<number[] | string> {
    const checked = checkOptions(CHAT_OPTIONS, options, "applyChatTemplate");
    const list = listOf(messages, "The messages").map(checkMessage);
    const tools = checked.tools && listOf(checked.tools, "The tools").map((tool) => checkRecord(tool, "A tool"));
    const documents =
      checked.documents && listOf(checked.documents, "The documents").map((one) => checkRecord(one, "A document"));
    this.checkOpen();
    const template = checked.chatTemplate ?? chosenTemplate(this.chatTemplate, Boolean(tools), this.folder);
    const special = specialTokensIn(this.config).filter(({ name }) => name);
    const text = await renderChat(template, list, {
      ...Object.fromEntries(special.map(({ name, content }) => [name, content])),
      add_generation_prompt: checked.addGenerationPrompt,
      tools,
      documents,
    });
    return checked.tokenize ? this.encode(text, { addSpecialTokens: false }) : text;
  }

  /**
   * All tokens and their ids, the added ones too.
   *
   * @throws {Wasm2VecError} `closed`
   */
  getVocab(): Map<string, number> {
    this.checkOpen();
    return new Map(this.run.entries());
  }

  /** The token that rows are filled up with; undefined where there is none. */
  get padToken(): string | undefined {
    return this.special("pad_token");
  }

  /** Its id. */
  get padTokenId(): number | undefined {
    return this.specialId("pad_token");
  }

  /** The token for what is unknown; undefined where there is none. */
  get unkToken(): string | undefined {
    return this.run.unknownToken ?? this.special("unk_token");
  }

  /** Its id. */
  get unkTokenId(): number | undefined {
    return this.unkToken === undefined ? undefined : this.run.idOf(this.unkToken);
  }

  /** The token that a text begins with; undefined where there is none. */
  get bosToken(): string | undefined {
    return this.special("bos_token");
  }

  /** Its id. */
  get bosTokenId(): number | undefined {
    return this.specialId("bos_token");
  }

  /** The token that a text ends with; undefined where there is none. */
  get eosToken(): string | undefined {
    return this.special("eos_token");
  }

  /** Its id. */
  get eosTokenId(): number | undefined {
    return this.specialId("eos_token");
  }

  /** The token that stands for all of a text, [CLS]; undefined where there is none. */
  get clsToken(): string | undefined {
    return this.special("cls_token");
  }

  /** Its id. */
  get clsTokenId(): number | undefined {
    return this.specialId("cls_token");
  }

  /** The token between two texts, [SEP]; undefined where there is none. */
  get sepToken(): string | undefined {
    return this.special("sep_token");
  }

  /** Its id. */
  get sepTokenId(): number | undefined {
    return this.specialId("sep_token");
  }

  /** The token for what is to be guessed, [MASK]; undefined where there is none. */
  get maskToken(): string | undefined {
    return this.special("mask_token");
  }

  /** Its id. */
  get maskTokenId(): number | undefined {
    return this.specialId("mask_token");
  }

  /** The tokens that are the model's own: those above, and further special ones. */
  get allSpecialTokens(): string[] {
    const added = this.run.addedTokens.filter(({ special }) => special).map(({ content }) => content);
    return [...new Set([...specialTokensIn(this.config).map(({ content }) => content), ...added])];
  }

  /** How many tokens the model reads at most; Infinity where tokenizer_config.json does not say. */
  get modelMaxLength(): number {
    const given = this.config.model_max_length;
    // transformers writes 10^30 for no limit
    return Number.isSafeInteger(given) && (given as number) > 0 ? (given as number) : Number.POSITIVE_INFINITY;
  }

  /**
   * Writes the tokenizer as a compact file, which opens in a fraction of tokenizer.json's time and memory, for edge functions for
   * instance: put it as tokenizer.wasm2vec into a folder of its own. It holds the configuration and the chat template, too.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream
   * @throws {Wasm2VecError} `format-unknown` for a tokenizer whose model is neither BPE nor WordPiece; `not-supported-here` for
   *   a given one; `file-not-writable`, `option-unknown`, `option-invalid`, `closed`
   */
  async save(target: TargetLike, options: SaveTokenizerOptions = {}): Promise<void> {
    const { signal } = checkOptions(STOPPABLE, options, "save");
    const place = asItIs(target);
    const chunks = await this.chunks();
    const { saveTo } = await import("./files/target.ts");
    await saveTo(place, chunks, signal);
  }

  /**
   * What `save` writes, as bytes.
   *
   * @throws {Wasm2VecError} as save
   */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return joinBytes([...(await this.chunks())]);
  }

  private async chunks(): Promise<Iterable<Uint8Array>> {
    this.checkOpen();
    const { table, tokenizer } = this.run.compact();
    const template = this.chatTemplate === undefined ? {} : { chat_template: this.chatTemplate };
    const config = { ...this.config, ...template };
    const { compactChunks } = await import("./tokenizing/compact-file.ts");
    return compactChunks({ table, tokenizer, config });
  }

  /** Gives the memory of the vocabulary back. The tokenizer cannot be used any more. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.run.close();
  }

  /** The same as close, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** One line: the model's folder. */
  toString(): string {
    return lineOf("AutoTokenizer", () => [this.folder]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  private encodings(text: string, pair: string | undefined): Encoding[] {
    const first = this.run.encode(text);
    return pair === undefined ? [first] : [first, this.run.encode(pair, 1)];
  }

  private truncationFor(given: TruncationStrategy | boolean | undefined, maxLength?: number): Truncation | undefined {
    const own = this.run.truncation;
    if (given === false || (given === undefined && !own)) return undefined;
    const wanted = maxLength ?? own?.maxLength ?? this.modelMaxLength;
    if (wanted === Number.POSITIVE_INFINITY) {
      throw new Wasm2VecError(
        "option-invalid",
        "encodeBatch got truncation, and the model names no length. Give maxLength.",
      );
    }
    const strategy = typeof given === "string" ? given : given ? "longest_first" : (own?.strategy ?? "longest_first");
    return { maxLength: wanted, strategy, side: sideIn(this.config.truncation_side) ?? own?.side ?? "right" };
  }

  private paddingFor(given: "longest" | "max_length" | boolean | undefined, maxLength?: number): Padding | undefined {
    const own = this.run.padding;
    if (given === false || (given === undefined && !own)) return undefined;
    const id = own?.id ?? this.padTokenId;
    if (id === undefined) {
      throw new Wasm2VecError(
        "option-invalid",
        `encodeBatch got padding, and ${this.folder} has no pad_token. Leave padding out: rowStarts tells the rows apart.`,
      );
    }
    const wanted = maxLength ?? this.run.truncation?.maxLength ?? this.modelMaxLength;
    if (given === "max_length" && wanted === Number.POSITIVE_INFINITY) {
      throw new Wasm2VecError(
        "option-invalid",
        'encodeBatch got padding "max_length", and the model names no length. Give maxLength.',
      );
    }
    return {
      id,
      length: given === "max_length" ? wanted : given ? "longest" : (own?.length ?? "longest"),
      multipleOf: own?.multipleOf ?? 0,
      typeId: own?.typeId ?? 0,
      side: sideIn(this.config.padding_side) ?? own?.side ?? "right",
    };
  }

  private special(name: string): string | undefined {
    return specialTokensIn(this.config).find((token) => token.name === name)?.content;
  }

  private specialId(name: string): number | undefined {
    const token = this.special(name);
    return token === undefined ? undefined : this.run.idOf(token);
  }

  private unknownId(token: string): number {
    const id = this.unkTokenId;
    if (id !== undefined) return id;
    throw new Wasm2VecError(
      "key-not-found",
      `The tokenizer has no token ${show(token)}, and none for what is unknown. Give it tokens that tokenize(text) returns.`,
    );
  }

  private checkOpen(): void {
    if (!this.isClosed) return;
    throw new Wasm2VecError("closed", `The tokenizer of ${this.folder} is closed. Load it again.`);
  }
}

const sideIn = (given: unknown): Side | undefined => (given === "left" || given === "right" ? given : undefined);

/** Rows behind one another, filled up where that is asked. */
function batchOf(rows: readonly Encoding[], padding: Padding | undefined, hasNoOffsets: boolean): BatchEncoding {
  const lengths = rows.map((row) => row.length);
  const least = padding ? paddedLength(lengths, padding) : 0;
  const total = lengths.reduce((sum, length) => sum + Math.max(length, least), 0);
  if (total > 2 ** 29) {
    throw new Wasm2VecError(
      "too-large",
      `encodeBatch would give ${total} tokens. Give fewer texts at a time, or a smaller maxLength.`,
    );
  }
  const inputIds = new Int32Array(total).fill(padding?.id ?? 0);
  const attentionMask = new Int32Array(total);
  const tokenTypeIds = new Int32Array(total).fill(padding?.typeId ?? 0);
  const offsets = new Int32Array(hasNoOffsets ? 0 : 2 * total);
  const rowStarts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    const length = Math.max(row.length, least);
    const at = rowStarts[i] + (padding?.side === "left" ? length - row.length : 0);
    inputIds.set(row.ids, at);
    attentionMask.fill(1, at, at + row.length);
    tokenTypeIds.set(row.typeIds, at);
    if (!hasNoOffsets) {
      for (let token = 0; token < row.length; token++) {
        offsets[2 * (at + token)] = row.starts[token];
        offsets[2 * (at + token) + 1] = row.ends[token];
      }
    }
    rowStarts[i + 1] = rowStarts[i] + length;
  });
  const length = Math.max(lengths[0] ?? 0, least);
  const isEven = lengths.every((one) => Math.max(one, least) === length);
  return {
    inputIds,
    attentionMask,
    tokenTypeIds,
    offsets,
    rowStarts,
    shape: isEven ? [rows.length, length] : undefined,
  };
}

function checkText(text: unknown): void {
  if (typeof text === "string") return;
  throw new Wasm2VecError("option-invalid", `The text is ${show(text)}; expected a string.`);
}

function listOfTexts(given: Iterable<string>, what: string): readonly string[] {
  const texts = listOf(given, what);
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong < 0) return texts;
  throw new Wasm2VecError("option-invalid", `${what}: item ${wrong} is ${show(texts[wrong])}; expected a text.`);
}

function checkRecord(given: unknown, what: string): unknown {
  if (isRecord(given)) return given;
  throw new Wasm2VecError("option-invalid", `${what} is ${show(given)}; expected an object.`);
}

function checkMessage(message: ChatMessage): ChatMessage {
  if (isRecord(message) && typeof message.role === "string") return message;
  throw new Wasm2VecError("option-invalid", `A message is ${show(message)}; expected { role, content }.`);
}
