// Makes ready what the training bench measures against, in build/bench, where it is not yet:
//
//     node bench/rivals/install.js python      a virtual environment with requirements.txt: gensim, and what the judge needs
//     node bench/rivals/install.js packages    the npm packages of package.json
//     node bench/rivals/install.js word2vec    the C program of the npm package word2vec, compiled twice
//
// The package's own install script stays off: it runs make. What is missing on this machine ends it with a line that says so.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { npm } from "../../npm.mjs";

const rivals = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(rivals, "..", "..", "build", "bench");

function run(command, ...args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error) throw new Error(`${command} is not installed`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${stderr || stdout}`);
}

function installPython() {
  const folder = path.join(target, "python");
  const stamp = path.join(folder, "requirements.txt");
  const requirements = readFileSync(path.join(rivals, "requirements.txt"), "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === requirements) return;
  run(process.platform === "win32" ? "python" : "python3", "-m", "venv", "--clear", folder);
  const python = path.join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  run(python, "-m", "pip", "install", "--quiet", "-r", path.join(rivals, "requirements.txt"));
  writeFileSync(stamp, requirements);
}

function installPackages() {
  if (!existsSync(path.join(rivals, "node_modules", "@huggingface"))) npm(["ci", "--ignore-scripts"], { cwd: rivals });
}

/** The flags are those of the package's makefile; the second program leaves out the one that names this processor. */
function installWord2vec() {
  installPackages();
  const source = path.join(rivals, "node_modules", "word2vec", "src", "word2vec.c");
  const flags = ["-O3", "-funroll-loops", "-w", "-pthread", source, "-lm", "-o"];
  mkdirSync(target, { recursive: true });
  run("gcc", "-march=native", ...flags, path.join(target, "word2vec-native"));
  run("gcc", ...flags, path.join(target, "word2vec-generic"));
}

try {
  ({ python: installPython, packages: installPackages, word2vec: installWord2vec })[process.argv[2]]();
} catch (error) {
  console.log(error.message);
  process.exitCode = 1;
}
