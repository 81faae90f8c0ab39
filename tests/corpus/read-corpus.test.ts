// A corpus in parts, as training reads it: the same sentences as its user iterates, in order, whatever its size.

import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Corpus } from "../../src/corpus/corpus.ts";
import { countCorpus } from "../../src/corpus/read-corpus.ts";
import { SENTENCE_END } from "../../src/engine/kernels.ts";
import type { RandomAccess } from "../../src/files/source.ts";
import { LineSentences, type LineSentencesOptions } from "../../src/text/line-sentences.ts";
import { Vocabulary } from "../../src/vocabulary/vocabulary.ts";
import { rejects } from "../helpers/rejects.ts";
import { endless, utf8 } from "../helpers/texts.ts";

const wellFormed = (word: string) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(word));

/** The sentences that a vocabulary counts, as words again; and that their lengths are told. */
async function counted(corpus: Corpus, vocabulary: Vocabulary): Promise<string[][]> {
  const sentences: string[][] = [[]];
  const lengths: number[] = [];
  for await (const part of countCorpus(corpus, vocabulary)) {
    lengths.push(...part.sentences);
    for (const id of part.ids) {
      if (id === SENTENCE_END) sentences.push([]);
      else sentences[sentences.length - 1].push(vocabulary.word(id));
    }
  }
  assert.equal(sentences.pop(), [], "the last sentence ends");
  assert.equal(
    lengths,
    sentences.map((sentence) => sentence.length),
  );
  return sentences;
}

async function withVocabulary(work: (vocabulary: Vocabulary) => Promise<void>): Promise<void> {
  const vocabulary = await Vocabulary.open();
  await work(vocabulary);
  vocabulary.close();
}

/** assert.equal takes minutes to say how long texts differ. */
function assertSame(got: string[][], expected: string[][]): void {
  const at = expected.findIndex((sentence, i) => sentence.join("\0") !== got[i]?.join("\0"));
  if (at >= 0) assert.equal(got[at], expected[at], `sentence ${at}`);
  assert.is(got.length, expected.length);
}

async function assertReadAlike(bytes: Uint8Array<ArrayBuffer>, options?: LineSentencesOptions): Promise<void> {
  const text = new LineSentences(bytes, options);
  const expected: string[][] = [];
  for await (const sentence of text) expected.push(sentence);
  await withVocabulary(async (vocabulary) => assertSame(await counted(text, vocabulary), expected));
}

const anyBytes = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(
        "a",
        "bcd",
        "é",
        "中文",
        "😀",
        "\0",
        "\ufeff",
        " ",
        "\n",
        "\r\n",
        "\t",
        "\x1c",
        "\x85",
        "\u2003",
        "\u3000",
      )
      .map(utf8),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 70_000 }).map((length) => utf8("x".repeat(length))) },
);

test("random texts of several buffers, plain and gzipped: the sentences of their iterator", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyBytes, { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 70_000 }),
      fc.constantFrom(1, 3, 10_000),
      fc.constantFrom(0, 1, 700, null),
      async (pieces, offset, maxSentenceLength, limit) => {
        const some = Buffer.concat(pieces);
        // the buffers' ends, at each 64 KiB, come to lie anywhere in what is repeated
        const content = Buffer.concat([
          Buffer.alloc(offset, "x"),
          ...Array(Math.ceil(150_000 / some.length)).fill(some),
        ]);
        const options = { maxSentenceLength, limit };
        await assertReadAlike(Uint8Array.from(content), options);
        await assertReadAlike(Uint8Array.from(gzipSync(content, { level: 1 })), options);
      },
    ),
    { seed: 1, numRuns: 20 },
  ));

const anyWord = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.string({ unit: fc.constantFrom("a", " ", "\n", "é", "中", "😀", "\ud83d", "\ude00"), maxLength: 6 }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 200_000 }).map((length) => "中".repeat(length)) },
);

test("random sentences of strings: words may be empty, hold spaces, be long; lone surrogates become U+FFFD", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.array(anyWord, { maxLength: 20 }), { maxLength: 20 }), async (sentences) => {
      const expected = sentences.map((sentence) => sentence.map(wellFormed));
      await withVocabulary(async (vocabulary) => assertSame(await counted(sentences, vocabulary), expected));
    }),
    { seed: 2, numRuns: 100 },
  ));

test("a buffer ends where its records do: 200,000 empty words, 200,000 empty sentences", () =>
  withVocabulary(async (vocabulary) => {
    const words = Array(200_000).fill("");
    assertSame(await counted([words], vocabulary), [words]);
    const sentences = Array(200_000).fill([]);
    assertSame(await counted(sentences, vocabulary), sentences);
  }));

test("damaged characters are counted: as many as U+FFFD are put in their place", () =>
  withVocabulary(async (vocabulary) => {
    // as the Encoding Standard has it: f0 9f is one, e2 82 one, c0 af two, ff one; a real U+FFFD none
    const text = Uint8Array.of(0xf0, 0x9f, 0x61, 0x20, 0xe2, 0x82, 0x20, 0xc0, 0xaf, 0xff, 0x20, ...utf8("\ufffd"));
    const sentences = [["\ufffda", "\ufffd", "\ufffd\ufffd\ufffd", "\ufffd"]];
    for (const expected of [5, 10]) {
      assert.equal(await counted(new LineSentences(text), vocabulary), sentences);
      assert.is(vocabulary.damages, expected);
    }
    assert.is(vocabulary.size, 3);
  }));

test("a corpus that changes what LineSentences gives is asked for its sentences", () =>
  withVocabulary(async (vocabulary) => {
    class Shouted extends LineSentences {
      override async *[Symbol.asyncIterator](): AsyncGenerator<string[], void, undefined> {
        for await (const words of new LineSentences(utf8("a b"))) yield words.map((word) => word.toUpperCase());
      }
    }
    assert.equal(await counted(new Shouted(utf8("a b")), vocabulary), [["A", "B"]]);
    assert.equal(await counted(() => new LineSentences(utf8("a b")), vocabulary), [["a", "b"]]);
  }));

test("a line of 300 megabytes is read in a few", () =>
  withVocabulary(async (vocabulary) => {
    const source = endless("one two ");
    const before = process.memoryUsage();
    for await (const _ of countCorpus(new LineSentences(source), vocabulary)) {
      if (source.bytesRead > 3e8) break;
    }
    const { arrayBuffers, external } = process.memoryUsage();
    const grown = (arrayBuffers + external - before.arrayBuffers - before.external) / 2 ** 20;
    assert.ok(grown < 200, `${grown} MiB, garbage among them`);
    assert.equal(
      [...vocabulary.counts].map((count) => count > 3.7e7),
      [true, true],
    );
  }));

test("a word without end is an error before it fills the memory", () =>
  withVocabulary(async (vocabulary) => {
    const source = endless("x");
    await rejects("format-damaged", /a word of more than 16777216 characters/, () =>
      counted(new LineSentences(source), vocabulary),
    );
    assert.ok(source.bytesRead < 2 ** 26, `${source.bytesRead}`);
  }));

test("work that was ended leaves nothing in the buffer", () =>
  withVocabulary(async (vocabulary) => {
    for await (const _ of countCorpus(new LineSentences(endless("one two ")), vocabulary)) break;
    assert.equal(await counted([["three"]], vocabulary), [["three"]]);
    assert.equal(await counted(new LineSentences(utf8("four")), vocabulary), [["four"]]);
  }));

test("an abort does not wait for a source that gives nothing", () =>
  withVocabulary(async (vocabulary) => {
    const never = new Promise<never>(() => {});
    const silent: RandomAccess = { size: 10, read: () => never };
    const sentences = { [Symbol.asyncIterator]: () => ({ next: () => never }) };
    for (const corpus of [new LineSentences(silent), sentences]) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const reading = countCorpus(corpus, vocabulary, { signal: controller.signal }).next();
      setTimeout(() => controller.abort(reason), 10);
      assert.is(await reading.catch((error) => error), reason);
    }
  }));

test("an iterator that is none is told, whether it is asked with or without waiting", () =>
  withVocabulary(async (vocabulary) => {
    const given: [object, RegExp][] = [
      [{ [Symbol.iterator]: () => ({}) }, /The iterator of the corpus is one without a method next; expected/],
      [{ [Symbol.asyncIterator]: () => ({}) }, /The iterator of the corpus is one without a method next; expected/],
      [{ [Symbol.iterator]: () => 5 }, /The iterator of the corpus is 5; expected/],
      [{ [Symbol.asyncIterator]: () => undefined }, /The iterator of the corpus is undefined; expected/],
      [{ [Symbol.iterator]: () => ({ next: () => 7 }) }, /next\(\) of the iterator of the corpus gave 7; expected/],
      [{ [Symbol.asyncIterator]: () => ({ next: async () => 7 }) }, /next\(\) of .* gave 7; expected/],
    ];
    for (const [corpus, message] of given) {
      await rejects("option-invalid", message, () => counted(corpus as Corpus, vocabulary));
    }
  }));

test("a stream that someone else reads, a class in the place of a function, words that are not there", () =>
  withVocabulary(async (vocabulary) => {
    const stream = new ReadableStream<string[]>();
    stream.getReader();
    await rejects("one-shot-corpus", /is a ReadableStream that someone else reads/, () => counted(stream, vocabulary));
    await rejects("option-invalid", /The corpus is a function; expected/, () => counted(class {} as never, vocabulary));
    await rejects("option-invalid", /Sentence 1 of the corpus is an array whose item 0 is undefined/, () =>
      counted([new Array(2 ** 32 - 1)], vocabulary),
    );
  }));

test.run();
