import { Split, split } from "../../../assembly/vocabulary/split";
import { SENTENCE_END } from "../../../assembly/vocabulary/tokens";
import { place, read, take } from "../place";

/** A text, and room for what it is split into. */
function open(content: string): Split {
  const text = changetype<Split>(take(offsetof<Split>()));
  text.begin = take(<usize>content.length * 3 + 66);
  text.end = text.begin + String.UTF8.encodeUnsafe(changetype<usize>(content), content.length, text.begin);
  text.records = take(<usize>content.length * 8 + 8);
  text.sentences = take(<usize>content.length * 4 + 4);
  text.maxSentenceLength = 100;
  text.lines = 100;
  return text;
}

/** (begin in the text, length) of each word, (-1, 0) where a sentence ends. */
function records(text: Split, begin: usize): i32[] {
  const pairs = read<u32>(text.records, <i32>text.recordCount * 2);
  const result: i32[] = [];
  for (let i = 0; i < pairs.length; i += 2) {
    const ends = pairs[i] == SENTENCE_END;
    result.push(ends ? -1 : <i32>(pairs[i] - <u32>begin));
    result.push(ends ? 0 : <i32>pairs[i + 1]);
  }
  return result;
}

describe("to be, or not", () => {
  it("has two lines of two words and one", () => {
    const text = open("to  be\r\n\nor not");
    const begin = text.begin;
    split(text);
    expect(records(text, begin)).toStrictEqual([0, 2, 4, 2, -1, 0, 9, 2]);
    expect(read<u32>(text.sentences, <i32>text.sentenceCount)).toStrictEqual([2]);
    expect(text.words).toBe(1);
    expect(<i32>(text.begin - begin)).toBe(12);
    expect(text.lines).toBe(98);
  });

  it("is cut after a word where sentences are that short", () => {
    const text = open("to be\n");
    const begin = text.begin;
    text.maxSentenceLength = 1;
    split(text);
    expect(records(text, begin)).toStrictEqual([0, 2, -1, 0, 3, 2, -1, 0]);
    expect(read<u32>(text.sentences, 2)).toStrictEqual([1, 1]);
  });

  it("is no longer read when the lines are over", () => {
    const text = open("to\nbe\n");
    const begin = text.begin;
    text.lines = 1;
    split(text);
    expect(records(text, begin)).toStrictEqual([0, 2, -1, 0]);
    expect(text.lines).toBe(0);
  });
});

describe("an ideographic space", () => {
  it("separates, an ideographic comma does not", () => {
    const text = open("a\u3000b\u3001c ");
    const begin = text.begin;
    split(text);
    expect(records(text, begin)).toStrictEqual([0, 1, 4, 5]);
  });
});
