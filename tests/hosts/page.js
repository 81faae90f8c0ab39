/**
 * Opens a page in Chromium and waits until it has written its outcome into the document (fixture/page.js).
 * Words in the console, exceptions, failed requests and answers other than 2xx are faults, unless a pattern allows them.
 *
 * node page.js <url> <patterns, a JSON list> -> { version, outcome, faults, workers } as one line of JSON
 */
import { setTimeout as wait } from "node:timers/promises";
import { launchChromium } from "../runtimes/launch-chromium.js";

const seconds = 45;
const secondsAfterFault = 5;

const [url, patterns] = process.argv.slice(2);
const allowed = JSON.parse(patterns).map((pattern) => new RegExp(pattern));
const faults = [];
let workers = 0;
let late = performance.now() + seconds * 1000;

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  page.on("console", (message) => note(`console.${message.type()}: ${message.text()} (${message.location().url})`));
  page.on("crash", () => note("the page crashed"));
  page.on("pageerror", (error) => note(error.stack));
  page.on("requestfailed", (request) => note(`${request.url()}: ${request.failure().errorText}`));
  page.on("response", (response) => response.ok() || note(`${response.url()}: status ${response.status()}`));
  page.on("worker", () => {
    workers++;
  });
  await page.goto(url, { waitUntil: "commit" });
  const outcome = await read(page);
  console.log(JSON.stringify({ version: browser.version(), outcome, faults, workers }));
} finally {
  await browser.close();
}

/** A page that could not load its modules will never write an outcome: the first fault shortens the wait. */
function note(fault) {
  if (allowed.some((pattern) => pattern.test(fault))) return;
  faults.push(fault);
  late = Math.min(late, performance.now() + secondsAfterFault * 1000);
}

async function read(page) {
  for (;;) {
    // A page that loads again meanwhile throws the question away.
    const outcome = await page.evaluate(() => document.documentElement.dataset.outcome).catch(() => undefined);
    if (outcome) return JSON.parse(outcome);
    if (performance.now() > late) return { error: "the page wrote no outcome" };
    await wait(50);
  }
}
