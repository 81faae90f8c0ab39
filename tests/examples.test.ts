// Each example prints what its README says, and that is sensible.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** What an example printed, by its folder's name. */
const outputs = new Map<string, string>();
const outputOf = (example: string) => outputs.get(example) ?? "";

/** The first number after some text of an example's output. */
function numberAfter(example: string, text: string): number {
  const output = outputOf(example);
  return Number.parseFloat(output.slice(output.indexOf(text) + text.length));
}

/** Those for a console: the page's is looked at in browsers, by tests/hosts. */
const withReadme = readdirSync("examples").filter(
  (name) => existsSync(`examples/${name}/README.md`) && !existsSync(`examples/${name}/index.html`),
);

test("there are six", () =>
  assert.equal(withReadme, ["chinese", "genomes", "graph", "loss-curve", "recommend", "search"]));

for (const name of withReadme) {
  test(`${name}: prints what its README says`, () => {
    const [, expected] = readFileSync(`examples/${name}/README.md`, "utf8").match(/^```text\n(.*?)^```$/ms) ?? [];
    outputs.set(name, execFileSync(process.execPath, [`examples/${name}/index.js`], { encoding: "utf8" }));
    assert.is(outputOf(name), expected);
  });
}

test("recommend: like goes with like, and a history foretells more than popularity does", () => {
  assert.match(outputOf("recommend"), /^who likes tea 12 may like tea \d+, tea \d+, tea \d+, tea \d+$/m);
  const [popular, ours] = [numberAfter("recommend", "most popular"), numberAfter("recommend", "nsExponent -0.5")];
  assert.ok(ours > 1.5 * popular, `${ours} %, the most popular ${popular} %`);
});

test("search: nine documents of ten are nearest to one of their topic", () => {
  assert.ok(numberAfter("search", "planets and moons in a telescope\n") > 0.5);
  assert.ok(numberAfter("search", "\n\n") >= 29);
});

test("graph: the two factions, 30 of 34 members or more", () => assert.ok(numberAfter("graph", "of 1 and 34:") >= 30));

test("chinese: tea with tea, cat with dog, train with aeroplane, town with town", () => {
  for (const pair of ["绿茶: 红茶", "小猫: 小狗", "火车: 飞机", "北京: 上海"]) {
    assert.match(outputOf("chinese"), new RegExp(`^${pair} `, "m"));
  }
});

test("genomes: strains of a family are alike, families are not, and fragments find their own", () => {
  const [, table] = outputOf("genomes").split("\n\n");
  for (const [row, line] of table.split("\n").slice(1).entries()) {
    const cosines = line.trim().split(/\s+/).slice(1).map(Number);
    for (const [column, cosine] of cosines.entries()) {
      const isFamily = Math.floor(row / 3) === Math.floor(column / 3);
      assert.ok(isFamily ? cosine > 0.9 : cosine < 0.2, line);
    }
  }
  assert.ok(numberAfter("genomes", "1000 bases:") >= 0.95 * 300);
});

test("loss-curve: ends early, on a lower loss", () => {
  assert.ok(numberAfter("loss-curve", "ended after") < 30);
  assert.ok(numberAfter("loss-curve", "\n  9") < numberAfter("loss-curve", "\n  1"));
});

test.run();
