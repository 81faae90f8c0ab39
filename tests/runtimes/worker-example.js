/**
 * Asks the example for Workers in workerd, whose static assets are what examples/search-page/build.js wrote.
 *
 * node worker-example.js <folder of a project with the examples> <question>
 */
import { join, resolve } from "node:path";
import { serveWorker } from "./serve-worker.js";

const [folder, question] = process.argv.slice(2);
const examples = resolve(folder, "examples");
const worker = join(examples, "worker/worker.js");
const { url, version, close } = await serveWorker(
  worker,
  resolve(folder, "bundle"),
  join(examples, "search-page/assets"),
);
try {
  const answer = await fetch(`${url}?q=${encodeURIComponent(question)}`);
  if (!answer.ok) throw new Error(await answer.text());
  console.log(JSON.stringify({ version, answers: await answer.json() }));
} finally {
  close();
}
