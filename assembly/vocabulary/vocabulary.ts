// The vocabulary: UTF-8 words -> ids 0, 1, 2, … in the order of their first sight, with counts, in an
// open-addressing hash table. Regions are sized by the host; when one is full, the host moves all to a larger
// memory and goes on where the kernel stopped. Words come as records (address u32, length u32), with SENTENCE_END as
// the address where a sentence ends; 8 bytes beyond a word are readable. All words that are held are UTF-8.

import { u32At } from "../numbers/arrays";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "./tokens";
import { damages, repair } from "./utf8";

/** Where a vocabulary lies. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Words {
  /** words held */
  size: u32;
  /** how many there is room for: no more than half of the slots */
  capacity: u32;
  /** one less than the number of slots, a power of two */
  mask: u32;
  /** slots (mask + 1): the word's hash u32, its id + 1 u32 or 0 where the slot is free */
  slots: usize;
  /** (capacity) f64: how often each word was seen; exact to 2^53 */
  counts: usize;
  /** (capacity + 1) u32: where each word begins in `text`; the last, where the next will */
  offsets: usize;
  /** the words' bytes, one after the other; 8 bytes more than `textCapacity` are readable */
  text: usize;
  textCapacity: u32;
  /** between sentences no more words than these should be held */
  limit: u32;
  /** room for a word of a batch that is repaired: three times the longest's length */
  repaired: usize;
  /** how many U+FFFD were put in place of damaged characters */
  damages: u32;
  /**
   * (RECENT_WORDS) words found lately: bytes u64, length + 1 u32, 0 where there is none, id u32; then (AHEAD) u32: which of a
   * batch are others. It lies before the slots, they before the counts, so that both are emptied at once.
   */
  recent: usize;
}

/** How many words are looked for among the recent ones before the others are looked for in the slots. */
const AHEAD: u32 = 64;

/** A word of eight bytes at most has one place among the recent ones; their 32 KiB fit the first cache. */
const RECENT_WORDS: u32 = 2048;
const RECENT_BYTES: usize = 32768;

/** The bytes at `address`, as many as are left of a word (1 to 8), the rest zero. */
function loadTail(address: usize, left: u32): u64 {
  return load<u64>(address) & (u64.MAX_VALUE >> ((8 - min<u32>(left, 8)) << 3));
}

/** 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/**
 * 32 bits that depend on every byte: multiply and fold, eight bytes at a time. A product's upper bits alone depend on
 * a word's last bytes, so they are folded down and multiplied once more: words that end in numbers need it.
 */
function hash(word: usize, length: u32): u32 {
  let mixed: u64 = length;
  for (let left = <i32>length; left > 0; left -= 8, word += 8) {
    mixed = (mixed ^ loadTail(word, left)) * MULTIPLIER;
    mixed ^= mixed >> 32;
  }
  return <u32>((mixed * MULTIPLIER) >> 32);
}

function equal(a: usize, b: usize, length: u32): bool {
  for (let left = <i32>length; left > 0; left -= 8, a += 8, b += 8) {
    if (loadTail(a, left) != loadTail(b, left)) return false;
  }
  return true;
}

/** Whether the search for a word ends at a slot: it is free, or the word's own. */
function holds(words: Words, slot: usize, word: usize, length: u32, key: u32): bool {
  const id = load<u32>(slot, 4);
  if (!id) return true;
  if (load<u32>(slot) != key) return false;
  const offset = words.offsets + ((<usize>(id - 1)) << 2);
  const at = load<u32>(offset);
  return load<u32>(offset, 4) - at == length && equal(words.text + at, word, length);
}

/** The slot that holds the word, or the free one where it belongs. */
function slotOf(words: Words, word: usize, length: u32, key: u32): usize {
  let index = key & words.mask;
  let slot = words.slots + ((<usize>index) << 3);
  while (!holds(words, slot, word, length, key)) {
    index = (index + 1) & words.mask;
    slot = words.slots + ((<usize>index) << 3);
  }
  return slot;
}

/** The id of the word of `length` bytes at `word`, or 2^32 - 1. 8 bytes beyond the word are readable. */
export function findWord(words: Words, word: usize, length: u32): u32 {
  return load<u32>(slotOf(words, word, length, hash(word, length)), 4) - 1;
}

/** The id of a word that may be damaged, or 2^32 - 1. A word that is held is not. */
function findAny(words: Words, word: usize, length: u32): u32 {
  const id = findWord(words, word, length);
  if (id != OUT_OF_VOCABULARY) return id;
  const count = damages(word, length);
  words.damages += count;
  return count ? findWord(words, words.repaired, repair(word, length, words.repaired)) : OUT_OF_VOCABULARY;
}

/** ids[i] = the id of the i-th of `count` records, 2^32 - 1 for a word that is not held, or SENTENCE_END. */
export function findWords(words: Words, records: usize, count: u32, ids: usize): void {
  for (const end = records + ((<usize>count) << 3); records < end; records += 8, ids += 4) {
    const word = load<u32>(records);
    store<u32>(ids, word == SENTENCE_END ? SENTENCE_END : findAny(words, word, load<u32>(records, 4)));
  }
}

/**
 * Adds a word that was not found, whose slot is free: repaired where it is damaged, and known perhaps when it is.
 * Returns its id, or 2^32 - 1 where there is no room for it.
 */
function addNew(words: Words, word: usize, length: u32, key: u32, slot: usize): u32 {
  const count = damages(word, length);
  if (count) {
    length = repair(word, length, words.repaired);
    word = words.repaired;
    key = hash(word, length);
    slot = slotOf(words, word, length, key);
  }
  if (!load<u32>(slot, 4)) {
    if (!addWord(words, word, length)) return OUT_OF_VOCABULARY;
    store<u32>(slot, key);
    store<u32>(slot, words.size, 4);
  }
  words.damages += count;
  return load<u32>(slot, 4) - 1;
}

/** The place among the recent words. */
function recentOf(words: Words, key: u32): usize {
  return words.recent + ((<usize>(key % RECENT_WORDS)) << 4);
}

/** Puts a word in its place among the recent ones. */
function keepRecent(words: Words, word: usize, length: u32, key: u32, id: u32): void {
  const recent = recentOf(words, key);
  store<u64>(recent, loadTail(word, length));
  store<u32>(recent, length + 1, 8);
  store<u32>(recent, id, 12);
}

/**
 * Writes the ids of a batch's words that are recent, and the hashes of the others. Lists these, and sentences' ends, without
 * a branch, which would be guessed wrong. Returns how many they are.
 */
function findRecent(words: Words, records: usize, count: u32, ids: usize): u32 {
  const others = words.recent + RECENT_BYTES;
  let otherCount: u32 = 0;
  for (let i: u32 = 0; i < count; i++, records += 8, ids += 4) {
    store<u32>(others + ((<usize>otherCount) << 2), i);
    const word = load<u32>(records);
    if (word == SENTENCE_END) {
      otherCount++;
      continue;
    }
    const length = load<u32>(records, 4);
    const key = hash(word, length);
    const recent = recentOf(words, key);
    const isOther = ((load<u64>(recent) ^ loadTail(word, length)) | (load<u32>(recent, 8) ^ (length + 1))) != 0;
    store<u32>(ids, select<u32>(key, load<u32>(recent, 12), isOther));
    otherCount += u32(isOther);
  }
  return otherCount;
}

/**
 * Writes the ids of a batch's words, adds the new ones, and counts none. Returns how many records it took: as countWords.
 * What was repaired is not kept among the recent words, so that all damages are counted.
 */
function takeBatch(words: Words, records: usize, count: u32, ids: usize): u32 {
  const otherCount = findRecent(words, records, count, ids);
  let other = words.recent + RECENT_BYTES;
  for (const end = other + ((<usize>otherCount) << 2); other < end; other += 4) {
    const i = load<u32>(other);
    const word = u32At(records, i << 1);
    const to = ids + ((<usize>i) << 2);
    if (word == SENTENCE_END) {
      store<u32>(to, SENTENCE_END);
      if (words.size > words.limit) return i + 1;
      continue;
    }
    const length = load<u32>(records + ((<usize>i) << 3), 4);
    const key = load<u32>(to);
    const slot = slotOf(words, word, length, key);
    let id = load<u32>(slot, 4) - 1;
    if (id == OUT_OF_VOCABULARY) {
      id = addNew(words, word, length, key, slot);
      if (id == OUT_OF_VOCABULARY) return i;
    } else if (length <= 8) keepRecent(words, word, length, key, id);
    store<u32>(to, id);
  }
  return count;
}

/**
 * Counts the words of `count` records, adds the new ones, and writes their ids, or SENTENCE_END.
 * Returns how many records it took: fewer than `count` where the vocabulary is full, or over its limit after a sentence.
 */
export function countWords(words: Words, records: usize, count: u32, ids: usize): u32 {
  for (let begin: u32 = 0; begin < count; begin += AHEAD) {
    const batch = min(AHEAD, count - begin);
    const taken = takeBatch(words, records + ((<usize>begin) << 3), batch, ids);
    for (const end = ids + ((<usize>taken) << 2); ids < end; ids += 4) {
      const id = load<u32>(ids);
      if (id == SENTENCE_END) continue;
      const counter = words.counts + ((<usize>id) << 3);
      store<f64>(counter, load<f64>(counter) + 1);
    }
    if (taken < batch) return begin + taken;
  }
  return count;
}

/** Appends the word's bytes; false where there is no room. */
function addWord(words: Words, word: usize, length: u32): bool {
  const offset = words.offsets + ((<usize>words.size) << 2);
  const at = load<u32>(offset);
  if (words.size == words.capacity || length > words.textCapacity - at) return false;
  memory.copy(words.text + at, word, length);
  store<u32>(offset, at + length, 4);
  store<f64>(words.counts + ((<usize>words.size) << 3), 0);
  words.size++;
  return true;
}

/**
 * Fills the slots (all free) from the words.
 * Returns the first id whose word stands at a lower id too, or 2^32 - 1 when all differ.
 */
export function indexWords(words: Words): u32 {
  for (let id: u32 = 0; id < words.size; id++) {
    const at = u32At(words.offsets, id);
    const length = load<u32>(words.offsets + ((<usize>id) << 2), 4) - at;
    const key = hash(words.text + at, length);
    const slot = slotOf(words, words.text + at, length, key);
    if (load<u32>(slot, 4)) return id;
    store<u32>(slot, key);
    store<u32>(slot, id + 1, 4);
  }
  return OUT_OF_VOCABULARY;
}

/** Keeps the words whose byte in `flags` (size) is not 0, in their order, and indexes them anew. */
export function pruneWords(words: Words, flags: usize): void {
  let kept: u32 = 0;
  let to: u32 = 0;
  for (let id: u32 = 0; id < words.size; id++) {
    if (!load<u8>(flags + id)) continue;
    const from = u32At(words.offsets, id);
    const length = load<u32>(words.offsets + ((<usize>id) << 2), 4) - from;
    memory.copy(words.text + to, words.text + from, length);
    store<f64>(words.counts + ((<usize>kept) << 3), load<f64>(words.counts + ((<usize>id) << 3)));
    store<u32>(words.offsets + ((<usize>kept) << 2), to);
    to += length;
    kept++;
  }
  store<u32>(words.offsets + ((<usize>kept) << 2), to);
  words.size = kept;
  memory.fill(words.recent, 0, words.counts - words.recent);
  indexWords(words);
}
