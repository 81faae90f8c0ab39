/** Next: a page, a route of its Node runtime and one of its edge runtime, built by each of its two bundlers. */
import { fileURLToPath } from "node:url";
import { hostFile, versionOf } from "../context.js";

export const title = "Next";
export const checked = "client page, Node route and edge route, each built with Turbopack and with webpack";

const next = (...args) => [hostFile("next/dist/bin/next"), ...args];
const ports = { turbopack: 4200, webpack: 4210 };
const kinds = ["client", "node", "edge"];
// With webpack, Next 16.4 cannot build an edge route of app/, whatever it does: it lies in pages/.
const paths = { node: "outcome", edge: "api/outcome" };

export const hosts = Object.entries(ports).flatMap(([bundler, firstPort]) =>
  kinds.map((kind, i) => ({
    name: `next ${bundler} ${kind}`,
    fixture: fileURLToPath(new URL(`fixture-${kind}`, import.meta.url)),
    async run({ run, start, checkPage, checkValues }) {
      await run(process.execPath, next("build", `--${bundler}`));
      const port = firstPort + i;
      const args = next("start", "--hostname", "127.0.0.1", "--port", port);
      await start(process.execPath, args, { ready: /Ready in/ });
      const url = `http://127.0.0.1:${port}/`;
      if (kind === "client") await checkPage(url);
      else checkValues(await answer(url + paths[kind]));
      return { version: versionOf("next") };
    },
  })),
);

async function answer(url) {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 1000)}`);
  return JSON.parse(text);
}
