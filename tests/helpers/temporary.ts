/** Folders that last as long as a test, and places that may not be written to. */

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "wasm2vec-test-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The user that owns nothing, on every Unix. */
const NOBODY = 65534;

/**
 * Makes a folder read-only for the time of the work. Root may write anywhere, so under root the process is nobody
 * meanwhile. Windows knows no read-only folders.
 */
export async function whileReadOnly(folder: string, work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  await chmod(folder, 0o555);
  try {
    if (isRoot) process.seteuid?.(NOBODY);
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
}
