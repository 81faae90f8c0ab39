/** The file for pages is minified, and its classes keep their names all the same. */
import * as wasm2vec from "wasm2vec";
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  const classes = Object.entries(wasm2vec).filter(
    ([name, value]) => /^[A-Z]/.test(name) && typeof value === "function",
  );
  const others = classes
    .filter(([name, value]) => value.name !== name)
    .map(([name, value]) => `${name}: ${value.name}`);
  if (!classes.length || others.length) throw new Error(`names of ${classes.length} classes: ${others.join(", ")}`);
  return program();
});
