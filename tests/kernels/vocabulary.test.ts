// The vocabulary's kernels against a Map, with random words: empty ones, long ones, equal beginnings, full tables.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RECENT_BYTES, type WORDS_FIELDS } from "../../src/engine/layout.ts";
import { countWords, findWords } from "../helpers/reference.ts";
import { Scratch } from "../helpers/scratch.ts";

const OUT_OF_VOCABULARY = 2 ** 32 - 1;
const encoder = new TextEncoder();
const bytesOf = (word: string) => encoder.encode(word).length;

/** What kernels may read beyond a text: not zeros, so that a kernel that believed them would be found out. */
const BEYOND = new Uint8Array(8).fill(0xee);

/** A vocabulary in an engine's memory, with room for so many words and bytes. */
class Words {
  private constructor(
    private readonly scratch: Scratch,
    private readonly at: Record<(typeof WORDS_FIELDS)[number]["name"] | "struct", number>,
  ) {}

  static async open(capacity: number, textCapacity: number): Promise<Words> {
    const scratch = await Scratch.open();
    const slotCount = 2 ** Math.ceil(Math.log2(capacity * 2));
    const fields = {
      size: 0,
      capacity,
      mask: slotCount - 1,
      recent: scratch.take(RECENT_BYTES),
      slots: scratch.take(slotCount * 8),
      counts: scratch.take(capacity * 8),
      offsets: scratch.take((capacity + 1) * 4),
      text: scratch.take(textCapacity + 8),
      textCapacity,
      limit: OUT_OF_VOCABULARY,
      repaired: 0,
      damages: 0,
    };
    scratch.engine.u8(fields.text, textCapacity + 8).fill(0xee);
    return new Words(scratch, { ...fields, struct: scratch.words(fields) });
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]();
  }

  private batch(words: string[]) {
    const encoded = words.map((word) => encoder.encode(word));
    const text = this.scratch.u8([...encoded, BEYOND].flatMap((word) => [...word]));
    let begin = text;
    const records = encoded.flatMap(({ length }) => {
      begin += length;
      return [begin - length, length];
    });
    return {
      text,
      records: this.scratch.u32(records),
      ids: this.scratch.take(words.length * 4),
    };
  }

  /** The ids of the words it took. */
  count(words: string[]): number[] {
    const { records, ids } = this.batch(words);
    const taken = this.scratch.kernels.countWords(this.at.struct, records, words.length, ids) >>> 0;
    return [...this.scratch.engine.u32(ids, taken)];
  }

  find(words: string[]): (number | undefined)[] {
    const { records, ids } = this.batch(words);
    this.scratch.kernels.findWords(this.at.struct, records, words.length, ids);
    const found = [...this.scratch.engine.u32(ids, words.length)];
    return found.map((id) => (id === OUT_OF_VOCABULARY ? undefined : id));
  }

  findOne(word: string): number {
    const { text } = this.batch([word]);
    return this.scratch.kernels.findWord(this.at.struct, text, bytesOf(word)) >>> 0;
  }

  prune(flags: number[]): void {
    this.scratch.kernels.pruneWords(this.at.struct, this.scratch.u8(flags));
  }

  /** Empties the slots and fills them anew. */
  index(): number {
    this.scratch.engine.u8(this.at.slots, (this.at.mask + 1) * 8).fill(0);
    return this.scratch.kernels.indexWords(this.at.struct) >>> 0;
  }

  /** How many slots a word lies behind the one where its search begins, on the average. */
  displacement(): number {
    const { slots, mask, struct } = this.at;
    const [size] = this.scratch.engine.u32(struct, 1);
    const pairs = this.scratch.engine.u32(slots, (mask + 1) * 2);
    let sum = 0;
    for (let slot = 0; slot <= mask; slot++) {
      if (pairs[slot * 2 + 1]) sum += (slot - (pairs[slot * 2] & mask) + mask + 1) & mask;
    }
    return sum / size;
  }

  /** Adds a word behind the others without looking for it. */
  append(word: string): void {
    const [size] = this.scratch.engine.u32(this.at.struct, 1);
    const encoded = encoder.encode(word);
    const offsets = this.scratch.engine.u32(this.at.offsets + size * 4, 2);
    this.scratch.engine.u8(this.at.text + offsets[0], encoded.length).set(encoded);
    offsets[1] = offsets[0] + encoded.length;
    this.scratch.engine.u32(this.at.struct, 1)[0] = size + 1;
  }

  /** Each word with its count, in the order of the ids. */
  entries(): [string, number][] {
    const [size] = this.scratch.engine.u32(this.at.struct, 1);
    const offsets = this.scratch.engine.u32(this.at.offsets, size + 1);
    const text = this.scratch.engine.u8(this.at.text, offsets[size]);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return [...this.scratch.engine.f64(this.at.counts, size)].map((count, id) => [
      decoder.decode(text.subarray(offsets[id], offsets[id + 1])),
      count,
    ]);
  }
}

/** Words of few letters, so that many are equal or begin alike; some are empty, some longer than 1,000 bytes. */
const anyWord = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "\0", "é", "中", "😀"), maxLength: 10 }) },
  { weight: 1, arbitrary: fc.integer({ min: 990, max: 1030 }).map((length) => "a".repeat(length)) },
);
const anyWords = fc.array(anyWord, { maxLength: 150 });

/** Room for all of the words, and none to spare. */
async function fitting(...batches: string[][]): Promise<Words> {
  const different = [...new Set(batches.flat())];
  const textBytes = different.reduce((sum, word) => sum + bytesOf(word), 0);
  return Words.open(Math.max(1, different.length), textBytes);
}

test("random words get the ids and counts of a Map, batch after batch", () =>
  fc.assert(
    fc.asyncProperty(anyWords, anyWords, async (first, second) => {
      using words = await fitting(first, second);
      const counts = countWords(first);
      assert.equal(words.count(first), findWords(counts, first));
      countWords(second, counts);
      assert.equal(words.count(second), findWords(counts, second));
      assert.equal(words.entries(), [...counts]);
    }),
    { seed: 1, numRuns: 60 },
  ));

test("random words are found where they are, and not found where they are not", () =>
  fc.assert(
    fc.asyncProperty(anyWords, anyWords, async (held, asked) => {
      using words = await fitting(held);
      words.count(held);
      const expected = findWords(countWords(held), asked);
      assert.equal(words.find(asked), expected);
      for (const [i, word] of asked.slice(0, 5).entries())
        assert.is(words.findOne(word), expected[i] ?? OUT_OF_VOCABULARY);
      assert.equal(words.entries(), [...countWords(held)], "looking counts nothing");
    }),
    { seed: 2, numRuns: 60 },
  ));

test("a table that is full takes words as long as it knows them, and says where it stopped", () =>
  fc.assert(
    fc.asyncProperty(anyWords, fc.integer({ min: 1, max: 20 }), async (all, capacity) => {
      using words = await Words.open(capacity, 100_000);
      const firstTooMany = all.findIndex((_, i) => new Set(all.slice(0, i + 1)).size > capacity);
      const taken = firstTooMany < 0 ? all : all.slice(0, firstTooMany);
      assert.equal(words.count(all), findWords(countWords(taken), taken));
      assert.equal(words.entries(), [...countWords(taken)]);
    }),
    { seed: 3, numRuns: 60 },
  ));

test("a text that is full takes what fits to the last byte", async () => {
  using words = await Words.open(10, 6);
  assert.equal(words.count(["abc", "de", "abc", "fg", "h"]), [0, 1, 0]);
  assert.equal(words.count(["h", "abc", "i"]), [2, 0]);
  assert.equal(words.count([""]), [3], "the empty word needs no room");
  assert.equal(words.entries(), [
    ["abc", 3],
    ["de", 1],
    ["h", 1],
    ["", 1],
  ]);
});

test("random flags keep words in their order, with their counts; the others are new when they come again", () =>
  fc.assert(
    fc.asyncProperty(anyWords, fc.infiniteStream(fc.constantFrom(0, 1, 255)), async (all, flags) => {
      using words = await fitting(all);
      words.count(all);
      const flagOf = new Map([...new Set(all)].map((word) => [word, flags.next().value as number]));
      words.prune([...flagOf.values()]);
      const counts = new Map([...countWords(all)].filter(([word]) => flagOf.get(word)));
      assert.equal(words.entries(), [...counts]);
      countWords(all, counts);
      assert.equal(words.count(all), findWords(counts, all));
      assert.equal(words.entries(), [...counts]);
    }),
    { seed: 4, numRuns: 60 },
  ));

test("slots that are filled anew find the same words", () =>
  fc.assert(
    fc.asyncProperty(anyWords, async (all) => {
      using words = await fitting(all);
      words.count(all);
      assert.is(words.index(), OUT_OF_VOCABULARY);
      assert.equal(words.find(all), findWords(countWords(all), all));
    }),
    { seed: 5, numRuns: 60 },
  ));

test("of words that are equal, the second is named", async () => {
  using words = await Words.open(8, 100);
  words.count(["a", "b", "", "c"]);
  words.append("b");
  words.append("a");
  assert.is(words.index(), 4);
});

test("words that differ in one byte only, at each place of the first three times eight, are different words", async () => {
  const all = Array.from({ length: 24 }, (_, length) =>
    Array.from({ length: length + 1 }, (_, place) => `${"a".repeat(place)}b${"a".repeat(length - place)}`),
  ).flat();
  using words = await fitting(all);
  const ids = all.map((_, i) => i);
  assert.equal(words.count(all), ids);
  assert.equal(words.find(all), ids);
  assert.equal(words.find(all.map((word) => word.replace("b", "c"))), Array(all.length).fill(undefined));
});

for (const [name, digits] of [
  ["word", 4],
  ["w", 1],
  ["node_", 11],
  ["https://example.com/", 6],
] as const) {
  test(`10,000 words such as ${name}${"7".padStart(digits, "0")} spread over the slots`, async () => {
    const all = Array.from({ length: 10_000 }, (_, i) => name + `${i}`.padStart(digits, "0"));
    using words = await fitting(all);
    words.count(all);
    // random slots give (1 / (1 - load) - 1) / 2 = 0.22 at this load of 0.31: Knuth, The Art of Computer Programming 3, 6.4
    assert.ok(words.displacement() < 0.5, `${words.displacement()}`);
  });
}

test.run();
