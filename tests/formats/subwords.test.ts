// Vectors out of n-grams: which n-grams a word has, and what becomes of them.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Subwords } from "../../src/formats/subwords.ts";

/** The n-grams of a word by another way: characters as JavaScript counts code points, BigInt for the hash. */
function bucketsOf(word: string, minn: number, maxn: number, buckets: number): number[] {
  const characters = [...`<${word}>`];
  const found: number[] = [];
  for (let begin = 0; begin < characters.length; begin++) {
    for (let n = minn; n <= maxn && begin + n <= characters.length; n++) {
      const isMark = n === 1 && (begin === 0 || begin + n === characters.length);
      if (!isMark) found.push(fnv(characters.slice(begin, begin + n).join("")) % buckets);
    }
  }
  return found.sort((a, b) => a - b);
}

function fnv(text: string): number {
  let hash = 2166136261n;
  for (const byte of Buffer.from(text))
    hash = ((hash ^ BigInt(byte > 127 ? byte + 0xffffff00 : byte)) * 16777619n) % 2n ** 32n;
  return Number(hash);
}

/** The buckets that are asked for, each as a vector of one number. */
function asking(minn: number, maxn: number, buckets: number, unsignedBytes?: boolean) {
  const asked: number[] = [];
  const subwords = new Subwords({
    ...{ width: 1, minn, maxn, buckets, unsignedBytes },
    addTo(sum, bucket) {
      asked.push(bucket);
      sum[0] += bucket;
      return bucket % 2 === 0;
    },
  });
  return { asked, subwords };
}

test("n-grams of characters, not of bytes, and no mark by itself", () => {
  for (const word of ["", "a", "cat", "kühe", "日本語", "😀a😀", "<>"]) {
    for (const [minn, maxn] of [
      [1, 1],
      [1, 3],
      [2, 6],
      [3, 3],
      [5, 4],
    ]) {
      const { asked, subwords } = asking(minn, maxn, 1000);
      subwords.vector(word);
      assert.equal(
        asked.sort((a, b) => a - b),
        bucketsOf(word, minn, maxn, 1000),
        `${word} ${minn} ${maxn}`,
      );
    }
  }
});

test("FNV-1a as published: the hash of <a> is that of its three bytes", () => {
  const { asked, subwords } = asking(3, 3, 2 ** 32);
  subwords.vector("a");
  // 0x811c9dc5 → "<" → "a" → ">", computed with BigInt
  assert.equal(asked, [fnv("<a>")]);
  assert.is(fnv("a"), 0xe40c292c);
  assert.is(fnv("foobar"), 0xbf9cf968);
});

test("bytes from 128 on are signed, as fastText takes them, or not, as gensim once did", () => {
  const [signed, unsigned] = [asking(3, 3, 2 ** 32), asking(3, 3, 2 ** 32, true)];
  signed.subwords.vector("ü");
  unsigned.subwords.vector("ü");
  assert.equal(signed.asked, [fnv("<ü>")]);
  assert.is.not(unsigned.asked[0], signed.asked[0]);
});

test("a vector is the mean of the n-grams that have one; zeros where there are none", () => {
  const subwords = new Subwords({
    ...{ width: 2, minn: 1, maxn: 1, buckets: 10 },
    addTo(sum, bucket) {
      sum[0] += 1;
      sum[1] += bucket;
      return true;
    },
  });
  const buckets = ["a", "b"].map((letter) => fnv(letter) % 10);
  assert.equal([...subwords.vector("ab")], [1, (buckets[0] + buckets[1]) / 2]);
  assert.equal([...subwords.vector("")], [0, 0]);
  assert.equal([...subwords.vector("</s>")], [0, 0]);
  const own = Float32Array.of(4, 0);
  subwords.mix(own, Buffer.from("a"));
  assert.equal([...own], [2.5, buckets[0] / 2]);
  const lineEnd = Float32Array.of(4, 1);
  subwords.mix(lineEnd, Buffer.from("</s>"));
  assert.equal([...lineEnd], [4, 1]);
});

test.run();
