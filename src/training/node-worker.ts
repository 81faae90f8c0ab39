/** A worker's script for Node, Deno and Bun. */

import { parentPort } from "node:worker_threads";
import { workerOf } from "./worker.ts";

const { answer, fail } = workerOf((message, transferred) => parentPort?.postMessage(message, transferred));
parentPort?.on("message", answer);
parentPort?.on("messageerror", fail);
