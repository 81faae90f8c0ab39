/**
 * The browsers, each without a window: Chromium out of npm, Firefox and WebKitGTK where the system has them.
 *
 * Playwright drives its own builds of the latter two only. Firefox speaks WebDriver BiDi by itself, WebKitGTK classic
 * WebDriver: a page is opened, asked and photographed, so a few commands of each are enough. What its console says a page
 * has to note by itself: WebKitGTK's driver does not tell.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { findRuntime } from "../runtimes/runtimes.js";

const openers = { chromium: openChromium, firefox: openFirefox, webkit: openWebKit };

/** How many milliseconds lie between two questions whether a page is done. */
const PAUSE = 50;

/** How many seconds a browser may take to start. */
const START_SECONDS = 60;

/** How many seconds it may take for an answer. */
const ANSWER_SECONDS = 60;

/**
 * Starts a browser, to be closed.
 *
 * @param name "chromium", "firefox" or "webkit"
 * @returns { version, open(address), close() }, or { reason } where the machine has none; what `open` gives is described
 *   at `pageOf`
 */
export const openBrowser = (name) => openers[name]();

/**
 * A page that is open.
 *
 * @param ask runs an expression of JavaScript in it and gives its value, as JSON has it
 * @param screenshot gives a PNG's bytes
 */
function pageOf({ ask, screenshot, resize, close }) {
  return {
    ask,
    async screenshot() {
      // what has changed is painted in the next frame
      await ask("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))");
      return screenshot();
    },
    resize,
    close,
    /** The value of an expression as soon as it is none of undefined, null, false, 0 and "". */
    async wait(expression, seconds) {
      let failure;
      for (const end = performance.now() + 1000 * seconds; performance.now() < end; await pause(PAUSE)) {
        try {
          const value = await ask(`(${expression}) || null`);
          if (value) return value;
        } catch (error) {
          failure = error; // a page that is just being loaded cannot be asked
        }
      }
      throw new Error(`no answer in ${seconds} s`, { cause: failure });
    },
  };
}

async function openChromium() {
  const { reason } = findRuntime("chromium");
  if (reason) return { reason };
  const { launchChromium } = await import("../runtimes/launch-chromium.js");
  const browser = await launchChromium();
  return {
    version: browser.version(),
    async open(address) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(address, { waitUntil: "commit" });
      return pageOf({
        ask: (expression) => page.evaluate(expression),
        screenshot: () => page.screenshot(),
        resize: (width, height) => page.setViewportSize({ width, height }),
        close: () => context.close(),
      });
    },
    close: () => browser.close(),
  };
}

async function openFirefox() {
  const binary = findCommand("firefox-esr") ?? findCommand("firefox");
  if (!binary) return { reason: "no firefox-esr or firefox is installed" };
  const profile = mkdtempSync(join(tmpdir(), "wasm2vec-firefox-"));
  const removeProfile = () => rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0"];
  const child = start(binary, args);
  process.once("exit", removeProfile);
  const end = async () => {
    await stop(child);
    process.off("exit", removeProfile);
    removeProfile();
  };
  try {
    const [, address] = await lineOf(child, /^WebDriver BiDi listening on (ws:\S+)/);
    const session = await connect(`${address}/session`);
    const { capabilities } = await session.send("session.new", { capabilities: {} });
    return {
      version: capabilities.browserVersion,
      open: (address) => openByBiDi(session, address),
      async close() {
        session.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function openByBiDi(session, address) {
  // of its own: no page finds another's service worker or cache
  const { userContext } = await session.send("browser.createUserContext", {});
  const { context } = await session.send("browsingContext.create", { type: "tab", userContext });
  await session.send("browsingContext.navigate", { context, url: address, wait: "none" });
  return pageOf({
    async ask(expression) {
      const { result, exceptionDetails } = await session.send("script.evaluate", {
        expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value ?? null))`,
        target: { context },
        awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return JSON.parse(result.value);
    },
    screenshot: async () => base64((await session.send("browsingContext.captureScreenshot", { context })).data),
    resize: (width, height) => session.send("browsingContext.setViewport", { context, viewport: { width, height } }),
    close: () => session.send("browser.removeUserContext", { userContext }),
  });
}

/** A WebDriver BiDi connection: commands and their answers. */
async function connect(address) {
  const { WebSocket } = await import("ws"); // Node has one of its own from version 22 on
  const socket = new WebSocket(address);
  const waiting = new Map();
  let id = 0;
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  });
  socket.on("close", () => {
    for (const answer of waiting.values()) answer({ error: "closed", message: "the browser is gone" });
  });
  return {
    send(method, params) {
      return new Promise((resolve, reject) => {
        const fail = (why) => reject(new Error(`${method}: ${why}`));
        const timer = setTimeout(fail, 1000 * ANSWER_SECONDS, "no answer");
        waiting.set(++id, ({ result, error, message }) => {
          clearTimeout(timer);
          if (result) resolve(result);
          else fail(`${error}: ${message}`);
        });
        socket.send(JSON.stringify({ id, method, params }));
      });
    },
    close: () => socket.close(),
  };
}

/** WebKitGTK has no headless mode: without a display, Xvfb is one. */
async function openWebKit() {
  const driver = findCommand("WebKitWebDriver");
  const binary = findMiniBrowser();
  const xvfb = process.env.DISPLAY ? undefined : findCommand("Xvfb");
  if (!driver || !binary) return { reason: "no WebKitWebDriver with MiniBrowser is installed (webkit2gtk-driver)" };
  if (!process.env.DISPLAY && !xvfb) return { reason: "WebKitGTK wants a display, and no xvfb is installed" };
  const children = [];
  const end = () => Promise.all(children.reverse().map(stop));
  try {
    const env = { ...process.env };
    if (xvfb) {
      const display = start(xvfb, ["-displayfd", "1", "-screen", "0", "1400x1200x24", "-nolisten", "tcp"]);
      children.push(display);
      env.DISPLAY = `:${(await lineOf(display, /^(\d+)$/))[1]}`;
    }
    const port = await freePort();
    const child = start(driver, [`--port=${port}`], { env });
    children.push(child);
    const send = webDriver(`http://127.0.0.1:${port}`);
    await started(() => send("GET", "/status"));
    const wanted = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
    // one session a page: it shares nothing with the one before
    const open = () => send("POST", "/session", { capabilities: { alwaysMatch: wanted } });
    let session = await open();
    return {
      version: session.capabilities.browserVersion,
      async open(address) {
        session ??= await open();
        const path = `/session/${session.sessionId}`;
        await send("POST", `${path}/url`, { url: address });
        return pageOf({
          ask: (expression) =>
            send("POST", `${path}/execute/async`, {
              script: `const done = arguments[0]; Promise.resolve(${expression}).then(done)`,
              args: [],
            }),
          screenshot: async () => base64(await send("GET", `${path}/screenshot`)),
          resize: (width, height) => send("POST", `${path}/window/rect`, { width, height }),
          async close() {
            session = undefined;
            await send("DELETE", path);
          },
        });
      },
      async close() {
        if (session) await send("DELETE", `/session/${session.sessionId}`).catch(() => {});
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Sends commands of classic WebDriver. */
const webDriver = (origin) => async (method, path, body) => {
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(1000 * ANSWER_SECONDS);
  const response = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body), signal });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
};

const base64 = (text) => Buffer.from(text, "base64");

const findCommand = (name) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

/** Its folder is not on the path, and each system has another. */
function findMiniBrowser() {
  const subfolders = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []);
  const folders = ["/usr/lib", "/usr/libexec", ...subfolders("/usr/lib").filter((path) => /-linux-gnu/.test(path))];
  return folders
    .flatMap(subfolders)
    .filter((path) => /webkit2?gtk-[\d.]+$/.test(path))
    .map((path) => join(path, "MiniBrowser"))
    .find(existsSync);
}

/** A process that emits each line it writes as "line", and that ends with this one. */
function start(command, args, options) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on("line", (text) => child.emit("line", { text }));
  }
  return child;
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** What the first line that fits says. */
function lineOf(child, pattern) {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`${child.spawnfile} did not start`));
    const timer = setTimeout(fail, 1000 * START_SECONDS);
    child.once("exit", fail).once("error", fail);
    child.on("line", ({ text }) => {
      const found = text.match(pattern);
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function started(ask) {
  for (const end = performance.now() + 1000 * START_SECONDS; ; await pause(PAUSE)) {
    const answer = await ask().catch((error) => (performance.now() > end ? Promise.reject(error) : undefined));
    if (answer) return answer;
  }
}
