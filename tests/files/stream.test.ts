// Streams: what is read once, in its order, and ends when it is not wanted any more.

import { spawnSync } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readChunks } from "../../src/files/source.ts";
import { type ChunkSource, isOneShotSource } from "../../src/files/source-kinds.ts";
import { withFifo } from "../helpers/fifo.ts";
import { rejects } from "../helpers/rejects.ts";
import { withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";

async function textOf(from: ChunkSource, signal?: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readChunks(from, { signal })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

async function* generated() {
  yield bytesOf("te");
  yield Buffer.from("xt");
}

/** Resolves when the event comes; fails after a second. */
function soon(what: string, happens: Promise<unknown>): Promise<unknown> {
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error(`${what} did not happen`)), 1000).unref());
  return Promise.race([happens, late]);
}

test("streams of the Web and of Node, answers, iterables of bytes: read once", () =>
  withFolder(async (folder) => {
    const path = join(folder, "text");
    await writeFile(path, "text");
    const streams: (() => ChunkSource)[] = [
      () => new Blob(["text"]).stream(),
      () => new Response("text"),
      () => new Response(null),
      () => createReadStream(path),
      () => Readable.from([Buffer.from("te"), Buffer.from("xt")]),
      generated,
    ];
    for (const make of streams) {
      const stream = make();
      assert.ok(isOneShotSource(stream));
      assert.is(await textOf(stream), stream instanceof Response && !stream.body ? "" : "text");
      await rejects("one-shot-corpus", /which can be read once, and was read before.* can be opened again/, () =>
        textOf(stream),
      );
    }
  }));

test("an iterable that makes a new iterator each time may be read again", async () => {
  const again = { [Symbol.asyncIterator]: generated };
  assert.not(isOneShotSource(again));
  for (let i = 0; i < 2; i++) assert.is(await textOf(again), "text");
});

test("what others have begun to read", async () => {
  const locked = new Blob(["text"]).stream();
  locked.getReader();
  const used = new Response("text");
  await used.text();
  const ended = Readable.from([Buffer.from("text")]);
  for await (const _ of ended);
  for (const stream of [locked, used, ended]) await rejects("one-shot-corpus", /was read before/, () => textOf(stream));
});

test("buffers that are used again", async () => {
  async function* reusing() {
    const scratch = new Uint8Array(1);
    for (const character of "text") {
      scratch[0] = character.charCodeAt(0);
      yield scratch;
    }
  }
  assert.is(await textOf(reusing()), "text");
});

test("what gives no bytes, fails, or is no success", async () => {
  const text = Readable.from(["text"]);
  await rejects("option-invalid", /Readable, gave "text"; expected bytes\. Leave out the stream's encoding/, () =>
    textOf(text as unknown as ChunkSource),
  );
  const sentences = (async function* () {
    yield ["a", "b"];
  })() as unknown as ChunkSource;
  await rejects("option-invalid", /gave \["a", "b"\]; .* or pass the sentences themselves/, () => textOf(sentences));
  await rejects("file-not-readable", /ReadStream, could not be read to its end: ENOENT/, () =>
    textOf(createReadStream("no/such")),
  );
  await rejects("http-failed", /The given Response is 404 Not Found/, () =>
    textOf(new Response("none", { status: 404, statusText: "Not Found" })),
  );
});

/** Sends the beginning of an answer and no more. */
function answersForEver(onClose: (closed: Promise<unknown>) => void) {
  return (_: IncomingMessage, response: ServerResponse) => {
    onClose(new Promise((resolve) => response.on("close", () => resolve("closed"))));
    response.writeHead(200).write("text");
  };
}

/** Begins to read a URL whose server sends some bytes and then nothing, and ends it in some way. */
async function endsFetch(end: (url: string) => Promise<void>): Promise<void> {
  let closed: Promise<unknown> = Promise.reject(new Error("nothing was asked for"));
  closed.catch(() => {});
  const listener = answersForEver((promise) => {
    closed = promise;
  });
  await withServer(listener, async (url) => {
    await end(url);
    await soon("the close of the connection", closed);
  });
}

test("http: the fetch ends when the loop is left, and when it is aborted while it waits", async () => {
  await endsFetch(async (url) => {
    for await (const chunk of readChunks(url)) {
      assert.is(chunk.length, 4);
      break;
    }
  });
  await endsFetch(async (url) => {
    const controller = new AbortController();
    const chunks = readChunks(url, { signal: controller.signal });
    await chunks.next();
    const next = chunks.next();
    controller.abort(new Error("enough"));
    assert.is((await next.catch((error) => error)).message, "enough");
  });
  await endsFetch(async (url) => {
    const controller = new AbortController();
    const chunks = readChunks(await fetch(url), { signal: controller.signal });
    await chunks.next();
    const next = chunks.next();
    controller.abort(new Error("enough"));
    assert.is((await next.catch((error) => error)).message, "enough");
  });
});

test("an abort ends streams that give nothing", async () => {
  let isCancelled = false;
  const web = new ReadableStream<Uint8Array>({
    cancel: () => {
      isCancelled = true;
    },
  });
  const node = new PassThrough();
  for (const stream of [web, node]) {
    const controller = new AbortController();
    const reading = textOf(stream, controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 5);
    assert.is((await reading.catch((error) => error)).message, "enough");
  }
  assert.ok(isCancelled);
  assert.ok(node.destroyed);
});

test("a named pipe: waits for whoever writes, and reads to the end", () =>
  withFifo(async (path) => {
    const reading = textOf(path);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const writer = await open(path, "w");
    await writer.write("a ");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await writer.write("text");
    await writer.close();
    assert.is(await reading, "a text");
    const again = textOf(path);
    await writeFile(path, "of another");
    assert.is(await again, "of another");
  }));

test("a named pipe hears the signal, and keeps nobody waiting who wants it in any order", () =>
  withFifo(async (path) => {
    const controller = new AbortController();
    const reading = textOf(path, controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 5);
    assert.is((await reading.catch((error) => error)).message, "enough");
    const { openSource } = await import("../../src/files/source.ts");
    await rejects("file-not-readable", /it is not a regular file/, () => openSource(path));
  }));

test("a pipe that the process was given ends with whoever wrote to it, also where nothing came", async () => {
  if (!existsSync("/dev/stdin")) return console.log("not run: this system has no /dev/stdin");
  const script = `
    const { LineSentences } = await import("wasm2vec");
    const sentences = [];
    for await (const words of new LineSentences("/dev/stdin")) sentences.push(words.join(" "));
    console.log(sentences.join(";") + ".");`;
  for (const [command, output] of [
    ["printf 'a b\\nc'", "a b;c."],
    ["true", "."],
  ]) {
    const { stdout } = spawnSync(
      "sh",
      ["-c", `${command} | "$0" --input-type=module --eval "$1"`, process.execPath, script],
      {
        encoding: "utf8",
        timeout: 10_000,
      },
    );
    assert.is(stdout.trim(), output);
  }
});

test.run();
