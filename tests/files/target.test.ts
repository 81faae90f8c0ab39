// Where bytes go to: whole, or not at all.

import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveTo, type TargetLike } from "../../src/files/target.ts";
import { rejects } from "../helpers/rejects.ts";
import { whileReadOnly, withFolder } from "../helpers/temporary.ts";

const pieces = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)];

function* failing(): Generator<Uint8Array> {
  yield Uint8Array.of(1);
  throw new Error("no more");
}

test("a path: a new file, then another in its place", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, pieces);
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    await saveTo(path, [Uint8Array.of(4)]);
    assert.equal([...(await readFile(path))], [4]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("a link stays a link, to the new content", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "one.bin"), "old");
    await symlink("one.bin", join(folder, "latest.bin"));
    await saveTo(join(folder, "latest.bin"), pieces);
    assert.equal([...(await readFile(join(folder, "one.bin")))], [1, 2, 3]);
  }));

test("a failure on the way leaves the old file as it was, and nothing beside it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, pieces);
    await rejects("file-not-writable", /saved\.bin" could not be written: no more\. Choose/, () =>
      saveTo(path, failing()),
    );
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("places that cannot be written to: below a file, a missing folder, a folder itself", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "file"), "");
    await mkdir(join(folder, "folder"));
    await rejects("file-not-writable", /ENOTDIR/, () => saveTo(join(folder, "file", "saved.bin"), pieces));
    await rejects("file-not-writable", /ENOENT/, () => saveTo(join(folder, "missing", "saved.bin"), pieces));
    await rejects("file-not-writable", /EISDIR/, () => saveTo(join(folder, "folder"), pieces));
    assert.equal((await readdir(folder)).sort(), ["file", "folder"]);
  }));

test("a folder that is read-only: the old file stays, no new one comes", () =>
  withFolder(async (folder) => {
    if (process.platform === "win32") return console.log("not run: folders of Windows are never read-only");
    const path = join(folder, "saved.bin");
    await saveTo(path, pieces);
    await whileReadOnly(folder, async () => {
      await rejects("file-not-writable", /EACCES/, () => saveTo(path, [Uint8Array.of(9)]));
      await rejects("file-not-writable", /EACCES/, () => saveTo(join(folder, "new.bin"), pieces));
    });
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("a disk that is full; a device is written to, not replaced", async () => {
  if (!existsSync("/dev/full")) return console.log("not run: this system has no /dev/full");
  await rejects("file-not-writable", /"\/dev\/full" could not be written: ENOSPC/, () => saveTo("/dev/full", pieces));
  await saveTo("/dev/null", pieces);
});

/** A stream that keeps what it was given, and how it ended. */
function keepingStream() {
  const kept: Uint8Array[] = [];
  const ended: unknown[] = [];
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write: (chunk) => void kept.push(chunk),
    close: () => void ended.push("closed"),
    abort: (reason) => void ended.push(reason),
  });
  return { stream, kept, ended };
}

test("a stream gets copies: the pieces may change afterwards", async () => {
  const { stream, kept, ended } = keepingStream();
  const scratch = new Uint8Array(1);
  function* reusing() {
    for (scratch[0] = 0; scratch[0] < 3; scratch[0]++) yield scratch;
  }
  await saveTo(stream, reusing());
  assert.equal(
    kept.map(([value]) => value),
    [0, 1, 2],
  );
  assert.equal(ended, ["closed"]);
});

test("a stream is aborted on failure", async () => {
  const { stream, ended } = keepingStream();
  await rejects("file-not-writable", /The given target could not be written: no more/, () => saveTo(stream, failing()));
  assert.is((ended[0] as Error).message, "no more");
});

test("a file handle of a page", async () => {
  const { stream, kept, ended } = keepingStream();
  await saveTo({ createWritable: async () => stream } as unknown as FileSystemFileHandle, pieces);
  assert.equal(
    kept.flatMap((piece) => [...piece]),
    [1, 2, 3],
  );
  assert.equal(ended, ["closed"]);
});

test("what is no target", async () => {
  await rejects("option-invalid", /A target is undefined; expected a path/, () =>
    saveTo(undefined as unknown as TargetLike, pieces),
  );
});

test.run();
