/** Node, and Deno and Bun, which have its modules. */

import { randomUUID } from "node:crypto";
import { constants, readSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { pause } from "../event-loop.ts";
import { checkEngineBytes } from "./engine-bytes.ts";
import { engineAddress, inlinedTokenizer, orInlined } from "./engine-files.ts";
import { readInto } from "./read-file.ts";
import { addFile, addLink, replaceFile, undefinedWhereAbsent } from "./replace-file.ts";
import type { BytePipe, EngineFile, Runtime, TemporaryFile, Thread, ThreadEvents, Threads } from "./runtime.ts";

const threads: Threads = {
  isPage: false,

  ways: [startOwn, startCopy],

  startAt: (url, events) => threadOf(new Worker(/^(file|data):/.test(String(url)) ? new URL(url) : url, CLEAN), events),
};

/** Without the flags of this process, which a worker may not know. */
const CLEAN = { execArgv: [] };

/** As bundlers want it, to find the script. */
function startOwn(events: ThreadEvents): Thread {
  return threadOf(new Worker(new URL("../training/node-worker.js", import.meta.url), CLEAN), events);
}

/** Where the script cannot be had: from a bundle that has not taken it along, or without permission. */
async function startCopy(events: ThreadEvents): Promise<Thread> {
  const { default: script } = await import("inline:node-worker");
  return threadOf(new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), CLEAN), events);
}

function threadOf(worker: Worker, { onMessage, onFailure }: ThreadEvents): Thread {
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
}

async function readEngine(file: EngineFile): Promise<Uint8Array<ArrayBuffer>> {
  const address = engineAddress(file);
  return checkEngineBytes(new Uint8Array(await readFile(address)), address);
}

export const runtime: Runtime = {
  loadEngine: (file) => orInlined(file, () => readEngine(file)),

  loadTokenizer: inlinedTokenizer,

  threads,

  async openPath(path) {
    const status = await stat(path).catch(undefinedWhereAbsent);
    if (!status) return undefined;
    if (status.isFIFO() || status.isCharacterDevice()) return openPipe(path, status.isFIFO() && !isOpenPipe(path));
    if (!status.isFile()) throw new Error("it is not a regular file");
    const file = await open(path);
    const { size } = await file.stat();
    return {
      size,
      read: (begin, end) => readAt(file, begin, end),
      readInto: (into, begin) => readInto(file, into, begin),
      readNow: (into, begin) => readNow(file, into, begin),
      close: () => file.close(),
    };
  },

  writePath: replaceFile,

  addFile,

  addLink,

  variable: (name) => unlessRefused(() => process.env[name]),

  homeFolder: () => unlessRefused(homedir),

  makeFolder: (path) => mkdir(path, { recursive: true }),

  async listFolder(path) {
    const status = await stat(path).catch(undefinedWhereAbsent);
    if (!status) return undefined;
    const folder = typeof path === "string" ? path : fileURLToPath(path);
    if (!status.isDirectory()) return [folder];
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(folder, name));
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

/** Deno gives a permission for each thing that is asked for, or none. */
function unlessRefused<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

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

/** How much of a pipe is read at a time: what Linux lets one hold. */
const PIPE_BYTES = 65536;

/** The longest pause, in milliseconds, until a pipe that has nothing to read is asked again. */
const MAX_PAUSE = 20;

/** Whether a path names a pipe that this process was given, such as that of `cat text | node train.js`. */
const isOpenPipe = (path: string | URL) => /^\/dev\/(stdin$|fd\/)|^\/proc\//.test(String(path));

/**
 * Opens a pipe so that neither the opening nor a read waits for whoever writes to it: such a wait could not be ended, and
 * would keep the process alive.
 *
 * @param awaitsWriter whether it may be that nobody has opened it for writing yet, when it looks as if it were at its end
 */
async function openPipe(path: string | URL, awaitsWriter: boolean): Promise<BytePipe> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let hasWriter = !awaitsWriter;
  return {
    async next(signal) {
      for (let wait = 0; ; wait = Math.min(wait + 1, MAX_PAUSE)) {
        signal?.throwIfAborted();
        const bytes = new Uint8Array(PIPE_BYTES);
        const length = await file
          .read(bytes, 0, PIPE_BYTES, null)
          .then(({ bytesRead }) => bytesRead, undefinedWhereEmpty);
        if (length) {
          hasWriter = true;
          return bytes.subarray(0, length);
        }
        if (length === 0 && hasWriter) return undefined;
        hasWriter ||= length === undefined;
        await pause(wait, signal);
      }
    },
    close: () => file.close(),
  };
}

/** Undefined where a pipe has nothing to read yet. */
function undefinedWhereEmpty(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "EAGAIN") throw error;
}

function readNow(file: FileHandle, into: Uint8Array, begin: number): void {
  for (let done = 0; done < into.length; ) {
    const count = readSync(file.fd, into, done, into.length - done, begin + done);
    if (!count) throw new Error(`it ended at byte ${begin + done}: it became shorter while it was open`);
    done += count;
  }
}

async function readAt(file: FileHandle, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin);
  await readInto(file, bytes, begin);
  return bytes;
}
