/** Jest, whose modules are CommonJS: plain, and TypeScript by ts-jest; in its Node environment and in jsdom. */
import { renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hostFile, versionOf } from "../context.js";

export const title = "Jest";
export const checked = "CommonJS and ts-jest, in the environments `node` and `jsdom`";

const fixture = fileURLToPath(new URL("fixture", import.meta.url));
const kinds = { commonjs: {}, "ts-jest": { preset: "ts-jest" } };
const environments = ["node", "jsdom"];

export const hosts = Object.entries(kinds).flatMap(([kind, settings]) =>
  environments.map((testEnvironment) => ({
    name: `jest ${kind} ${testEnvironment}`,
    steady: kind === "commonjs",
    fixture,
    async run({ folder, run, checkValues, writeCommonJs }) {
      const extension = settings.preset ? "ts" : "cjs";
      if (settings.preset) renameSync(`${folder}/program.js`, `${folder}/program.ts`);
      else await writeCommonJs("program");
      const config = JSON.stringify({
        rootDir: folder,
        haste: {},
        testEnvironment,
        testMatch: [`**/*.test.${extension}`],
        ...settings,
      });
      const { stdout } = await run(process.execPath, [hostFile("jest/bin/jest.js"), "--config", config]);
      checkValues(JSON.parse(stdout.split("\n").find((line) => line.startsWith("{"))));
      return { version: versionOf("jest") };
    },
  })),
);
