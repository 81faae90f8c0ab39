// Where bytes come from: paths, URLs, Blobs, bytes, the user's own sources; whole, in parts and as a stream.

import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FetchLike } from "../../src/files/fetching.ts";
import { openSource, type RandomAccess, readAll, readChunks } from "../../src/files/source.ts";
import type { RandomAccessLike, SourceLike } from "../../src/files/source-kinds.ts";
import { rejects } from "../helpers/rejects.ts";
import { withoutRanges, withRanges, withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";

/** 0, 1, 2, … modulo 251, so that no two neighbouring parts are equal. */
const numbered = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

/** Opens a source of ten bytes 0 … 9 and reads it in each way. */
async function checkTen(from: SourceLike): Promise<void> {
  const source = await openSource(from);
  assert.is(source.size, 10);
  assert.equal([...(await source.read(3, 6))], [3, 4, 5]);
  assert.equal([...(await source.read(0, 2))], [0, 1], "backwards, too");
  assert.equal([...(await source.read(10, 10))], [], "nothing, at the end");
  assert.equal([...(await readAll(source))], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await source.close?.();
  assert.equal([...(await collect(readChunks(from)))], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Uint8Array.from(Buffer.concat(all));
}

test("bytes, an ArrayBuffer, a view into a larger one, a Blob", async () => {
  await checkTen(numbered(10));
  await checkTen(numbered(10).buffer);
  await checkTen(numbered(20).subarray(0, 10));
  await checkTen(new Uint8Array(Uint8Array.from([9, 9, ...numbered(10)]).buffer, 2));
  await checkTen(new Blob([numbered(10)]));
});

test("shared memory is copied, because texts and Blobs refuse views of it", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(10));
  shared.set(numbered(10));
  const read = await (await openSource(shared)).read(2, 4);
  assert.instance(read.buffer, ArrayBuffer);
  assert.equal([...read], [2, 3]);
});

test("a user's own source, which stays theirs to close", async () => {
  let isClosed = false;
  const own: RandomAccess = {
    size: 10,
    read: async (begin, end) => numbered(10).slice(begin, end),
    close: async () => {
      isClosed = true;
    },
  };
  await checkTen(own);
  assert.not(isClosed);
});

test("a user's own source may give a Buffer, part of a larger one or used again, other bytes, at once or later", async () => {
  const scratch = Buffer.alloc(20);
  const pooled = (begin: number, end: number) => {
    scratch.fill(0xff);
    scratch.set(numbered(10).subarray(begin, end), 5);
    return scratch.subarray(5, 5 + end - begin);
  };
  const buffer = numbered(10).buffer;
  const shared = new Uint8Array(new SharedArrayBuffer(10));
  shared.set(numbered(10));
  const sources: RandomAccessLike[] = [
    { size: 10, read: pooled },
    { size: 10, read: async (begin, end) => pooled(begin, end) },
    { size: 10, read: (begin, end) => buffer.slice(begin, end) },
    { size: 10, read: (begin, end) => new DataView(buffer, begin, end - begin) },
    { size: 10, read: (begin, end) => shared.subarray(begin, end) },
    // what runInContext gives is of no class of this realm
    { size: 10, read: (begin, end) => runInNewContext(`Uint8Array.from([${numbered(10).slice(begin, end)}])`) },
  ];
  for (const source of sources) {
    await checkTen(source);
    const opened = await openSource(source);
    const [first, second] = [await opened.read(0, 4), await opened.read(6, 10)];
    assert.equal([...first, ...second], [0, 1, 2, 3, 6, 7, 8, 9], "what is read later changes nothing");
    assert.is(Object.getPrototypeOf(first), Uint8Array.prototype);
    assert.instance(first.buffer, ArrayBuffer);
  }
});

test("a user's own source that reads anything but the bytes that were asked for", async () => {
  const opening = (given: unknown) => openSource({ size: 10, read: () => given } as RandomAccessLike);
  for (const [given, message] of [
    [numbered(1), /read\(2, 6\) of the given source gave 1 bytes; expected 4/],
    [numbered(10), /gave 10 bytes; expected 4/],
    [new ArrayBuffer(3), /gave 3 bytes; expected 4/],
    [undefined, /gave undefined; expected 4 bytes, as a Uint8Array/],
    ["text", /gave "text"/],
    [[1, 2, 3, 4], /gave \[1, 2, 3, 4\]/],
  ] as const) {
    await rejects("file-not-readable", message, async () => (await opening(given)).read(2, 6));
  }
});

test("a user's own source without a size, or with one that is none; one that changes is asked for once", async () => {
  const read = (begin: number, end: number) => numbered(10).slice(begin, end);
  for (const [size, message] of [
    [undefined, /The size of the given source is undefined; expected how many bytes/],
    [-1, /is -1; expected/],
    [Number.NaN, /is NaN/],
    [1.5, /is 1\.5/],
    [Number.POSITIVE_INFINITY, /is Infinity/],
    ["10", /is "10"; expected/],
    [10n, /is 10n; expected how many bytes/],
    [() => 10, /is a function/],
  ] as const) {
    const source = { size, read } as unknown as RandomAccessLike;
    await rejects("option-invalid", message, () => openSource(source));
    await rejects("option-invalid", message, () => collect(readChunks(source)));
  }
  let asked = 0;
  const growing = {
    get size() {
      return 10 + asked++;
    },
    read,
  };
  const source = await openSource(growing);
  assert.is(source.size, 10);
  assert.is((await readAll(source)).length, 10);
});

test("an abort does not wait for a user's own source", async () => {
  const source: RandomAccessLike = { size: 10, read: () => new Promise(() => {}) };
  for (const read of [
    async (signal: AbortSignal) => (await openSource(source)).read(0, 1, signal),
    (signal: AbortSignal) => collect(readChunks(source, { signal })),
  ]) {
    const controller = new AbortController();
    const reading = read(controller.signal);
    setTimeout(() => controller.abort(new Error("enough")));
    assert.is((await reading.catch((error) => error)).message, "enough");
  }
});

test("a file handle of Node, which stays the user's to close", () =>
  withFolder(async (folder) => {
    const path = join(folder, "ten.bin");
    await writeFile(path, numbered(10));
    const file = await open(path);
    await checkTen(file);
    await checkTen(file);
    const source = await openSource(file);
    await writeFile(path, numbered(4));
    await rejects("file-not-readable", /file handle could not be read: it ended at byte 4/, () => source.read(2, 8));
    await file.close();
    await rejects("file-not-readable", /Keep it open until all is read/, () => openSource(file));
  }));

test("a file handle of a page", async () => {
  await checkTen({ getFile: async () => new File([numbered(10)], "ten.bin") } as unknown as FileSystemFileHandle);
});

test("what is read once and in its order is refused where any order is needed, with what to do", async () => {
  const message = /A source is an object of class \w+, which is read once.* Pass the bytes: await new Response/;
  for (const stream of [new Blob(["a"]).stream(), new Response("a"), Readable.from([numbered(1)])]) {
    await rejects("option-invalid", message, () => openSource(stream as unknown as SourceLike));
  }
  await rejects("option-invalid", /A source is a Promise: await it first; expected a path/, () =>
    openSource(Promise.resolve("path") as unknown as SourceLike),
  );
  await rejects("option-invalid", /A source is \["path"\]/, () => openSource(["path"] as unknown as SourceLike));
});

test("data: and blob: URLs", async () => {
  await checkTen("data:application/octet-stream;base64,AAECAwQFBgcICQ==");
  await checkTen(URL.createObjectURL(new Blob([numbered(10)])));
});

test("a path, a file: URL, a path with a colon", () =>
  withFolder(async (folder) => {
    for (const name of ["ten.bin", "C:ten.bin", "s3:ten"]) {
      const path = join(folder, name);
      await writeFile(path, numbered(10));
      await checkTen(path);
      await checkTen(pathToFileURL(path));
      await checkTen(pathToFileURL(path).href);
    }
  }));

test("a file is read in chunks of 256 KiB, each of which stands until the next but one is asked for", () =>
  withFolder(async (folder) => {
    const bytes = numbered(2.5 * 2 ** 18);
    await writeFile(join(folder, "large.bin"), bytes);
    const lengths: number[] = [];
    let last = Buffer.of();
    let begin = 0;
    for await (const chunk of readChunks(join(folder, "large.bin"))) {
      assert.ok(last.equals(bytes.subarray(begin - last.length, begin)));
      last = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
      assert.ok(last.equals(bytes.subarray(begin, begin + last.length)));
      lengths.push(last.length);
      begin += last.length;
    }
    assert.equal(lengths, [2 ** 18, 2 ** 18, 2 ** 17]);
  }));

test("a file that is not there", async () => {
  await rejects("file-not-found", /no file "no\/such\.file"/, () => openSource("no/such.file"));
  await rejects("file-not-found", /no file "C:\\x"/, () => openSource("C:\\x"));
  await rejects("file-not-found", /no file "file:\/\/\/no\/such\.file"/, () => openSource("file:///no/such.file"));
  await rejects("file-not-found", /package\.json\/x/, () => openSource("package.json/x"));
  await rejects("file-not-found", /no file "no\/such\.file"/, () => collect(readChunks("no/such.file")));
});

test("what cannot be read: a folder, a file that becomes shorter", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "below"));
    await rejects("file-not-readable", /below" could not be read: it is not a regular file/, () =>
      openSource(join(folder, "below")),
    );
    const path = join(folder, "shrinking.bin");
    await writeFile(path, numbered(10));
    const source = await openSource(path);
    await writeFile(path, numbered(4));
    await rejects("file-not-readable", /ended at byte 4: it became shorter/, () => source.read(2, 8));
    await source.close?.();
  }));

test("a long path is shown by its beginning and its end", async () => {
  const path = `begin/${"x".repeat(1e6)}/end.bin`;
  const error = await openSource(path).catch((error) => error);
  assert.match(error.message, /"begin\/x+…x+\/end\.bin"/);
  assert.ok(error.message.length < 500, `${error.message.length}`);
});

test("a Blob that cannot be read any more", async () => {
  const blob = new Blob([numbered(10)]);
  blob.slice = () => {
    throw new DOMException("it was changed", "NotReadableError");
  };
  const source = await openSource(blob);
  await rejects("file-not-readable", /The Blob could not be read: it was changed/, () => source.read(0, 1));
});

test("what is no source at all", async () => {
  await rejects("option-invalid", /A source is undefined; expected a path/, () =>
    openSource(undefined as unknown as string),
  );
  await rejects("option-invalid", /A source is null/, () => openSource(null as unknown as string));
  await rejects("option-invalid", /A source is 5; expected a path/, () => openSource(5 as unknown as string));
  await rejects("option-invalid", /"http:\/\/" is no valid URL/, () => openSource("http://"));
});

test("no message shows the query, user or password of an address, whatever its scheme and however it is written", async () => {
  for (const address of [
    " https://user:secret@host.example/x?sig=secret",
    "https:\\\\user:secret@ho st/x?sig=secret",
    "http://user:sec/secret@host/x",
    "http://user:sec?secret@host/x",
    "s3://user:secret@bucket/x?sig=secret",
    "hf://owner/name?token=secret",
    "file:///nowhere/x?sig=secret",
  ]) {
    await openSource(address).then(
      () => assert.unreachable(address),
      ({ code, message }) => {
        assert.match(code, /^(file-not-found|option-invalid)$/, address);
        assert.not.match(message, /secret|user:|sec\b/, address);
      },
    );
  }
});

test("an answer that tells no size is not left half read where the size cannot be had", async () => {
  let isOver = false;
  const body = new ReadableStream(
    {
      pull(controller) {
        controller.enqueue(new Uint8Array(32768));
        controller.close();
        isOver = true;
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { "Content-Range": "bytes 0-32767/*" };
  const fetch = (async (_: string, { method }: { method?: string }) =>
    method === "HEAD" ? undefined : new Response(body, { status: 206, headers })) as unknown as FetchLike;
  await rejects("option-invalid", /The given fetch gave undefined/, () =>
    openSource("http://127.0.0.1/x", undefined, { fetch }),
  );
  assert.ok(isOver);
});

test("a body of the caller's own fetch whose end gives no promise", async () => {
  const reader = { read: async () => ({ done: false, value: 5 }), cancel: () => undefined };
  const answer = { status: 200, headers: new Headers(), body: { getReader: () => reader }, arrayBuffer: async () => 5 };
  await rejects("option-invalid", /gave 5; expected bytes/, () =>
    openSource("http://127.0.0.1/x", undefined, { fetch: (async () => answer) as unknown as FetchLike }),
  );
});

test("http: with ranges and without", async () => {
  await withServer(withRanges({ "ten.bin": numbered(10) }), (url) => checkTen(`${url}/ten.bin`));
  await withServer(withoutRanges({ "ten.bin": numbered(10) }), (url) => checkTen(new URL(`${url}/ten.bin`)));
});

test("http without ranges: all comes once, and is kept", async () => {
  const asked: string[] = [];
  const bytes = numbered(200_000);
  await withServer(withoutRanges({ "large.bin": bytes }, asked), async (url) => {
    const source = await openSource(`${url}/large.bin`);
    assert.equal(await source.read(100_000, 100_100), bytes.slice(100_000, 100_100));
    assert.equal(await readAll(source), bytes);
    assert.equal(asked, ["/large.bin"]);
  });
});

test("http: an empty file", async () => {
  await withServer(withRanges({ empty: new Uint8Array() }), async (url) => {
    assert.is((await openSource(`${url}/empty`)).size, 0);
    assert.is((await collect(readChunks(`${url}/empty`))).length, 0);
  });
});

test("http: what the server refuses, and what to do", async () => {
  for (const [status, message] of [
    [404, /\/x answered 404 Not Found\. Check the address/],
    [403, /answered 403 Forbidden\. The file needs a permission/],
    [418, /answered 418 I'm a Teapot\. Try again/],
  ] as const) {
    await withServer(
      (_, response) => response.writeHead(status).end(),
      async (url) => {
        await rejects("http-failed", message, () => openSource(`${url}/x`));
        await rejects("http-failed", message, () => collect(readChunks(`${url}/x`)));
      },
    );
  }
});

test("http: no server there; and the query, which may be a secret, is in no message", async () => {
  let address = "";
  await withServer(
    () => {},
    async (url) => {
      address = url;
    },
  );
  await rejects("http-failed", /\/x could not be reached: (?!.*secret)/, () => openSource(`${address}/x?key=secret`));
});

test("an abort rejects with its reason", async () => {
  await withServer(
    () => {},
    async (url) => {
      const controller = new AbortController();
      const opening = openSource(url, controller.signal);
      controller.abort(new Error("enough"));
      assert.is((await opening.catch((error) => error)).message, "enough");
    },
  );
  const aborted = AbortSignal.abort(new Error("before"));
  assert.is((await openSource("package.json", aborted).catch((error) => error)).message, "before");
});

test.run();
