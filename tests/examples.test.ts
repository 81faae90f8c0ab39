// Each example prints what its README says, and that is sensible.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
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

/** Those for a console: pages are looked at in browsers, and the Worker in workerd, by tests/hosts. */
const withReadme = readdirSync("examples").filter((name) => {
  const [readme, program, page] = ["README.md", "index.js", "index.html"].map((file) =>
    existsSync(`examples/${name}/${file}`),
  );
  return readme && program && !page;
});

test("there are seven", () =>
  assert.equal(withReadme, ["chinese", "genomes", "graph", "loss-curve", "markdown", "recommend", "search"]));

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

test("markdown: each question's first answer is of its topic, and what has its words as well comes before what has not", () => {
  const firstAfter = (title: string) => outputOf("markdown").split(`${title}\n`)[1].trim().split(/\s+/)[1];
  const answers = [
    "bake a loaf?",
    "while the sails are up",
    "to sow in spring",
    "moons in a telescope",
    "in the garden",
  ];
  assert.equal(
    answers.map((title) => firstAfter(title).replace(/\.md.*/, "")),
    ["bread", "sailing", "garden", "stars", "garden"],
  );
  assert.is(firstAfter("after a change"), "new.md:1");
  const places = (title: string) =>
    outputOf("markdown")
      .split(`${title}\n`)[1]
      .match(/stars\.md:\d+/g);
  assert.equal(places("telescope, by meaning")?.slice(0, 3), ["stars.md:8", "stars.md:22", "stars.md:28"]);
  assert.equal(places("telescope, by meaning and words")?.slice(0, 3), ["stars.md:8", "stars.md:28", "stars.md:22"]);
});

test("worker: answers questions from its assets, read once", async () => {
  execFileSync(process.execPath, ["examples/search-page/build.js"]);
  const asked: string[] = [];
  const ASSETS = {
    async fetch({ url }: Request) {
      asked.push(new URL(url).pathname);
      if (asked.length === 1) return new Response("", { status: 503 });
      return new Response(readFileSync(`examples/search-page/assets${new URL(url).pathname}`));
    },
  };
  const address = pathToFileURL("examples/worker/worker.js").href;
  const { default: worker } = await import(address);
  const ask = async (question: string) =>
    (await worker.fetch(new Request(`http://worker/?q=${encodeURIComponent(question)}`), { ASSETS })).json();
  await ask("slugs").then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /config\.json: 503/),
  );
  // a first request that failed is not the last
  const [slugs] = await ask("slugs at night");
  assert.is(slugs.id, "garden.md:22");
  assert.match(slugs.text, /^Slugs eat the young plants at night/);
  const once = asked.length;
  assert.equal(await ask(""), []);
  assert.is((await ask("the moons of Jupiter"))[0].id, "stars.md:8");
  assert.is(asked.length, once);
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
