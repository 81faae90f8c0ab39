// What is text, and what is mistaken for it: the same for whoever iterates and for training.

import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { countCorpus } from "../../src/corpus/read-corpus.ts";
import { LineSentences } from "../../src/text/line-sentences.ts";
import { Vocabulary } from "../../src/vocabulary/vocabulary.ts";
import { growthOf } from "../helpers/growth.ts";
import { rejects } from "../helpers/rejects.ts";

type Reader = (content: Uint8Array<ArrayBuffer>) => Promise<string[]>;

/** The words of a text by each of both readers. */
const readers: Record<string, Reader> = {
  async iterated(content) {
    const words: string[] = [];
    for await (const sentence of new LineSentences(content)) words.push(...sentence);
    return words;
  },
  async counted(content) {
    const vocabulary = await Vocabulary.open();
    try {
      for await (const _ of countCorpus(new LineSentences(content), vocabulary));
      return Array.from({ length: vocabulary.size }, (_, id) => vocabulary.word(id));
    } finally {
      vocabulary.close();
    }
  },
};

const latin = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, "utf16le"));

/** The beginnings of what is no text, and what messages call it. */
const OTHERS: [what: RegExp, content: Uint8Array][] = [
  [/text in UTF-16; expected text in UTF-8, plain or gzipped\. Convert it/, utf16("\ufeffone two\n")],
  [/text in UTF-16/, Uint8Array.from(Buffer.from(utf16("\ufeffone two\n")).swap16())],
  [/text in UTF-32/, latin("\xff\xfe\0\0o\0\0\0n\0\0\0")],
  [/a zip archive; .* Unpack it first/, latin("PK\x03\x04\x14\0\0\0\x08\0")],
  [/a zip archive/, latin("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")],
  [/a bzip2 file/, latin("BZh91AY&SY\xd8\x72\x01\x2f\0\0\x01\x57")],
  [/a zstd file/, latin("\x28\xb5\x2f\xfd\x24\x08\x41\0\0")],
  [/an xz file/, latin("\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46")],
  [/a 7z archive/, latin("7z\xbc\xaf\x27\x1c\0\x04")],
  [/an lz4 file/, latin("\x04\x22\x4d\x18\x64\x40\xa7")],
  [/a rar archive/, latin("Rar!\x1a\x07\x01\0")],
  [/a Parquet file; .* Write its column of text as a text file/, latin("PAR1\x15\x04\x15\x10PAR1")],
  [/an Arrow file/, latin("ARROW1\0\0\xff\xff")],
  [/gzip within gzip/, gzipSync(gzipSync("text"))],
];

for (const [name, read] of Object.entries(readers)) {
  test(`${name}: what is no text in UTF-8 is named, also within gzip`, async () => {
    for (const [message, content] of OTHERS) {
      await rejects("format-unknown", message, () => read(Uint8Array.from(content)));
      await rejects("format-unknown", /The text is/, () => read(Uint8Array.from(gzipSync(content))));
    }
  });

  test(`${name}: text that begins like another format`, async () => {
    for (const text of ["PAR1 is a word", "PAR1", "PK here", "BZh9 x", "Rar! said", "7z a", "ARROW1 b", "(µ"]) {
      assert.equal(await read(new TextEncoder().encode(text)), text.split(" "));
    }
  });

  test(`${name}: a byte order mark at the beginning is no part of a word; elsewhere it is`, async () => {
    for (const [text, words] of [
      ["\ufeffone two\n\ufeffthree", ["one", "two", "\ufeffthree"]],
      ["\ufeff\ufeffone", ["\ufeffone"]],
      ["\ufeff one", ["one"]],
    ] as const) {
      const bytes = Uint8Array.from(Buffer.from(text));
      assert.equal(await read(bytes), words);
      assert.equal(await read(Uint8Array.from(gzipSync(bytes))), words);
    }
    for (const text of ["\ufeff", ""]) assert.equal(await read(Uint8Array.from(Buffer.from(text))), []);
  });

  test(`${name}: gzip whose head alone is right`, async () => {
    await rejects("format-damaged", /could not be unzipped to its end: .*\. Copy or download it again/, () =>
      read(Uint8Array.of(0x1f, 0x8b)),
    );
    await rejects("format-damaged", /could not be unzipped/, () => read(latin("\x1f\x8b\x08\0nonsense")));
  });

  test(`${name}: a long line, and a long word, take time by their length`, async () => {
    for (const text of ["one two ", "wordwithoutspaces", "長"]) {
      const readMegabytes = (count: number) => {
        const content = new TextEncoder().encode(text.repeat(Math.floor((count * 1e6) / text.length)));
        return () => read(content);
      };
      const growth = await growthOf(readMegabytes(1), readMegabytes(12), 40);
      assert.ok(growth < 40, `${text}: ${growth} times as long for twelve times as much`);
    }
  });
}

test.run();
