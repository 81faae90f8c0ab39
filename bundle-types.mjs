// Makes the types that are shipped: one file for `import`, the same for `require`, and those of the other entries.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

/** What the types need of libraries that a project may lack, or that came later than the oldest TypeScript. */
const PRELUDE = `/** Typed arrays with a memory of their own, where TypeScript knows of memories: from 5.7 on. */
type OwnFloat32Array = ReturnType<Float32ArrayConstructor["of"]>;
type OwnInt32Array = ReturnType<Int32ArrayConstructor["of"]>;
type OwnUint8Array = ReturnType<Uint8ArrayConstructor["of"]>;
type OwnUint32Array = ReturnType<Uint32ArrayConstructor["of"]>;

/** What is handed over is the platform's, where a project knows it. */
type AbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Type } } ? Type : AbortSignalLike;
type Blob = typeof globalThis extends { Blob: { prototype: infer Type } } ? Type : BlobLike;

declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}
`;

/** What is imported has the types of what is required: one file holds them. */
const MODULE = `export * from "./index.cjs";
`;

const ENGINE = `/** The compiled engine, as edge runtimes import it: for \`init({ module })\`. */
declare const engine: typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;
export default engine;
`;

const WORKER = `/** The script of a training's workers: import it for its address alone. */
export {};
`;

/**
 * @param entry tsc's declarations of what is exported
 * @param to the folder
 */
export async function bundleTypes(entry, to) {
  const bundle = await rolldown({ input: entry, plugins: [dts({ dtsInput: true })] });
  const { output } = await bundle.generate();
  const code = output.find(({ isEntry }) => isEntry).code;
  const types = `${PRELUDE}\n${code
    .replaceAll(/(?<=;) (?=\/\*\*)|(?<=\*\/)(?=\w)/g, "\n  ")
    .replaceAll(/\b(Float32|Int32|Uint8|Uint32)Array<ArrayBuffer>/g, "Own$1Array")
    .replaceAll(/\b(\w+Array|ArrayBufferView)<ArrayBufferLike>/g, "$1")}`;
  const documented = withDocstrings(types);
  write(path.join(to, "index.d.cts"), documented);
  write(path.join(to, "index.d.ts"), MODULE);
  write(path.join(to, "engine.wasm.d.ts"), ENGINE);
  write(path.join(to, "training/worker.d.ts"), WORKER);
}

/** tsc drops the docstrings of options that a table takes over from another by `...`: they are those of the other's. */
function withDocstrings(types) {
  const docstrings = new Map();
  for (const [, docstring, option] of types.matchAll(
    /^ {2}(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n {2}(\w+: Option<.*>;)$/gm,
  )) {
    docstrings.set(option, (docstrings.get(option) ?? new Set()).add(docstring));
  }
  return types.replaceAll(/(?<!\*\/\n) {2}(\w+: Option<.*>;)$/gm, (_, option) => {
    const found = [...(docstrings.get(option) ?? [])];
    if (found.length === 1) return `  ${found[0]}\n  ${option}`;
    throw new Error(`An option without a docstring of its own, and ${found.length} that may be meant: ${option}`);
  });
}

function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
