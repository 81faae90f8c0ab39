/** Who is measured in the training bench. */

import { chromium } from "./chromium.ts";
import type { Contender } from "./contender.ts";
import { fastText } from "./fasttext.ts";
import { gensim } from "./gensim.ts";
import { wasm2vec } from "./wasm2vec.ts";
import { word2vecC } from "./word2vec-c.ts";

export const contenders: Contender[] = [
  wasm2vec("wasm2vec"),
  wasm2vec("wasm2vec-relaxed", { deterministic: false }),
  wasm2vec("wasm2vec-reproduce", { reproduce: "gensim-4.4" }),
  chromium("wasm2vec-chromium"),
  gensim(),
  word2vecC("word2vec.c", "word2vec-native", "gcc -O3 -march=native", "one"),
  word2vecC("word2vec.c-generic", "word2vec-generic", "gcc -O3", "none"),
  fastText(),
];
