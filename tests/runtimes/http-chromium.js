/**
 * Opens a page of headless Chromium, and keeps it open until it has handed in its outcomes.
 *
 * node http-chromium.js <script> <address>
 */
import { launchChromium } from "./launch-chromium.js";

const browser = await launchChromium();
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.stack));
  const done = page.waitForResponse((response) => response.url().endsWith("/outcomes"), { timeout: 0 });
  await page.goto(process.argv[3]);
  await done;
} finally {
  await browser.close();
}
