// The documents' code and the examples have the types that the package says.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { documents, gensimProgram, programsOf, writeSnippet } from "./helpers/snippets.ts";

/** What the compiler says of some files, by options beside the repository's. */
function check(name: string, include: string[], compilerOptions: object): string {
  const config = writeSnippet(name, JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }));
  return spawnSync("node_modules/.bin/tsc", ["-p", config], { encoding: "utf8", shell: process.platform === "win32" })
    .stdout;
}

test("as TypeScript: every block and line", () => {
  writeSnippet("from-gensim.ts", gensimProgram());
  for (const document of documents().filter((name) => name !== "docs/from-gensim.md")) {
    const name = document.replaceAll(/\W/g, "-");
    for (const [i, program] of programsOf(document).entries()) writeSnippet(`${name}-${i}.ts`, program);
  }
  assert.is(check("tsconfig.json", ["*.ts"], { noUnusedLocals: false }), "");
});

test("as TypeScript, without the DOM and Node: what is right, and what is wrong", () => {
  writeSnippet("uses.ts", readFileSync("tests/typescript/uses.ts", "utf8"));
  const options = { lib: ["ES2020"], types: [], skipLibCheck: false, noUnusedLocals: false };
  assert.is(check("tsconfig.uses.json", ["uses.ts"], options), "");
});

test("as JavaScript: the examples", () => {
  const options = { allowJs: true, checkJs: true, strict: false };
  assert.is(check("tsconfig.examples.json", ["../../examples"], options), "");
});

test.run();
