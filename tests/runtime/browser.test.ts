// What pages do: the browser's adapter, which Node loads under the condition "browser", given a location.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { safetensorsChunks } from "../../src/formats/safetensors.ts";
import { withRanges, withServer } from "../helpers/server.ts";

/** What a script prints that runs as in a page of this address. */
async function inPage(address: string, script: string): Promise<string> {
  const page = `globalThis.location = new URL(${JSON.stringify(address)}); ${script}`;
  const child = spawn(process.execPath, ["--conditions=browser", "--input-type=module", "--eval", page]);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.is(errors, "");
  return output.trim();
}

test("in a page, a path is a URL relative to the page's", async () => {
  const numbers = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const chunks = [...safetensorsChunks([{ name: "wte.weight", dtype: "F32", shape: [2, 2], chunks: [numbers] }])];
  const files = { "app/models/model.safetensors": Buffer.concat(chunks) };
  await withServer(withRanges(files), async (url) => {
    const script = `
      const { EmbeddingMatrix } = await import("wasm2vec");
      const matrix = await EmbeddingMatrix.fromPretrained("models");
      console.log((await matrix.lookup([1])).data.join(" "));
      await EmbeddingMatrix.fromPretrained("none").catch(({ message }) => console.log(message.split(",")[0]));`;
    const output = await inPage(`${url}/app/index.html`, script);
    assert.equal(output.split("\n"), ["3 4", `No model.safetensors in ${url}/app/none`]);
  });
});

test("in a page, a file: URL is refused with what to do", async () => {
  const script = `
    const { EmbeddingMatrix } = await import("wasm2vec");
    await EmbeddingMatrix.fromPretrained("file:///models").catch(({ code, message }) => console.log(code, message));`;
  assert.match(await inPage("http://127.0.0.1/", script), /^not-supported-here .*Give an http URL, a Blob or bytes/);
});

test("a page that cannot start workers trains by itself and says so once", async () => {
  const script = `
    const { init, Word2Vec } = await import("wasm2vec");
    const { readFileSync } = await import("node:fs");
    await init({ bytes: readFileSync("build/engine.wasm") });
    const events = [];
    const onProgress = ({ kind, code, message }) => kind === "warning" && events.push(code, message);
    const sentences = Array.from({ length: 100 }, () => ["a", "b", "c"]);
    const model = await Word2Vec.train(sentences, { sample: 0, workers: 4, onProgress });
    console.log(\`\${model.wv.size} words; \${events.join()}\`);`;
  const warning = "workers is 4, but one thread trains: the library can start no others in this runtime.";
  assert.is(await inPage("http://127.0.0.1/", script), `3 words; single-thread,${warning}`);
});

test.run();
