/**
 * Installs what this folder's scripts need, when that changed, and runs one of them: `docs` or `lint`.
 *
 *     npm run docs [-- --check]
 *     npm run lint:package
 */
import { fileURLToPath } from "node:url";
import { installLocked } from "../runtimes/install.js";

const [script] = process.argv.slice(2);
installLocked(fileURLToPath(new URL(".", import.meta.url)), "installing typedoc and the package's linters: 85 MB");
await import(`./${script}.mjs`);
