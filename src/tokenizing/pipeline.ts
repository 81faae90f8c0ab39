/**
 * What tokenizer.json describes, run: a text's way to ids and back.
 *
 *     text → added tokens → normalizer → added tokens that are normalized → pre-tokenizer → model → post-processor
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { JsonObject } from "../files/folder.ts";
import { type AddedToken, type Found, TokenFinder } from "./added-tokens.ts";
import { AlignedText } from "./aligned-text.ts";
import { NO_ID } from "./configuration.ts";
import { type Decode, decoderOf } from "./decoders.ts";
import { Encoding } from "./encoding.ts";
import { isId, JsonPart } from "./json-part.ts";
import type { TokenModel } from "./model.ts";
import { CompactModel } from "./models/compact-model.ts";
import { buildTable, type ModelTable, rulesOf } from "./models/table.ts";
import { isSentencePiece, type Normalize, normalizerOf } from "./normalizers.ts";
import { type PostProcessor, postProcessorOf } from "./post-processors.ts";
import { type PreTokenizer, preTokenizerOf } from "./pre-tokenizers.ts";
import { remembering } from "./remembering.ts";
import { type Padding, paddingOf, type Truncation, truncationOf } from "./truncation.ts";
import { openUnigram } from "./unigram.ts";
import { openWordLevel } from "./word-level.ts";

export class Pipeline {
  private readonly addedById: ReadonlyMap<number, AddedToken>;
  private readonly idsOfAdded: ReadonlyMap<string, number>;
  /** how added tokens are written where texts are made of them */
  private readonly written = new Map<number, string>();
  private readonly plainFinder: TokenFinder;
  private readonly normalizedFinder: TokenFinder;

  private constructor(
    readonly model: TokenModel,
    readonly kind: string,
    readonly addedTokens: readonly AddedToken[],
    private readonly normalize: Normalize | undefined,
    private readonly preTokenizer: PreTokenizer,
    private readonly postProcessor: PostProcessor | undefined,
    private readonly decoder: Decode | undefined,
    /** what tokenizer.json says itself */
    readonly truncation: Truncation | undefined,
    readonly padding: Padding | undefined,
    /** the token for what is unknown */
    readonly unknownToken: string | undefined,
    private readonly json: JsonObject,
  ) {
    this.addedById = new Map(addedTokens.map((token) => [token.id, token]));
    this.idsOfAdded = new Map(addedTokens.map((token) => [token.content, token.id]));
    for (const { id, content, normalized } of addedTokens) {
      this.written.set(id, normalized && normalize ? normalize(AlignedText.of(content)).text : content);
    }
    const finder = (isNormalized: boolean) =>
      new TokenFinder(
        addedTokens
          .filter(({ normalized }) => normalized === isNormalized)
          .map((token) => [this.written.get(token.id) as string, token]),
      );
    this.plainFinder = finder(false);
    this.normalizedFinder = finder(true);
  }

  /**
   * Looks at all of a tokenizer.json, and makes ready what it describes.
   *
   * @param file what messages call it
   * @param table the model's, where it is made already: `json` needs no vocabulary then
   * @throws {Wasm2VecError} `format-unknown` for a part that cannot be run, by its name; `format-damaged`
   */
  static async open(json: JsonObject, file: string, table?: ModelTable): Promise<Pipeline> {
    const root = new JsonPart(json, file);
    const part = (name: string) => (root.has(name) ? new JsonPart(root.object(name), placeOf(root, name)) : undefined);
    const modelPart = part("model");
    if (!modelPart) throw root.damaged("model is missing");
    const normalizer = part("normalizer");
    const preTokenizer = part("pre_tokenizer");
    const postProcessor = part("post_processor");
    const decoder = part("decoder");
    const [truncation, padding] = [part("truncation"), part("padding")];
    const kind = kindOf(modelPart);
    const way = [
      normalizer && normalizerOf(normalizer),
      preTokenizerOf(preTokenizer, normalizer && isSentencePiece(normalizer)),
    ] as const;
    const ends = [
      decoder && decoderOf(decoder),
      truncation && truncationOf(truncation),
      padding && paddingOf(padding),
      modelPart.has("unk_token") ? modelPart.text("unk_token") : undefined,
      withoutVocabulary(json, kind),
    ] as const;
    const listed = root.has("added_tokens") ? root.parts("added_tokens", "an added token").map(addedTokenOf) : [];
    const model = await openModel(modelPart, kind, file, table);
    try {
      const added = withIds(listed, model, root);
      const idOf = (token: string) => added.find(({ content }) => content === token)?.id ?? model.idOf(token);
      return new Pipeline(model, kind, added, ...way, postProcessor && postProcessorOf(postProcessor, idOf), ...ends);
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** The tokens of a text alone, without the model's own around them. */
  encode(text: string, typeId = 0): Encoding {
    const encoding = new Encoding();
    for (const found of this.plainFinder.split(AlignedText.of(text.replace(LONE_SURROGATES, "\ufffd")))) {
      if (found.token) pushToken(found, encoding);
      else this.encodeUnfound(found.text, encoding);
    }
    for (let i = 0; i < encoding.length; i++) encoding.typeIds.push(typeId);
    return encoding;
  }

  private encodeUnfound(text: AlignedText, into: Encoding): void {
    const normalized = this.normalize ? this.normalize(text) : text;
    for (const found of this.normalizedFinder.split(normalized)) {
      if (found.token) pushToken(found, into);
      else this.encodePieces(this.preTokenizer.cut(found.text), into);
    }
  }

  private encodePieces(pieces: readonly AlignedText[], into: Encoding): void {
    const texts = pieces.map(({ text }) => text);
    const [ids, starts, ends, counts]: number[][] = [[], [], [], []];
    this.model.encodePieces(texts, this.preTokenizer.endsInBytes, { ids, starts, ends, counts });
    let token = 0;
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i];
      for (const end = token + counts[i]; token < end; token++) {
        into.ids.push(ids[token]);
        into.starts.push(piece.start(starts[token]));
        into.ends.push(piece.end(ends[token] - 1));
      }
    }
  }

  /** How many tokens `finish` adds. */
  addedTo(isPair: boolean, addSpecialTokens: boolean): number {
    return addSpecialTokens ? (this.postProcessor?.added(isPair) ?? 0) : 0;
  }

  /** Encodings of one text, or of two, with the model's own tokens around them. */
  finish(encodings: Encoding[], addSpecialTokens: boolean): Encoding {
    if (!this.postProcessor) return Encoding.join(encodings);
    return Encoding.join(this.postProcessor.process(encodings, addSpecialTokens, (id) => this.tokenOf(id)));
  }

  idOf(token: string): number | undefined {
    return this.idsOfAdded.get(token) ?? this.model.idOf(token);
  }

  tokenOf(id: number): string | undefined {
    return this.addedById.get(id)?.content ?? this.model.tokenOf(id);
  }

  isSpecial(id: number): boolean {
    return this.addedById.get(id)?.special ?? false;
  }

  /** The text of tokens; ids that no token has give none. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.written.get(id) ?? this.model.tokenOf(id);
      if (token !== undefined && !(skipSpecialTokens && this.isSpecial(id))) tokens.push(token);
    }
    if (!tokens.length) return "";
    return this.decoder ? this.decoder(tokens).join("") : tokens.join(" ");
  }

  /** All tokens and their ids, the model's and the added ones. */
  *entries(): Generator<[token: string, id: number]> {
    for (const [token, id] of this.model.entries()) if (!this.idsOfAdded.has(token)) yield [token, id];
    yield* this.idsOfAdded;
  }

  /**
   * What a compact file holds of it.
   *
   * @throws {Wasm2VecError} `format-unknown` where its model has no table
   */
  compact(): { table: ModelTable; tokenizer: JsonObject } {
    if (this.model instanceof CompactModel) return { table: this.model.table, tokenizer: this.json };
    throw new Wasm2VecError(
      "format-unknown",
      `A compact file holds a model of BPE or WordPiece, and this tokenizer's is ${this.kind}. Keep its tokenizer.json.`,
    );
  }

  close(): void {
    this.model.close();
  }
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

function pushToken({ text, token }: Found, into: Encoding): void {
  into.ids.push((token as AddedToken).id);
  into.starts.push(text.start(0));
  into.ends.push(text.end(text.text.length - 1));
}

const placeOf = (root: JsonPart, name: string) => {
  const { type } = root.json[name] as JsonObject;
  return `${name}${typeof type === "string" ? ` ${show(type)}` : ""} in ${root.where}`;
};

/** Old files do not say it. */
function kindOf(model: JsonPart): string {
  if (model.has("type")) return model.type;
  if (model.has("merges")) return "BPE";
  if (Array.isArray(model.json.vocab)) return "Unigram";
  return model.has("continuing_subword_prefix") ? "WordPiece" : "WordLevel";
}

async function openModel(part: JsonPart, kind: string, file: string, table?: ModelTable): Promise<TokenModel> {
  if (kind === "Unigram") return remembering(openUnigram(part));
  if (kind === "WordLevel") return remembering(openWordLevel(part, vocabularyOf(part)));
  if (kind !== "BPE" && kind !== "WordPiece") throw part.refused("this kind of model");
  const json = { ...part.json, type: kind };
  return CompactModel.open(table ?? (await buildTable(json)), rulesOf(json), file);
}

/** What tokenizer.json says beside the model's tokens. */
function withoutVocabulary(json: JsonObject, kind: string): JsonObject {
  const { vocab, merges, ...model } = json.model as JsonObject;
  return { ...json, model: { ...model, type: kind } };
}

function vocabularyOf(part: JsonPart): Map<string, number> {
  const vocabulary = new Map<string, number>();
  const ids = new Set<number>();
  for (const [token, id] of Object.entries(part.object("vocab"))) {
    if (!isId(id)) throw part.damaged(`the id of ${show(token)} is ${show(id)}; expected a whole number from 0 on`);
    if (ids.has(id)) throw part.damaged(`the id ${id} of ${show(token)} is another token's`);
    ids.add(id);
    vocabulary.set(token, id);
  }
  return vocabulary;
}

/** One that only a configuration names has no id yet. */
type ListedToken = Omit<AddedToken, "id"> & { id: number | undefined };

function addedTokenOf(part: JsonPart): ListedToken {
  return {
    id: part.json.id === NO_ID ? undefined : part.count("id"),
    content: part.text("content"),
    singleWord: part.flag("single_word", false),
    lstrip: part.flag("lstrip", false),
    rstrip: part.flag("rstrip", false),
    normalized: part.flag("normalized", !part.flag("special", false)),
    special: part.flag("special", false),
  };
}

/** Added tokens with their ids: the model's, where it has them; else those that the file names; else those behind all others. */
function withIds(listed: readonly ListedToken[], model: TokenModel, root: JsonPart): AddedToken[] {
  const tokens = new Map<string, AddedToken>();
  const contents = new Map<number, string>();
  const most = listed.reduce((most, { id }) => Math.max(most, id ?? 0), model.size - 1);
  let next = most + 1;
  for (const token of listed) {
    if (token.content === "") continue;
    const id = tokens.get(token.content)?.id ?? model.idOf(token.content) ?? token.id ?? next++;
    const other = contents.get(id) ?? model.tokenOf(id) ?? token.content;
    if (other !== token.content) {
      throw root.damaged(`the id ${id} of the added token ${show(token.content)} is that of ${show(other)}`);
    }
    contents.set(id, token.content);
    tokens.set(token.content, { ...token, id });
  }
  return [...tokens.values()];
}
