// The sessions of docs/session.md show what a console prints to whoever types their lines.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

const sessions = Array.from(
  readFileSync("docs/session.md", "utf8").matchAll(/^```console\n\$ [^\n]*\n(.*?)^```$/gms),
  ([, text]) => text,
);

/** What is typed in a session. */
const typedIn = (session: string) => Array.from(session.matchAll(/^> (.*)$/gm), ([, line]) => line);

/** Nothing is coloured, and Deno does not write into the user's home. */
const env = {
  ...process.env,
  ...{ FORCE_COLOR: undefined, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  DENO_DIR: resolve("tests/runtimes/node_modules/.cache/deno"),
};

/** Types lines, each when the prompt has come, or all at once where there is none; gives what was printed. */
async function type(command: string, args: string[], lines: string[], prompt: string): Promise<string> {
  const child = spawn(command, args, { env });
  let output = "";
  const next = () => {
    const isTurn = output.endsWith(prompt);
    if (!isTurn) return;
    const line = lines.shift();
    if (line === undefined) child.stdin.end();
    else {
      output += `${line}\n`;
      child.stdin.write(`${line}\n`);
    }
  };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    next();
  });
  if (!prompt) child.stdin.end(lines.splice(0).join("\n"));
  await once(child, "close");
  return output;
}

test("a session in Node", async () => {
  const printed = await type(process.execPath, ["--interactive"], typedIn(sessions[0]), "> ");
  assert.fixture(printed.slice(printed.indexOf("> "), printed.lastIndexOf("> ")), sessions[0]);
});

const { findRuntime } = await import(pathToFileURL("tests/runtimes/runtimes.js").href);

test("a session in Deno, where tests/runtimes has it", async () => {
  let deno: { command?: string } = {};
  try {
    deno = findRuntime("deno");
  } catch {
    // the runtimes are installed after the suites' first run
  }
  if (!deno.command) return;
  const printed = await type(deno.command, ["repl", "--allow-read"], typedIn(sessions[1]), "");
  assert.fixture(printed.slice(printed.indexOf("close()\n") + 8), sessions[1].replaceAll(/^> .*\n/gm, ""));
});

test.run();
