/** Runs the program, after init() where the page says with what. */
import { init } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

const options = JSON.parse(document.querySelector("#init").textContent);

report(async () => {
  if (options) await init(options);
  return program();
});
