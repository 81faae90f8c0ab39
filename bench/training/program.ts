/** Runs a program to its end: what it printed and when, and how much memory it took. */

import { type SpawnOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A line of a program's output. */
export interface Line {
  /** since the program was started */
  seconds: number;
  text: string;
}

export interface Execution {
  lines: Line[];
  /** from the start to the end */
  seconds: number;
  /** the most that was resident at a time; 0 where the system does not tell */
  peakBytes: number;
}

/**
 * @param options spawn's, and `isEnough`: asked after each output; true ends the program there
 * @throws with the program's last words when it cannot be started or fails
 */
export async function execute(
  command: string,
  args: string[],
  { isEnough, ...options }: SpawnOptions & { isEnough?(lines: Line[]): boolean } = {},
): Promise<Execution> {
  const begin = performance.now();
  const since = () => (performance.now() - begin) / 1000;
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const lines: Line[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", lineReader(lines, since));
  child.stdout?.on("data", () => isEnough?.(lines) && child.kill());

  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, 20);
  try {
    const code = await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
    if (code !== 0 && !child.killed) {
      const said = lines.slice(-12).map(({ text }) => text);
      throw new Error(`${command} ended with ${code}: ${said.join("\n")}`);
    }
    return { lines, seconds: since(), peakBytes };
  } finally {
    clearInterval(watch);
  }
}

/** Cuts what a stream says into lines; those that overwrite each other on a terminal begin with a carriage return. */
function lineReader(lines: Line[], since: () => number) {
  let line: Line | undefined;
  const extend = (text: string) => {
    if (!text) return;
    if (!line) {
      line = { seconds: since(), text: "" };
      lines.push(line);
    }
    line.text += text;
  };
  return (chunk: Buffer) => {
    const [first, ...more] = chunk.toString().split(/[\r\n]+/);
    extend(first);
    for (const text of more) {
      line = undefined;
      extend(text);
    }
  };
}

/** Linux keeps it; it grows only, so that the last look is the one that counts. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(join("/proc", String(pid), "status"), "utf8");
    return 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
