/** The examples for pages, in a browser: one trains on its text and finds a word's nearest, the other finds texts. */
import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { servePage } from "./page-server.js";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** How many seconds a step may take. */
const SECONDS = 180;

/**
 * @param folder a project, which has the package in node_modules; page.png and search-page.png in it show what the pages looked
 *   like at their end
 */
export async function visitExamples(browser, folder) {
  cpSync(examples, join(folder, "examples"), { recursive: true });
  cpSync(join(folder, "node_modules/wasm2vec/build"), join(folder, "build"), { recursive: true });
  execFileSync(process.execPath, ["examples/search-page/build.js"], { cwd: folder });
  await visit(browser, folder, "page", trainAndAsk);
  await visit(browser, folder, "search-page", search);
}

async function visit(browser, folder, example, use) {
  const server = await servePage({}, folder);
  const page = await browser.open(`${server.url}examples/${example}/`);
  try {
    await page.resize(1280, 900);
    await use(page, async () => writeFileSync(join(folder, `${example}.png`), await page.screenshot()));
  } finally {
    await page.close();
    server.close();
  }
}

async function trainAndAsk(page, photograph) {
  await page.wait("document.querySelector('textarea').value", SECONDS);
  await page.ask("document.querySelector('form button').click()");
  await page.wait("document.querySelectorAll('li').length === 10", SECONDS);
  await page.ask(typing("telesc"));
  await page.wait("document.querySelector('section output').textContent === 'telescope …'", SECONDS);
  await page.ask(typing("Telescope"));
  await photograph();
  const words = await page.ask("Array.from(document.querySelectorAll('li span'), ({ textContent }) => textContent)");
  if (!words.includes("moons")) throw new Error(`nearest to "telescope": ${words.join(", ")}`);
  const status = await page.ask("document.querySelector('form output').textContent");
  if (!/^\d+ words have a vector of 50 numbers\.$/.test(status)) throw new Error(status);
}

async function search(page, photograph) {
  await page.wait("!document.querySelector('input').disabled", SECONDS);
  await page.ask(typing("slugs at night", "question"));
  await photograph();
  const title = await page.ask("document.querySelector('li h2 span')?.textContent");
  if (title !== "garden.md:22") throw new Error(`nearest to "slugs at night": ${title}`);
  await page.ask(typing("", "question"));
  const left = await page.ask("document.querySelectorAll('li').length");
  if (left) throw new Error(`${left} answers to no question`);
}

const typing = (text, field = "word") => `(() => {
  const input = document.querySelector("#${field}");
  input.value = "${text}";
  input.dispatchEvent(new Event("input"));
})()`;
