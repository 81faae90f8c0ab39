/**
 * Saves models and vectors while processes are ended and writes fail. `npm run crash` builds first.
 *
 *     npm run crash [seconds] [-- --seed 2]
 *
 * After each it must hold: the file is the old one or the new one, whole, and it loads; and after the next save that
 * succeeds, nothing else lies beside it.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { KeyedVectors, Wasm2VecError, Word2Vec } from "wasm2vec";

const SAVER = fileURLToPath(new URL("save-again.mjs", import.meta.url));

/** The user that owns nothing, on every Unix. */
const NOBODY = 65534;

const { seconds, seed } = readArguments(process.argv.slice(2));
const end = performance.now() + seconds * 1000;
const isUnix = process.platform !== "win32";
const isRoot = process.getuid?.() === 0;

/** A reason why a check cannot run here. */
class NotRun extends Error {}

const folder = mkdtempSync(path.join(tmpdir(), "wasm2vec-crash-"));
let [passed, failed, notRun] = [0, 0, 0];
try {
  const models = await makeModels();
  await stage("a device that is full", () => fullDevice(models));
  await stage("a file system that is full", () => fullFileSystem(models));
  await stage("a folder that may not be written to", () => readOnlyFolder(models));
  await stage("a folder that is removed meanwhile", () => removedFolder(models));
  await stage("a file that may not grow (ulimit -f)", () => shortFiles(models));
  for (const extension of [".bin", ".txt.gz"])
    await stage(`vectors, ${extension}, ended by SIGKILL`, () => vectorsEnded(models, extension));
  for (const signal of ["SIGINT", "SIGTERM"])
    await stage(`ended by ${signal}`, () => endedBy(models, signal, (rounds) => rounds < 3));
  await stage("ended by SIGKILL", () => endedBy(models, "SIGKILL", (rounds) => !rounds || performance.now() < end));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`crash: ${passed} passed, ${failed} failed${notRun ? `, ${notRun} not run` : ""}, seed ${seed}`);
process.exitCode = failed || !passed ? 1 : 0;

function readArguments(args) {
  const at = args.indexOf("--seed");
  const seed = at < 0 ? 1 : Number(args.splice(at, 2)[1]);
  const [seconds = 30, ...others] = args.map(Number);
  if (!(seconds > 0) || !(seed >= 0) || others.length) {
    console.error("Usage: npm run crash [seconds] [-- --seed 2]");
    process.exit(2);
  }
  return { seconds, seed };
}

/** Runs a check in a folder of its own, and prints one line. */
async function stage(name, check) {
  const begin = performance.now();
  const print = (verdict) => console.log(`${name.padEnd(37)}  ${verdict}`);
  try {
    const what = await check();
    passed++;
    print(`passed  ${((performance.now() - begin) / 1000).toFixed(1)} s${what ? `, ${what}` : ""}`);
  } catch (error) {
    if (error instanceof NotRun) notRun++;
    else failed++;
    print(error instanceof NotRun ? `not run  ${error.message}` : `FAILED  ${error.message}`);
  }
}

/** Two models of 1.5 MB with the bytes of their files. */
async function makeModels() {
  const words = Array.from({ length: 3000 }, (_, i) => `word${i}`);
  const models = [];
  for (const number of [1, 2]) {
    const model = new Word2Vec({ vectorSize: 64, minCount: 1, seed: number });
    await model.buildVocab([words]);
    const file = path.join(folder, `model-${number}.safetensors`);
    const bytes = await model.toBytes();
    writeFileSync(file, bytes);
    models.push({ model, file, bytes });
  }
  return models;
}

/** A folder with the first model in it, saved. */
async function begun(models, name) {
  const place = path.join(folder, name.replaceAll(/\W+/g, "-"));
  mkdirSync(place, { recursive: true });
  const target = path.join(place, "model.safetensors");
  await models[0].model.save(target);
  return { place, target };
}

/** The file is one of the models, whole, and loads. */
async function checkWhole(models, target) {
  if (!existsSync(target)) throw new Error("the file is gone");
  const bytes = readFileSync(target);
  if (!models.some((model) => bytes.equals(model.bytes)))
    throw new Error(`${bytes.length} bytes that are no whole model`);
  (await Word2Vec.load(target)).close();
}

/** The next save succeeds, and cleans up. */
async function checkCleaned(models, { place, target }) {
  const before = readdirSync(place).length;
  await models[1].model.save(target);
  await checkWhole(models, target);
  const left = readdirSync(place).filter((name) => name !== path.basename(target));
  if (left.length) throw new Error(`${left.length} files are left beside it, of ${before}: ${left[0]} …`);
}

/** A save that must be refused. */
async function checkRefused(models, target) {
  const error = await models[1].model.save(target).then(
    () => undefined,
    (error) => error,
  );
  if (!error) throw new Error("the save that could not be resolved");
  if (error instanceof Wasm2VecError && error.code === "file-not-writable") return;
  throw new Error(`expected file-not-writable, got ${error.code ?? ""} ${error}`);
}

async function fullDevice(models) {
  if (!existsSync("/dev/full")) throw new NotRun("this system has no /dev/full");
  await checkRefused(models, "/dev/full");
  if (!existsSync("/dev/full")) throw new Error("the device was replaced");
}

async function fullFileSystem(models) {
  if (process.platform !== "linux" || !isRoot) throw new NotRun("only root of Linux can mount a small one");
  const place = path.join(folder, "small");
  mkdirSync(place);
  // room for one model, not for two
  const size = Math.floor(models[0].bytes.length * 1.5);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", place]);
  if (mounted.status !== 0) throw new NotRun("a tmpfs could not be mounted");
  try {
    const target = path.join(place, "model.safetensors");
    await models[0].model.save(target);
    await checkRefused(models, target);
    await checkWhole(models, target);
    if (readdirSync(place).length > 1) throw new Error("what could not be written is left beside the file");
    rmSync(target);
    await checkCleaned(models, { place, target });
  } finally {
    spawnSync("umount", [place]);
  }
}

async function readOnlyFolder(models) {
  if (!isUnix) throw new NotRun("folders of Windows are never read-only");
  const at = await begun(models, "read-only");
  for (const outer of [folder, at.place]) chmodSync(outer, 0o755);
  chmodSync(at.place, 0o555);
  try {
    if (isRoot) process.seteuid(NOBODY);
    await checkRefused(models, at.target);
    await checkRefused(models, path.join(at.place, "new.safetensors"));
  } finally {
    if (isRoot) process.seteuid(0);
    chmodSync(at.place, 0o755);
  }
  await checkWhole(models, at.target);
  await checkCleaned(models, at);
}

/** The folder goes while the file is written: whatever the save says, it says it, and the next one works. */
async function removedFolder(models) {
  let refused = 0;
  for (let round = 0; round < 20; round++) {
    const at = await begun(models, "removed");
    const saved = models[1].model.save(at.target).catch((error) => error);
    await delay(random() * 12);
    rmSync(at.place, { recursive: true, force: true });
    const error = await saved;
    if (error) refused++;
    if (error && error.code !== "file-not-writable") throw new Error(`expected file-not-writable, got ${error}`);
    rmSync(at.place, { recursive: true, force: true });
    mkdirSync(at.place);
    await checkCleaned(models, at);
  }
  return `${refused} of 20 refused`;
}

async function shortFiles(models) {
  if (!isUnix) throw new NotRun("Windows has no ulimit");
  const at = await begun(models, "short-files");
  const files = models.map(({ file }) => file);
  const saving = [process.execPath, SAVER, at.target, ...files.reverse(), "2"].map((text) => `'${text}'`).join(" ");
  // 512 blocks of 512 or 1,024 bytes: less than a model
  const { stdout, signal } = spawnSync("sh", ["-c", `ulimit -f 512; exec ${saving}`], { encoding: "utf8" });
  const [ready, ...codes] = stdout.trim().split("\n");
  const isRefused = codes.length === 2 && codes.every((code) => code === "file-not-writable");
  if (ready !== "ready" || !(isRefused || signal))
    throw new Error(`expected two times file-not-writable, got: ${stdout}`);
  await checkWhole(models, at.target);
  await checkCleaned(models, at);
  return signal ? `ended by ${signal}` : "refused";
}

/** Ends a process that saves again and again, at random moments, as long as `goesOn`. */
async function endedBy(models, signal, goesOn) {
  if (!isUnix) throw new NotRun("Windows has no signals");
  const at = await begun(models, signal);
  let rounds = 0;
  for (; goesOn(rounds); rounds++) {
    await endOnce(models, signal, at.target);
    await checkWhole(models, at.target);
  }
  await checkCleaned(models, at);
  return `${rounds} times`;
}

/** Ends a process that saves the vectors of both models in turn: the file is one of them, whole, and it loads. */
async function vectorsEnded(models, extension) {
  if (!isUnix) throw new NotRun("Windows has no signals");
  const place = path.join(folder, `vectors${extension}`);
  mkdirSync(place);
  const target = path.join(place, `vectors${extension}`);
  const whole = [];
  for (const { model } of models) {
    await model.wv.save(target);
    whole.push(readFileSync(target));
  }
  for (let round = 0; round < 5; round++) {
    await endOnce(models, "SIGKILL", target);
    const bytes = readFileSync(target);
    if (!whole.some((file) => bytes.equals(file))) throw new Error(`${bytes.length} bytes that are no whole vectors`);
    (await KeyedVectors.load(target)).close();
  }
  await models[0].model.wv.save(target);
  const left = readdirSync(place).length - 1;
  if (left) throw new Error(`${left} files are left beside it`);
  return "5 times";
}

function endOnce(models, signal, target) {
  const child = spawn(process.execPath, [SAVER, target, ...models.map(({ file }) => file)]);
  return new Promise((resolve, reject) => {
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.stdout.once("data", async () => {
      await delay(random() * 60);
      child.kill(signal);
    });
    child.on("close", (status, by) =>
      by === signal ? resolve() : reject(new Error(`it ended with ${status}: ${output}`)),
    );
  });
}

function delay(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** 0 to 1; the moments follow from the seed, as far as the system keeps them. */
function random() {
  random.state = (Math.imul(random.state ?? (seed * 2 + 1) >>> 0, 1664525) + 1013904223) >>> 0;
  return random.state / 2 ** 32;
}
