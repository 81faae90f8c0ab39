/** What turns a piece of text, as the pre-tokenizer cut it, into the ids of its tokens. */

/** What numbers are appended to. */
export interface NumberList {
  push(value: number): unknown;
}

export interface TokenModel {
  /** appends the ids of a piece's tokens to `ids`, and where each ends in the piece, in UTF-16 units of the piece, to `ends` */
  encodePiece(piece: string, ids: NumberList, ends: NumberList): void;
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
  /** how many ids the model's vocabulary has */
  readonly size: number;
  entries(): Iterable<[token: string, id: number]>;
  close(): void;
}
