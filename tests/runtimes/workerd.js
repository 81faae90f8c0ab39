/**
 * Runs the suite in workerd.
 *
 * node workerd.js <consumer folder>
 */
import { join, resolve } from "node:path";
import { serveWorker } from "./serve-worker.js";

const consumer = resolve(process.argv[2]);
const { url, version, close } = await serveWorker(join(consumer, "worker.js"), join(consumer, "bundle"));
try {
  const answer = await fetch(url);
  console.log(JSON.stringify({ version, ...(await answer.json()) }));
} finally {
  close();
}
