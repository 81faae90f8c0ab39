/** A service worker: it has no import map, no import() and no workers. */
import { program } from "./program.js";

addEventListener("message", ({ data, source }) => {
  if (data !== "run") return;
  program().then(
    (values) => source.postMessage({ values }),
    (error) => source.postMessage({ error: `${error}\n${error.stack}` }),
  );
});
