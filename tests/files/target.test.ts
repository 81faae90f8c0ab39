// Where bytes go to: whole, or not at all.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, lstat, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { saveTo, type TargetLike } from "../../src/files/target.ts";
import { withFifo } from "../helpers/fifo.ts";
import { rejects } from "../helpers/rejects.ts";
import { whileReadOnly, withFolder } from "../helpers/temporary.ts";

const chunks = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)];

function* failing(): Generator<Uint8Array> {
  yield Uint8Array.of(1);
  throw new Error("no more");
}

test("a path: a new file, then another in its place", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    await saveTo(path, [Uint8Array.of(4)]);
    assert.equal([...(await readFile(path))], [4]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("a link stays a link, to the new content", () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, "one.bin"), "old");
    await symlink("one.bin", join(folder, "latest.bin"));
    await saveTo(join(folder, "latest.bin"), chunks);
    assert.equal([...(await readFile(join(folder, "one.bin")))], [1, 2, 3]);
  }));

test("a link to what does not exist yet is followed, from folder to folder; one to itself is refused", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "below"));
    await symlink(join("below", "second.bin"), join(folder, "first.bin"));
    await symlink("third.bin", join(folder, "below", "second.bin"));
    await saveTo(join(folder, "first.bin"), chunks);
    assert.equal([...(await readFile(join(folder, "below", "third.bin")))], [1, 2, 3]);
    assert.ok((await lstat(join(folder, "first.bin"))).isSymbolicLink());
    await symlink("circle.bin", join(folder, "circle.bin"));
    await rejects("file-not-writable", /ELOOP/, () => saveTo(join(folder, "circle.bin"), chunks));
  }));

test("file: URLs, as strings and as objects; others are refused by name", () =>
  withFolder(async (folder) => {
    const path = join(folder, "with space.bin");
    for (const url of [pathToFileURL(path), pathToFileURL(path).href]) {
      await saveTo(url, chunks);
      assert.equal([...(await readFile(path))], [1, 2, 3]);
      await rm(path);
    }
    const message = /http:\/\/host\/a\.bin cannot be written to; expected a path, a file: URL/;
    await rejects("option-invalid", message, () => saveTo("http://host/a.bin?secret", chunks));
    await rejects("option-invalid", message, () => saveTo(new URL("http://host/a.bin"), chunks));
    await rejects("option-invalid", /The data: URL cannot be written to/, () => saveTo("data:,a", chunks));
    assert.equal(await readdir(folder), []);
  }));

test("names as long as the file system takes", () =>
  withFolder(async (folder) => {
    for (const name of ["x".repeat(255), "é".repeat(127), `.${"x".repeat(254)}`]) {
      await saveTo(join(folder, name), chunks);
      await saveTo(join(folder, name), chunks);
      assert.equal(await readdir(folder), [name]);
      await rm(join(folder, name));
    }
    await rejects("file-not-writable", /ENAMETOOLONG/, () => saveTo(join(folder, "x".repeat(256)), chunks));
  }));

const isWindows = process.platform === "win32";

test("the mode of the file stays, and its owner where that may be", () =>
  withFolder(async (folder) => {
    if (isWindows) return console.log("not run: Windows has no modes");
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    assert.is((await stat(path)).mode & 0o777, 0o666 & ~process.umask(), "a new file's mode is that of any");
    for (const mode of [0o600, 0o640, 0o777]) {
      await chmod(path, mode);
      await saveTo(path, chunks);
      assert.is((await stat(path)).mode & 0o777, mode);
    }
    if (process.getuid?.() !== 0) return console.log("not run: only root may give files away");
    await chown(path, 65534, 12345);
    await saveTo(path, [Uint8Array.of(4)]);
    const { uid, gid, mode } = await stat(path);
    assert.equal([uid, gid, mode & 0o777], [65534, 12345, 0o777]);
    assert.equal([...(await readFile(path))], [4]);
  }));

test("a file that is read-only is not replaced, not by root either", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    await chmod(path, 0o444);
    await rejects("file-not-writable", /saved\.bin" could not be written: it is read-only/, () => saveTo(path, []));
    if (!isWindows && process.getuid?.() === 0) {
      // others may write, but not nobody
      await chmod(path, 0o200);
      await chmod(folder, 0o777);
      process.seteuid?.(65534);
      try {
        await rejects("file-not-writable", /EACCES/, () => saveTo(path, []));
      } finally {
        process.seteuid?.(0);
      }
    }
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("an abort is heard between chunks: the old file stays, and nothing beside it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    const reason = new Error("enough");
    const caught = (work: Promise<unknown>) => work.catch((error) => error);
    assert.is(await caught(saveTo(path, [], AbortSignal.abort(reason))), reason);
    for (const last of [0, 1]) {
      const controller = new AbortController();
      let isReturned = false;
      function* aborting() {
        try {
          for (let i = 0; i <= last; i++) {
            if (i === last) controller.abort(reason);
            yield Uint8Array.of(9);
          }
          if (last === 0) assert.unreachable("no chunk is asked for after the abort");
        } finally {
          isReturned = true;
        }
      }
      assert.is(await caught(saveTo(path, aborting(), controller.signal)), reason);
      assert.ok(isReturned);
      const { stream, ended } = keepingStream();
      const again = new AbortController();
      const giving = (function* () {
        yield Uint8Array.of(9);
        again.abort(reason);
        yield Uint8Array.of(9);
      })();
      assert.is(await caught(saveTo(stream, giving, again.signal)), reason);
      assert.equal(ended, [reason]);
    }
    const stalled = new WritableStream<Uint8Array<ArrayBuffer>>({ write: () => new Promise(() => {}) });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason));
    assert.is(await caught(saveTo(stalled, chunks, controller.signal)), reason);
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

/** Starts a process that saves two chunks to a path: it says "half" between them, and then waits for a line. */
async function startSaving(path: string) {
  const script = `
    import { readSync } from "node:fs";
    import { runtime } from ${JSON.stringify(pathToFileURL("build/runtime/node.js").href)};
    function* chunks() {
      yield Uint8Array.of(7);
      console.log("half");
      readSync(0, new Uint8Array(1));
      yield Uint8Array.of(8);
    }
    await runtime.writePath(${JSON.stringify(path)}, chunks());`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const exit = once(child, "exit");
  return {
    async finish() {
      child.stdin.end("\n");
      await exit;
    },
    async kill(signal: NodeJS.Signals) {
      child.kill(signal);
      await exit;
    },
  };
}

test("what a killed process left is gone after the next save to that name", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    for (const signal of ["SIGKILL", "SIGINT"] as const) {
      const saving = await startSaving(path);
      await saving.kill(signal);
      assert.is((await readdir(folder)).length, 2, "it left a file");
      assert.equal([...(await readFile(path))], [1, 2, 3]);
      await saveTo(join(folder, "other.bin"), chunks);
      assert.is((await readdir(folder)).length, 3, "which is not that of another name");
      await rm(join(folder, "other.bin"));
      await rejects("file-not-writable", /no more/, () => saveTo(path, failing()));
      assert.equal(await readdir(folder), ["saved.bin"], "a save that fails does as well");
    }
  }));

test("processes that save at the same time do each other no harm, nor does one to itself", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    const [first, second] = await Promise.all([startSaving(path), startSaving(path)]);
    await saveTo(path, chunks);
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.is((await readdir(folder)).length, 3);
    await first.finish();
    assert.equal([...(await readFile(path))], [7, 8]);
    await saveTo(path, chunks);
    await second.finish();
    assert.equal([...(await readFile(path))], [7, 8]);
    await Promise.all(Array.from({ length: 20 }, (_, i) => saveTo(path, [Uint8Array.of(i), Uint8Array.of(i)])));
    const [one, two] = await readFile(path);
    assert.is(one, two);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("the temporary files of an earlier process of the same id, and of another machine", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    const saving = await startSaving(path);
    const [temporary] = await readdir(folder);
    await saving.kill("SIGKILL");
    await rm(join(folder, temporary));
    const [, begin, machine] = /^(.*-)(\w+)-\d+-\w+\.tmp$/.exec(temporary) ?? [];
    const elsewhere = "0".repeat(machine.length);
    const day = 24 * 60 * 60;
    const put = async (name: string, seconds: number) => {
      await writeFile(join(folder, name), "");
      await utimes(join(folder, name), Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
    };
    await put(`${begin}${machine}-${process.pid}-00000000.tmp`, day / 2);
    await put(`${begin}${machine}-${process.pid}-11111111.tmp`, 0);
    await put(`${begin}${elsewhere}-1-22222222.tmp`, 2 * day);
    await put(`${begin}${elsewhere}-1-33333333.tmp`, day / 2);
    await saveTo(path, chunks);
    const left = (await readdir(folder)).map((name) => /(\d)\.tmp$/.exec(name)?.[1]).filter(Boolean);
    assert.equal(left.sort(), ["1", "3"], "of this process, and young");
  }));

test("the folder is synced after the file has its name, so that it lasts", () =>
  withFolder(async (folder) => {
    const files = createRequire(import.meta.url)("node:fs/promises");
    const { open, rename } = files;
    const events: string[] = [];
    files.open = async (path: string, ...rest: unknown[]) => {
      const handle = await open(path, ...rest);
      const { sync } = handle;
      handle.sync = () => {
        events.push(path === folder ? "folder synced" : "file synced");
        return sync.call(handle);
      };
      return handle;
    };
    files.rename = (...paths: [string, string]) => {
      events.push("renamed");
      return rename(...paths);
    };
    syncBuiltinESMExports();
    try {
      await saveTo(join(folder, "saved.bin"), chunks);
    } finally {
      Object.assign(files, { open, rename });
      syncBuiltinESMExports();
    }
    assert.equal(events, ["file synced", "renamed", "folder synced"]);
  }));

test("a failure on the way leaves the old file as it was, and nothing beside it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
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
    await rejects("file-not-writable", /ENOTDIR/, () => saveTo(join(folder, "file", "saved.bin"), chunks));
    await rejects("file-not-writable", /ENOENT/, () => saveTo(join(folder, "missing", "saved.bin"), chunks));
    await rejects("file-not-writable", /EISDIR/, () => saveTo(join(folder, "folder"), chunks));
    assert.equal((await readdir(folder)).sort(), ["file", "folder"]);
  }));

test("a folder that is read-only: the old file stays, no new one comes", () =>
  withFolder(async (folder) => {
    if (process.platform === "win32") return console.log("not run: folders of Windows are never read-only");
    const path = join(folder, "saved.bin");
    await saveTo(path, chunks);
    await whileReadOnly(folder, async () => {
      await rejects("file-not-writable", /EACCES/, () => saveTo(path, [Uint8Array.of(9)]));
      await rejects("file-not-writable", /EACCES/, () => saveTo(join(folder, "new.bin"), chunks));
    });
    assert.equal([...(await readFile(path))], [1, 2, 3]);
    assert.equal(await readdir(folder), ["saved.bin"]);
  }));

test("a disk that is full; a device is written to, not replaced", async () => {
  if (!existsSync("/dev/full")) return console.log("not run: this system has no /dev/full");
  await rejects("file-not-writable", /"\/dev\/full" could not be written: ENOSPC/, () => saveTo("/dev/full", chunks));
  await saveTo("/dev/null", chunks);
});

test("a named pipe: waits for whoever reads, and hears the signal meanwhile", () =>
  withFifo(async (path) => {
    const controller = new AbortController();
    const saving = saveTo(path, chunks, controller.signal);
    setTimeout(() => controller.abort(new Error("enough")), 5);
    assert.is((await saving.catch((error) => error)).message, "enough");
    const [bytes] = await Promise.all([readFile(path), saveTo(path, chunks)]);
    assert.equal([...bytes], [1, 2, 3]);
  }));

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

test("a stream gets copies: the chunks may change afterwards", async () => {
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
  await saveTo({ createWritable: async () => stream } as unknown as FileSystemFileHandle, chunks);
  assert.equal(
    kept.flatMap((chunk) => [...chunk]),
    [1, 2, 3],
  );
  assert.equal(ended, ["closed"]);
});

test("what is no target", async () => {
  await rejects("option-invalid", /A target is undefined; expected a path/, () =>
    saveTo(undefined as unknown as TargetLike, chunks),
  );
});

test.run();
