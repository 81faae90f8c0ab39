/** Named pipes, where the system has them. */

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { withFolder } from "./temporary.ts";

/** A named pipe that lasts as long as the work; "not run" is said where there are none. */
export async function withFifo(work: (path: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const path = join(folder, "pipe");
    if (spawnSync("mkfifo", [path]).status !== 0) return console.log("not run: this system has no named pipes");
    await work(path);
  });
}
