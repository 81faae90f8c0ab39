/** Texts of any bytes: both readers of LineSentences, and a plain third, find the same words in the same sentences. */

import { gzipSync } from "node:zlib";
import type { SourceLike } from "../../../src/files/source-kinds.ts";
import { LineSentences } from "../../../src/text/line-sentences.ts";
import { Word2Vec } from "../../../src/word2vec.ts";
import { bytesAsCode, joined } from "../bytes.ts";
import type { Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";

/** What a text is made of: as a string, or as bytes that are no UTF-8. */
// biome-ignore format: as many as fit
const PIECES: readonly (string | number[])[] = [
  "cat", "dog", "你好", "👩‍🚀", "é", "e\u0301", "a b", "\0", "�", "\ufeff", "İ", "x".repeat(40), "-", "1",
  " ", " ", " ", "\n", "\n", "\n", "\r\n", "\r", "\t", "\v", "\f", "\x1c", "\x1f", "\x85", "\xa0", "\u1680", "\u2028",
  "\u2029", "\u202f", "\u3000", "\u200b", "\u180e", "\u00ad", "\n\n", " \n ",
  [0xff], [0xc3], [0x80], [0xe2, 0x82], [0xf0, 0x9f, 0x91], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80],
  [0xef, 0xbb], [0xe2], [0xf8, 0x88], [0xfe],
];

/** Lengths at which buffers end, and how far before one a piece may begin. */
const ENDS = [65_536, 131_072, 262_144];

type Step =
  | { piece: number }
  /** "w" up to so many bytes before a buffer's end, as words of this length */
  | { fill: number; wordLength: number }
  | { option: "maxSentenceLength" | "limit"; value: number }
  | { source: "gzip" | "members" | "blob" | "read" | "head" };

export async function open(): Promise<Target<Step>> {
  return {
    steps(random: Random) {
      const steps: Step[] = random.few(40, () => ({ piece: random.below(PIECES.length) }));
      if (random.chance(0.05)) {
        const fill = random.pick(ENDS) - random.below(9);
        steps.splice(random.below(steps.length), 0, { fill, wordLength: random.pick([1, 7, 70_000, 300_000]) });
      }
      if (random.chance(0.2)) steps.push({ option: "maxSentenceLength", value: 1 + random.below(4) });
      if (random.chance(0.2)) steps.push({ option: "limit", value: random.below(5) });
      if (random.chance(0.4)) steps.push({ source: random.pick(["gzip", "members", "blob", "read", "head"] as const) });
      return steps;
    },
    async run(steps) {
      const { bytes, source, options } = textOf(steps);
      const { value: sentences, code } = await attempt(() => sentencesOf(source, options));
      if (!sentences) {
        using model = new Word2Vec(SMALL);
        const scan = await attempt(() => model.buildVocab(new LineSentences(source, options)));
        check(scan.code === code, `one reader refuses a text that the other takes: ${code}, ${scan.code}`);
        return code;
      }
      const expected = plainSentences(bytes, options);
      const [got, wanted] = [sentences, expected].map((list) => JSON.stringify(list));
      check(got === wanted, `other sentences:  ${got.slice(0, 500)}; expected ${wanted.slice(0, 500)}`);
      using scanned = new Word2Vec(SMALL);
      using counted = new Word2Vec(SMALL);
      const scan = await attempt(() => scanned.buildVocab(new LineSentences(source, options)));
      const count = await attempt(() => counted.buildVocab(sentences));
      check(
        scan.code === count.code,
        `the vocabularies of a text and of its sentences end otherwise: ${scan.code}, ${count.code}`,
      );
      if (scan.code) return scan.code;
      check(
        vocabularyOf(scanned) === vocabularyOf(counted),
        `the vocabularies of a text and of its sentences differ: ${vocabularyOf(scanned)}; expected ${vocabularyOf(counted)}`,
      );
      return "accepted";
    },
    code(steps) {
      const { bytes, options } = textOf(steps);
      return `// ${JSON.stringify(steps)}\nnew LineSentences(${bytesAsCode(bytes)}, ${JSON.stringify(options)})`;
    },
  };
}

const SMALL = { minCount: 1, vectorSize: 1, window: 1, batchWords: 10 };

interface Options {
  maxSentenceLength?: number;
  limit?: number;
}

function textOf(steps: readonly Step[]): { bytes: Uint8Array<ArrayBuffer>; source: SourceLike; options: Options } {
  let bytes = new Uint8Array();
  const parts: Uint8Array[] = [];
  const options: Options = {};
  let kind = "";
  for (const step of steps) {
    if ("piece" in step) {
      const piece = PIECES[step.piece];
      parts.push(typeof piece === "string" ? new TextEncoder().encode(piece) : Uint8Array.from(piece));
    } else if ("fill" in step) {
      const length = Math.max(0, step.fill - parts.reduce((sum, part) => sum + part.length, 0));
      const fill = new Uint8Array(length).fill(0x77);
      for (let i = step.wordLength; i < length; i += step.wordLength + 1) fill[i] = 0x20;
      parts.push(fill);
    } else if ("option" in step) options[step.option] = step.value;
    else kind = step.source;
  }
  bytes = joined(...parts);
  return { bytes, source: sourceOf(kind, bytes), options };
}

function sourceOf(kind: string, bytes: Uint8Array<ArrayBuffer>): SourceLike {
  if (kind === "gzip") return joined(gzipSync(bytes));
  if (kind === "members") return joined(...[bytes.subarray(0, 5), bytes.subarray(5)].map((part) => gzipSync(part)));
  if (kind === "blob") return new Blob([bytes]);
  if (kind === "read") return { size: bytes.length, read: async (begin, end) => bytes.slice(begin, end) };
  // a view into a longer buffer
  if (kind === "head") return joined(bytes, Uint8Array.of(0x61, 0x0a)).subarray(0, bytes.length);
  return bytes;
}

async function sentencesOf(source: SourceLike, options: Options): Promise<string[][]> {
  const sentences: string[][] = [];
  for await (const sentence of new LineSentences(source, options)) sentences.push(sentence);
  return sentences;
}

/** What Python's str.split() splits at. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they separate words in Python
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function plainSentences(bytes: Uint8Array, { maxSentenceLength = 10_000, limit }: Options): string[][] {
  // without a byte order mark at its beginning
  const text = new TextDecoder().decode(bytes);
  const sentences: string[][] = [];
  for (const line of text.split("\n").slice(0, limit)) {
    const words = line.split(SPACE).filter(Boolean);
    for (let i = 0; i < words.length; i += maxSentenceLength) sentences.push(words.slice(i, i + maxSentenceLength));
  }
  return sentences;
}

function vocabularyOf({ wv, corpusCount, corpusTotalWords }: Word2Vec): string {
  const words = [...wv.indexToKey].map((key, row) => [key, wv.getVecattr({ row }, "count")]);
  return JSON.stringify({ corpusCount, corpusTotalWords, words });
}
