// Runs every test: the kernels' specs, the suites, the smoke suite in each runtime. `npm test` builds first.
import { spawn } from "node:child_process";
import { packTarball } from "./pack.mjs";

const node = process.execPath;

/** What each stage runs, and how its output says how many tests passed, of how many. */
const stages = [
  {
    name: "kernel specs",
    command: [node, "node_modules/@as-pect/cli/bin/asp.js", "--no-logo"],
    counts: /\[Tests\]: (?<passed>\d+) \/ (?<total>\d+)/,
  },
  {
    name: "suites",
    command: [node, "--enable-source-maps", "node_modules/uvu/bin.js", "build/tests"],
    counts: /Total: +(?<total>\d+)\s+Passed: +(?<passed>\d+)/,
  },
  {
    name: "http in other runtimes",
    command: [node, "tests/runtimes/http.mjs"],
    counts: /http: (?<passed>\d+) passed, (?<failed>\d+) failed/,
  },
  {
    name: "runtimes",
    command: [node, "tests/runtimes/run.mjs", packTarball()],
    counts: /runtimes: (?<passed>\d+) passed, (?<failed>\d+) failed/,
  },
];

/** Runs a command, showing what it prints. */
function run([file, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      process.stdout.write(text);
      output += text;
    });
    child.on("close", (status) => resolve({ status, output }));
  });
}

/** Colours are escape sequences between the words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what an escape sequence begins with
const plain = (text) => text.replace(/\u001b\[\d+m/g, "");

let passed = 0;
let failed = 0;
for (const { name, command, counts } of stages) {
  console.log(`\n${name}`);
  const { status, output } = await run(command);
  const found = plain(output).match(counts)?.groups;
  const stagePassed = Number(found?.passed ?? 0);
  const stageFailed = Number(found?.failed ?? Number(found?.total ?? 0) - stagePassed);
  passed += stagePassed;
  // a stage that broke before it could count is one failure
  failed += Math.max(stageFailed, status === 0 && stagePassed ? 0 : 1);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
