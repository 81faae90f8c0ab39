// The rule of the house: a source file imports only from rooms earlier on the way of the data (docs/architecture.md).

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** The rooms of each program in their order; a file at the top is a room of its own. */
const ORDERS = {
  src: [
    ...["version.ts", "errors.ts", "habits.ts", "printed.ts", "check-options.ts", "event-loop.ts"],
    ...["math", "runtime", "files", "text", "engine", "formats", "vocabulary", "corpus", "tables", "search", "queries"],
    ...["model", "training", "gensim", "tokenizing", "pretrained", "exchange", "phrases", "static"],
    ...["tokenizer.ts", "keyed-vectors.ts", "embedding-matrix.ts", "static-model.ts", "word2vec.ts", "search-index.ts"],
    ...["frozen-phrases.ts", "phrases.ts", "draw-progress.ts", "index.ts", "entries"],
  ],
  assembly: ["numbers", "vocabulary", "search", "training", "index.ts", "tokenizer"],
};

/** Every import of a program, as the file and what it imports, both from the program's root. */
function importsOf(root: string): [file: string, target: string][] {
  const files = (readdirSync(root, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
  return files.flatMap((file) => {
    const specifiers = readFileSync(path.join(root, file), "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g);
    return Array.from(specifiers, ([, specifier]): [string, string] => [
      file,
      path.join(path.dirname(file), specifier).replace(/(\.ts)?$/, ".ts"),
    ]).filter(([, target]) => !target.includes(".wasm"));
  });
}

const roomOf = (file: string) => file.split(path.sep)[0];

for (const [root, order] of Object.entries(ORDERS)) {
  const imports = importsOf(root);

  test(`${root}: every file is in a room of the order`, () => {
    assert.ok(imports.length > 40, `${imports.length} imports`);
    const rooms = new Set(imports.flat().map(roomOf));
    assert.equal([...rooms].filter((room) => !order.includes(room)).sort(), []);
  });

  test(`${root}: a file imports only from its own room and from rooms before it`, () => {
    const backwards = imports.filter(([file, target]) => order.indexOf(roomOf(target)) > order.indexOf(roomOf(file)));
    assert.equal(backwards, []);
  });

  test(`${root}: no file imports itself by way of others`, () => {
    const targets = new Map<string, string[]>();
    for (const [file, target] of imports) targets.set(file, [...(targets.get(file) ?? []), target]);
    const state = new Map<string, "open" | "done">();
    const visit = (file: string, way: string[]): void => {
      if (state.get(file) === "open") throw new Error(`a circle: ${[...way, file].join(" -> ")}`);
      if (state.get(file) === "done") return;
      state.set(file, "open");
      for (const target of targets.get(file) ?? []) visit(target, [...way, file]);
      state.set(file, "done");
    };
    for (const file of targets.keys()) visit(file, []);
  });
}

test.run();
