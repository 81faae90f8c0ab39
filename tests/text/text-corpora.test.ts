// Text8Corpus and PathLineSentences against gensim 4.4 (tests/golden/make-texts.py), as strings and as bytes.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/index.ts";
import { runtime } from "../../src/runtime/node.ts";
import type { LineSentencesOptions } from "../../src/text/line-sentences.ts";
import { PathLineSentences, Text8Corpus } from "../../src/text/text-corpora.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

interface Golden {
  text8: { text: string; maxSentenceLength: number; wordsPerSentence: number[] }[];
  folder: Record<string, string>;
  pathLines: { options: LineSentencesOptions; sentences: string[][] }[];
}

const golden: Golden = JSON.parse(readFileSync("tests/golden/texts.json", "utf8"));

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What training counts of a corpus, which it reads as bytes. */
async function countsOf(corpus: AsyncIterable<string[]>) {
  const model = new Word2Vec({ minCount: 1, vectorSize: 1 });
  await model.buildVocab(corpus);
  const counts = model.wv.indexToKey.map((word) => [word, model.wv.getVecattr(word, "count")] as const);
  return { words: model.corpusTotalWords, sentences: model.corpusCount, counts: new Map(counts) };
}

function expectedCounts(sentences: readonly (readonly string[])[]) {
  const counts = new Map<string, number>();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { words: sentences.flat().length, sentences: sentences.length, counts };
}

function assertSame(got: Awaited<ReturnType<typeof countsOf>>, sentences: readonly (readonly string[])[]): void {
  const expected = expectedCounts(sentences);
  assert.is(got.words, expected.words);
  assert.is(got.sentences, expected.sentences);
  assert.equal(Object.fromEntries(got.counts), Object.fromEntries(expected.counts));
}

test("Text8Corpus: gensim's sentences, of bytes that stay as they are", async () => {
  for (const { text, maxSentenceLength, wordsPerSentence } of golden.text8) {
    const bytes = new TextEncoder().encode(text);
    const corpus = new Text8Corpus(bytes, { maxSentenceLength });
    const sentences = await collect(corpus);
    assert.equal(
      sentences.map(({ length }) => length),
      wordsPerSentence,
    );
    assert.equal(sentences.flat(), text.split(/\s+/).filter(Boolean));
    if (text) assertSame(await countsOf(corpus), sentences);
    assert.is(new TextDecoder().decode(bytes), text);
  }
});

test("Text8Corpus: 10,000 words by default, and a gzipped text", async () => {
  const text = Array.from({ length: 25_000 }, (_, i) => `w${i % 7}`).join("\n");
  const sentences = await collect(new Text8Corpus(gzipSync(text)));
  assert.equal(
    sentences.map(({ length }) => length),
    [10_000, 10_000, 5000],
  );
  assert.is(String(new Text8Corpus("text8", { maxSentenceLength: 9 })), 'Text8Corpus("text8", maxSentenceLength 9)');
  await rejects("option-unknown", /limit/, () => new Text8Corpus("text8", { limit: 1 } as never));
  await rejects("option-invalid", /A source is 7/, () => new Text8Corpus(7 as never));
});

const writeAll = (folder: string) => {
  for (const [name, text] of Object.entries(golden.folder)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "below"));
  writeFileSync(join(folder, "below", "d.txt"), "not read");
};

test("PathLineSentences: gensim's sentences of a folder, by path, URL and Files", () =>
  withFolder(async (folder) => {
    writeAll(folder);
    const files = Object.entries(golden.folder).map(([name, text]) => new File([text], name));
    for (const { options, sentences } of golden.pathLines) {
      for (const source of [folder, pathToFileURL(`${folder}/`), String(pathToFileURL(folder)), files]) {
        const corpus = new PathLineSentences(source, options);
        assert.equal(await collect(corpus), sentences);
        assertSame(await countsOf(corpus), sentences);
      }
    }
  }));

test("PathLineSentences: a single file, and limit 0", () =>
  withFolder(async (folder) => {
    writeAll(folder);
    assert.equal(await collect(new PathLineSentences(join(folder, "b.txt"), { limit: 1 })), [["b", "one"]]);
    assert.equal(await collect(new PathLineSentences(folder, { limit: 0 })), []);
  }));

test("PathLineSentences: progress over all files", () =>
  withFolder(async (folder) => {
    for (const name of ["a", "b"]) writeFileSync(join(folder, name), "tea cup\n".repeat(100_000));
    const seen: number[] = [];
    const model = new Word2Vec({ minCount: 1, vectorSize: 1 });
    await model.buildVocab(new PathLineSentences(folder), {
      onProgress: (event) => {
        if (event.kind === "vocabulary" && event.scanning && event.bytes) seen.push(event.bytes);
      },
    });
    assert.is(model.corpusTotalWords, 400_000);
    assert.equal(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  }));

test("PathLineSentences: what is no folder", async () => {
  await rejects("file-not-found", /no folder ".*nowhere"/, () => collect(new PathLineSentences("nowhere")));
  await rejects(
    "not-supported-here",
    /^"https:\/\/example\.org\/texts\/" is no folder whose files can be listed here/,
    () => collect(new PathLineSentences("https://user:word@example.org/texts/?key=secret")),
  );
  await rejects("option-invalid", /a list of Files/, () => new PathLineSentences([new Blob(["a"])] as never));
  await rejects("option-invalid", /PathLineSentences got 7/, () => new PathLineSentences(7 as never));
  await rejects(
    "option-unknown",
    /maxSentenceLength/,
    () => new PathLineSentences("a", { max_sentence_length: 1 } as never),
  );
  assert.is(
    String(new PathLineSentences([new File([], "b"), new File([], "a")], { limit: 3 })),
    'PathLineSentences(["a", "b"], limit 3)',
  );
  assert.is(await runtime.listFolder?.("nowhere"), undefined);
});

test.run();
