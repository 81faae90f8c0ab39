// The code of docs/chinese-japanese.md, on the beginning of the real text where that is there.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sharedData } from "./helpers/data.ts";
import { printed, programsOf } from "./helpers/snippets.ts";
import { withFolder } from "./helpers/temporary.ts";

/** Some sentences of which each word comes often enough. */
const ARTICLES = "北京是中国的首都。上海是中国的城市。他去北京，我去上海！\n".repeat(40);

/** The first lines of Chinese Wikipedia, their words joined again. */
function articles(): string {
  const path = sharedData("corpora/zhwiki2023-12mb-segmented.txt.gz");
  if (!path) {
    console.log("not run on Chinese Wikipedia, which is not on this machine");
    return ARTICLES;
  }
  const lines = gunzipSync(readFileSync(path)).toString("utf8").split("\n").slice(0, 1000);
  return lines.map((line) => `${line.replaceAll(" ", "")}。`).join("\n") + ARTICLES;
}

test("words, a file of them, a model, its neighbours and phrases", () =>
  withFolder(async (folder) => {
    const [program, ...others] = programsOf("docs/chinese-japanese.md");
    assert.is(others.length, 0, "one program, in four blocks");
    writeFileSync(join(folder, "articles.txt"), articles());
    const output = printed("chinese-japanese", program, folder).split("\n");
    assert.match(output[0], /^数学 是 研究 数量 结构 以及 空间 等 /);
    assert.is(output[1], "コーヒー と 紅茶 どちら が 好き です か");
    assert.match(output[2], /^Word2Vec\([\d,]+ words × 100, sg 1, epochs 10, trained\)$/);
    assert.is(output.join("\n").match(/\[ '[^']+', 0\.\d+ \]/g)?.length, 3);
    assert.is(output.at(-2), "true");
    assert.match(readFileSync(join(folder, "words.txt"), "utf8"), /^北京 是 中国/m);
  }));

test.run();
