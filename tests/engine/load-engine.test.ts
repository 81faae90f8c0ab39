// How the engine is supplied: each case in a process of its own, because it is loaded once.

import { execFileSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";

/** What a script prints that may call these: `use()` needs the engine, `tell(error)` prints an error. */
function printed(script: string): string {
  const code = `
    import { readFileSync } from "node:fs";
    import { init, KeyedVectors, Word2Vec } from "wasm2vec";
    const bytes = readFileSync("build/engine.wasm");
    const use = async () => (await KeyedVectors.from(["a"], { data: Float32Array.of(1), shape: [1, 1] })).close();
    const tell = ({ code, message }) => console.log(code, message);
    ${script}
    console.log("end");`;
  const env = { ...process.env, FORCE_COLOR: "0" };
  const args = ["--input-type=module", "--eval", code];
  return execFileSync(process.execPath, args, { encoding: "utf8", env, timeout: 60_000 });
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

test("another engine than the one in use is refused; equal bytes are the same one", () => {
  const refused = /^option-invalid init\(\) got another engine .*Call it once, before anything else\.\nend\n$/;
  const other = "bytes.slice().fill(9, 8, 9)";
  assert.match(printed(`await use(); await init({ bytes: ${other} }).catch(tell);`), refused);
  const modules = "const [a, b] = [await WebAssembly.compile(bytes), await WebAssembly.compile(bytes)];";
  assert.match(printed(`${modules} await init({ module: a }); await init({ module: b }).catch(tell);`), refused);
  assert.is(printed("await use(); await init({ bytes }); await init({ bytes: bytes.slice() }); await use();"), "end\n");
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

test("what a failed init() was given is forgotten", () => {
  const broken = '{ bytes: bytes.subarray(0, 100), workerUrl: "a.js" }';
  const output = printed(`
    await init(${broken}).catch(({ code }) => console.log(code));
    await init({ bytes, workerUrl: "b.js" });
    await use();`);
  assert.is(output, "engine-not-loaded\nend\n");
});

test("bytes of the relaxed engine are taken where its file could not be had for threads", () => {
  const output = printed(`
    import files from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    import { setFlagsFromString } from "node:v8";
    if (process.version.startsWith("v20")) setFlagsFromString("--experimental-wasm-relaxed-simd");
    const { readFile } = files;
    files.readFile = async (path) => {
      if (/relaxed/.test(path)) console.log("offline");
      return /relaxed/.test(path) ? Promise.reject(new Error("offline")) : readFile(path);
    };
    syncBuiltinESMExports();
    await Word2Vec.train([["a", "b"], ["a", "c"]], { minCount: 1, workers: 2 });
    await init({ build: "relaxed", bytes: readFileSync("build/engine-relaxed.wasm") });`);
  assert.is(output, "offline\nend\n");
});

test("the engine's file is closed", () => {
  const output = printed(`
    import files from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    const { open } = files;
    files.open = async (...args) => {
      const file = await open(...args);
      console.log("opened");
      return file.on("close", () => console.log("closed"));
    };
    syncBuiltinESMExports();
    await init({ url: "build/engine.wasm" });`);
  assert.is(output, "opened\nclosed\nend\n");
});

test("an engine that never comes: an abort does not wait for it", () => {
  const output = printed(`
    import { createServer } from "node:http";
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    init({ url: "http://127.0.0.1:" + server.address().port }).catch(() => {});
    const model = new Word2Vec({ minCount: 1 });
    const counted = model.buildVocab([["a", "b"]]);
    model.close();
    await counted.catch(({ code }) => console.log(code));
    const signal = AbortSignal.timeout(100);
    await Word2Vec.train([["a", "b"]], { minCount: 1, signal }).catch(({ name }) => console.log(name));
    server.closeAllConnections();
    server.close();`);
  assert.is(output, "closed\nTimeoutError\nend\n");
});

test("a web page in the engine's place is told with its address", () => {
  const page = `data:text/html,${encodeURIComponent("<!doctype html>")}`;
  const output = printed(`await init({ url: ${JSON.stringify(page)} }).catch(tell);`);
  assert.match(output, /^engine-not-loaded .* there is no WebAssembly module at data:text\/html,.*, but a web page\. /);
});

test("what hinders it is told by what it says", () => {
  const compile = (thrown: string) => `WebAssembly.compile = async () => { throw ${thrown}; };`;
  const told = (thrown: string) => printed(`${compile(thrown)} await init({ bytes }).catch(tell);`);
  const csp = "Refused to compile: it violates the following Content Security policy directive: script-src 'self'";
  assert.match(
    told(`new WebAssembly.CompileError(${JSON.stringify(csp)})`),
    /add 'wasm-unsafe-eval' to its script-src\./,
  );
  const embedder = '"WebAssembly.compile(): Wasm code generation disallowed by embedder"';
  assert.match(told(`new WebAssembly.CompileError(${embedder})`), /import module from "wasm2vec\/engine\.wasm"/);
  const validate = "WebAssembly.validate = () => false;";
  assert.match(told(`(() => { ${validate} return new Error("bad opcode"); })()`), /no WebAssembly SIMD; Chrome/);
});

/** A script that trains with two workers. */
const trained = 'Word2Vec.train([["a", "b"], ["a", "c"]], { minCount: 1, workers: 2, onProgress: warned })';
const warned = 'const warned = ({ code, message }) => code === "single-thread" && console.log(message);';

test("one file serves a memory of its own and a shared one", () => {
  assert.is(printed(`${warned} await init({ bytes }); await ${trained};`), "end\n");
  assert.is(printed(`${warned} await init({ module: await WebAssembly.compile(bytes) }); await ${trained};`), "end\n");
});

test("a worker's script is supplied", () => {
  const workerUrl = JSON.stringify(pathToFileURL("build/training/node-worker.js"));
  assert.is(printed(`${warned} await init({ workerUrl: ${workerUrl} }); await init(); await ${trained};`), "end\n");
  const path = "./build/training/node-worker.js";
  assert.is(printed(`${warned} await init({ workerUrl: "${path}" }); await ${trained};`), "end\n");
  const refused = /^option-invalid init\(\) got another workerUrl than .*\nend\n$/;
  assert.match(printed(`await init({ workerUrl: "a.js" }); await init({ workerUrl: "b.js" }).catch(tell);`), refused);
});

test("a build that there is not", () => {
  const output = printed('await init({ build: "threads" }).catch(tell);');
  assert.match(output, /^option-invalid init: build is "threads"; expected "simd" or "relaxed".*\nend\n$/);
});

test("an unknown option names the nearest one", () => {
  const output = printed("await init({ modul: 1 }).catch(tell);");
  assert.match(output, /^option-unknown init has no option "modul"\. Did you mean "module"\?\nend\n$/);
});

test.run();
