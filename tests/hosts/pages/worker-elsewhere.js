/** The script of the worker lies on another origin, as the library does, and init() says where. */
import { init } from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  await init({ workerUrl: new URL("../training/browser-worker.js", import.meta.resolve("wasm2vec")) });
  return program();
});
