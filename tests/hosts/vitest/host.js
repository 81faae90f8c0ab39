/** Vitest without a configuration. */
import { fileURLToPath } from "node:url";
import { hostFile, versionOf } from "../context.js";

export const title = "Vitest";
export const checked = "the environment `node`";

export const hosts = [
  {
    name: "vitest",
    fixture: fileURLToPath(new URL("fixture", import.meta.url)),
    steady: true,
    async run({ run, checkValues }) {
      const { stdout } = await run(process.execPath, [hostFile("vitest/vitest.mjs"), "run"]);
      checkValues(JSON.parse(stdout.split("\n").find((line) => line.startsWith("{"))));
      return { version: versionOf("vitest") };
    },
  },
];
