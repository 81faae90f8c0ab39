import { test } from "uvu";
import * as assert from "uvu/assert";
import { hashBytes, hashCharacters, ngramHashes, ngramTexts } from "../../src/formats/ngrams.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const hash = (text: string) => hashBytes(bytes(text), 0, bytes(text).length);

test("hashes are FNV-1a, of bytes with their signs", () => {
  // the published values of FNV-1a, 32 bits
  assert.is(hash(""), 0x811c9dc5);
  assert.is(hash("a"), 0xe40c292c);
  assert.is(hash("foobar"), 0xbf9cf968);
  // what gensim 4.4's ft_hash_bytes gives
  assert.is(hash("ñ"), 620380921);
  assert.is(hash("中文"), 1907909189);
});

test("gensim's older hash takes code points, which differ beyond ASCII only", () => {
  assert.is(hashCharacters("foobar"), 0xbf9cf968);
  assert.is(hashCharacters("ñ"), Math.imul(0x811c9dc5 ^ 0xf1, 0x01000193) >>> 0);
  assert.is(hashCharacters("😀"), Math.imul(0x811c9dc5 ^ 0x1f600, 0x01000193) >>> 0);
});

test("n-grams are cut by characters, without the marks alone", () => {
  const range = { minn: 1, maxn: 3 };
  // <ñé>: ñ, ñé, ñé>, é, é>, and <ñ, <ñé with the first mark
  assert.equal(ngramHashes("ñé", range), ["<ñ", "<ñé", "ñ", "ñé", "ñé>", "é", "é>"].map(hash));
  assert.equal(ngramHashes(bytes("ñé"), range), ngramHashes("ñé", range));
  assert.equal(ngramHashes("where", { minn: 3, maxn: 3 }), ["<wh", "whe", "her", "ere", "re>"].map(hash));
});

test("a word that is too short has none, and no range has none", () => {
  assert.equal(ngramHashes("a", { minn: 4, maxn: 6 }), []);
  assert.equal(ngramHashes("word", { minn: 3, maxn: 0 }), []);
  assert.equal(ngramHashes("", { minn: 2, maxn: 3 }), [hash("<>")]);
});

test("bytes that are no UTF-8 are cut where characters begin", () => {
  assert.equal(ngramHashes(Uint8Array.of(0x81, 0x62), { minn: 2, maxn: 2 }).length, 2);
});

test("gensim's older n-grams are texts, the shortest first, with the marks alone", () => {
  assert.equal(ngramTexts("añ", { minn: 1, maxn: 2 }), ["<", "a", "ñ", ">", "<a", "añ", "ñ>"]);
  assert.equal(ngramTexts("a😀", { minn: 3, maxn: 9 }), ["<a😀", "a😀>", "<a😀>"]);
});

test.run();
