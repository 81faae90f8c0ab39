/**
 * The model Unigram: of all ways to write a piece as tokens, the one whose scores have the largest sum.
 *
 * @see Kudo 2018, https://arxiv.org/abs/1804.10959; sentencepiece's unigram_model.cc, EncodeOptimized
 */

import { Wasm2VecError } from "../errors.ts";
import { widthAt } from "./aligned-text.ts";
import { isId, type JsonPart } from "./json-part.ts";
import type { NumberList, PieceModel } from "./model.ts";
import { PieceTrie } from "./piece-trie.ts";

/** How much worse than the worst token what is unknown scores. */
const UNKNOWN_PENALTY = 10;

const encoder = new TextEncoder();

export function openUnigram(part: JsonPart): PieceModel {
  const tokens: string[] = [];
  const scores = new Float64Array(part.list("vocab").length);
  const ids = new Map<string, number>();
  for (const [id, entry] of part.list("vocab").entries()) {
    const [token, score] = Array.isArray(entry) ? entry : [];
    if (typeof token !== "string" || typeof score !== "number") {
      throw part.damaged(`vocab[${id}] is no token with a score`);
    }
    tokens.push(token);
    scores[id] = score;
    ids.set(token, id);
  }
  const unknown = part.has("unk_id") ? part.count("unk_id") : undefined;
  if (unknown !== undefined && unknown >= tokens.length) {
    throw part.damaged(`unk_id is ${unknown}, and vocab has ${tokens.length} tokens`);
  }
  const byteIds = part.flag("byte_fallback", false) ? byteTokens(ids) : undefined;
  return new Unigram(tokens, scores, ids, unknown, byteIds);
}

/** The id of each byte's token; undefined where one is missing. */
const byteTokens = (ids: ReadonlyMap<string, number>) =>
  Array.from({ length: 256 }, (_, byte) => ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`));

class Unigram implements PieceModel {
  private readonly trie = new PieceTrie();
  private readonly unknownScore: number;
  /** sentencepiece's scores are float32, and so are its sums */
  private readonly rounds: boolean;

  constructor(
    private readonly tokens: readonly string[],
    private readonly scores: Float64Array,
    private readonly ids: ReadonlyMap<string, number>,
    private readonly unknown: number | undefined,
    private readonly byteIds: readonly (number | undefined)[] | undefined,
  ) {
    for (const [token, id] of ids) this.trie.add(token, id);
    const least = scores.reduce((least, score) => Math.min(least, score), Number.POSITIVE_INFINITY);
    this.unknownScore = least - UNKNOWN_PENALTY;
    this.rounds = scores.every((score) => Math.fround(score) === score);
  }

  get size(): number {
    return this.tokens.length;
  }

  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  tokenOf(id: number): string | undefined {
    return this.tokens[id];
  }

  entries(): Iterable<[token: string, id: number]> {
    return this.ids;
  }

  encodePiece(piece: string, ids: NumberList, ends: NumberList): void {
    const { bestIds, starts } = this.bestPath(piece);
    // from the end to the beginning, what is unknown joined with what is unknown before it
    const path: [id: number, from: number, to: number][] = [];
    for (let to = piece.length; to > 0; ) {
      const [id, from] = [bestIds[to], starts[to]];
      const behind = path.at(-1);
      if (id === this.unknown && behind?.[0] === id) behind[1] = from;
      else path.push([id, from, to]);
      to = from;
    }
    for (const [id, from, to] of path.reverse()) {
      const spelt = id === this.unknown ? this.spell(piece.slice(from, to)) : [id];
      for (const one of spelt) {
        ids.push(one);
        ends.push(to);
      }
    }
  }

  /** For each place of a piece, the last token of the best path to it, and where that token begins. */
  private bestPath(piece: string): { bestIds: Int32Array; starts: Int32Array } {
    const length = piece.length;
    const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
    const bestIds = new Int32Array(length + 1);
    const starts = new Int32Array(length + 1).fill(-1);
    best[0] = 0;
    for (let from = 0; from < length; ) {
      const width = widthAt(piece, from);
      let hasSingle = false;
      const consider = (to: number, id: number, score: number) => {
        const sum = this.rounds ? Math.fround(best[from] + score) : best[from] + score;
        if (starts[to] >= 0 && sum <= best[to]) return;
        best[to] = sum;
        bestIds[to] = id;
        starts[to] = from;
      };
      let node = 0;
      for (let to = from; to < length; ) {
        node = this.trie.step(node, piece.charCodeAt(to++));
        if (node < 0) break;
        const id = this.trie.valueAt(node);
        if (id < 0) continue;
        consider(to, id, this.scores[id]);
        hasSingle ||= to === from + width;
      }
      if (!hasSingle) consider(from + width, this.unknownId(piece), this.unknownScore);
      from += width;
    }
    return { bestIds, starts };
  }

  private unknownId(piece: string): number {
    if (this.unknown !== undefined) return this.unknown;
    throw new Wasm2VecError(
      "key-not-found",
      `The tokenizer has no tokens for ${JSON.stringify(piece.slice(0, 40))}, and none for what is unknown. Give its tokenizer.json an unk_id.`,
    );
  }

  /** What is unknown as the tokens of its bytes, where all are there; else as one token. */
  private spell(text: string): number[] {
    const known = this.ids.get(text);
    if (known !== undefined) return [known];
    const spelt = this.byteIds && Array.from(encoder.encode(text), (byte) => this.byteIds?.[byte]);
    return spelt?.every(isId) ? spelt : [this.unknown as number];
  }
}
