/** The example for pages, in a browser: it trains on its text, and finds a word's nearest. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { servePage } from "./page-server.js";

const examples = fileURLToPath(new URL("../../examples", import.meta.url));

/** How many seconds a step may take. */
const SECONDS = 60;

/**
 * @param folder a project, which has the package in node_modules; page.png in it shows what the page looked like at its end
 */
export async function visitExample(browser, folder) {
  cpSync(examples, join(folder, "examples"), { recursive: true });
  cpSync(join(folder, "node_modules/wasm2vec/build"), join(folder, "build"), { recursive: true });
  const server = await servePage({}, folder);
  const page = await browser.open(`${server.url}examples/page/`);
  try {
    await page.resize(1280, 900);
    await page.wait("document.querySelector('textarea').value", SECONDS);
    await page.ask("document.querySelector('form button').click()");
    await page.wait("document.querySelectorAll('li').length === 10", SECONDS);
    await page.ask(typing("telesc"));
    await page.wait("document.querySelector('section output').textContent === 'telescope …'", SECONDS);
    await page.ask(typing("Telescope"));
    writeFileSync(join(folder, "page.png"), await page.screenshot());
    const words = await page.ask("Array.from(document.querySelectorAll('li span'), ({ textContent }) => textContent)");
    if (!words.includes("moons")) throw new Error(`nearest to "telescope": ${words.join(", ")}`);
    const status = await page.ask("document.querySelector('form output').textContent");
    if (!/^\d+ words have a vector of 50 numbers\.$/.test(status)) throw new Error(status);
  } finally {
    await page.close();
    server.close();
  }
}

const typing = (text) => `(() => {
  const input = document.querySelector("#word");
  input.value = "${text}";
  input.dispatchEvent(new Event("input"));
})()`;
