// Where a folder can be written to.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveFolder, takenFolder } from "../../src/static/save-folder.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

const files = () => new Map([["a.json", [new Uint8Array([1]), new Uint8Array([2])]]]);

test("a path and a file: URL, with folders that are not there yet", () =>
  withFolder(async (folder) => {
    const paths = [join(folder, "x", "y"), `${join(folder, "z")}/`];
    for (const path of paths) await saveFolder(path, files(), undefined);
    const url = pathToFileURL(join(folder, "with space"));
    await saveFolder(url, files(), undefined);
    await saveFolder(pathToFileURL(join(folder, "text")).href, files(), undefined);
    for (const name of ["x/y", "z", "with space", "text"]) {
      assert.equal([...readFileSync(join(folder, name, "a.json"))], [1, 2]);
    }
  }));

test("a URL is meant as it was", () =>
  withFolder(async (folder) => {
    const url = pathToFileURL(join(folder, "a"));
    const taken = takenFolder(url);
    url.pathname = "/nowhere";
    await saveFolder(taken, files(), undefined);
    assert.equal([...readFileSync(join(folder, "a", "a.json"))], [1, 2]);
  }));

test("a Map is given the files, and nothing where one cannot be made", async () => {
  const map = new Map<string, Uint8Array<ArrayBuffer>>();
  await saveFolder(map, files(), undefined);
  assert.equal([...(map.get("a.json") as Uint8Array)], [1, 2]);
  const broken = function* () {
    yield new Uint8Array([1]);
    throw new Error("enough");
  };
  const other = new Map<string, Uint8Array<ArrayBuffer>>();
  const failing = new Map<string, Iterable<Uint8Array>>([...files(), ["b", { [Symbol.iterator]: broken }]]);
  await saveFolder(other, failing, undefined).then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, "enough"),
  );
  assert.is(other.size, 0);
});

test("a directory handle of a page", async () => {
  const written: Record<string, number[]> = {};
  const handle = {
    getFileHandle: async (name: string, { create }: { create: boolean }) => {
      assert.is(create, true);
      written[name] = [];
      return {
        createWritable: async () =>
          new WritableStream<Uint8Array<ArrayBuffer>>({ write: (chunk) => void written[name].push(...chunk) }),
      };
    },
  };
  await saveFolder(handle, files(), undefined);
  assert.equal(written, { "a.json": [1, 2] });
});

test("what cannot be written to", () =>
  withFolder(async (folder) => {
    await saveFolder(folder, files(), undefined);
    const file = join(folder, "a.json");
    await rejects("file-not-writable", /could not be written/, () => saveFolder(join(file, "b"), files(), undefined));
    await rejects("option-invalid", /cannot be written to/, () =>
      saveFolder("https://example.org/a", files(), undefined),
    );
    const refused = { getFileHandle: () => Promise.reject(new Error("not allowed")) };
    await rejects("file-not-writable", /a\.json.*not allowed/, () => saveFolder(refused, files(), undefined));
    await rejects("option-invalid", /A folder to save to is 5/, () => takenFolder(5 as never));
  }));

test.run();
