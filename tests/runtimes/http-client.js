/** Reads all cases of http in whatever runtime this is, and hands the outcomes to the server. */
import { runtime as page } from "../../src/runtime/browser.ts";
import { useRuntime } from "../../src/runtime/runtime.ts";
import { runCases } from "../helpers/http-cases.ts";

const isPage = globalThis.document !== undefined;
useRuntime(isPage ? page : {});
const base = isPage ? location.origin : (globalThis.Deno?.args[0] ?? process.argv[2]);

const outcomes = await runCases(base, isPage ? 1 : undefined);
await fetch(`${base}/outcomes`, { method: "POST", body: JSON.stringify(outcomes) });
