// Models on the hub, as folders: what is asked, what the cache keeps, and what is told when there is nothing.

import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { FetchLike } from "../../src/files/fetching.ts";
import { type FolderLike, openFolder } from "../../src/files/folder.ts";
import type { DownloadEvent, FolderOptions } from "../../src/files/folder-options.ts";
import { readAll } from "../../src/files/source.ts";
import { type Runtime, runtime, useRuntime } from "../../src/runtime/runtime.ts";
import { blobId, commitOf, sha256, withHub } from "../helpers/fake-hub.ts";
import { rejects } from "../helpers/rejects.ts";
import { withServer } from "../helpers/server.ts";
import { whileReadOnly, withFolder } from "../helpers/temporary.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const old = { "config.json": bytesOf('{"size":1}'), "model.safetensors": bytesOf("old weights") };
const files = {
  "config.json": bytesOf('{"size":2}'),
  "model.safetensors": bytesOf("weights"),
  "below/b c.json": bytesOf("{}"),
  "0_Static/model.safetensors": bytesOf("static"),
};
const models = { "owner/name": { main: files, v1: old, "refs/pr/1": old } };
const [commit, oldCommit] = [commitOf(files), commitOf(old)];
const LIST = `GET /api/models/owner/name/revision/main?blobs=true`;

const NAMES = ["HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"];
const OTHERS = [
  "HF_ENDPOINT",
  "XDG_CACHE_HOME",
  "TRANSFORMERS_OFFLINE",
  "HF_HUB_DISABLE_IMPLICIT_TOKEN",
  "HF_HUB_DISABLE_SYMLINKS",
];
test.before.each(() => {
  for (const name of [...NAMES, ...OTHERS]) delete process.env[name];
});

/** The text of a folder's file; undefined where there is none. */
async function textOf(folder: FolderLike, file: string, options?: FolderOptions): Promise<string | undefined> {
  const source = await openFolder(folder, options).open(file);
  if (!source) return undefined;
  const text = new TextDecoder().decode(await readAll(source));
  await source.close?.();
  return text;
}

/** With a cache of its own. */
const withCache = (work: (cache: string, model: string) => Promise<void>) =>
  withFolder(async (home) => {
    process.env.HF_HOME = home;
    await work(join(home, "hub"), join(home, "hub", "models--owner--name"));
  });

const setting = (name: string, value: string) => {
  process.env[name] = value;
};

test("a name, hf:// and the hub's web addresses mean the same files", () =>
  withHub({ models }, (_, url) =>
    withCache(async () => {
      for (const name of ["owner/name", "hf://owner/name", "hf://models/owner/name", "HF://owner/name/"]) {
        assert.is(await textOf(name, "model.safetensors"), "weights", name);
      }
      for (const path of ["", "/tree/main", "/blob/main/", "/resolve/main?download=true"]) {
        for (const host of ["https://huggingface.co", "https://hf.co", url]) {
          assert.is(await textOf(`${host}/owner/name${path}`, "config.json"), '{"size":2}', `${host}${path}`);
        }
      }
      assert.is(await textOf(new URL("https://huggingface.co/owner/name/tree/v1"), "config.json"), '{"size":1}');
      assert.is(await textOf(new URL("hf://owner/name@v1"), "config.json"), '{"size":1}');
    }),
  ));

test("what the hub says of a refusal is told without the token that it repeats", () =>
  withServer(
    ({ headers }, response) =>
      response.writeHead(403, { "X-Error-Message": `no rights: ${headers.authorization}` }).end(),
    (url) =>
      withCache(async () => {
        setting("HF_ENDPOINT", url);
        const name = "hf://owner/name";
        await rejects("http-failed", /was refused: no rights: Bearer …\./, () =>
          textOf(name, "config.json", { token: "secrettoken" }),
        );
      }),
  ));

test("a revision: a branch, a commit, a pull request, as part of the name or as an option", () =>
  withHub({ models }, () =>
    withCache(async () => {
      for (const name of ["@v1", `@${oldCommit}`, "@refs/pr/1", "@refs%2Fpr%2F1"]) {
        assert.is(await textOf(`hf://owner/name${name}`, "config.json"), '{"size":1}', name);
      }
      for (const revision of ["v1", oldCommit, "refs/pr/1"]) {
        assert.is(await textOf("owner/name", "config.json", { revision }), '{"size":1}', revision);
      }
      assert.is(await textOf("hf://owner/name@v1", "config.json", { revision: "v1" }), '{"size":1}');
      await rejects(
        "option-invalid",
        /hf:\/\/owner\/name@v1 names a revision, and the option revision another, "v2"/,
        () => textOf("hf://owner/name@v1", "config.json", { revision: "v2" }),
      );
      await rejects("file-not-found", /hf:\/\/owner\/name has no revision "v9"\. Its branches, .*\/owner\/name\./, () =>
        textOf("hf://owner/name@v9", "config.json"),
      );
    }),
  ));

test("a folder within, and a single file of weights", () =>
  withHub({ models }, () =>
    withCache(async () => {
      assert.is(await textOf("hf://owner/name/0_Static", "model.safetensors"), "static");
      assert.is(await textOf("owner/name", "model.safetensors", { subfolder: "0_Static/" }), "static");
      assert.is(await textOf("hf://owner/name@main/below", "b c.json"), "{}");
      assert.is(await textOf("https://hf.co/owner/name/blob/main/below", "b c.json"), "{}");
      const single = openFolder("hf://owner/name@v1/model.safetensors");
      assert.is(await textOf("hf://owner/name@v1/model.safetensors", "model.safetensors"), "old weights");
      assert.is(await single.open("config.json"), undefined);
      assert.equal(await single.list?.(), ["model.safetensors"]);
      assert.equal(await openFolder("owner/name").list?.(), ["config.json", "model.safetensors"]);
      assert.equal(await openFolder("owner/name", { subfolder: "below" }).list?.(), ["b c.json"]);
    }),
  ));

test("a file that a model was split into is opened with its others, and no more", async () => {
  const [first, second, other] = ["q/a-00001-of-00002.gguf", "q/a-00002-of-00002.gguf", "q/b-00002-of-00002.gguf"];
  const split = { [first]: bytesOf("first"), [second]: bytesOf("second"), [other]: bytesOf("other") };
  await withHub({ models: { "owner/name": { main: split } } }, () =>
    withCache(async () => {
      const folder = openFolder(`hf://owner/name/${first}`);
      assert.is(folder.file, "a-00001-of-00002.gguf");
      assert.is(folder.name, `hf://owner/name/${first}`);
      for (const [file, text] of Object.entries({ "model.safetensors": "first", "a-00002-of-00002.gguf": "second" })) {
        assert.is(await textOf(`hf://owner/name/${first}`, file), text);
      }
      assert.is(await folder.open("b-00002-of-00002.gguf"), undefined);
    }),
  );
});

test("one request tells which files there are; weights are read by ranges, and not kept", () =>
  withHub({ models }, (asked) =>
    withCache(async (_, model) => {
      const folder = openFolder("owner/name");
      assert.is(await folder.open("tokenizer.json"), undefined);
      assert.is(await folder.open("pytorch_model.bin"), undefined);
      assert.equal(asked.hub, [LIST]);
      const source = await folder.open("model.safetensors");
      assert.is(source?.size, 7);
      assert.equal(asked.hub.slice(1), [`GET /owner/name/resolve/${commit}/model.safetensors`]);
      assert.equal([...new Set(asked.store.map((line) => line.split("=")[0]))], ["GET bytes"]);
      assert.not(existsSync(join(model, "blobs")));
      assert.equal(readdirSync(join(model, ".no_exist", commit)).sort(), ["pytorch_model.bin", "tokenizer.json"]);
    }),
  ));

test("a model that changes meanwhile is read as it was at first", async () => {
  const model: Record<string, Record<string, Uint8Array>> = { main: files };
  await withHub({ models: { "owner/name": model } }, () =>
    withCache(async () => {
      const folder = openFolder("owner/name");
      assert.ok(await folder.open("config.json"));
      model.main = old;
      model.before = files;
      const source = await folder.open("model.safetensors");
      assert.is(new TextDecoder().decode(await readAll(source as never)), "weights");
      assert.is(await textOf("owner/name", "model.safetensors"), "old weights");
    }),
  );
});

test("JSON is kept as Python keeps it, and read from there", () =>
  withHub({ models }, (asked) =>
    withCache(async (_, model) => {
      assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
      assert.is(await textOf("owner/name", "below/b c.json"), "{}");
      const link = join(model, "snapshots", commit, "config.json");
      assert.is(readlinkSync(link), `../../blobs/${blobId(files["config.json"])}`);
      assert.is(
        readlinkSync(join(model, "snapshots", commit, "below", "b c.json")),
        `../../../blobs/${blobId(bytesOf("{}"))}`,
      );
      assert.is(readFileSync(link, "utf8"), '{"size":2}');
      assert.is(readFileSync(join(model, "refs", "main"), "utf8"), commit);
      const before = asked.hub.length;
      assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
      assert.equal(asked.hub.slice(before), [LIST]);
      assert.is(await textOf(`hf://owner/name@${commit}`, "config.json"), '{"size":2}');
      assert.is(asked.hub.length, before + 1, "of a commit, nobody is asked for what is here");
      assert.equal(readdirSync(join(model, "blobs")).length, 2);
    }),
  ));

test("download: weights are kept, too, with events", () =>
  withHub({ models }, (asked) =>
    withCache(async (_, model) => {
      const events: DownloadEvent[] = [];
      const onProgress = async (event: DownloadEvent) => events.push(event);
      assert.is(await textOf("owner/name", "model.safetensors", { download: true, onProgress }), "weights");
      assert.equal(events, [{ kind: "download", file: "model.safetensors", done: 7, total: 7 }]);
      const link = join(model, "snapshots", commit, "model.safetensors");
      assert.is(readlinkSync(link), `../../blobs/${sha256(files["model.safetensors"])}`);
      assert.equal(readdirSync(join(model, "blobs")), [sha256(files["model.safetensors"])]);
      const before = asked.store.length;
      assert.is(await textOf("owner/name", "model.safetensors", { download: true }), "weights");
      assert.is(await textOf("owner/name", "model.safetensors"), "weights");
      assert.is(asked.store.length, before);
    }),
  ));

test("what is here under another commit is not fetched again", async () => {
  const [first, second] = [old, { ...old, "config.json": bytesOf("{}") }];
  await withHub({ models: { "owner/name": { main: second, v1: first } } }, (asked) =>
    withCache(async (_, model) => {
      await textOf("hf://owner/name@v1", "model.safetensors", { download: true });
      const before = asked.store.length;
      assert.is(await textOf("owner/name", "model.safetensors"), "old weights");
      assert.is(asked.store.length, before);
      const link = join(model, "snapshots", commitOf(second), "model.safetensors");
      assert.is(readlinkSync(link), `../../blobs/${sha256(old["model.safetensors"])}`);
    }),
  );
});

test("a mirror that lists nothing but names tells the ETag of a file by its headers", () =>
  withHub({ models, isPlain: true }, (asked) =>
    withCache(async (_, model) => {
      assert.is(await textOf("owner/name", "model.safetensors", { download: true }), "weights");
      assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
      const names = [sha256(files["model.safetensors"]), blobId(files["config.json"])];
      assert.equal(readdirSync(join(model, "blobs")).sort(), names.sort());
      assert.equal(asked.hub.filter((line) => line.startsWith("HEAD")).length, 2);
    }),
  ));

test("a blob that is a link into a store is read through, and stays one", () =>
  withHub({ models }, () =>
    withCache(async (cache, model) => {
      await textOf("owner/name", "model.safetensors", { download: true });
      const blob = join(model, "blobs", sha256(files["model.safetensors"]));
      const shared = join(cache, "blobs", "ab", "abcdef");
      await mkdir(join(cache, "blobs", "ab"), { recursive: true });
      await rename(blob, shared);
      await symlink(`../../blobs/ab/abcdef`, blob);
      await rm(join(model, "snapshots"), { recursive: true });
      assert.is(await textOf("owner/name", "model.safetensors", { download: true }), "weights");
      assert.ok(lstatSync(blob).isSymbolicLink());
      assert.is(readFileSync(shared, "utf8"), "weights");
    }),
  ));

test("where there are no links, the files lie in the snapshot", () =>
  withHub({ models }, () =>
    withCache(async (_, model) => {
      setting("HF_HUB_DISABLE_SYMLINKS", "1");
      assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
      assert.ok(lstatSync(join(model, "snapshots", commit, "config.json")).isFile());
      assert.not(existsSync(join(model, "blobs")));
      delete process.env.HF_HUB_DISABLE_SYMLINKS;
      const own = runtime;
      const addLink = () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" }));
      useRuntime({ ...own, addLink } as Runtime);
      try {
        assert.is(await textOf("hf://owner/name@v1", "model.safetensors", { download: true }), "old weights");
        assert.ok(lstatSync(join(model, "snapshots", oldCommit, "model.safetensors")).isFile());
      } finally {
        useRuntime(own);
      }
    }),
  ));

test("a cache that cannot be written to is no error, unless weights shall be kept in it", () =>
  withHub({ models }, () =>
    withCache(async (cache) => {
      await mkdir(cache);
      await whileReadOnly(cache, async () => {
        assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
        assert.is(await textOf("owner/name", "model.safetensors"), "weights");
        assert.is(await textOf("owner/name", "none.json"), undefined);
        await rejects(
          "file-not-writable",
          /model\.safetensors of hf:\/\/owner\/name could not be kept .*HF_HUB_CACHE/,
          () => textOf("owner/name", "model.safetensors", { download: true }),
        );
      });
      assert.equal(readdirSync(cache), []);
    }),
  ));

test("localFilesOnly and HF_HUB_OFFLINE: what is in the cache, or an error", () =>
  withHub({ models }, (asked) =>
    withCache(async (cache) => {
      const missing = /owner\/name at revision "main" is not in the hub's cache, .*hub, and is not fetched because/;
      const localFilesOnly = true;
      await rejects("file-not-found", missing, () => textOf("hf://owner/name", "config.json", { localFilesOnly }));
      await rejects("file-not-found", /There is no folder "owner\/name" here; on the hub: owner\/name at/, () =>
        textOf("owner/name", "config.json", { localFilesOnly }),
      );
      await textOf("owner/name", "config.json");
      const before = asked.hub.length;
      for (const revision of ["main", commit]) {
        assert.is(await textOf("owner/name", "config.json", { localFilesOnly, revision }), '{"size":2}');
      }
      const folder = openFolder("owner/name", { localFilesOnly });
      assert.is(await folder.open("model.safetensors"), undefined);
      assert.equal(await folder.list?.(), ["config.json"]);
      assert.is(folder.name, "hf://owner/name (only its files in the cache: localFilesOnly is true)");
      for (const name of ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]) {
        setting(name, "1");
        assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
        await rejects("file-not-found", new RegExp(`because ${name} is set`), () => textOf("hf://owner/none", "a"));
        delete process.env[name];
      }
      assert.is(asked.hub.length, before);
      assert.ok(existsSync(cache));
    }),
  ));

test("a hub that does not answer: what is in the cache of the revision, else its error", () =>
  withCache(async () => {
    await withHub({ models }, async () => {
      await textOf("owner/name", "config.json");
    });
    setting("HF_ENDPOINT", "http://127.0.0.1:9");
    const [cached] = await Promise.all([
      textOf("owner/name", "config.json"),
      rejects("http-failed", /127\.0\.0\.1:9.* could not be reached/, () =>
        textOf("hf://owner/name@v1", "config.json"),
      ),
    ]);
    assert.is(cached, '{"size":2}');
    delete process.env.HF_ENDPOINT;
  }));

test("tokens: the option, HF_TOKEN or the token file; for the hub's own server only", () =>
  withHub({ models, private: { "owner/name": "hf_right" } }, (asked) =>
    withCache(async (cache) => {
      const weights = () => textOf("hf://owner/name", "model.safetensors");
      const missing =
        /There is no http:\/\/127\.0\.0\.1:\d+\/owner\/name, or it is private\. Check the name, and pass .*HF_TOKEN/;
      await rejects("file-not-found", missing, weights);
      assert.is(await textOf("hf://owner/name", "model.safetensors", { token: "hf_right" }), "weights");
      setting("HF_TOKEN", "hf_right\n");
      assert.is(await weights(), "weights");
      delete process.env.HF_TOKEN;
      await writeFile(join(cache, "..", "token"), "hf_right\n");
      assert.is(await weights(), "weights");
      setting("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
      await rejects("file-not-found", missing, weights);
      assert.ok(asked.storeTokens.length);
      assert.equal([...new Set(asked.storeTokens)], [undefined]);
      const wrong = { token: "hf_wrong" };
      await rejects("file-not-found", /or it is private\. .* the access token that was sent may read it/, () =>
        textOf("hf://owner/name", "a.json", wrong),
      );
      await rejects("http-failed", /The hub does not know the access token that was sent for hf:\/\/owner\/name/, () =>
        textOf("hf://owner/name", "a.json", { token: "expired" }),
      );
    }),
  ));

test("a gated model says where to ask", () =>
  withHub({ models, gated: { "owner/name": "hf_right" } }, () =>
    withCache(async () => {
      const weights = (token?: string) => textOf("hf://owner/name", "model.safetensors", { token });
      await rejects("http-failed", /hf:\/\/owner\/name is gated: .*\/owner\/name\. Then pass an access token/, weights);
      await rejects("http-failed", /is gated: .* The access token that was sent has no access yet/, () =>
        weights("hf_a"),
      );
      assert.is(await weights("hf_right"), "weights");
    }),
  ));

test("a bare name is a folder here, where there is one", () =>
  withHub({ models }, (asked) =>
    withFolder(async (folder) => {
      await mkdir(join(folder, "owner", "name"), { recursive: true });
      await writeFile(join(folder, "owner", "name", "config.json"), "here");
      const start = process.cwd();
      process.chdir(folder);
      try {
        assert.is(await textOf("owner/name", "config.json"), "here");
        assert.is(await textOf("./owner/name", "config.json"), "here");
        assert.is(await textOf("owner/name", "model.safetensors"), undefined);
        await rejects("option-invalid", /"owner\/name", a folder here, is not on the hub.*hf:\/\/owner\/name/, () =>
          textOf("owner/name", "config.json", { revision: "v1" }),
        );
        await rejects(
          "file-not-found",
          /There is no folder "owner\/none" here; on the hub: There is no http.*\/owner\/none,/,
          () => textOf("owner/none", "config.json"),
        );
        assert.is(asked.hub.filter((line) => line.includes("owner/name")).length, 0);
      } finally {
        process.chdir(start);
      }
    }),
  ));

test("a caller's own fetch is used for everything", () =>
  withHub({ models, isPlain: true }, () =>
    withCache(async () => {
      const asked: string[] = [];
      const own: FetchLike = (url, init) => {
        asked.push(`${init.method ?? "GET"} ${new URL(url).pathname}`);
        return fetch(url, init);
      };
      await textOf("owner/name", "model.safetensors", { fetch: own, download: true });
      const path = `/owner/name/resolve/${commit}/model.safetensors`;
      assert.equal(asked, ["GET /api/models/owner/name/revision/main", `GET ${path}`, `HEAD ${path}`]);
    }),
  ));

test("two that keep the same file at once", () =>
  withHub({ models }, () =>
    withCache(async (_, model) => {
      const all = Array.from({ length: 8 }, () => textOf("owner/name", "model.safetensors", { download: true }));
      assert.equal([...new Set(await Promise.all(all))], ["weights"]);
      assert.equal(readdirSync(join(model, "blobs")), [sha256(files["model.safetensors"])]);
    }),
  ));

test("an abort, and a listener that fails, leave nothing behind", () =>
  withHub({ models }, () =>
    withCache(async (_, model) => {
      const own = new Error("mine");
      const onProgress = () => Promise.reject(own);
      const options = { download: true, onProgress };
      const error = await textOf("owner/name", "model.safetensors", options).catch((error) => error);
      assert.is(error, own);
      const controller = new AbortController();
      const abort = { download: true, onProgress: () => controller.abort(own) };
      const opened = openFolder("owner/name", abort).open("model.safetensors", controller.signal);
      assert.is(await opened.catch((error) => error), own);
      assert.equal(readdirSync(join(model, "blobs")), []);
    }),
  ));

test("where one of two gives up, the other asks", () =>
  withHub({ models }, (asked) =>
    withCache(async () => {
      for (const name of ["hf://owner/name", `hf://owner/name@${commit}`]) {
        let holds = true;
        const held: FetchLike = async (url, init) => {
          if (holds)
            return new Promise((_, reject) => init.signal?.addEventListener("abort", () => reject(new Error())));
          return fetch(url, init);
        };
        const folder = openFolder(name, { fetch: held });
        const [first, second] = [new AbortController(), new AbortController()];
        const openings = [first, second].map(({ signal }) => folder.open("model.safetensors", signal));
        await new Promise((resolve) => setTimeout(resolve, 20));
        holds = false;
        first.abort(new Error("mine"));
        assert.is((await openings[0].catch((error) => error)).message, "mine");
        assert.is((await openings[1])?.size, 7);
      }
      assert.is(asked.hub.filter((line) => line.includes("/api/")).length, 2);
    }),
  ));

test("malformed addresses, and options that are for the hub", async () => {
  const cases = {
    "hf://": /"\/" is no owner\/name/,
    "hf://name": /is no owner\/name; expected hf:\/\/owner\/name/,
    "hf://owner/name@": /"" is no branch, tag or commit/,
    "hf://owner/-name": /is no owner\/name/,
    "hf://owner/na--me": /is no owner\/name/,
    "hf://owner/name/../x": /"\.\.\/x" is no path within it/,
    "hf://owner/name@v1/a//b": /"a\/\/b" is no path within it/,
    "hf://owner/name@..": /"\.\." is no branch/,
    "hf://owner/name@a%2F..%2F..%2Fb": /no branch, tag or commit/,
    "hf://spaces/owner/name": /spaces cannot be read/,
    "hf://model/owner/name": /model\/ is written models\//,
    "https://huggingface.co/owner/name/discussions/1": /\/discussions\/ is no place of files/,
    "https://me:secret@huggingface.co/owner?key=secret":
      /^"https:\/\/huggingface\.co\/owner" is no address on the hub: .* is no owner\/name/,
  };
  for (const [name, message] of Object.entries(cases)) {
    await rejects("option-invalid", message, () => openFolder(name));
  }
  for (const revision of ["../../x", "a b", "", "a\\b"]) {
    await rejects("option-invalid", /is no branch, tag or commit/, () => openFolder("owner/name", { revision }));
  }
  const notHub = /is not on the hub, and the option revision is for what is there/;
  for (const folder of ["./models", "/models", "https://x.example/models", {}, new Blob()]) {
    await rejects("option-invalid", notHub, () => openFolder(folder, { revision: "v1" }));
  }
  await rejects("option-invalid", /the option localFilesOnly is for/, () =>
    openFolder("https://x.example/models", { localFilesOnly: true }),
  );
  await rejects("option-invalid", /subfolder is "\.\.\/x"; expected the name of a folder below/, () =>
    openFolder("./models", { subfolder: "../x" }),
  );
  await rejects("option-invalid", /subfolder is "a", and .*model\.gguf is a single file/, () =>
    openFolder("./model.gguf", { subfolder: "a" }),
  );
  setting("HF_ENDPOINT", "huggingface.co");
  await rejects("option-invalid", /HF_ENDPOINT of the environment is no http URL; expected one such as/, () =>
    openFolder("hf://owner/name"),
  );
  delete process.env.HF_ENDPOINT;
});

test("a server that is no hub", async () => {
  const { withServer } = await import("../helpers/server.ts");
  const answers = { "{}": /tells no commit and files, as a hub does\. Check HF_ENDPOINT/, "<html>": /tells no commit/ };
  for (const [body, message] of Object.entries(answers)) {
    await withServer(
      (_, response) => response.end(body),
      async (url) => {
        setting("HF_ENDPOINT", `${url}/hub/`);
        await rejects("format-damaged", message, () => textOf("hf://owner/name", "config.json"));
      },
    );
  }
  await withServer(
    (_, response) => response.writeHead(404).end(),
    async (url) => {
      setting("HF_ENDPOINT", url);
      await rejects("http-failed", /answered 404 Not Found\. Check that it is an address of a hub/, () =>
        textOf("hf://owner/name", "config.json"),
      );
    },
  );
  delete process.env.HF_ENDPOINT;
});

test("a list that lies: names and ETags lead nowhere, and sizes are compared", () =>
  withCache(async (cache, model) => {
    await mkdir(join(model, "blobs"), { recursive: true });
    await writeFile(join(cache, "..", "secret"), "abc");
    const served = (size: number): FetchLike => {
      const sibling = { rfilename: "config.json", size, blobId: "../../../secret" };
      const siblings = [sibling, { ...sibling, rfilename: "../x.json" }, null, { rfilename: 5 }];
      return async (url) => new Response(url.includes("/api/") ? JSON.stringify({ sha: commit, siblings }) : "abc");
    };
    assert.is(await textOf("hf://owner/name", "config.json", { fetch: served(3) }), "abc");
    assert.equal(readdirSync(model), ["blobs"]);
    await rejects("format-damaged", /is not the name of a file in hf:/, () =>
      textOf("hf://owner/name", "../x.json", { fetch: served(3) }),
    );
    await rejects(
      "http-failed",
      /config\.json of hf:\/\/owner\/name has 3 bytes; expected 4, as the hub lists it/,
      () => textOf("hf://owner/name", "config.json", { fetch: served(4) }),
    );
    const noCommit: FetchLike = async () => new Response(JSON.stringify({ sha: "../../x", siblings: [] }));
    await rejects("format-damaged", /tells no commit and files/, () =>
      textOf("hf://owner/name", "config.json", { fetch: noCommit }),
    );
  }));

test("where there is no cache, as in a page: everything is read over http", () =>
  withHub({ models }, async (asked) => {
    const own = runtime;
    useRuntime({
      loadEngine: own.loadEngine,
      variable: own.variable,
      baseUrl: () => "https://page.example/",
    } as Runtime);
    try {
      assert.is(await textOf("owner/name", "config.json"), '{"size":2}');
      assert.is(await textOf("owner/name", "model.safetensors"), "weights");
      assert.is(asked.hub[0], LIST);
      for (const option of ["download", "localFilesOnly"]) {
        await rejects("not-supported-here", new RegExp(`${option} is true for hf:.*no cache`), () =>
          textOf("owner/name", "a", { [option]: true }),
        );
      }
    } finally {
      useRuntime(own);
    }
  }));

test.run();
