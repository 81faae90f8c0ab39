/** The entry for Node, Deno and Bun: prints { version, values } or { version, error } as one line of JSON. */
import { outcome } from "./outcome.js";

const version = globalThis.Deno?.version.deno ?? globalThis.Bun?.version ?? process.versions.node;
const { inspect } = globalThis.Deno ?? globalThis.Bun ?? (await import("node:util"));
console.log(JSON.stringify({ version, ...(await outcome({ threads: true, inspect })) }));
