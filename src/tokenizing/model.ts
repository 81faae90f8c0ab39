/** What turns pieces of text, as the pre-tokenizer cut them, into the ids of their tokens. */

/** What numbers are appended to. */
export interface NumberList {
  push(value: number): unknown;
}

/** The tokens of pieces, one after the other. */
export interface PieceTokens {
  ids: NumberList;
  /** where each token begins in its piece and where it ends, in UTF-16 units: with the characters that it has bytes of */
  starts: NumberList;
  ends: NumberList;
  /** how many tokens each piece has */
  counts: NumberList;
}

/** A model's tokens. */
export interface TokenList {
  idOf(token: string): number | undefined;
  tokenOf(id: number): string | undefined;
  /** how many tokens there are */
  readonly size: number;
  entries(): Iterable<[token: string, id: number]>;
}

export interface TokenModel extends TokenList {
  /**
   * Appends the tokens of pieces.
   *
   * @param isBytes whether each byte of the pieces is read as the character that byte-level tokenizers write for it
   */
  encodePieces(pieces: readonly string[], isBytes: boolean, into: PieceTokens): void;
  close(): void;
}

/** A model that encodes a piece at a time. */
export interface PieceModel extends TokenList {
  /** Appends the ids of a piece's tokens, and where each ends: those of the bytes of one character in the same place. */
  encodePiece(piece: string, ids: NumberList, ends: NumberList): void;
}
