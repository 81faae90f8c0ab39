// How the engine is supplied: each case in a process of its own, because it is loaded once.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Word2Vec } from "../../src/word2vec.ts";
import { withFolder } from "../helpers/temporary.ts";

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

/** A script that trains with two workers. */
const trained = 'Word2Vec.train([["a", "b"], ["a", "c"]], { minCount: 1, workers: 2 })';

test("both builds are supplied, each by a call of its own; a worker's script too", () => {
  const threads = 'readFileSync("build/engine-threads.wasm")';
  const own = `await init({ bytes: ${threads}, build: "threads" }); await init({ bytes });`;
  assert.is(printed(`${own} await ${trained};`), "end\n");
  const workerUrl = JSON.stringify(pathToFileURL("build/training/node-worker.js"));
  assert.is(printed(`await init({ workerUrl: ${workerUrl} }); await init(); await ${trained};`), "end\n");
  assert.is(printed(`await init({ workerUrl: "./build/training/node-worker.js" }); await ${trained};`), "end\n");
  const refused = /^option-invalid init\(\) got another workerUrl than .*\nend\n$/;
  assert.match(printed(`await init({ workerUrl: "a.js" }); await init({ workerUrl: "b.js" }).catch(tell);`), refused);
});

test("a build that there is not", () => {
  const output = printed('await init({ build: "fast" }).catch(tell);');
  assert.match(
    output,
    /^option-invalid init: build is "fast"; expected "simd" or "threads" or "relaxed" or .*\nend\n$/,
  );
});

test("without the build for threads several workers are refused; what they trained elsewhere can be queried", () =>
  withFolder(async (folder) => {
    const file = join(folder, "model.safetensors");
    using model = await Word2Vec.train(
      [
        ["a", "b"],
        ["a", "c"],
      ],
      { minCount: 1, workers: 2 },
    );
    await model.save(file);
    const output = printed(`
      await init({ bytes, build: "threads" });
      await init({ bytes, build: "relaxed-threads" });
      await ${trained}.catch(tell);
      const model = await Word2Vec.load(${JSON.stringify(file)});
      console.log(model.wv.similarity("a", "a").toFixed(3));
      await model.train([["a", "b"]]).catch(tell);`);
    const [first, similarity, second, end] = output.split("\n");
    const refused =
      /^engine-not-loaded .* Pass it to init\(\{ .*, build: "(relaxed-)?threads" \}\); .* wasm2vec\/engine-(relaxed-)?threads\.wasm\.$/;
    assert.match(first, refused);
    assert.is(similarity, "1.000");
    assert.match(second, refused);
    assert.is(end, "end");
  }));

test("an unknown option names the nearest one", () => {
  const output = printed("await init({ modul: 1 }).catch(tell);");
  assert.match(output, /^option-unknown init has no option "modul"\. Did you mean "module"\?\nend\n$/);
});

test.run();
