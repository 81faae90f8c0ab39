/** Runs a command to its end or its time-out, or until it is stopped, and leaves no process of its behind. */
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";

const graceSeconds = 5;
const hasGroups = process.platform !== "win32";
const interrupts = { SIGINT: 130, SIGTERM: 143 };

/** @returns { stdout, stderr, fault }; `fault` says how it ended, unless that was well */
export async function execute(command, args, { cwd, env, seconds }) {
  // A process group of its own: what the runtime starts can be ended with it.
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: hasGroups });
  const output = collect(child);
  const timers = [];
  let fault = "";
  let exitCode = 0;
  const stop = (why) => {
    fault ||= why;
    kill(child, "SIGTERM"); // lets Playwright close Chromium, which has a group of its own
    timers.push(setTimeout(() => kill(child, "SIGKILL"), graceSeconds * 1000));
  };
  const interrupt = (signal) => {
    exitCode = interrupts[signal];
    stop(signal);
  };
  timers.push(setTimeout(() => stop(`no answer in ${seconds} s`), seconds * 1000));
  for (const signal of Object.keys(interrupts)) process.on(signal, interrupt);
  try {
    const [code, signal] = await closed(child);
    if (code !== 0) fault ||= `ended with ${signal ?? `exit code ${code}`}`;
    return { ...output, fault };
  } finally {
    timers.forEach(clearTimeout);
    for (const signal of Object.keys(interrupts)) process.off(signal, interrupt);
    kill(child, "SIGKILL"); // whoever is left of its group
    if (exitCode) process.exit(exitCode);
  }
}

/**
 * Starts a server, and waits until what it prints matches `ready`.
 *
 * @returns { match, stop }
 */
export async function start(command, args, { cwd, env, seconds, ready }) {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: hasGroups });
  const output = collect(child);
  const stop = () => {
    process.off("exit", stop);
    kill(child, "SIGKILL");
  };
  process.on("exit", stop);
  const ended = closed(child).then(([code]) => `it ended with exit code ${code}`);
  const late = performance.now() + seconds * 1000;
  for (;;) {
    const match = plain(output.stdout + output.stderr).match(ready);
    if (match) return { match, stop };
    const why = await Promise.race([ended, wait(50)]);
    if (!why && performance.now() < late) continue;
    stop();
    throw new Error(`${why ?? `not ready in ${seconds} s`}\n${output.stderr}${output.stdout}`);
  }
}

/** Colours are escape sequences between the words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape sequence begins with
const plain = (text) => text.replace(/\u001b\[[\d;]*m/g, "");

/** What the child writes, as far as it came. */
function collect(child) {
  const output = { stdout: "", stderr: "" };
  for (const name of Object.keys(output)) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  return output;
}

function closed(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...ending) => resolve(ending));
  });
}

function kill(child, signal) {
  try {
    if (hasGroups) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // it has ended
  }
}
