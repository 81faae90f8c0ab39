/** Parcel without a configuration: a page's build. */
import { hostFile, versionOf } from "../context.js";

export const title = "Parcel";
export const checked = "a page's build";

const files = [/^index\.html$/, /^[\w.-]+\.js$/, /^[\w.-]+\.wasm$/];

export const hosts = [
  {
    name: "parcel",
    steady: true,
    async run({ run, serve, checkPage, checkFiles }) {
      const options = ["--no-source-maps", "--no-cache", "--no-autoinstall", "--public-url", "./"];
      await run(process.execPath, [hostFile("parcel/lib/bin.js"), "build", "index.html", ...options]);
      checkFiles("dist", files);
      await checkPage(await serve("dist"));
      return { version: versionOf("parcel") };
    },
  },
];
