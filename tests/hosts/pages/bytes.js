/** The engine's bytes are all that the page has beside the library's script. */
import { init } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  const response = await fetch("engine");
  const bytes = await response.arrayBuffer();
  await init({ bytes });
  return program();
});
