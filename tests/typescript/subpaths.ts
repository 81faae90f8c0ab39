// What is imported beside the library, where it is found by package.json's exports.

import { init } from "wasm2vec";
import engine from "wasm2vec/engine.wasm";
import edge from "wasm2vec/engine.wasm?module";
import relaxed from "wasm2vec/engine-relaxed.wasm";
import "wasm2vec/worker.js";

export const started = [engine, edge].map((module) => init({ module }));
export const faster = init({ module: relaxed, build: "relaxed" });

// @ts-expect-error
engine.toFixed();
