// How the engine is supplied: each case in a process of its own, because it is loaded once.

import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** What a script prints that may call these: `use()` needs the engine, `tell(error)` prints an error. */
function printed(script: string): string {
  const code = `
    import { readFileSync } from "node:fs";
    import { init, KeyedVectors } from "wasm2vec";
    const bytes = readFileSync("build/engine.wasm");
    const use = async () => (await KeyedVectors.from(["a"], { data: Float32Array.of(1), shape: [1, 1] })).close();
    const tell = ({ code, message }) => console.log(code, message);
    ${script}
    console.log("end");`;
  const env = { ...process.env, FORCE_COLOR: "0" };
  return execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8", env });
}

test("not called at all, or without an engine: it loads by itself", () => {
  assert.is(printed("await use(); await init(); await init({}); await use();"), "end\n");
});

test("a module, bytes, a URL, a path; the same one again", () => {
  for (const options of [
    "{ module: await WebAssembly.compile(bytes) }",
    "{ bytes }",
    `{ url: new URL("${pathToFileURL("build/engine.wasm")}") }`,
    '{ url: "build/engine.wasm" }',
  ]) {
    assert.is(printed(`const options = ${options}; await init(options); await init(options); await use();`), "end\n");
  }
});

test("another engine than the one in use is refused", () => {
  const refused = /^option-invalid init\(\) got another engine .*Call it once, before anything else\.\nend\n$/;
  assert.match(printed("await use(); await init({ bytes }).catch(tell);"), refused);
  const modules = "const [a, b] = [await WebAssembly.compile(bytes), await WebAssembly.compile(bytes)];";
  assert.match(printed(`${modules} await init({ module: a }); await init({ module: b }).catch(tell);`), refused);
});

test("an engine that cannot be had: it says where it is, and the next try may succeed", () => {
  const failed = (reason: string) =>
    new RegExp(`^engine-not-loaded The engine could not be loaded: ${reason}.*wasm2vec/engine\\.wasm\\.\\nend\\n$`);
  const tried = (options: string) => printed(`await init(${options}).catch(tell); await init({ bytes }); await use();`);
  assert.match(tried("{ bytes: bytes.subarray(0, 100) }"), failed("WebAssembly\\.compile\\(\\)"));
  assert.match(tried('{ url: "no/such.wasm" }'), failed('There is no file "no/such\\.wasm"'));
  const empty = "Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)";
  assert.match(tried(`{ bytes: ${empty} }`), failed("it is another WebAssembly module"));
});

test("an unknown option names the nearest one", () => {
  const output = printed("await init({ modul: 1 }).catch(tell);");
  assert.match(output, /^option-unknown init has no option "modul"\. Did you mean "module"\?\nend\n$/);
});

test.run();
