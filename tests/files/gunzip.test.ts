// Gzip of one member and of several, whole and broken, however it comes in chunks.

import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gunzip } from "../../src/files/gunzip.ts";
import { rejects } from "../helpers/rejects.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const zip = (text: string) => Uint8Array.from(gzipSync(text));
const utf8 = (text: string) => new TextEncoder().encode(text);
const joined = (...parts: Uint8Array[]): Bytes => Uint8Array.from(Buffer.concat(parts));

/** Cuts bytes into chunks of this length; each lies in a memory that the next but one overwrites, as those of files do. */
async function* chunksOf(bytes: Bytes, length: number): AsyncGenerator<Bytes> {
  const buffers = [0, 1].map(() => new Uint8Array(length));
  for (let i = 0; i * length < bytes.length; i++) {
    const part = bytes.subarray(i * length, (i + 1) * length);
    const chunk = buffers[i % 2].subarray(0, part.length);
    chunk.set(part);
    yield chunk;
  }
}

async function unzipped(bytes: Bytes, chunkLength = bytes.length): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of gunzip(chunksOf(bytes, chunkLength), "The gzip")) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** A member of BGZF: its header's field BC says how long it is. */
function blockOf(text: string): Bytes {
  const member = zip(text);
  const extra = Uint8Array.of(6, 0, 0x42, 0x43, 2, 0, member.length + 7, 0);
  const head = member.slice(0, 10);
  head[3] = 4;
  return joined(head, extra, member.subarray(10));
}

/** The empty block that ends each file of bgzip: section 4.1.2 of the SAM specification. */
const BGZF_END = Uint8Array.from(Buffer.from("1f8b08040000000000ff0600424302001b0003000000000000000000", "hex"));

const one = zip("one two\n");
const two = zip("three\n");

const WHOLE: [what: string, bytes: Bytes, text: string][] = [
  ["one member", one, "one two\n"],
  ["two", joined(one, two), "one two\nthree\n"],
  ["two, the first of them empty", joined(zip(""), two), "three\n"],
  ["as bgzip makes it", joined(blockOf("one\n"), blockOf("two\n"), BGZF_END), "one\ntwo\n"],
  ["filled up with zeros", joined(one, new Uint8Array(512)), "one two\n"],
  ["zeros between two", joined(one, new Uint8Array(3), two), "one two\nthree\n"],
];

for (const [what, bytes, text] of WHOLE) {
  test(`${what}: whole, and cut at any byte`, async () => {
    for (let length = 1; length <= bytes.length; length++) assert.is(await unzipped(bytes, length), text);
  });
}

test("what is longer than a chunk, in two members", async () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `word${i}`).join(" ");
  const bytes = joined(zip(text), zip("the end"));
  for (const length of [bytes.length, 65_536, 1009]) assert.is(await unzipped(bytes, length), `${text}the end`);
});

test("a hundred thousand times as much as it was zipped to comes in parts", async () => {
  const zeros = gzipSync(new Uint8Array(50e6));
  let length = 0;
  for await (const part of gunzip(chunksOf(Uint8Array.from(zeros), zeros.length), "The gzip")) {
    assert.ok(part.length <= 1 << 20);
    length += part.length;
  }
  assert.is(length, 50e6);
});

test("the command gzip unzips the same", () => {
  const { error, stdout } = spawnSync("gzip", ["-dc"], { input: joined(one, two, new Uint8Array(100)) });
  if (!error) assert.is(stdout.toString(), "one two\nthree\n");
});

test("what ends too early, in the first member or another", async () => {
  for (const whole of [one, joined(one, two)]) {
    for (let cut = 1; cut < two.length; cut++) {
      await rejects("format-damaged", /^The gzip could not be unzipped to its end: it ends too early\. Copy/, () =>
        unzipped(whole.subarray(0, -cut)),
      );
    }
  }
});

test("what is damaged: a byte of the text, its checksum, its length", async () => {
  const text = "the quick brown fox jumps over the lazy dog";
  const member = zip(text);
  for (const at of [14, member.length - 8, member.length - 4]) {
    for (const before of [new Uint8Array(), one]) {
      const bytes = joined(before, member);
      bytes[before.length + at] ^= 0x10;
      await rejects("format-damaged", /^The gzip could not be unzipped to its end: [a-z ]+\. Copy/, () =>
        unzipped(bytes),
      );
    }
  }
});

test("what is followed by something else, also behind zeros", async () => {
  for (const zeros of [0, 7]) {
    const at = one.length + zeros;
    const bytes = joined(one, new Uint8Array(zeros), utf8("garbage that goes on"));
    const message = new RegExp(
      `from byte ${at} on, .* begins "garbage that goe"; expected its end, more gzip, or zeros`,
    );
    for (const length of [bytes.length, at]) {
      await rejects("format-damaged", message, () => unzipped(bytes, length));
    }
  }
  await rejects("format-damaged", /incorrect header check/, () => unzipped(joined(one, Uint8Array.of(0x1f, 1))));
});

test.run();
