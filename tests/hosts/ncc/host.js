/** ncc: a Node program in one file, with the files that it reads beside it. */
import { hostFile, versionOf } from "../context.js";

export const title = "ncc";
export const checked = "a Node program in one folder";

const files = [/^[\w.-]+\.m?js$/, /^package\.json$/, /^[\w.-]+\.wasm$/];

export const hosts = [
  {
    name: "ncc",
    steady: true,
    async run({ run, check, checkFiles }) {
      await run(process.execPath, [
        hostFile("@vercel/ncc/dist/ncc/cli.js"),
        "build",
        "node.js",
        "-o",
        "dist",
        "--no-cache",
      ]);
      checkFiles("dist", files);
      await check(["dist/index.js"]);
      return { version: versionOf("@vercel/ncc") };
    },
  },
];
