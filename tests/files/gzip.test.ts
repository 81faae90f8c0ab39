// Chunks that are zipped on their way.

import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gzipped } from "../../src/files/gzip.ts";

async function zip(chunks: Iterable<Uint8Array>, signal?: AbortSignal): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of gzipped(chunks, signal)) parts.push(part);
  return Buffer.concat(parts);
}

test("a chunk may change when the next is asked for", async () => {
  function* chunks() {
    const bytes = new Uint8Array(100_000);
    for (let i = 1; i < 30; i++) yield bytes.fill(i).subarray(i);
  }
  assert.equal(gunzipSync(await zip(chunks())), Buffer.concat(Array.from(chunks(), (chunk) => chunk.slice())));
  assert.equal(gunzipSync(await zip([])), Buffer.alloc(0));
});

test("what the chunks throw comes through, and an abort ends them", async () => {
  let isEnded = false;
  function* failing(error?: Error) {
    try {
      for (let i = 0; i < 1000; i++) {
        yield new Uint8Array(65536);
        if (error && i === 3) throw error;
      }
    } finally {
      isEnded = true;
    }
  }
  const error = new Error("mine");
  assert.is(await zip(failing(error)).catch((error) => error), error);
  isEnded = false;
  const controller = new AbortController();
  const work = zip(failing(), controller.signal).catch((error) => error);
  controller.abort(error);
  assert.is(await work, error);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(isEnded);
});

test.run();
