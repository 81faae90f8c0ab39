/** What gensim saved, and what it answered: tests/golden/make-gensim.py makes both. */

import { existsSync, readdirSync, readFileSync } from "node:fs";

export const SAVES = "tests/golden/gensim";

export const save = (name: string) => `${SAVES}/${name}`;

export const VERSIONS = ["4.3", "4.4"] as const;

/** What gensim answered for a model's words. */
export interface ExpectedWords {
  keys: string[];
  counts: number[];
  rows: number[][];
}

/** What a training goes on from. */
export interface ExpectedModel extends ExpectedWords {
  sampling: number[];
  random: number[];
  syn1neg?: number[][];
  syn1?: number[][];
}

export interface Expected {
  skipgram: ExpectedModel;
  both: ExpectedModel;
  recounted: ExpectedModel & { point: number[][]; code: number[][] };
  float16: number[][];
  fasttext: ExpectedWords & { unknown: Record<string, number[]> };
  doc2vec: ExpectedWords;
  phrases: { vocab: Record<string, number>; words: number };
  frozen: Record<string, number>;
}

export const expectedOf = (version: (typeof VERSIONS)[number]): Expected =>
  JSON.parse(readFileSync(save(`expected-${version}.json`), "utf8"));

/** All files of a save, by their names. */
export function filesOf(name: string): Map<string, Uint8Array> {
  if (!existsSync(save(name))) throw new Error(`there is no ${name}`);
  const names = readdirSync(SAVES).filter((file) => file.startsWith(name));
  return new Map(names.map((file) => [file, new Uint8Array(readFileSync(save(file)))]));
}
