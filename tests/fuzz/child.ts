/**
 * Runs the cases of one target, in a process of its own: run.mjs starts it, and ends it where a case does not end.
 *
 *     node child.js <progress file> <target> <seed> <first case> <last case> <milliseconds>
 *     node child.js --code <target> <seed> <case>
 */

import { openSync, writeSync } from "node:fs";
import { Decoy } from "./decoy.ts";
import { mixed, Random } from "./random.ts";
import { type AnyTarget, Fault, placesIn } from "./target.ts";
import { targets } from "./targets/index.ts";

/** A case may take so much time of the processor, in milliseconds, whoever else runs meanwhile, and so much memory. */
const LONGEST_CASE = 2000;
const MOST_MEMORY = 300e6;

/** How long, and how often, a case that failed is tried with fewer steps. */
const LONGEST_SHRINKING = 3000;

/** How many different faults are told of. */
const MOST_FAULTS = 40;

// a fault may lie deep in what the library calls
Error.stackTraceLimit = 200;

const tell = (message: object) => writeSync(1, `${JSON.stringify(message)}\n`);

/** A case's steps follow from the seed and its number. */
const stepsOf = (target: AnyTarget, seed: number, index: number) => target.steps(new Random(mixed(seed, index)));

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
process.on("uncaughtException", (error) => unhandled.push(error));

/** How a case ended, or what was wrong with it. */
interface Verdict {
  outcome?: string;
  fault?: { signature: string; text: string };
}

class Fuzzing {
  private readonly progress = new Uint32Array(2);
  private readonly outcomes: Record<string, number> = {};
  private readonly told = new Map<string, number>();
  private cases = 0;
  /** that the process has taken so far, in kilobytes */
  private mostMemory = process.resourceUsage().maxRSS;

  constructor(
    private readonly file: number,
    private readonly target: AnyTarget,
    private readonly seed: number,
    private readonly decoy: Decoy,
  ) {}

  async run(first: number, last: number, milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    let nextTold = performance.now() + 250;
    for (let index = first; index <= last && performance.now() < end; index++) {
      await this.runCase(index);
      if (performance.now() < nextTold) continue;
      nextTold = performance.now() + 250;
      this.tellStanding();
    }
    this.tellStanding();
    tell({ kind: "end" });
  }

  private tellStanding(): void {
    tell({ kind: "standing", cases: this.cases, outcomes: this.outcomes, faults: Object.fromEntries(this.told) });
  }

  private async runCase(index: number): Promise<void> {
    const steps = stepsOf(this.target, this.seed, index);
    const { outcome = "FAILED", fault } = await this.judged(index, steps);
    this.cases++;
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    if (!fault) return;
    const before = this.told.get(fault.signature) ?? 0;
    if (!before && this.told.size >= MOST_FAULTS) return;
    this.told.set(fault.signature, before + 1);
    if (before) return;
    const fewest = await this.shrunk(index, steps, fault.signature);
    tell({ kind: "fault", index, ...fault, steps: fewest.length, code: await this.target.code(fewest) });
  }

  /** Runs a case, and looks at what it left behind. */
  private async judged(index: number, steps: readonly unknown[]): Promise<Verdict> {
    // run.mjs reads it: while it stays the same, the case has not ended
    this.progress[0] = index;
    this.progress[1]++;
    writeSync(this.file, this.progress, 0, 8, 0);
    const begin = process.cpuUsage();
    try {
      const outcome = await this.target.run(steps);
      await new Promise((resolve) => setImmediate(resolve));
      const { user, system } = process.cpuUsage(begin);
      if (unhandled.length) throw unhandled[0];
      if ((user + system) / 1000 > LONGEST_CASE) throw new Fault(`it took more than ${LONGEST_CASE / 1000} s`);
      const more = (process.resourceUsage().maxRSS - this.mostMemory) * 1024;
      this.mostMemory += more / 1024;
      if (more > MOST_MEMORY) throw new Fault(`it took more than ${MOST_MEMORY / 1e6} MB`);
      this.decoy.check();
      return { outcome };
    } catch (error) {
      await this.decoy.renew();
      return { fault: describe(error) };
    } finally {
      unhandled.length = 0;
    }
  }

  /** The case with as few steps as still fail in the same way. */
  private async shrunk(index: number, steps: unknown[], signature: string): Promise<unknown[]> {
    const end = performance.now() + LONGEST_SHRINKING;
    let fewest = steps;
    for (let count = Math.ceil(steps.length / 2); count >= 1; count = count > 1 ? Math.ceil(count / 2) : 0) {
      for (let from = fewest.length - count; from >= 0; from -= count) {
        const fewer = fewest.filter((_, i) => i < from || i >= from + count);
        if (!fewer.length || performance.now() > end) continue;
        if ((await this.judged(index, fewer)).fault?.signature === signature) fewest = fewer;
      }
    }
    return fewest;
  }
}

/**
 * What is wrong, and what it shares with the same fault of other cases: a target's own words up to a colon, or an error's
 * name and the first line of the source that it came through.
 */
function describe(error: unknown): { signature: string; text: string } {
  if (!(error instanceof Error)) return { signature: `thrown: ${typeof error}`, text: `thrown: ${String(error)}` };
  const { name, message, stack = "" } = error;
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  const text = `${name}: ${message.slice(0, 600)}`;
  if (error instanceof Fault) return { signature: message.split(": ")[0], text };
  const place = placesIn(stack)[0] ?? frames[0];
  const shown = frames.filter((frame, i) => i < 2 || frame.includes("/src/")).slice(0, 8);
  return { signature: `${name} at ${place}`, text: `${text}\n${shown.join("\n")}` };
}

const [file, name, seed, first, last, milliseconds] = process.argv.slice(2);
if (file === "--code") {
  const target = await targets[name].open();
  tell({ kind: "code", code: await target.code(stepsOf(target, Number(seed), Number(first))) });
} else {
  const target = await targets[name].open();
  tell({ kind: "begin" });
  const fuzzing = new Fuzzing(openSync(file, "w"), target, Number(seed), await Decoy.open());
  await fuzzing.run(Number(first), Number(last), Number(milliseconds));
}
process.exit();
