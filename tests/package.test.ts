// What is published: its documents lead somewhere, its entries are there, and what it bundles is licensed.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withFolder } from "./helpers/temporary.ts";

const REPOSITORY = "https://github.com/wasm2vec/wasm2vec/blob/main/";

const { npm } = await import(pathToFileURL("npm.mjs").href);
const [packed] = JSON.parse(npm(["pack", "--dry-run", "--json"]));
const files = new Set<string>(packed.files.map(({ path }: { path: string }) => path));
const manifest = JSON.parse(readFileSync("package.json", "utf8"));

/** A document without its code. */
const proseOf = (document: string) => readFileSync(document, "utf8").replaceAll(/^```.*?^```$|`[^`\n]*`/gms, "");

const linksOf = (document: string) => Array.from(proseOf(document).matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link);

/** What a document's headings are called in addresses. */
const anchorsOf = (document: string) =>
  Array.from(readFileSync(document, "utf8").matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );

/** Why a link of a document leads nowhere; undefined where it leads somewhere. */
function faultOf(document: string, link: string): string | undefined {
  if (link.startsWith(REPOSITORY)) {
    const [path] = link.slice(REPOSITORY.length).split("#");
    return existsSync(path) ? undefined : "no such file in the repository";
  }
  if (/^https:/.test(link)) return undefined;
  const [path, anchor] = link.split("#");
  const target = path ? posix.join(posix.dirname(document), path) : document;
  if (!files.has(target)) return "no such file in the package";
  if (anchor && !anchorsOf(target).includes(anchor)) return "no such heading";
}

test("every link of the package's documents leads somewhere", () => {
  const documents = [...files].filter((file) => file.endsWith(".md"));
  assert.ok(documents.includes("docs/options.md"), "the documents are in the package");
  const faults = documents.flatMap((document) =>
    linksOf(document).flatMap((link) => {
      const fault = faultOf(document, link);
      return fault ? [`${document}: ${link}: ${fault}`] : [];
    }),
  );
  assert.equal(faults, []);
});

test("a link that leads nowhere is found", () => {
  assert.is(faultOf("README.md", "docs/none.md"), "no such file in the package");
  assert.is(faultOf("docs/options.md", "../tests/run.mjs"), "no such file in the package");
  assert.is(faultOf("README.md", "docs/options.md#none"), "no such heading");
  assert.is(faultOf("README.md", "#the-first-hour"), undefined);
  assert.is(faultOf("README.md", `${REPOSITORY}examples/none.js`), "no such file in the repository");
});

/** The paths within a value of the manifest's `exports` or `imports`. */
const pathsIn = (entry: unknown): string[] =>
  typeof entry === "string" ? [entry] : Object.values(entry ?? {}).flatMap(pathsIn);

test("every entry is in the package", () => {
  const { exports, imports, main, types, jsdelivr, unpkg } = manifest;
  const entries = pathsIn([exports, imports, main, types, jsdelivr, unpkg]).map((path) => posix.normalize(path));
  assert.ok(entries.length > 5);
  assert.equal(
    entries.filter((path) => !files.has(path)),
    [],
  );
});

test("nothing but the library is in the package", () => {
  assert.equal(
    [...files].filter((file) => /^(build\/(tests|fuzz|bench|snippets)|tests|src|assembly|bench|examples)\//.test(file)),
    [],
  );
});

test("a page's bundle takes what require() gives", () =>
  withFolder(async (folder) => {
    const page = `
      const { KeyedVectors } = require("wasm2vec");
      KeyedVectors.from({ tea: [1, 0], coffee: [0.8, 0.6] }).then((vectors) =>
        console.log(vectors.similarity("tea", "coffee").toFixed(3)),
      );`;
    const outfile = join(folder, "page.cjs");
    const stdin = { contents: page, resolveDir: "." };
    await build({ stdin, outfile, bundle: true, platform: "browser" });
    const asInPages = "delete globalThis.Buffer; delete globalThis.process; delete Uint8Array.fromBase64;";
    const code = `${asInPages} require(${JSON.stringify(outfile)});`;
    assert.is(execFileSync(process.execPath, ["--eval", code], { encoding: "utf8" }), "0.800\n");
  }));

test("the licence of each package that is bundled is told", () => {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const code = sources.map((file) => readFileSync(join("src", file), "utf8")).join("\n");
  const imported = new Set(Array.from(code.matchAll(/\b(?:from|import\() ?"([^".#][^"]*)"/g), ([, name]) => name));
  const packages = [...imported].filter((name) => name in { ...manifest.dependencies, ...manifest.devDependencies });
  assert.ok(packages.includes("pako"));
  const licenses = readFileSync("THIRD-PARTY-LICENSES.md", "utf8");
  for (const name of packages) assert.match(licenses, `[${name}]`);
});

test.run();
