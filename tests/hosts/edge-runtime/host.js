/** Vercel's edge runtime, which refuses to compile bytes. */
import { fileURLToPath } from "node:url";
import { versionOf } from "../context.js";

export const title = "edge-runtime";
export const checked = "a bundle for the condition `edge-light`";

export const hosts = [
  {
    name: "edge-runtime",
    fixture: fileURLToPath(new URL("fixture", import.meta.url)),
    steady: true,
    async run({ check }) {
      await check(["build.mjs"]);
      return { version: versionOf("edge-runtime") };
    },
  },
];
