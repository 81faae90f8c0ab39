/** A model folder's tokenizer, run by @huggingface/tokenizers. */

import type { Tokenizer } from "@huggingface/tokenizers";
import { checkOptions, type GivenOptions, listOf, option, STOPPABLE, toggle } from "./check-options.ts";
import { show, Wasm2VecError } from "./errors.ts";
import { type FolderLike, type JsonObject, openFolder, readJson } from "./files/folder.ts";
import { CONSOLE, lineOf } from "./printed.ts";

const TOKENIZER_FILE = "tokenizer.json";
const CONFIG_FILE = "tokenizer_config.json";

const ENCODE_OPTIONS = {
  /** put the model's own tokens, such as [CLS], where it expects them; true by default */
  addSpecialTokens: option(true, toggle),
};

const DECODE_OPTIONS = {
  /** leave the model's own tokens out of the text; false by default */
  skipSpecialTokens: option(false, toggle),
};

/** Options of `AutoTokenizer.fromPretrained`. @interface */
export type TokenizerOptions = GivenOptions<typeof STOPPABLE>;
/** Options of `encode`. @interface */
export type EncodeOptions = GivenOptions<typeof ENCODE_OPTIONS>;
/** Options of `decode`. @interface */
export type DecodeOptions = GivenOptions<typeof DECODE_OPTIONS>;

/** Text to a model's tokens and their ids, and back. */
export class AutoTokenizer {
  private constructor(
    private readonly tokenizer: Tokenizer,
    /** what messages call the model's folder */
    private readonly folder: string,
    /** @internal Reads the tokenizer.json again that it was made of, for whoever writes one: it is not held. */
    readonly readDescription: (signal?: AbortSignal) => Promise<JsonObject | undefined>,
  ) {}

  /**
   * Loads a model's tokenizer.
   *
   * @param from the model's folder: tokenizer.json, and tokenizer_config.json where there is one
   * @throws {Wasm2VecError} `model-incomplete` without tokenizer.json; `format-damaged`; `format-unknown` for a tokenizer
   *   that @huggingface/tokenizers cannot run; `option-unknown`; and what openSource throws
   */
  static async fromPretrained(from: FolderLike, options: TokenizerOptions = {}): Promise<AutoTokenizer> {
    const { signal } = checkOptions(STOPPABLE, options, "AutoTokenizer.fromPretrained");
    const folder = openFolder(from);
    const [json, config] = await Promise.all([
      readJson(folder, TOKENIZER_FILE, signal),
      readJson(folder, CONFIG_FILE, signal),
    ]);
    const readDescription = (signal?: AbortSignal) => readJson(folder, TOKENIZER_FILE, signal);
    if (json) return AutoTokenizer.make(json, config ?? {}, folder.name, readDescription);
    throw new Wasm2VecError(
      "model-incomplete",
      `No ${TOKENIZER_FILE} in ${folder.name}. Add the one of the model; other kinds of tokenizer files cannot be read.`,
    );
  }

  private static async make(
    json: JsonObject,
    config: JsonObject,
    folder: string,
    readDescription: AutoTokenizer["readDescription"],
  ): Promise<AutoTokenizer> {
    const { Tokenizer } = await import("@huggingface/tokenizers");
    const unknown = (json.model as JsonObject | undefined)?.unk_token ?? config.unk_token;
    const settings = { clean_up_tokenization_spaces: false, ...config, unk_token: unknown };
    return new AutoTokenizer(
      orCannotRun(folder, () => new Tokenizer(json, settings)),
      folder,
      readDescription,
    );
  }

  /**
   * Splits a text into the model's tokens, without special ones.
   *
   * @throws {Wasm2VecError} `option-invalid` when it is not a string
   */
  tokenize(text: string): string[] {
    checkText(text);
    return this.run((tokenizer) => tokenizer.tokenize(text).map((token) => this.checkedToken(token)));
  }

  /**
   * The ids of tokens; of one that the vocabulary lacks, the unknown token's.
   *
   * @throws {Wasm2VecError} `key-not-found` for such a token where the model has no unknown token; `option-invalid`
   */
  convertTokensToIds(tokens: Iterable<string>): number[] {
    const list = listOf(tokens, "The tokens").map(checkToken);
    return this.run((tokenizer) => list.map((token) => this.knownId(token, tokenizer.token_to_id(token))));
  }

  /**
   * The tokens of ids; undefined for an id that no token has, such as those of padding rows.
   *
   * @throws {Wasm2VecError} `id-out-of-range` when an id is no whole number from 0 on; `option-invalid`
   */
  convertIdsToTokens(ids: Iterable<number>): (string | undefined)[] {
    const list = listOf(ids, "The ids").map(checkId);
    return this.run((tokenizer) =>
      list.map((id) => {
        const token = tokenizer.id_to_token(id);
        return token === undefined ? undefined : this.checkedToken(token);
      }),
    );
  }

  /**
   * The ids of a text's tokens.
   *
   * @throws {Wasm2VecError} `option-invalid` when it is not a string; `option-unknown`; `key-not-found`, see convertTokensToIds
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    const { addSpecialTokens } = checkOptions(ENCODE_OPTIONS, options, "encode");
    checkText(text);
    return this.run((tokenizer) => {
      const { ids, tokens } = tokenizer.encode(text, { add_special_tokens: addSpecialTokens });
      return ids.map((id, i) => this.knownId(tokens[i], id));
    });
  }

  /**
   * The text of tokens. Ids that no token has, such as those of padding rows, give none.
   *
   * @throws {Wasm2VecError} `id-out-of-range` when an id is no whole number from 0 on; `option-unknown`, `option-invalid`
   */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const { skipSpecialTokens } = checkOptions(DECODE_OPTIONS, options, "decode");
    const list = listOf(ids, "The ids").map(checkId);
    return this.run((tokenizer) => {
      const known = list.filter((id) => tokenizer.id_to_token(id) !== undefined);
      return known.length ? tokenizer.decode(known, { skip_special_tokens: skipSpecialTokens }) : "";
    });
  }

  /** One line: the model's folder. */
  toString(): string {
    return lineOf("AutoTokenizer", () => [this.folder]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  private knownId(token: string, id: number | undefined): number {
    const known = id ?? this.tokenizer.model?.unk_token_id;
    if (isId(known)) return known as number;
    if (known !== undefined) throw this.damaged(`the id ${show(known)}; expected a whole number from 0 on`);
    throw new Wasm2VecError(
      "key-not-found",
      `The tokenizer has no token ${show(token)}, and none for what is unknown. Give it tokens that tokenize(text) returns.`,
    );
  }

  /** The file may hold anything in the place of a token. */
  private checkedToken(token: unknown): string {
    if (typeof token === "string") return token;
    throw this.damaged(`the token ${show(token)}; expected a text`);
  }

  private damaged(what: string): Wasm2VecError {
    const message = `${TOKENIZER_FILE} of ${this.folder} gives ${what}. Copy or download it again.`;
    return new Wasm2VecError("format-damaged", message);
  }

  private run<Result>(work: (tokenizer: Tokenizer) => Result): Result {
    return orCannotRun(this.folder, () => work(this.tokenizer));
  }
}

/** @throws {Wasm2VecError} `format-unknown` where @huggingface/tokenizers throws */
function orCannotRun<Result>(folder: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Wasm2VecError) throw cause;
    throw new Wasm2VecError(
      "format-unknown",
      `${TOKENIZER_FILE} of ${folder} describes a tokenizer that @huggingface/tokenizers cannot run: ${(cause as Error).message}. Check that the file is whole.`,
      { cause },
    );
  }
}

const isId = (id: unknown) => Number.isSafeInteger(id) && (id as number) >= 0;

function checkText(text: unknown): void {
  if (typeof text === "string") return;
  throw new Wasm2VecError("option-invalid", `The text is ${show(text)}; expected a string.`);
}

function checkToken(token: string): string {
  if (typeof token === "string") return token;
  throw new Wasm2VecError("option-invalid", `A token is ${show(token)}; expected a string.`);
}

function checkId(id: number): number {
  if (isId(id)) return id;
  throw new Wasm2VecError("id-out-of-range", `An id is ${show(id)}; expected a whole number from 0 on.`);
}
