import { OUT_OF_VOCABULARY, SENTENCE_END } from "../../../assembly/vocabulary/tokens";
import {
  countWords,
  findWord,
  findWords,
  indexWords,
  pruneWords,
  Words,
} from "../../../assembly/vocabulary/vocabulary";
import { place, read, take } from "../place";

/** Recent words, and places in a batch. */
const RECENT_BYTES: usize = 32768 + 64 * 4;

/** An empty vocabulary of up to `capacity` words of 64 bytes together, in eight slots. */
function open(capacity: u32): Words {
  const words = changetype<Words>(take(offsetof<Words>()));
  words.capacity = capacity;
  words.mask = 7;
  words.recent = take(RECENT_BYTES + 8 * 8 + capacity * 8);
  words.slots = words.recent + RECENT_BYTES;
  words.counts = words.slots + 8 * 8;
  words.offsets = take((capacity + 1) * 4);
  words.text = take(64 + 8);
  words.textCapacity = 64;
  words.limit = OUT_OF_VOCABULARY;
  words.repaired = take(32);
  return words;
}

/** Counts words of two letters each. */
function count(words: Words, text: string, ids: usize): u32 {
  return countWords(words, records(utf8(text), text.length / 2), text.length / 2, ids);
}

/** (begin, length) of so many words of two letters. */
function records(text: usize, size: i32): usize {
  const address = take(<usize>size * 8);
  for (let i = 0; i < size; i++) {
    store<u32>(address + ((<usize>i) << 3), <u32>text + i * 2);
    store<u32>(address + ((<usize>i) << 3), 2, 4);
  }
  return address;
}

function utf8(text: string): usize {
  const address = take(<usize>text.length + 8);
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, address);
  return address;
}

describe("to be or no to be", () => {
  it("has the words 0 1 2 3 0 1, seen 2, 2, 1 and 1 times", () => {
    const words = open(4);
    const ids = take(24);
    expect(count(words, "tobeornotobe", ids)).toBe(6);
    expect(read<u32>(ids, 6)).toStrictEqual([0, 1, 2, 3, 0, 1]);
    expect(words.size).toBe(4);
    expect(read<f64>(words.counts, 4)).toStrictEqual([2, 2, 1, 1]);
    expect(read<u32>(words.offsets, 5)).toStrictEqual([0, 2, 4, 6, 8]);
  });

  it("finds be and to, not if", () => {
    const words = open(4);
    const ids = take(24);
    count(words, "tobeorno", ids);
    findWords(words, records(utf8("beifto"), 3), 3, ids);
    expect(read<u32>(ids, 3)).toStrictEqual([1, OUT_OF_VOCABULARY, 0]);
    expect(findWord(words, utf8("or"), 2)).toBe(2);
    expect(findWord(words, utf8("or"), 1)).toBe(OUT_OF_VOCABULARY);
  });

  it("stops at the fourth word where there is room for three", () => {
    const words = open(3);
    const ids = take(24);
    expect(count(words, "tobeortonobe", ids)).toBe(4);
    expect(read<u32>(ids, 4)).toStrictEqual([0, 1, 2, 0]);
  });

  it("keeps be and no, in this order", () => {
    const words = open(4);
    const ids = take(24);
    count(words, "tobeornobe", ids);
    pruneWords(words, place<u8>([0, 1, 0, 1]));
    expect(words.size).toBe(2);
    expect(read<f64>(words.counts, 2)).toStrictEqual([2, 1]);
    expect(findWord(words, utf8("be"), 2)).toBe(0);
    expect(findWord(words, utf8("no"), 2)).toBe(1);
    expect(findWord(words, utf8("to"), 2)).toBe(OUT_OF_VOCABULARY);
  });
});

describe("words of bytes that are no UTF-8", () => {
  it("are repaired before they are counted: f0 9f is one U+FFFD, ff another", () => {
    const words = open(4);
    const text = place<u8>([0xf0, 0x9f, 0x61, 0xff, 0xef, 0xbf, 0xbd, 0x61, 0, 0, 0, 0, 0, 0, 0, 0]);
    const ids = take(12);
    // f0 9f 61, ff, and a valid word that is the first as it becomes
    const three = place<u32>([<u32>text, 3, <u32>text + 3, 1, <u32>text + 4, 4]);
    expect(countWords(words, three, 3, ids)).toBe(3);
    expect(read<u32>(ids, 3)).toStrictEqual([0, 1, 0]);
    expect(words.damages).toBe(2);
    expect(read<u8>(words.text, 7)).toStrictEqual([0xef, 0xbf, 0xbd, 0x61, 0xef, 0xbf, 0xbd]);
    findWords(words, three, 3, ids);
    expect(read<u32>(ids, 3)).toStrictEqual([0, 1, 0]);
    expect(words.damages).toBe(4);
  });
});

describe("a limit of two words", () => {
  it("stops after the sentence that goes beyond it", () => {
    const words = open(4);
    words.limit = 2;
    const ids = take(24);
    const six = records(utf8("tobe..or..no"), 6);
    for (let i: usize = 2; i < 6; i += 2) store<u32>(six + (i << 3), SENTENCE_END);
    expect(countWords(words, six, 6, ids)).toBe(5);
    expect(read<u32>(ids, 5)).toStrictEqual([0, 1, SENTENCE_END, 2, SENTENCE_END]);
    expect(countWords(words, six + 40, 1, ids)).toBe(1);
  });
});

describe("words that are there already", () => {
  it("are indexed; the first that comes twice is named", () => {
    const words = open(4);
    memory.copy(words.text, utf8("abcdab"), 6);
    for (let i: u32 = 0; i < 4; i++) store<u32>(words.offsets + ((<usize>i) << 2), i * 2);
    words.size = 2;
    expect(indexWords(words)).toBe(OUT_OF_VOCABULARY);
    expect(findWord(words, utf8("cd"), 2)).toBe(1);
    memory.fill(words.slots, 0, 64);
    words.size = 3;
    expect(indexWords(words)).toBe(2);
  });
});
