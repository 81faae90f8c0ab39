/**
 * Files of Node, Deno and Bun that are replaced whole or not at all: the new content is written beside the old one and
 * then takes its name.
 *
 * Whoever is killed meanwhile leaves a temporary file behind, which the next save to the same name removes. Its name says
 * whose it is:
 *
 *     .wasm2vec-<hash of the target's name>-<hash of the machine>-<process id>-<random>.tmp
 */

import { createHash, randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import {
  chmod,
  chown,
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause } from "../event-loop.ts";
import type { Chunks } from "./runtime.ts";

/** How many links may follow one another, as on Linux. */
const MAX_LINKS = 40;

/** Milliseconds until a pipe that nobody reads is tried again. */
const PAUSE = 20;

/** Milliseconds without a write after which a temporary file of another machine counts as left behind: a day. */
const MAX_SILENCE = 24 * 60 * 60 * 1000;

/**
 * Writes the chunks into the file of this name, a new one or in place of the old one, whose mode and owner stay. A link
 * stays a link, and what is no regular file, such as a device, is written to as it is.
 *
 * @throws the runtime's own errors, and the signal's reason: the old file is then as it was
 */
export async function replaceFile(path: string | URL, chunks: Chunks, signal?: AbortSignal): Promise<void> {
  const target = await followLinks(typeof path === "string" ? path : fileURLToPath(path));
  const old = await stat(target).catch(undefinedWhereAbsent);
  if (old && !old.isFile()) {
    const pipe = old.isFIFO() ? await awaitReader(target, signal) : undefined;
    return writeInto(await open(target, "w").finally(() => pipe?.close()), chunks, signal);
  }
  if (old) await checkWritable(target, old);
  await writeBeside(target, old, chunks, (temporary) => rename(temporary, target), signal);
}

/**
 * Writes the chunks into a new file, in folders that are made where they are not there. What has its name already stays as it
 * is, also where it came while the chunks were written: then it is whole, and these were for nothing.
 *
 * @throws the runtime's own errors, and the signal's reason: there is no new file then
 */
export async function addFile(path: string, chunks: Chunks, signal?: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeBeside(path, undefined, chunks, (temporary) => nameUnlessThere(temporary, path), signal);
}

/**
 * Makes a symbolic link, in folders that are made where they are not there. What has its name already stays as it is.
 *
 * @throws the runtime's own errors, also where it makes no links
 */
export async function addLink(path: string, target: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path).catch(unlessThere);
}

/** A second name for a file, which never takes another's; where the file system knows none, the file's only one. */
async function nameUnlessThere(file: string, name: string): Promise<void> {
  try {
    await link(file, name).catch(unlessThere);
  } catch {
    if (!(await stat(name).catch(undefinedWhereAbsent))) return rename(file, name);
  }
  await rm(file, { force: true });
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/**
 * Writes the chunks into a temporary file beside the target.
 *
 * @param old the file whose mode and owner the new one gets
 * @param place gives the temporary file its name when it is whole
 */
async function writeBeside(
  target: string,
  old: Stats | undefined,
  chunks: Chunks,
  place: (temporary: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const folder = dirname(target);
  const prefix = `.wasm2vec-${hash(basename(target))}-`;
  await removeLeftovers(folder, prefix);
  const temporary = join(folder, `${prefix}${await machine()}-${process.pid}-${randomUUID().slice(0, 8)}.tmp`);
  try {
    const file = await open(temporary, "wx", old ? 0o600 : 0o666);
    await writeInto(file, chunks, signal, old && (() => takeOver(temporary, old)));
    signal?.throwIfAborted();
    await place(temporary);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/** Undefined for what a file system says of a name that it has not; anything else is thrown. */
export function undefinedWhereAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
}

/** The file that a path means in the end; it need not exist, though links lead to it. */
async function followLinks(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const existing = await realpath(target).catch(undefinedWhereAbsent);
    if (existing !== undefined) return existing;
    const link = await readlink(target).catch(() => undefined);
    if (link === undefined) return target;
    target = isAbsolute(link) ? link : join(await realpath(dirname(target)), link);
  }
  return target;
}

/**
 * Waits until someone reads a named pipe: to open it would wait as well, but would not hear the signal.
 *
 * @returns the pipe, to be closed when it is open for writing: a reader whose last writer is gone takes that for the end
 */
async function awaitReader(path: string, signal?: AbortSignal): Promise<FileHandle> {
  for (;;) {
    signal?.throwIfAborted();
    const pipe = await open(path, constants.O_WRONLY | constants.O_NONBLOCK).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENXIO") throw error;
    });
    if (pipe) return pipe;
    await pause(PAUSE, signal);
  }
}

/** A file that nobody may write to is protected from root, too, which may write to all. */
async function checkWritable(path: string, { mode }: Stats): Promise<void> {
  if (!(mode & 0o222)) throw new Error("it is read-only");
  await (await open(path, "r+")).close();
}

/** @param prepare is called before anything is written */
async function writeInto(
  file: FileHandle,
  chunks: Chunks,
  signal?: AbortSignal,
  prepare?: () => Promise<void>,
): Promise<void> {
  try {
    await prepare?.();
    signal?.throwIfAborted();
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      signal?.throwIfAborted();
    }
    if ((await file.stat()).isFile()) await file.sync();
  } finally {
    await file.close();
  }
}

/** Gives a file the owner and the mode of the old one; where the owner may not be given away, at least its group. */
async function takeOver(file: string, { uid, gid, mode }: Stats): Promise<void> {
  const own = await stat(file);
  if (own.uid !== uid || own.gid !== gid) {
    await chown(file, uid, gid).catch(() => chown(file, own.uid, gid).catch(() => {}));
  }
  await chmod(file, mode & 0o7777);
}

/** Makes the new name last; some systems know no such thing. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Where process ids mean what they mean here: the machine and, on Linux, the space of process ids. */
async function machine(): Promise<string> {
  const space = await readlink("/proc/self/ns/pid").catch(() => "");
  return hash(`${hostname()} ${space}`).slice(0, 8);
}

/** Removes the temporary files that begin with the prefix and whose process has ended. */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const name of names) {
    const [, where, id] = name.startsWith(prefix) ? (/-(\w+)-(\d+)-\w+\.tmp$/.exec(name) ?? []) : [];
    if (id === undefined) continue;
    const file = join(folder, name);
    const written = await stat(file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (written === undefined || !(await isLeft(where, Number(id), written))) continue;
    await rm(file, { force: true }).catch(() => {});
  }
}

/** Whether the process that wrote a temporary file, the last time at `written`, has ended. */
async function isLeft(where: string, id: number, written: number): Promise<boolean> {
  if (where !== (await machine())) return Date.now() - written > MAX_SILENCE;
  // an earlier process may have had the id that this one has
  if (id === process.pid) return written < Date.now() - process.uptime() * 1000;
  try {
    process.kill(id, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
