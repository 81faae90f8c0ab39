// LineSentences against gensim 4.4's LineSentence (tests/golden/make.py), and what gensim does not have.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { RandomAccess } from "../../src/files/source.ts";
import { LineSentences, type LineSentencesOptions } from "../../src/text/line-sentences.ts";
import { withFifo } from "../helpers/fifo.ts";
import { rejects } from "../helpers/rejects.ts";
import { withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";
import { endless, utf8 } from "../helpers/texts.ts";

interface GoldenFile {
  name: string;
  /** in base64 */
  bytes: string;
  sentences: string[][];
  /** what gensim throws after these sentences */
  error?: string;
}

interface GoldenLongLines {
  name: string;
  wordsPerLine: number[];
  wordsPerSentence: number[];
}

const golden: (GoldenFile | GoldenLongLines)[] = JSON.parse(readFileSync("tests/golden/line-sentence.json", "utf8"));
const files = golden.filter((entry): entry is GoldenFile => "bytes" in entry);
const longLines = golden.filter((entry): entry is GoldenLongLines => "wordsPerLine" in entry);

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const read = (text: string, options?: LineSentencesOptions) => collect(new LineSentences(utf8(text), options));

function streamOf(bytes: Uint8Array<ArrayBuffer>, chunkLength: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += chunkLength) controller.enqueue(bytes.slice(at, at + chunkLength));
      controller.close();
    },
  });
}

/** Reads bytes that arrive in chunks of so many. */
function readInChunks(bytes: Uint8Array<ArrayBuffer>, chunkLength: number, maxSentenceLength = 10000) {
  return collect(new LineSentences(streamOf(bytes, chunkLength), { maxSentenceLength }));
}

/** gensim takes a byte order mark for a part of the first word. */
function withoutMark(sentences: string[][], bytes: Uint8Array): string[][] {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return sentences;
  const [[first, ...rest], ...others] = sentences;
  return [[first.slice(1), ...rest].filter(Boolean), ...others].filter((sentence) => sentence.length);
}

for (const { name, bytes, sentences, error } of files.filter((file) => !file.error)) {
  test(`${name}: gensim's sentences, plain and gzipped, in one piece and byte by byte`, async () => {
    const plain = Uint8Array.from(Buffer.from(bytes, "base64"));
    const expected = withoutMark(sentences, plain);
    for (const content of [plain, Uint8Array.from(gzipSync(plain))]) {
      assert.equal(await collect(new LineSentences(content)), expected, error);
      for (const length of [1, 2, 3, 7]) assert.equal(await readInChunks(content, length), expected);
    }
  });
}

for (const { name, bytes, sentences, error } of files.filter((file) => file.error)) {
  const isUtf16 = name === "UTF-16";
  const outcome = isUtf16 ? "the encoding is named" : "a word with U+FFFD comes, and the reading goes on";
  test(`${name}: where gensim throws ${error}, ${outcome}`, async () => {
    const content = Uint8Array.from(Buffer.from(bytes, "base64"));
    if (isUtf16) {
      await rejects("format-unknown", /text in UTF-16/, () => collect(new LineSentences(content)));
      return rejects("format-unknown", /text in UTF-16/, () => readInChunks(content, 1));
    }
    const got = await collect(new LineSentences(content));
    assert.equal(got.slice(0, sentences.length), sentences);
    assert.match(got[sentences.length].join(" "), "\ufffd");
    assert.equal(await readInChunks(content, 1), got);
  });
}

for (const { name, wordsPerLine, wordsPerSentence } of longLines) {
  test(`${name}: cut as gensim cuts them`, async () => {
    const text = wordsPerLine.map((count) => `${Array(count).fill("w").join(" ")}\n`).join("");
    const sentences = await read(text);
    assert.equal(
      sentences.map((sentence) => sentence.length),
      wordsPerSentence,
    );
  });
}

/** Words in pieces of at most so many. */
function cut(words: string[], length: number): string[][] {
  const count = Math.ceil(words.length / length);
  return Array.from({ length: count }, (_, i) => words.slice(i * length, (i + 1) * length));
}

const anyPiece = fc.constantFrom("a", "bc", " ", "\n", "\r\n", "\t", "é", "中文", "😀", "\ufeff");

test("random texts: the same sentences, whatever the chunks and however short a sentence must be", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(anyPiece, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
      async (pieces, chunkLength, maxSentenceLength) => {
        const text = pieces.join("").replace(/^\ufeff/, "");
        const lines = text.split("\n").map((line) => line.split(/[ \t\r]+/).filter(Boolean));
        const expected = lines.flatMap((words) => cut(words, maxSentenceLength));
        assert.equal(await readInChunks(utf8(pieces.join("")), chunkLength, maxSentenceLength), expected);
      },
    ),
    { seed: 1, numRuns: 300 },
  ));

test("a file of several reads, one of which ends in a word and in a character", async () => {
  // reads are of 256 KiB: "é" begins at its last byte
  const words = ["x".repeat(2 ** 18 - 3), "bé", "c"];
  assert.equal(await read(words.join(" ").replace(" bé", "\nbé")), [[words[0]], ["bé", "c"]]);
});

test("each iteration reads anew, from the first line on", async () => {
  const sentences = new LineSentences(utf8("a b\nc\n"));
  for (let epoch = 0; epoch < 3; epoch++) assert.equal(await collect(sentences), [["a", "b"], ["c"]]);
  const [first, second] = await Promise.all([collect(sentences), collect(sentences)]);
  assert.equal(first, second, "at the same time, too");
});

test("a path, a file: URL, a Blob, bytes, a user's source", () =>
  withFolder(async (folder) => {
    const zipped = Uint8Array.from(gzipSync("a b\nc"));
    const path = join(folder, "corpus, whatever its name");
    await writeFile(path, zipped);
    const own: RandomAccess = { size: 5, read: async (begin, end) => utf8("a b\nc").slice(begin, end) };
    for (const source of [path, pathToFileURL(path), new Blob(["a ", "b\nc"]), zipped, zipped.buffer, own]) {
      assert.equal(await collect(new LineSentences(source)), [["a", "b"], ["c"]]);
    }
  }));

test("limit: so many lines, blank ones among them", async () => {
  const text = "a b c\n\nd\ne";
  assert.equal(await read(text, { limit: 0 }), []);
  assert.equal(await read(text, { limit: 1 }), [["a", "b", "c"]]);
  assert.equal(await read(text, { limit: 2, maxSentenceLength: 2 }), [["a", "b"], ["c"]]);
  assert.equal(await read(text, { limit: 3 }), [["a", "b", "c"], ["d"]]);
  assert.equal(await read(text, { limit: 9 }), [["a", "b", "c"], ["d"], ["e"]]);
  assert.equal(await read(text, { limit: null, maxSentenceLength: undefined }), await read(text));
});

test("no more is read than is needed: with a limit, where the loop is left, for no line at all", async () => {
  const limited = endless("one two\n");
  assert.is((await collect(new LineSentences(limited, { limit: 10 }))).length, 10);
  const left = endless("one two\n");
  for await (const sentence of new LineSentences(left)) {
    assert.equal(sentence, ["one", "two"]);
    break;
  }
  const none = endless("one two\n");
  await collect(new LineSentences(none, { limit: 0 }));
  assert.ok(limited.bytesRead <= 2 ** 22, `${limited.bytesRead}`);
  assert.ok(left.bytesRead <= 2 ** 22, `${left.bytesRead}`);
  assert.is(none.bytesRead, 0);
});

test("a line without end comes in sentences, and little of it is held", async () => {
  const line = endless("one two ");
  let sentences = 0;
  for await (const sentence of new LineSentences(line)) {
    assert.is(sentence.length, 10000);
    if (++sentences === 1000) break;
  }
  const wordsRead = line.bytesRead / 4;
  assert.ok(wordsRead < 1000 * 10000 + 2 ** 20, `${wordsRead} words read for ten million`);
});

test("a word without end is an error before it fills the memory", () =>
  rejects("format-damaged", /a word of more than 16777216 characters, which begins "xxx.* Is it text/, () =>
    collect(new LineSentences(endless("x"))),
  ));

/** Some 200 kB of lines, 40 kB zipped. */
const manyLines = Array.from({ length: 20_000 }, (_, i) => `word${(i * i) % 7919}\n`).join("");

test("gzip may be left early, and may have several members", async () => {
  const zipped = new Blob([gzipSync(manyLines), gzipSync("the end")]);
  assert.equal(await collect(new LineSentences(zipped, { limit: 2 })), [["word0"], ["word1"]]);
  const all = await collect(new LineSentences(zipped));
  assert.is(all.length, 20_001);
  assert.equal(all[20_000], ["the", "end"]);
});

test("gzip that is cut short, or damaged, is an error", async () => {
  const zipped = Uint8Array.from(gzipSync(manyLines));
  await rejects("format-damaged", /could not be unzipped to its end: /, () =>
    collect(new LineSentences(zipped.slice(0, -20))),
  );
  zipped.fill(0xff, 2000, 2100);
  await rejects("format-damaged", /could not be unzipped to its end: /, () => collect(new LineSentences(zipped)));
});

test("a source that cannot be read says so when it is read", async () => {
  const missing = new LineSentences("there/is/no/such/file.txt.gz");
  await rejects("file-not-found", /no file "there\/is\/no\/such\/file\.txt\.gz"/, () => collect(missing));
  const own: RandomAccess = { size: 5, read: () => Promise.reject(new Error("the cable is out")) };
  const error = await collect(new LineSentences(own)).catch((thrown) => thrown);
  assert.is(error.message, "the cable is out");
});

test("streams are read once; what could be given in their place is named at once", async () => {
  const streams = [
    new Blob(["a b\nc"]).stream(),
    new Response("a b\nc"),
    Readable.from([Buffer.from("a b\nc")]),
    Readable.toWeb(Readable.from([Buffer.from(gzipSync("a b\nc"))])) as ReadableStream<Uint8Array>,
  ];
  for (const stream of streams) {
    const sentences = new LineSentences(stream);
    assert.ok(sentences.isOneShot);
    assert.equal(await collect(sentences), [["a", "b"], ["c"]]);
    await rejects("one-shot-corpus", /which can be read once/, () => collect(sentences));
  }
  assert.not(new LineSentences("corpus.txt").isOneShot);
  for (const [source, message] of [
    [undefined, /A source is undefined; expected a path/],
    [fetch("data:,a"), /A source is a Promise: await it first; expected a path/],
    [[["a", "b"]], /A source is \[\[…\]\]; expected/],
    [{ path: "corpus.txt" }, /A source is {"path":"corpus\.txt"}; expected/],
  ] as const) {
    await rejects("option-invalid", message, () => new LineSentences(source as unknown as string));
  }
});

test("a file handle, a named pipe", async () => {
  await withFolder(async (folder) => {
    await writeFile(join(folder, "corpus"), "a b\nc");
    const file = await open(join(folder, "corpus"));
    const sentences = new LineSentences(file);
    for (let epoch = 0; epoch < 2; epoch++) assert.equal(await collect(sentences), [["a", "b"], ["c"]]);
    await file.close();
  });
  await withFifo(async (path) => {
    const reading = collect(new LineSentences(path));
    await writeFile(path, "a b\nc");
    assert.equal(await reading, [["a", "b"], ["c"]]);
  });
});

test("the iterator ends while it waits for its source, when it is returned", async () => {
  const waiting = new LineSentences({ size: 10, read: () => new Promise(() => {}) });
  for (const iterator of [waiting[Symbol.asyncIterator](), waiting.bytes()]) {
    const next = iterator.next();
    next.catch(() => {});
    assert.equal(await iterator.return(undefined), { done: true, value: undefined });
  }
});

/** Runs a module in a process of its own; it must end by itself. */
async function inProcess(script: string): Promise<string> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script]);
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  clearTimeout(timer);
  assert.is(errors, "");
  assert.is(child.signalCode, null, "it ended by itself");
  return output.trim();
}

test("a text whose server, or writer, falls silent: an abort and the last line wanted end the reading, and the process", () =>
  withFifo((fifo) =>
    withServer(
      (_, response) => response.writeHead(200).write("a b c\n".repeat(10)),
      async (url) => {
        const script = `
          import { LineSentences, Word2Vec } from "wasm2vec";
          for (const source of ${JSON.stringify([url, fifo])}) {
            const controller = new AbortController();
            setTimeout(() => controller.abort(new Error("enough")), 300);
            const { signal } = controller;
            await Word2Vec.train(new LineSentences(source), { minCount: 1, signal }).catch(({ message }) => console.log(message));
          }
          for await (const words of new LineSentences(${JSON.stringify(url)})) { console.log(words.join(" ")); break; }`;
        assert.equal((await inProcess(script)).split("\n"), ["enough", "enough", "a b c"]);
      },
    ),
  ));

test("options out of range or unknown are refused when it is made", async () => {
  const make = (options: object) => () => new LineSentences("corpus.txt", options);
  await rejects(
    "option-invalid",
    /maxSentenceLength is 0; expected an integer of at least 1/,
    make({ maxSentenceLength: 0 }),
  );
  await rejects("option-invalid", /maxSentenceLength is 2\.5/, make({ maxSentenceLength: 2.5 }));
  await rejects("option-invalid", /limit is -1; expected an integer of at least 0/, make({ limit: -1 }));
  await rejects(
    "option-unknown",
    /no option "max_sentence_length"\. Did you mean "maxSentenceLength"/,
    make({ max_sentence_length: 5 }),
  );
});

test.run();
