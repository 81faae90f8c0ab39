// The splitter's kernel against a plain split of the decoded text: every white space, at every place, in any pieces.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SENTENCE_END } from "../../src/engine/kernels.ts";
import { splitText } from "../helpers/reference.ts";
import { Scratch } from "../helpers/scratch.ts";
import { utf8 } from "../helpers/texts.ts";

/** What kernels may read and write beyond a text. */
const BEYOND = 66;
const ALL = 2 ** 32 - 1;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Splits bytes that come in pieces of at most so many, as a host does; returns sentences and their lengths. */
async function splitInPieces(bytes: Uint8Array, piece: number, maxSentenceLength = ALL, lines = ALL) {
  using scratch = await Scratch.open();
  const { engine, kernels } = scratch;
  const room = bytes.length + 1;
  const text = scratch.take(room + BEYOND);
  const [records, sentences] = [scratch.take(room * 8), scratch.take(room * 4)];
  const splitter = scratch.splitter({ records, sentences, maxSentenceLength, lines });
  const field = (name: Parameters<typeof scratch.splitterField>[1]) => scratch.splitterField(splitter, name);
  const whole = Uint8Array.of(...bytes, 0x0a);
  const words: string[][] = [[]];
  const lengths: number[] = [];
  let used = 0;
  // the memory behind is not zero, so that a kernel that believed it would be found out
  engine.u8(text, room + BEYOND).fill(0x80);
  for (let from = 0; from < whole.length && field("lines"); from += piece) {
    const part = whole.subarray(from, from + piece);
    engine.u8(text + used, part.length).set(part);
    used += part.length;
    scratch.setSplitterField(splitter, "begin", text);
    scratch.setSplitterField(splitter, "end", text + used);
    kernels.split(splitter);
    const found = engine.u32(records, field("recordCount") * 2);
    for (let i = 0; i < found.length; i += 2) {
      if (found[i] === SENTENCE_END) words.push([]);
      else words[words.length - 1].push(decoder.decode(engine.u8(found[i], found[i + 1])));
    }
    lengths.push(...engine.u32(sentences, field("sentenceCount")));
    const rest = field("begin") - text;
    engine.u8(text, used).copyWithin(0, rest);
    used -= rest;
  }
  assert.equal(words.pop(), [], "the last sentence ends");
  assert.equal(
    lengths,
    words.map((sentence) => sentence.length),
  );
  return words;
}

/** All white space of Python's str.split(). */
const SPACES = [
  ..."\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000",
  ...Array.from({ length: 11 }, (_, i) => String.fromCharCode(0x2000 + i)),
];

/** What is none, though it begins or ends alike. */
const NEAR = [
  "\0",
  "\b",
  "\x0e",
  "\x1b",
  "!",
  "\x84",
  "\xa1",
  "Å",
  "\u1681",
  "\u200b",
  "\u2027",
  "\u202a",
  "\u3001",
  "\ufeff",
];

const anyPiece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "bc", "é", "中文", "😀", "ー", ...NEAR) },
  { weight: 3, arbitrary: fc.constantFrom(" ", "\n", "\r\n", ...SPACES) },
);

test("random texts: the words and sentences of a plain split, whatever the pieces", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyPiece, { maxLength: 150 }),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(1, 2, 3, ALL),
      fc.constantFrom(1, 2, 5, ALL),
      async (pieces, piece, longest, lines) => {
        const text = pieces.join("");
        assert.equal(await splitInPieces(utf8(text), piece, longest, lines), splitText(text, longest, lines));
      },
    ),
    { seed: 1, numRuns: 400 },
  ));

test("random bytes: the same words as the text that TextDecoder makes of them", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0x20, 0x0a, 0x61, 0x80, 0x85, 0xa0, 0x9a, 0xc2, 0xe1, 0xe2, 0xe3, 0xf0, 0xff), {
        maxLength: 200,
      }),
      fc.integer({ min: 1, max: 100 }),
      async (values, piece) => {
        const bytes = Uint8Array.from(values);
        assert.equal(await splitInPieces(bytes, piece), splitText(decoder.decode(bytes)));
      },
    ),
    { seed: 2, numRuns: 400 },
  ));

for (const space of SPACES) {
  const name = `U+${space.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`;
  test(`${name} separates words at each place of two steps of 64 bytes`, async () => {
    for (let place = 0; place < 130; place++) {
      const word = "x".repeat(place);
      const words = [word, "y"].filter(Boolean);
      const expected = space === "\n" ? words.map((one) => [one]) : [words];
      assert.equal(await splitInPieces(utf8(`${word}${space}y`), 1000), expected);
    }
  });
}

test("a word of 100,000 bytes, in pieces of 64", async () => {
  const word = "long".repeat(25_000);
  assert.equal(await splitInPieces(utf8(`a ${word} b`), 64), [["a", word, "b"]]);
});

test.run();
