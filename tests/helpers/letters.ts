/** An encoder one can see through. */

import type { EncoderLike } from "../../src/search-index.ts";
import { Matrix } from "../../src/tables/matrix.ts";

/** A text's vector is how often each of these letters comes in it. */
export const lettersEncoder = (letters = "abc") => ({
  encode: (texts: readonly string[]): Matrix => {
    const counts = texts.flatMap((text) => Array.from(letters, (letter) => text.split(letter).length - 1));
    return new Matrix(Float32Array.from(counts), [texts.length, letters.length]);
  },
});

/** The same, whose answer is awaited. */
export const slowly = ({ encode }: EncoderLike, wait: () => unknown = () => null): EncoderLike => ({
  async encode(texts) {
    await wait();
    return encode(texts);
  },
});
