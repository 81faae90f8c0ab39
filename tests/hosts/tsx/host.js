/** tsx: TypeScript run as it is, as modules and as CommonJS. */
import { renameSync, writeFileSync } from "node:fs";
import { hostFile, versionOf } from "../context.js";

export const title = "tsx";
export const checked = "TypeScript as modules and as CommonJS";

export const hosts = ["module", "commonjs"].map((type) => ({
  name: `tsx ${type}`,
  steady: true,
  async run({ folder, check }) {
    writeFileSync(`${folder}/package.json`, JSON.stringify({ name: "consumer", private: true, type }));
    for (const name of ["program", "node"]) renameSync(`${folder}/${name}.js`, `${folder}/${name}.ts`);
    await check([hostFile("tsx/dist/cli.mjs"), "node.ts"]);
    return { version: versionOf("tsx") };
  },
}));
