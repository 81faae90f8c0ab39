/** The model WordLevel: a piece is a token, or unknown. */

import { show, Wasm2VecError } from "../errors.ts";
import type { JsonPart } from "./json-part.ts";
import type { NumberList, PieceModel } from "./model.ts";

/** @param vocabulary the model's tokens and their ids, checked */
export function openWordLevel(part: JsonPart, vocabulary: ReadonlyMap<string, number>): PieceModel {
  return new WordLevel(vocabulary, part.has("unk_token") ? vocabulary.get(part.text("unk_token")) : undefined);
}

class WordLevel implements PieceModel {
  private readonly tokens: ReadonlyMap<number, string>;

  constructor(
    private readonly ids: ReadonlyMap<string, number>,
    private readonly unknown: number | undefined,
  ) {
    this.tokens = new Map(Array.from(ids, ([token, id]) => [id, token]));
  }

  get size(): number {
    return this.ids.size;
  }

  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.tokens.get(id);
  }

  entries(): Iterable<[token: string, id: number]> {
    return this.ids;
  }

  encodePiece(piece: string, ids: NumberList, ends: NumberList): void {
    const id = this.ids.get(piece) ?? this.unknown;
    if (id === undefined) {
      throw new Wasm2VecError(
        "key-not-found",
        `The tokenizer has no token ${show(piece)}, and none for what is unknown. Give it texts of words that it knows.`,
      );
    }
    ids.push(id);
    ends.push(piece.length);
  }
}
