// Where bytes come from: paths, URLs, Blobs, bytes, the user's own sources; whole, in parts and as a stream.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openSource, openStream, type RandomAccess, readAll, type SourceLike } from "../../src/files/source.ts";
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
  assert.equal([...(await collect(openStream(from)))], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
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

test("a user's own source that reads too little", async () => {
  const short = await openSource({ size: 10, read: async () => numbered(1) });
  await rejects("file-not-readable", /read\(2, 6\) of the given source gave 1 bytes; expected 4/, () =>
    short.read(2, 6),
  );
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

test("a stream of a file comes in chunks of 256 KiB", () =>
  withFolder(async (folder) => {
    const bytes = numbered(2.5 * 2 ** 18);
    await writeFile(join(folder, "large.bin"), bytes);
    const lengths: number[] = [];
    for await (const chunk of openStream(join(folder, "large.bin"))) lengths.push(chunk.length);
    assert.equal(lengths, [2 ** 18, 2 ** 18, 2 ** 17]);
    assert.ok(Buffer.from(bytes).equals(await collect(openStream(join(folder, "large.bin")))));
  }));

test("a file that is not there", async () => {
  await rejects("file-not-found", /no file "no\/such\.file"/, () => openSource("no/such.file"));
  await rejects("file-not-found", /no file "C:\\x"/, () => openSource("C:\\x"));
  await rejects("file-not-found", /no file "file:\/\/\/no\/such\.file"/, () => openSource("file:///no/such.file"));
  await rejects("file-not-found", /package\.json\/x/, () => openSource("package.json/x"));
  await rejects("file-not-found", /no file "no\/such\.file"/, () => collect(openStream("no/such.file")));
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
  await rejects("option-invalid", /A source is number/, () => openSource(5 as unknown as string));
  await rejects("option-invalid", /"http:\/\/" is no valid URL/, () => openSource("http://"));
});

test("http: with ranges and without", async () => {
  await withServer(withRanges({ "ten.bin": numbered(10) }), (url) => checkTen(`${url}/ten.bin`));
  await withServer(withoutRanges({ "ten.bin": numbered(10) }), (url) => checkTen(new URL(`${url}/ten.bin`)));
});

test("http with ranges: one request opens, and only the bytes asked for follow", async () => {
  const asked: string[] = [];
  const bytes = numbered(200_000);
  await withServer(withRanges({ "large.bin": bytes }, asked), async (url) => {
    const source = await openSource(`${url}/large.bin`);
    assert.is(source.size, 200_000);
    assert.equal(await source.read(32_000, 32_768), bytes.slice(32_000, 32_768), "this came with the first answer");
    assert.equal(await source.read(100_000, 100_100), bytes.slice(100_000, 100_100));
    assert.equal(asked, ["/large.bin bytes=0-32767", "/large.bin bytes=100000-100099"]);
    assert.equal(await collect(openStream(`${url}/large.bin`)), bytes);
    assert.equal(asked[2], "/large.bin all");
  });
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
    assert.is((await collect(openStream(`${url}/empty`))).length, 0);
  });
});

test("http: what the server refuses, and what to do", async () => {
  for (const [status, message] of [
    [404, /\/x answered 404 Not Found\. Check the address/],
    [403, /answered 403 Forbidden\. The file needs a permission/],
    [500, /answered 500 Internal Server Error\. Try again/],
  ] as const) {
    await withServer(
      (_, response) => response.writeHead(status).end(),
      async (url) => {
        await rejects("http-failed", message, () => openSource(`${url}/x`));
        await rejects("http-failed", message, () => collect(openStream(`${url}/x`)));
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

/** A server that keeps its promise in the first answer, and breaks it in the next. */
const answersThen = (second: [status: number, headers: Record<string, string>, bytes: number]) => {
  let answers = 0;
  return withServer.bind(null, (_request, response) => {
    const first = [206, { "Content-Range": "bytes 0-32767/100000", ETag: '"a"' }, 32768] as const;
    const [status, headers, length] = answers++ ? second : first;
    response.writeHead(status, headers).end(numbered(length));
  });
};

test("http: answers that are not what was asked for", async () => {
  const read = async (url: string) => (await openSource(url)).read(40_000, 40_100);
  for (const [second, message] of [
    [
      [206, { "Content-Range": "bytes 40000-40049/100000", ETag: '"a"' }, 50],
      /sent 50 bytes from 40000 on; expected 100/,
    ],
    [
      [206, { "Content-Range": "bytes 0-99/100000", ETag: '"a"' }, 100],
      /sent 100 bytes from 0 on; expected 100 from 40000/,
    ],
    [
      [206, { "Content-Range": "bytes 40000-40099/100000", ETag: '"a"' }, 60],
      /sent 60 bytes from 40000 on; expected 100/,
    ],
    [[206, { "Content-Range": "bytes 40000-40099/100001", ETag: '"a"' }, 100], /another file than at first/],
    [[206, { "Content-Range": "bytes 40000-40099/100000", ETag: '"b"' }, 100], /another file than at first/],
    [[206, {}, 100], /Content-Range null; expected "bytes first-last\/size".*Access-Control-Expose-Headers/],
    [[200, {}, 100_000], /another file than at first/],
    [[503, {}, 0], /answered 503 Service Unavailable/],
  ] as const) {
    await answersThen(second as [number, Record<string, string>, number])((url) =>
      rejects("http-failed", message, () => read(url)),
    );
  }
});

test("http: a first answer that does not begin at the beginning, or is too short", async () => {
  const answers = (range: string, length: number) =>
    withServer.bind(null, (_request, response) => {
      response.writeHead(206, { "Content-Range": range }).end(numbered(length));
    });
  await answers(
    "bytes 1-100/200",
    100,
  )((url) => rejects("http-failed", /100 bytes from 1 on; expected 200/, () => openSource(url)));
  await answers(
    "bytes 0-99/200",
    100,
  )((url) => rejects("http-failed", /100 bytes from 0 on; expected 200/, () => openSource(url)));
});

test("http: a connection that breaks off", async () => {
  const breaksOff = (range: Record<string, string>) =>
    withServer.bind(null, (_request, response) => {
      response.writeHead(Object.keys(range).length ? 206 : 200, { "Content-Length": "1000", ...range });
      response.write(numbered(10), () => response.destroy());
    });
  await breaksOff({ "Content-Range": "bytes 0-999/1000" })((url) =>
    rejects("http-failed", /broke off/, () => openSource(url)),
  );
  await breaksOff({})((url) => rejects("http-failed", /broke off/, () => collect(openStream(url))));
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
