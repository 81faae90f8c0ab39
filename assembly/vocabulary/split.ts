// A text's bytes -> where its words and sentences lie. Lines end with "\n"; words are what Python's str.split() gives.

import { SENTENCE_END } from "./tokens";

/** What is split and where the outcome lies. Every field is 4 bytes; src/layout.ts writes them in this order. */
@unmanaged
export class Split {
  /** where the text begins; in the end, where the word begins that is not over yet */
  begin: usize;
  /** where it ends; so many bytes as SPLIT_BEYOND may be read and written from there on */
  end: usize;
  /** (recordCount) of a word: its address u32, its length u32; of a sentence's end: SENTENCE_END */
  records: usize;
  recordCount: u32;
  /** (sentenceCount) u32: how many words each sentence has that ended */
  sentences: usize;
  sentenceCount: u32;
  /** words of the line so far that are in no sentence yet */
  words: u32;
  /** a longer line makes several sentences */
  maxSentenceLength: u32;
  /** reading stops after so many lines */
  lines: u32;
}

/** The split goes in steps of so many bytes. */
const STEP: usize = 64;
/** One step, and what begins in it and ends behind it. */
const SPLIT_BEYOND: usize = STEP + 2;

const LINE_END: u8 = 0x0a;

function between(bytes: v128, first: i32, last: i32): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>first)), i8x16.splat(<i8>(last - first + 1)));
}

function is(bytes: v128, byte: i32): v128 {
  return i8x16.eq(bytes, i8x16.splat(<i8>byte));
}

function bits(bytes: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(bytes));
}

/** Bit i: byte i of 16 is white space of ASCII. */
function narrowSpaces(bytes: v128): u64 {
  return bits(v128.or(between(bytes, 0x09, 0x0d), between(bytes, 0x1c, 0x20)));
}

/** Whether other white space may begin in 16 bytes. */
function mayBeWide(bytes: v128): bool {
  return v128.any_true(v128.or(is(bytes, 0xc2), between(bytes, 0xe1, 0xe3)));
}

/** Bits i to i + 2: at byte i of 16 begins white space of two or three bytes; so there are 18 bits. */
function wideSpaces(at: usize): u64 {
  const first = v128.load(at);
  const second = v128.load(at, 1);
  const third = v128.load(at, 2);
  const second80 = is(second, 0x80);
  const third80 = is(third, 0x80);
  // U+0085, U+00A0
  const c2 = v128.and(is(first, 0xc2), v128.or(is(second, 0x85), is(second, 0xa0)));
  // U+1680
  const e1 = v128.and(v128.and(is(first, 0xe1), is(second, 0x9a)), third80);
  // U+2000 to U+200A, U+2028, U+2029, U+202F
  const e280 = v128.and(
    second80,
    v128.or(v128.or(between(third, 0x80, 0x8a), between(third, 0xa8, 0xa9)), is(third, 0xaf)),
  );
  // U+205F
  const e281 = v128.and(is(second, 0x81), is(third, 0x9f));
  const e2 = v128.and(is(first, 0xe2), v128.or(e280, e281));
  // U+3000
  const e3 = v128.and(v128.and(is(first, 0xe3), second80), third80);
  const two = bits(c2);
  const three = bits(v128.or(v128.or(e1, e2), e3));
  return two | (two << 1) | three | (three << 1) | (three << 2);
}

/**
 * Splits the text up to its last white space. A word goes on behind the end unless white space shows that it does not:
 * so a caller moves it before the bytes that come next, and ends the last text with "\n".
 */
export function split(text: Split): void {
  const end = text.end;
  const maxSentenceLength = text.maxSentenceLength;
  memory.fill(end, 0, SPLIT_BEYOND);
  let word = text.begin;
  let record = text.records;
  let sentence = text.sentences;
  let words = text.words;
  // white space that goes on in the next 16 bytes
  let carried: u64 = 0;
  for (let at = word; at < end && text.lines; at += STEP) {
    // bit i: byte i of the step is white space
    let spaces: u64 = 0;
    for (let i: usize = 0; i < STEP; i += 16) {
      const bytes = v128.load(at + i);
      const found = (mayBeWide(bytes) ? wideSpaces(at + i) : 0) | narrowSpaces(bytes) | carried;
      spaces |= found << i;
      carried = found >> 16;
    }
    for (; spaces; spaces &= spaces - 1) {
      const space = at + <usize>ctz(spaces);
      if (space > word) {
        store<u32>(record, <u32>word);
        store<u32>(record, <u32>(space - word), 4);
        record += 8;
        words++;
      }
      word = space + 1;
      const endsLine = load<u8>(space) == LINE_END;
      if (words == maxSentenceLength || (endsLine && words)) {
        store<u32>(record, SENTENCE_END);
        store<u32>(sentence, words);
        record += 8;
        sentence += 4;
        words = 0;
      }
      if (endsLine && --text.lines == 0) break;
    }
  }
  text.begin = word;
  text.words = words;
  text.recordCount = <u32>((record - text.records) >> 3);
  text.sentenceCount = <u32>((sentence - text.sentences) >> 2);
}
