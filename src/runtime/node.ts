/** Node, and Deno and Bun, which have its modules. */

import { randomUUID } from "node:crypto";
import { type FileHandle, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { engineFile, type Runtime, type TemporaryFile, type Threads } from "./runtime.ts";

/** The largest read that every system takes. */
const LARGEST_READ = 2 ** 30;

const threads: Threads = {
  isPage: false,

  start(url = new URL("../training/node-worker.js", import.meta.url), { onMessage, onFailure }) {
    const worker = new Worker(/^(file|data):/.test(String(url)) ? new URL(url) : url, { execArgv: [] });
    worker.on("message", onMessage);
    worker.on("messageerror", onFailure);
    worker.on("error", onFailure);
    worker.on("exit", (code) => onFailure(new Error(`it exited with code ${code}`)));
    return {
      post: (message, transferred) => worker.postMessage(message, transferred),
      end: async () => {
        await worker.terminate();
      },
    };
  },
};

export const runtime: Runtime = {
  async loadEngine(build) {
    return WebAssembly.compile(await readFile(new URL(`../${engineFile(build)}`, import.meta.url)));
  },

  threads,

  async openPath(path) {
    const file = await open(path).catch(undefinedWhereAbsent);
    if (!file) return undefined;
    const status = await file.stat();
    if (status.isFile()) {
      return { size: status.size, read: (begin, end) => readAt(file, begin, end), close: () => file.close() };
    }
    await file.close();
    throw new Error("it is not a regular file");
  },

  async writePath(path, pieces) {
    const target = await realpath(path).catch(() => path);
    const isDevice = await stat(target).then(
      (status) => !status.isFile(),
      () => false,
    );
    if (isDevice) return writeTo(target, pieces);
    const temporary = `${target}.${randomUUID()}.tmp`;
    try {
      await writeTo(temporary, pieces);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  },

  async openTemporary() {
    const path = join(tmpdir(), `wasm2vec-${randomUUID()}.tmp`);
    const file = await open(path, "wx+", 0o600);
    // gone by its name while it is open, so that nothing is left behind after a crash; where a system refuses that, when
    // it is closed
    const isGone = await rm(path).then(
      () => true,
      () => false,
    );
    return temporaryFile(file, () => (isGone ? undefined : rm(path, { force: true })));
  },
};

function temporaryFile(file: FileHandle, remove: () => Promise<void> | undefined): TemporaryFile {
  return {
    async write(bytes, at) {
      for (let written = 0; written < bytes.length; ) {
        written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
      }
    },
    read: (into, at) => readInto(file, into, at),
    async close() {
      await file.close();
      await remove();
    },
  };
}

function undefinedWhereAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

async function readAt(file: FileHandle, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin);
  await readInto(file, bytes, begin);
  return bytes;
}

async function readInto(file: FileHandle, bytes: Uint8Array, begin: number): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const length = Math.min(bytes.length - filled, LARGEST_READ);
    const { bytesRead } = await file.read(bytes, filled, length, begin + filled);
    if (!bytesRead) throw new Error(`it ended at byte ${begin + filled}: it became shorter while it was open`);
    filled += bytesRead;
  }
}

async function writeTo(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, "w");
  try {
    for (const piece of pieces) await file.writeFile(piece);
    if ((await file.stat()).isFile()) await file.sync();
  } finally {
    await file.close();
  }
}
