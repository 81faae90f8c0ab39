/** Opens pages in one Chromium, each with a context of its own. */
import { setTimeout as wait } from "node:timers/promises";
import { launchChromium } from "../runtimes/launch-chromium.js";

const seconds = 90;
const secondsAfterFault = 10;

let launched;

/**
 * Opens a page and waits until it has written its outcome into the document, as fixture/page.js does.
 * Words in the console, exceptions, failed requests and answers other than 2xx are faults.
 *
 * @param allow patterns of what is no fault
 * @returns { outcome, faults, workers }; `workers` is how many were started
 */
export async function openPage(url, allow) {
  launched ??= launchChromium();
  const browser = await launched;
  const context = await browser.newContext();
  const faults = [];
  let workers = 0;
  let late = performance.now() + seconds * 1000;
  // A page that could not load its modules will never write an outcome: the first fault shortens the wait.
  const note = (fault) => {
    if (allow.some((pattern) => pattern.test(fault))) return;
    faults.push(fault);
    late = Math.min(late, performance.now() + secondsAfterFault * 1000);
  };
  try {
    const page = await context.newPage();
    page.on("console", (message) => note(`console.${message.type()}: ${message.text()} (${message.location().url})`));
    page.on("crash", () => note("the page crashed"));
    page.on("pageerror", (error) => note(error.stack));
    page.on("requestfailed", (request) => note(`${request.url()}: ${request.failure().errorText}`));
    page.on("response", (response) => response.ok() || note(`${response.url()}: status ${response.status()}`));
    page.on("worker", () => {
      workers++;
    });
    await page.goto(url, { waitUntil: "commit" });
    for (;;) {
      // A page that loads again meanwhile throws the question away.
      const outcome = await page.evaluate(() => document.documentElement.dataset.outcome).catch(() => undefined);
      if (outcome) return { outcome: JSON.parse(outcome), faults, workers };
      if (performance.now() > late) return { outcome: { error: "the page wrote no outcome" }, faults, workers };
      await wait(50);
    }
  } finally {
    await context.close();
  }
}
