/** Rivals in Python: an environment that is made when a bench first needs it, and scripts of `rivals/` that answer. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ENVIRONMENT = "build/bench/python";

/** Where an environment has its programs. */
const programs = join(ENVIRONMENT, process.platform === "win32" ? "Scripts" : "bin");

/** Tells that the environment is whole. */
const MADE = join(ENVIRONMENT, "made");

/** A script that answers requests, one after the other. */
export class Rival {
  private readonly lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error("The rival has no output.");
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Starts a script of `rivals/` with one thread for numpy. Undefined, and said aloud, where there is no Python or its
   * packages cannot be had.
   */
  static async open(script: string): Promise<Rival | undefined> {
    try {
      makeEnvironment();
    } catch (error) {
      console.log(`not run: ${script}, because the Python environment cannot be made: ${String(error).split("\n")[0]}`);
      return undefined;
    }
    // numpy shall choose its kernels for this processor by itself
    const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...environment } = process.env;
    const child = spawn(join(programs, "python"), [join("bench/rivals", script)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...environment, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1" },
    });
    return new Rival(child);
  }

  // biome-ignore lint/suspicious/noExplicitAny: JSON
  async ask(request: object): Promise<any> {
    this.child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error("The rival ended before it answered.");
    return JSON.parse(value);
  }

  close(): void {
    this.child.stdin?.end();
  }
}

/** How long a script of `rivals/` takes as a process of its own, in milliseconds; undefined, and said aloud, without Python. */
export function timeScript(script: string, ...args: string[]): number | undefined {
  try {
    makeEnvironment();
  } catch (error) {
    console.log(`not run: ${script}, because its Python environment cannot be made: ${String(error).split("\n")[0]}`);
    return undefined;
  }
  const begin = performance.now();
  execFileSync(join(programs, "python"), [join("bench/rivals", script), ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return performance.now() - begin;
}

/** Makes the environment with what `rivals/requirements.txt` lists, if it is not there as it is now. */
function makeEnvironment(): void {
  const wanted = readFileSync("bench/rivals/requirements.txt", "utf8");
  if (existsSync(MADE) && readFileSync(MADE, "utf8") === wanted) return;
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  run(process.platform === "win32" ? "python" : "python3", "-m", "venv", ENVIRONMENT);
  run(join(programs, "python"), "-m", "pip", "install", "--quiet", "-r", "bench/rivals/requirements.txt");
  writeFileSync(MADE, wanted);
}
