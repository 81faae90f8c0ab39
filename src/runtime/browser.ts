/** Pages and their workers: a path is a relative URL. */

import { checkEngineBytes } from "./engine-bytes.ts";
import { engineAddress, inlinedTokenizer, orInlined } from "./engine-files.ts";
import type { EngineFile, Runtime, Thread, ThreadEvents, Threads } from "./runtime.ts";

const threads: Threads = {
  get cannotShare() {
    if (!globalThis.crossOriginIsolated) {
      return "this page is not cross-origin isolated; serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
    }
    return typeof SharedArrayBuffer === "undefined" ? "this browser has no memory that threads can share" : undefined;
  },

  get isPage() {
    return globalThis.document !== undefined;
  },

  ways: [startOwn, startCopy],

  startAt(url, events) {
    const script = new URL(url, baseUrl());
    const { origin } = globalThis.location ?? {};
    if (!origin || script.origin === origin || !/^https?:$/.test(script.protocol)) {
      return threadOf(new Worker(script, { type: "module" }), events);
    }
    // a page may start no script of another origin, but one of its own that imports it
    return startText(`import ${JSON.stringify(script.href)};`, { type: "module" }, events);
  },
};

/** As bundlers want it, to find the script. */
function startOwn(events: ThreadEvents): Thread {
  return threadOf(new Worker(new URL("../training/browser-worker.js", import.meta.url), { type: "module" }), events);
}

/** Where the script cannot be had: from another origin, or from a bundle that has not taken it along. */
async function startCopy(events: ThreadEvents): Promise<Thread> {
  const { default: script } = await import("inline:browser-worker");
  return startText(script, {}, events);
}

function startText(script: string, options: WorkerOptions, events: ThreadEvents): Thread {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return threadOf(new Worker(url, options), events, () => URL.revokeObjectURL(url));
  } catch (error) {
    URL.revokeObjectURL(url);
    throw error;
  }
}

/** @param forget is called when the script is not needed any more */
function threadOf(worker: Worker, { onMessage, onFailure }: ThreadEvents, forget?: () => void): Thread {
  worker.onmessage = ({ data }) => onMessage(data);
  worker.onmessageerror = () => onFailure(new Error("a message of it could not be read"));
  worker.onerror = (event) => {
    event.preventDefault();
    onFailure(new Error(event.message || "its script could not be loaded"));
  };
  return {
    post: (message, transferred) => worker.postMessage(message, transferred),
    async end() {
      worker.terminate();
      forget?.();
    },
  };
}

async function fetchEngine(file: EngineFile): Promise<Uint8Array<ArrayBuffer>> {
  const address = engineAddress(file);
  // browsers fetch no files, and complain in the console of who tries
  if (address.protocol === "file:") throw new Error(`${address} is a file, which a page cannot read`);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status} ${response.statusText}`);
  return checkEngineBytes(new Uint8Array(await response.arrayBuffer()), response.url);
}

const baseUrl = () => globalThis.document?.baseURI ?? globalThis.location?.href;

export const runtime: Runtime = {
  loadEngine: (file) => orInlined(file, () => fetchEngine(file)),

  loadTokenizer: inlinedTokenizer,

  baseUrl,

  rangeCache: "no-store",

  /** A service worker cannot start others. */
  get threads() {
    return globalThis.Worker && threads;
  },
};
