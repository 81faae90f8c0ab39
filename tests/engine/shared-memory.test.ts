// The engine for threads: the package's bytes with another import, against what the compiler makes of the same source.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { instantiateSync } from "@assemblyscript/loader";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withSharedMemory } from "../../src/engine/shared-memory.ts";
import { withFolder } from "../helpers/temporary.ts";

const files = { simd: "build/engine.wasm", relaxed: "build/engine-relaxed.wasm" };

for (const [build, file] of Object.entries(files)) {
  test(`${build}: it has the bytes of its asconfig target for threads`, () =>
    withFolder(async (folder) => {
      const target = build === "simd" ? "threads" : "relaxed-threads";
      const compiled = join(folder, "engine.wasm");
      execFileSync(process.execPath, ["node_modules/.bin/asc", "--target", target, "--outFile", compiled]);
      assert.equal(Buffer.from(withSharedMemory(readFileSync(file))), readFileSync(compiled));
    }));
}

test("AssemblyScript's loader opens it over a shared memory, and takes no other", () => {
  const bytes = withSharedMemory(readFileSync(files.simd));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const { exports } = instantiateSync(bytes, { env: { memory } });
  assert.ok((exports.heapBase as () => number)() > 0);
  const own = new WebAssembly.Memory({ initial: 1 });
  assert.throws(() => instantiateSync(bytes, { env: { memory: own } }), /memory/);
});

test("another module is refused", () => {
  assert.throws(() => withSharedMemory(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), /another WebAssembly module/);
});

test.run();
