/** webpack without a configuration but its entry and target. */
import { fileURLToPath } from "node:url";
import { versionOf } from "../context.js";

export const title = "webpack";
export const checked = "bundles for the web and for Node; no files beside chunks, the worker and the engine";

const files = [/^index\.html$/, /^[\w.-]+\.js$/, /^\w+\.wasm$/, /LICENSE\.txt$/];
const fixture = fileURLToPath(new URL("fixture", import.meta.url));

export const hosts = ["webpack-5.75", "webpack-5.90", "webpack"].flatMap((name) => {
  const label = name === "webpack" ? "webpack newest" : name.replace("-", " ");
  return [
    {
      name: `${label} web`,
      fixture,
      async run({ run, serve, checkPage, checkFiles }) {
        await run(process.execPath, ["build.mjs", name, "web"]);
        checkFiles("dist", files);
        await checkPage(`${await serve(".")}web.html`);
        return { version: versionOf(name) };
      },
    },
    {
      name: `${label} node`,
      fixture,
      async run({ run, check, checkFiles }) {
        await run(process.execPath, ["build.mjs", name, "node"]);
        checkFiles("dist", files);
        await check(["dist/main.js"]);
        return { version: versionOf(name) };
      },
    },
  ];
});
