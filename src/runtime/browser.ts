/** Pages and their workers: a path is a relative URL. */

import { engineFile, type Runtime, type Thread, type Threads } from "./runtime.ts";

const threads: Threads = {
  get cannotShare() {
    if (globalThis.crossOriginIsolated) return undefined;
    return "this page is not cross-origin isolated; serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
  },

  get isPage() {
    return globalThis.document !== undefined;
  },

  start(url, { onMessage, onFailure }): Thread {
    const worker = url === undefined ? startOwn() : new Worker(url, { type: "module" });
    worker.onmessage = ({ data }) => onMessage(data);
    worker.onmessageerror = () => onFailure(new Error("a message of it could not be read"));
    worker.onerror = (event) => {
      event.preventDefault();
      onFailure(new Error(event.message || "its script could not be loaded"));
    };
    return {
      post: (message, transferred) => worker.postMessage(message, transferred),
      end: async () => worker.terminate(),
    };
  },
};

/** As bundlers want it, to find the script. */
const startOwn = () => new Worker(new URL("../training/browser-worker.js", import.meta.url), { type: "module" });

export const runtime: Runtime = {
  async loadEngine(build) {
    const response = await fetch(new URL(`../${engineFile(build)}`, import.meta.url));
    if (!response.ok) throw new Error(`${response.url} answered ${response.status} ${response.statusText}`);
    return WebAssembly.compile(await response.arrayBuffer());
  },

  baseUrl: () => globalThis.document?.baseURI ?? globalThis.location?.href,

  /** A service worker cannot start others. */
  get threads() {
    return globalThis.Worker && threads;
  },
};
