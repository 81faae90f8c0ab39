// The README's code runs as it is printed there.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { printed, programsOf } from "./helpers/snippets.ts";
import { makeStandIn } from "./helpers/stand-in.ts";
import { withFolder } from "./helpers/temporary.ts";

const programs = programsOf("README.md");

test("the first hour: what its comments say, a vector as JSON, a picture", () =>
  withFolder(async (folder) => {
    const [neighbors, similarity, json] = printed("first-hour", programs[0], folder).split(/\n(?!\s|\])/);
    assert.match(neighbors, /^\[\s*\[ 'dog', 0\.8[45]\d* \],\s*\[ 'mouse', 0\.8[23]\d* \]\s*\]$/);
    assert.match(similarity, /^0\.9[56]/);
    assert.is(JSON.parse(json).vector.length, 16);
    const svg = readFileSync(join(folder, "words.svg"), "utf8");
    for (const word of ["cat", "train"]) {
      assert.match(svg, new RegExp(`<text x="-?\\d+\\.?\\d*" y="-?\\d+\\.?\\d*" text-anchor="middle">${word}</text>`));
    }
  }));

test("a server: the model comes from the worker", () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, "corpus.txt"), "tea is hot\nice is cold\n");
    assert.is(printed("worker", programs[1], folder), "5 words\n");
  }));

test("Chinese: the words", () =>
  withFolder(async (folder) => assert.is(printed("chinese", programs[2], folder), "[ '我', '喜欢', '喝', '绿茶' ]\n")));

test("looking up: the shapes and a row", () =>
  withFolder(async (folder) => {
    await makeStandIn(join(folder, "Qwen2.5-1.5B"));
    const output = printed("look-up", programs[3], folder);
    assert.match(output, /^\[ 151936, 1536 \] bfloat16\n\[ 5, 1536 \] Float32Array\(1536\) \[/);
  }));

test("searching by meaning: the text that is near", () =>
  withFolder(async (folder) =>
    assert.match(printed("search", programs[4], folder), /^\[ \[ 'drinks\.md', 0\.9[78]\d* \] \]\n$/),
  ));

test.run();
