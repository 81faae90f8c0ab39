// The documents' code and the examples have the types that the package says.

import { spawnSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gensimProgram, programsOf, writeSnippet } from "./helpers/snippets.ts";

/** What the compiler says of some files, by options beside the repository's. */
function check(name: string, include: string[], compilerOptions: object): string {
  const config = writeSnippet(name, JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }));
  return spawnSync("node_modules/.bin/tsc", ["-p", config], { encoding: "utf8", shell: process.platform === "win32" })
    .stdout;
}

test("as TypeScript: every block and line", () => {
  writeSnippet("from-gensim.ts", gensimProgram());
  for (const program of programsOf("docs/chinese-japanese.md")) writeSnippet("chinese-japanese.ts", program);
  for (const [i, program] of programsOf("README.md").entries()) writeSnippet(`readme-${i}.ts`, program);
  assert.is(check("tsconfig.json", ["*.ts"], { noUnusedLocals: false }), "");
});

test("as JavaScript: the examples", () => {
  const options = { allowJs: true, checkJs: true, strict: false };
  assert.is(check("tsconfig.examples.json", ["../../examples"], options), "");
});

test.run();
