// The README's code runs as it is printed there.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeStandIn } from "./helpers/stand-in.ts";
import { withFolder } from "./helpers/temporary.ts";

const blocks = Array.from(readFileSync("README.md", "utf8").matchAll(/^```js\n(.*?)^```$/gms), ([, code]) => code);

/** What a block prints, run in a folder. Its imports are found from here, as from a project that has the package. */
function printed(block: string, folder: string): string {
  const code = `process.chdir(${JSON.stringify(folder)});\n${block}`;
  const env = { ...process.env, FORCE_COLOR: "0" };
  return execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    encoding: "utf8",
    env,
    stdio: "pipe",
  });
}

test("there is a block for each flow", () => assert.is(blocks.length, 2));

test("training: the model, two neighbours, a similarity and a vector", () =>
  withFolder(async (folder) => {
    const output = printed(blocks[0], folder);
    assert.match(
      output,
      /^Word2Vec\(10 words × 100, minCount 1, sg 1, trained\)\n\[\s+\[ '\w+', 0\.\d+ \],\s+\[ '\w+', 0\.\d+ \]\s+\]\n-?0\.\d+\n\[.*\]\n$/,
    );
  }));

test("looking up: the shapes and a row", () =>
  withFolder(async (folder) => {
    await makeStandIn(join(folder, "Qwen2.5-1.5B"));
    const output = printed(blocks[1], folder);
    assert.match(output, /^\[ 151936, 1536 \] bfloat16\n\[ 5, 1536 \] Float32Array\(1536\) \[/);
  }));

test.run();
