/** Serves a page from one origin, and the library from this one or from another. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

const types = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** As a CDN answers. */
const forAll = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };

/** The first condition that applies is taken, as a bundler for browsers does. */
const conditions = ["browser", "import", "default"];

/**
 * @param page one of `pages`
 * @param folder a project: the scripts and, in node_modules, the package
 * @returns { url, close }
 */
export async function servePage(page, folder) {
  const server = createServer((request, response) => answer(request, response, page.headers));
  const elsewhere = createServer((request, response) => answer(request, response, forAll));
  for (const each of [server, elsewhere]) await once(each.listen(0, "127.0.0.1"), "listening");
  const [url, otherUrl] = [server, elsewhere].map((each) => `http://127.0.0.1:${each.address().port}/`);

  async function answer({ url }, response, headers) {
    const { pathname } = new URL(url, "http://page");
    const { type, body } = await find(pathname.slice(1));
    response.writeHead(body === undefined ? 404 : 200, {
      "content-type": type ?? types[extname(pathname) || ".html"] ?? "text/plain",
      ...headers,
    });
    response.end(body);
  }

  /** What is answered, { body } with its { type }; an empty object where that is nothing. */
  async function find(path) {
    if (path === "") return { type: "text/html", body: await html() };
    if (page.missing?.test(path)) return {};
    if (page.answers?.[path]) return page.answers[path];
    if (path === "engine") return { body: await readFile(join(folder, "node_modules/wasm2vec/build/engine.wasm")) };
    if (path.endsWith("/")) return find(`${path}index.html`);
    const body = await readFile(join(folder, path)).catch(() => undefined);
    if (path !== "program.js" || page.library !== "by its address") return { body };
    return { body: String(body).replace('"wasm2vec"', JSON.stringify(await addressOfBundle("./"))) };
  }

  async function html() {
    const isMapped = page.library !== "by its address";
    const map = isMapped && JSON.stringify({ imports: await importsOf(page.library) });
    return documentOf(page, [
      '<script src="watch.js"></script>',
      ...(isMapped ? [`<script type="importmap" nonce="import-map">${map}</script>`] : []),
      `<script type="module" src="${page.script}"></script>`,
    ]);
  }

  /** What is imported by name: the package, as modules or as one file. */
  async function importsOf(library) {
    if (library === "CDN") return { wasm2vec: await addressOfBundle(otherUrl) };
    const { exports } = await readManifest();
    const base = library === "another origin" ? otherUrl : "./";
    return { wasm2vec: `${base}node_modules/${join("wasm2vec", pick(exports["."]))}` };
  }

  async function addressOfBundle(base) {
    const { jsdelivr } = await readManifest();
    return `${base}node_modules/${join("wasm2vec", jsdelivr)}`;
  }

  async function readManifest() {
    return JSON.parse(await readFile(join(folder, "node_modules/wasm2vec/package.json"), "utf8"));
  }

  return {
    url,
    close() {
      for (const each of [server, elsewhere]) each.close().closeAllConnections();
    },
  };
}

/** A page's HTML. */
export const documentOf = ({ name, init = null }, scripts) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${name}</title>
<link rel="icon" href="data:,">
<body>
<script id="init" type="application/json">${JSON.stringify(init)}</script>
${scripts.join("\n")}
</body>
</html>
`;

/** Follows conditional exports. */
function pick(target) {
  if (typeof target === "string") return target;
  const [, inner] = Object.entries(target).find(([condition]) => conditions.includes(condition));
  return pick(inner);
}
