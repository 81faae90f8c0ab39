/** Vite without a configuration: its development server, which bundles dependencies beforehand, and its build. */
import { hostFile, versionOf } from "../context.js";

export const title = "Vite";
export const checked = "development server with dependencies bundled beforehand, build and preview";

const files = [/^index\.html$/, /^assets\/[\w-]+\.js$/, /^assets\/engine[\w-]*\.wasm$/];
const local = /Local: +(http:\/\/\S+)/;
const server = ["--host", "127.0.0.1", "--port"];

export const hosts = [5, 6, 7, 8].flatMap((major) => {
  const name = major === 8 ? "vite" : `vite${major}`;
  const version = () => versionOf(name);
  const vite = (...args) => [hostFile(`${name}/bin/vite.js`), ...args];
  return [
    {
      name: `vite ${major} dev`,
      steady: true,
      async run({ start, checkPage }) {
        const [, url] = await start(process.execPath, vite(...server, 4170 + major), { ready: local });
        await checkPage(url, { allow: [/^console\.debug: \[vite\]/] });
        return { version: version() };
      },
    },
    {
      name: `vite ${major} build`,
      steady: true,
      async run({ run, start, checkPage, checkFiles }) {
        await run(process.execPath, vite("build"));
        checkFiles("dist", files);
        const [, url] = await start(process.execPath, vite("preview", ...server, 4180 + major), { ready: local });
        await checkPage(url);
        return { version: version() };
      },
    },
  ];
});
