/** The documents' code: each block of JavaScript begins a program or goes on with the one before it. */

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Where programs are written: within the package, so that they find it by its name. */
export const SNIPPETS = resolve("build/snippets");

/** The documents, by their paths: those at the top, in docs/, and each folder's README. */
export function documents(): string[] {
  const markdown = (folder: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  const examples = readdirSync("examples", { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [".", "docs", "bench", ...examples.map(({ name }) => join("examples", name))].flatMap(markdown);
}

/** The blocks of code between fences, with what the fence says that they are. */
export function blocksOf(document: string): { language: string; code: string }[] {
  const blocks = readFileSync(document, "utf8").matchAll(/^[ >]*(```+|~~~+)(.*?)\n(.*?)^[ >]*\1$/gms);
  return Array.from(blocks, ([, , language, code]) => ({ language, code }));
}

/** The programs of a document: a block of JavaScript that imports the package begins one. */
export function programsOf(document: string): string[] {
  const programs: string[] = [];
  for (const { language, code } of blocksOf(document)) {
    if (language !== "js") continue;
    if (/from "wasm2vec";$/m.test(code)) programs.push(code);
    else if (programs.length) programs[programs.length - 1] += code;
    else throw new Error(`The first block of ${document} imports nothing from "wasm2vec".`);
  }
  return programs;
}

/** The one program of docs/from-gensim.md: its block, and after it each line of code in a second column. */
export function gensimProgram(): string {
  const [program] = programsOf("docs/from-gensim.md");
  const lines = Array.from(
    readFileSync("docs/from-gensim.md", "utf8").matchAll(/^\| .*? \| +`([^`]*)`/gm),
    ([, code]) => code,
  );
  // each in a block of its own, as their names repeat
  return program + lines.map((code) => `{\n  ${code}\n}\n`).join("");
}

export function writeSnippet(name: string, code: string): string {
  mkdirSync(SNIPPETS, { recursive: true });
  const path = resolve(SNIPPETS, name);
  writeFileSync(path, code);
  return path;
}

/** What a program prints, run in a folder. */
export function printed(name: string, program: string, folder: string): string {
  const env = { ...process.env, FORCE_COLOR: "0" };
  return execFileSync(process.execPath, [writeSnippet(`${name}.mjs`, program)], { encoding: "utf8", env, cwd: folder });
}
