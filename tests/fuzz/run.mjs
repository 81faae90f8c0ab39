/**
 * Calls the library with random wrong inputs, and with random right ones whose answers are known by another way.
 * `npm run fuzz` builds first.
 *
 *     npm run fuzz [target] [seconds] [-- --seed 2] [--case 17]
 *
 * Of every call it must hold: it gives the right result, or rejects with a Wasm2VecError whose message is short; within 2
 * seconds, and 300 MB; and no other table has changed. What does not is printed as code for a test, with its case: the same
 * seed and case are the same input anywhere. Each target runs in a process of its own, so that one that does not end, or
 * crashes, is found too.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const TARGETS = [
  "model",
  "safetensors",
  "index",
  "tokenizer",
  "text",
  "tests",
  "checkpoint",
  "table",
  "calls",
  "vectors",
  "vectors-text",
  "vectors-binary",
  "fasttext",
  "arrow",
  "parquet",
  "finalfusion",
  "npy",
  "embeddings",
  "tsv",
  "pickle",
  "gensim",
  "phrases",
  "search-index",
];
const CHILD = fileURLToPath(new URL("../../build/fuzz/child.js", import.meta.url));

/** A case that takes longer, or a process that takes more memory, is ended. */
const HANG_MILLISECONDS = 10_000;
const MOST_MEMORY = 3e9;

/** How often a target is started again after its process was ended or crashed. */
const MOST_RESTARTS = 3;

const { names, seconds, seed, only } = readArguments(process.argv.slice(2));
const folder = mkdtempSync(path.join(tmpdir(), "wasm2vec-fuzz-"));
let failures = 0;
try {
  for (const name of names) failures += await fuzz(name);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`fuzz: ${failures ? `${failures} failures` : "no failures"}, seed ${seed}`);
process.exitCode = failures ? 1 : 0;

function readArguments(args) {
  const given = (name) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : Number(args.splice(at, 2)[1]);
  };
  const [seed = 1, only] = [given("--seed"), given("--case")];
  const names = args.filter((arg) => TARGETS.includes(arg));
  const [seconds = 10, ...others] = args.filter((arg) => !TARGETS.includes(arg)).map(Number);
  if (![seed, only ?? 0, seconds].every((number) => number >= 0) || others.length) {
    console.error(`Usage: npm run fuzz [target] [seconds] [-- --seed 2] [--case 17], out of ${TARGETS.join(" ")}`);
    process.exit(2);
  }
  return { names: names.length ? names : TARGETS, seconds, seed, only };
}

/** Runs a target until its time is over; returns how many faults it found. */
async function fuzz(name) {
  const total = { cases: 0, outcomes: {}, faults: {}, milliseconds: 0 };
  const ended = [];
  const told = new Set();
  let next = only ?? 0;
  while (next <= (only ?? Number.POSITIVE_INFINITY) && ended.length <= MOST_RESTARTS) {
    const left = seconds * 1000 - total.milliseconds;
    if (left <= 0 && only === undefined) break;
    const { standing, milliseconds, reason, index } = await runChild(name, next, Math.max(left, 1000), (fault) => {
      if (!told.has(fault.signature)) printFault(name, fault.index, fault.text, fault.code, fault.steps);
      told.add(fault.signature);
    });
    total.milliseconds += milliseconds;
    total.cases += standing.cases;
    add(total.outcomes, standing.outcomes);
    add(total.faults, standing.faults);
    if (!reason) break;
    ended.push(reason);
    printFault(name, index, reason, codeOf(name, index));
    next = index + 1;
  }
  const found = told.size + ended.length;
  const rate = total.cases / (total.milliseconds / 1000);
  const outcomes = Object.entries(total.outcomes).sort(([, a], [, b]) => b - a);
  console.log(
    `${name.padEnd(12)} ${total.cases} cases, ${rate.toFixed(0)} a second, ${found} failures: ${outcomes.map(([outcome, count]) => `${count} ${outcome}`).join(", ")}`,
  );
  for (const [signature, count] of Object.entries(total.faults)) console.log(`    ${count} × ${signature}`);
  return found;
}

function add(sums, more) {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

/** Runs cases from the first on; `reason` where the process ended by itself or had to be ended, at case `index`. */
function runChild(name, first, milliseconds, onFault) {
  const file = path.join(folder, "progress");
  const limits = ["--max-old-space-size=1500", "--enable-source-maps"];
  const last = only ?? Number.MAX_SAFE_INTEGER;
  const args = [...limits, CHILD, file, name, seed, first, last, milliseconds].map(String);
  // a case may save to any path: it lies in a folder that goes
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const result = { standing: { cases: 0, outcomes: {}, faults: {} }, milliseconds: 0, reason: undefined, index: first };
  let begin = performance.now();
  let isOver = false;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = parsed(line);
    if (message.kind === "begin") begin = performance.now();
    else if (message.kind === "standing") result.standing = message;
    else if (message.kind === "fault") onFault(message);
    else if (message.kind === "end") isOver = true;
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors = (errors + text).slice(-2000);
  });
  const watch = watchCase(file, child.pid, (reason) => {
    result.reason = reason;
    child.kill("SIGKILL");
  });
  return new Promise((resolve) => {
    child.on("close", (status, signal) => {
      const index = watch.end();
      result.milliseconds = performance.now() - begin;
      if (!isOver) {
        result.reason ??= `the process ended with ${signal ?? status}: ${errors}`;
        result.index = index ?? first;
      }
      resolve(result);
    });
  });
}

/** A line of the process as a message; one that was ended in the middle of a line is none. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

/** Looks four times a second whether the case goes on, and what memory the process takes. */
function watchCase(file, pid, onReason) {
  let [last, since] = ["", performance.now()];
  const timer = setInterval(() => {
    const now = readProgress(file).join();
    if (now !== last) [last, since] = [now, performance.now()];
    const milliseconds = performance.now() - since;
    if (milliseconds > HANG_MILLISECONDS) onReason(`it has not ended after ${HANG_MILLISECONDS / 1000} s`);
    const bytes = memoryOf(pid);
    if (bytes > MOST_MEMORY) onReason(`its process took ${(bytes / 1e9).toFixed(1)} GB`);
  }, 250);
  return {
    end() {
      clearInterval(timer);
      return readProgress(file)[0];
    },
  };
}

/** The number of the case and of the run, which the process writes before each. */
function readProgress(file) {
  try {
    const bytes = readFileSync(file);
    return bytes.length === 8 ? [bytes.readUInt32LE(0), bytes.readUInt32LE(4)] : [];
  } catch {
    return [];
  }
}

/** In bytes; 0 where the system does not tell. */
function memoryOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * 4096;
  } catch {
    return 0;
  }
}

/** The case as code, which a process of its own makes without running it. */
function codeOf(name, index) {
  const { stdout } = spawnSync(process.execPath, [CHILD, "--code", name, seed, index].map(String), {
    encoding: "utf8",
    timeout: 15_000,
    cwd: folder,
  });
  const line = stdout.split("\n").find((text) => text.startsWith('{"kind":"code"'));
  return line ? JSON.parse(line).code : "";
}

function printFault(name, index, text, code, steps) {
  console.log(
    `\n${name} FAILED, --case ${index}${steps ? `, ${steps} steps` : ""}\n${indented(text)}\n${indented(code)}\n`,
  );
}

function indented(text) {
  return text.replace(/^/gm, "    ");
}
