/** Any tokenizer that a caller has, behind the methods that the library's own has. */

import { isPromise } from "../check-options.ts";
import { isObject, show, Wasm2VecError } from "../errors.ts";
import { Encoding } from "./encoding.ts";
import { type IdsLike, idsOf } from "./ids.ts";

/** What other tokenizers make of a text: one of the two. */
export interface EncodedLike {
  /** as @huggingface/tokenizers calls them */
  ids?: IdsLike;
  /** as transformers.js does */
  input_ids?: IdsLike;
}

/** A tokenizer as others have it: `encode` is needed; what is missing of the others cannot be asked. */
export interface TokenizerLike {
  /** The ids of a text's tokens; with { ids } or { input_ids } around them, or without. */
  encode(text: string): IdsLike | EncodedLike;
  /** The text of ids. */
  decode?(ids: number[], options?: { skip_special_tokens?: boolean }): string;
  /** The id of a token; undefined where there is none. */
  tokenToId?(token: string): number | undefined;
  /** The token of an id; undefined where there is none. */
  idToToken?(id: number): string | undefined;
  /** All tokens with their ids. */
  getVocab?(): Readonly<Record<string, number>> | ReadonlyMap<string, number>;
}

export class GivenTokenizer {
  readonly kind = "given";
  readonly truncation = undefined;
  readonly padding = undefined;
  readonly unknownToken = undefined;
  readonly addedTokens = [];

  constructor(private readonly given: TokenizerLike) {}

  encode(text: string, typeId = 0): Encoding {
    const answer = this.given.encode(text) as unknown;
    if (isPromise(answer))
      throw new Wasm2VecError("option-invalid", "encode of the given tokenizer gave a Promise; expected ids.");
    const { ids, input_ids } = (isObject(answer) ? answer : {}) as { ids?: IdsLike; input_ids?: IdsLike };
    const list = idsOf(ids ?? input_ids ?? (answer as IdsLike), "The ids that the given tokenizer's encode gave");
    return new Encoding(
      list,
      list.map(() => 0),
      list.map(() => 0),
      list.map(() => typeId),
    );
  }

  addedTo(): number {
    return 0;
  }

  finish(encodings: Encoding[]): Encoding {
    return Encoding.join(encodings);
  }

  idOf(token: string): number | undefined {
    const id = this.asked("tokenToId")(token);
    return typeof id === "number" && Number.isSafeInteger(id) && id >= 0 ? id : undefined;
  }

  tokenOf(id: number): string | undefined {
    const token = this.asked("idToToken")(id);
    return typeof token === "string" ? token : undefined;
  }

  isSpecial(): boolean {
    return false;
  }

  decode(ids: readonly number[], skipSpecialTokens: boolean): string {
    const text = this.asked("decode")([...ids], { skip_special_tokens: skipSpecialTokens });
    if (typeof text === "string") return text;
    throw new Wasm2VecError("option-invalid", `decode of the given tokenizer gave ${show(text)}; expected a string.`);
  }

  entries(): Iterable<[token: string, id: number]> {
    const vocabulary = this.asked("getVocab")() as Readonly<Record<string, number>> | ReadonlyMap<string, number>;
    if (!isObject(vocabulary)) {
      throw new Wasm2VecError(
        "option-invalid",
        `getVocab of the given tokenizer gave ${show(vocabulary)}; expected an object.`,
      );
    }
    return Symbol.iterator in vocabulary ? (vocabulary as ReadonlyMap<string, number>) : Object.entries(vocabulary);
  }

  compact(): never {
    throw new Wasm2VecError(
      "not-supported-here",
      "A given tokenizer cannot be saved: a compact file is made of a model folder's. Load one by AutoTokenizer.fromPretrained.",
    );
  }

  close(): void {}

  /** A method of the given tokenizer. */
  private asked<Name extends keyof TokenizerLike>(name: Name): NonNullable<TokenizerLike[Name]> {
    const method = this.given[name];
    if (typeof method === "function") return method.bind(this.given) as NonNullable<TokenizerLike[Name]>;
    throw new Wasm2VecError(
      "not-supported-here",
      `The given tokenizer has no ${name}. Give AutoTokenizer.from one that has.`,
    );
  }
}
