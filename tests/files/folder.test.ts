// A model folder's files, wherever they lie.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Wasm2VecError } from "../../src/errors.ts";
import { type FolderLike, incomplete, openFolder, readJson } from "../../src/files/folder.ts";
import { readAll } from "../../src/files/source.ts";
import type { RandomAccessLike } from "../../src/files/source-kinds.ts";
import { rejects } from "../helpers/rejects.ts";
import { withRanges, withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";

const files = { "a.txt": bytesOf("a"), "below/b c.txt": bytesOf("b"), "config.json": bytesOf('{"size":3}') };

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The text of a folder's file; undefined where there is none. */
async function textOf(folder: FolderLike, file: string): Promise<string | undefined> {
  const source = await openFolder(folder).open(file);
  if (!source) return undefined;
  const text = new TextDecoder().decode(await readAll(source));
  await source.close?.();
  return text;
}

async function checkFiles(folder: FolderLike): Promise<void> {
  assert.is(await textOf(folder, "a.txt"), "a");
  assert.is(await textOf(folder, "below/b c.txt"), "b");
  assert.is(await textOf(folder, "c.txt"), undefined);
  assert.is(await textOf(folder, "below/a.txt"), undefined);
  assert.equal(await readJson(openFolder(folder), "config.json"), { size: 3 });
  for (const outside of ["../a.txt", "/a.txt", "below/../a.txt", "C:a.txt", "http://x/a.txt", "below\\a.txt", ""]) {
    await rejects("format-damaged", /is not the name of a file in/, () => textOf(folder, outside));
  }
}

test("a path and a file: URL, with a slash at the end and without", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "below"));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    await checkFiles(folder);
    await checkFiles(`${folder}/`);
    await checkFiles(pathToFileURL(folder));
    await checkFiles(`${pathToFileURL(folder).href}/`);
  }));

test("an http URL, whose query goes with every file", async () => {
  const asked: string[] = [];
  const served = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`models/qwen/${name}`, bytes]));
  await withServer(withRanges(served, asked), async (url) => {
    await checkFiles(`${url}/models/qwen`);
    await checkFiles(new URL(`${url}/models/qwen/`));
    await textOf(`${url}/models/qwen?key=1`, "below/b c.txt");
  });
  assert.is(asked.at(-1), "/models/qwen/below/b%20c.txt?key=1 bytes=0-32767");
});

test("an http server that fails is not one that has no such file", async () => {
  await withServer(
    (_, response) => response.writeHead(500).end(),
    (url) => rejects("http-failed", /answered 500/, () => textOf(url, "a.txt")),
  );
});

test("a Map, and a plain object", async () => {
  await checkFiles(new Map(Object.entries(files)));
  await checkFiles(files);
  await checkFiles({ ...files, "a.txt": new Blob(["a"]) });
  assert.is(await textOf(files, "constructor"), undefined);
});

test("a Map and an object are read at once: what becomes of them later is no matter", async () => {
  const [map, object] = [new Map(Object.entries(files)), { ...files } as Record<string, Uint8Array>];
  const folders = [openFolder(map), openFolder(object)];
  map.clear();
  delete object["config.json"];
  for (const folder of folders) assert.equal(await readJson(folder, "config.json"), { size: 3 });
});

test("no name or message of a folder shows the query, user or password of its address", () => {
  for (const address of ["s3://user:secret@bucket/x?sig=secret", " https://user:secret@host/x?sig=secret"]) {
    assert.not.match(openFolder(address).name, /secret/);
  }
  for (const address of [
    "hf://owner/name?token=secret",
    "hf://owner/name/folder?token=secret",
    "hf://owner/name@main?token=secret",
    "hf:owner/name?token=secret",
    "hf://user:secret@owner/name",
  ]) {
    try {
      openFolder(address);
      assert.unreachable(address);
    } catch (error) {
      assert.is((error as Wasm2VecError).code, "option-invalid", address);
      assert.not.match((error as Wasm2VecError).message, /secret/, address);
    }
  }
});

test("a list of files; of two with one name, that which lies less deep", async () => {
  const chosen = (path: string, text: string) =>
    Object.assign(new File([text], path.split("/").at(-1) as string), { webkitRelativePath: path });
  await checkFiles([
    chosen("qwen/old/model/a.txt", "old"),
    chosen("qwen/a.txt", "a"),
    chosen("qwen/below/b c.txt", "b"),
    chosen("qwen/config.json", '{"size":3}'),
  ]);
  const [less, more] = [chosen("qwen/a long name/a.txt", "less deep"), chosen("qwen/b/c/a.txt", "deeper")];
  assert.is(await textOf([more, less], "a.txt"), "less deep");
  assert.is(await textOf([new File(["a"], "a.txt")], "a.txt"), "a");
});

test("a directory handle", async () => {
  const notFound = () => {
    throw new DOMException("none of this name", "NotFoundError");
  };
  const handle = (prefix: string): object => ({
    name: "chosen",
    getFileHandle: async (name: keyof typeof files) => {
      const bytes = files[`${prefix}${name}` as keyof typeof files];
      return bytes ? { getFile: async () => new File([bytes], name) } : notFound();
    },
    getDirectoryHandle: async (name: string) => (name === "below" ? handle("below/") : notFound()),
  });
  await checkFiles(handle("") as FileSystemDirectoryHandle);
});

test("a single .safetensors file is a folder of that file", () =>
  withFolder(async (folder) => {
    const path = join(folder, "qwen.safetensors");
    await writeFile(path, bytesOf("weights"));
    const own: RandomAccessLike = { size: 7, read: (begin, end) => bytesOf("weights").slice(begin, end) };
    const bytes = bytesOf("weights");
    for (const single of [path, pathToFileURL(path), new Blob([bytes]), bytes, bytes.buffer, Buffer.from(bytes), own]) {
      assert.is(await textOf(single, "model.safetensors"), "weights");
      assert.is(await textOf(single, "config.json"), undefined);
    }
  }));

/** Files below a folder of the folder. */
const within = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`in/side/${name}`, bytes]));

test("a subfolder of every kind of folder, and what lies in it", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "in", "side", "below"), { recursive: true });
    for (const [name, bytes] of Object.entries(within)) await writeFile(join(folder, name), bytes);
    const chosen = Object.entries(within).map(([path, bytes]) =>
      Object.assign(new File([bytes], path), { webkitRelativePath: `chosen/${path}` }),
    );
    const own = { open: (file: keyof typeof within) => within[file] };
    await withServer(withRanges(within), async (url) => {
      for (const given of [folder, pathToFileURL(folder), new Map(Object.entries(within)), within, chosen, own, url]) {
        const inside = openFolder(given as FolderLike, { subfolder: "in/side/" });
        const json = await readJson(inside, "config.json");
        assert.equal(json, { size: 3 }, inside.name);
        assert.is(await inside.open("none"), undefined);
        assert.match(inside.name, /\/in\/side$/);
        if (given === own || given === url) assert.is(inside.list, undefined);
        else assert.equal((await inside.list?.())?.sort(), ["a.txt", "config.json"], inside.name);
        await rejects("format-damaged", /is not the name of a file in/, () => inside.open("../a.txt"));
      }
    });
    assert.equal(await openFolder(folder).list?.(), []);
    assert.equal(await openFolder(`${folder}/none`).list?.(), []);
  }));

test("a user's own folder: what it opens is checked, and an abort does not wait for it", async () => {
  const asked: string[] = [];
  class Store {
    name = "bucket";
    async open(file: string, signal?: AbortSignal): Promise<RandomAccessLike | Uint8Array | null> {
      asked.push(`${file} ${signal?.aborted}`);
      if (file === "a.txt") return { size: 1, read: () => bytesOf("a") };
      return file === "config.json" ? files[file] : null;
    }
  }
  const folder = openFolder(new Store());
  assert.is(folder.name, "bucket");
  assert.is(await textOf(new Store(), "a.txt"), "a");
  assert.is(await textOf(new Store(), "b.txt"), undefined);
  assert.equal(await readJson(folder, "config.json"), { size: 3 });
  await folder.open("a.txt", new AbortController().signal);
  assert.is(asked.at(-1), "a.txt false");
  await rejects("option-invalid", /A source is 5; expected a path/, () => textOf({ open: () => 5 as never }, "a"));
  await rejects("file-not-readable", /read\(0, 2\) of the given source gave 1 bytes/, () =>
    textOf({ open: () => ({ size: 2, read: () => bytesOf("a") }) }, "a"),
  );
  const controller = new AbortController();
  const opening = openFolder({ open: () => new Promise<undefined>(() => {}) }).open("a", controller.signal);
  controller.abort(new Error("mine"));
  assert.is((await opening.catch((error) => error)).message, "mine");
});

test("a server's refusal is told where nothing else is found", () =>
  withServer(
    (_, response) => response.writeHead(403).end(),
    async (url) => {
      const folder = openFolder(url, { token: "secret" });
      assert.is(folder.refusal, undefined);
      assert.is(await folder.open("a.txt"), undefined);
      const error = incomplete(folder, "No a.txt.");
      assert.is(error.code, "model-incomplete");
      assert.match(
        error.message,
        /^No a\.txt\. A file counted as missing: http:\/\/127.*a\.txt answered 403 Forbidden/,
      );
      assert.not.match(error.message, /secret/);
    },
  ));

test("a directory handle tells the names in it, and in a folder below, where the browser does", async () => {
  const handle = (names: string[], keys = true): object => ({
    ...{ name: "chosen", getFileHandle: async () => {} },
    getDirectoryHandle: async (name: string) =>
      name === "below" ? handle(["b.txt"]) : Promise.reject(new DOMException("none", "NotFoundError")),
    ...(keys && {
      async *keys() {
        yield* names;
      },
    }),
  });
  const listOf = (given: object, subfolder?: string) => openFolder(given as FolderLike, { subfolder }).list?.();
  assert.equal(await listOf(handle(["a.txt", "below"])), ["a.txt", "below"]);
  assert.equal(await listOf(handle(["a.txt", "below"]), "below"), ["b.txt"]);
  assert.equal(await listOf(handle(["a.txt"]), "none"), []);
  assert.equal(await listOf(handle(["a.txt"], false)), []);
});

test("JSON that is none", async () => {
  for (const [text, message] of [
    ["{", /config\.json of the given object is no JSON object: .*Copy or download it again/],
    ["[1]", /is no JSON object\. Copy/],
    ["null", /is no JSON object\. Copy/],
    ["", /is no JSON object: /],
  ] as const) {
    await rejects("format-damaged", message, () =>
      readJson(openFolder({ "config.json": bytesOf(text) }), "config.json"),
    );
  }
  const latin = Uint8Array.of(0x7b, 0x22, 0xe9, 0x22, 0x7d);
  await rejects("format-damaged", /is no JSON object/, () => readJson(openFolder({ "a.json": latin }), "a.json"));
});

/** The time that the work takes, in milliseconds. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

test("JSON that would become far larger than it is, is refused without becoming so", async () => {
  const repeated = (text: string, count: number) => bytesOf(text.repeat(count));
  const cases = [
    [repeated("[", 20_000_000), /is no JSON object: it is nested more than 127 deep/],
    [repeated("[],", 10_000_000), /it holds more than 2097152 arrays and objects/],
    [repeated("0,", 10_000_000), /it holds more than 8388608 values/],
  ] as const;
  for (const [bytes, message] of cases) {
    const time = await timeOf(() =>
      rejects("format-damaged", message, () => readJson(openFolder({ "tokenizer.json": bytes }), "tokenizer.json")),
    );
    // JSON.parse takes many seconds for each
    assert.ok(time < 1000, `${message}: ${time} ms`);
  }
  const strings = { "a[[[\\": '"[[[\\"', '\\"[': [["]"]] };
  assert.equal(await readJson(openFolder({ "a.json": bytesOf(JSON.stringify(strings)) }), "a.json"), strings);
});

test("what is no folder", async () => {
  await rejects("option-invalid", /A folder is null; expected a path/, () => openFolder(null as unknown as string));
  await rejects("option-invalid", /A folder is "";/, () => openFolder(""));
  await rejects("option-invalid", /A folder is 1;/, () => openFolder(1 as unknown as string));
  await rejects("option-invalid", /A folder is a Promise: await it first/, () =>
    openFolder(Promise.resolve("folder") as unknown as string),
  );
  const names = ["model.safetensors"] as unknown as File[];
  await rejects("option-invalid", /File 0 of the given list is "model\.safetensors"; expected Files/, () =>
    openFolder(names),
  );
});

test.run();
