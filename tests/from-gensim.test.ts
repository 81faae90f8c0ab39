// Each line that docs/from-gensim.md gives for gensim's runs, one after the other.

import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { gensimProgram, printed } from "./helpers/snippets.ts";
import { withFolder } from "./helpers/temporary.ts";

test("all lines run", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "questions-words.txt"), ": people\nking queen man woman\n");
    writeFileSync(join(folder, "wordsim353.tsv"), "king\tqueen\t8.5\ncat\tdog\t7\nking\tfrance\t1\n");
    copyFileSync("tests/golden/gensim/fasttext-4.4.model", join(folder, "fasttext.model"));
    const program = gensimProgram();
    assert.ok(program.split("\n{\n").length > 80, "the tables are found");
    assert.match(printed("from-gensim", program, folder), /kind: 'epoch'/);
  }));

test.run();
