// KeyedVectors.load: from whatever holds a file, whatever its format.

import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors, type LoadVectorsEvent, Wasm2VecError, Word2Vec } from "../../src/index.ts";
import { sharedData } from "../helpers/data.ts";
import { rejects } from "../helpers/rejects.ts";
import { withRanges, withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";
import { topicsOf } from "../helpers/topics.ts";

const topics = topicsOf(40);

const TEXT = Buffer.from("3 2\ncat 1 2\ndog 3 4\nNew York 5 6\n");
const GLOVE = TEXT.subarray(4);
const BINARY = Buffer.concat([
  Buffer.from("2 2\n"),
  ...[["cat", [1, 2]] as const, ["dog", [3, 4]] as const].map(([key, row]) =>
    Buffer.concat([Buffer.from(`${key} `), Buffer.from(Float32Array.from(row).buffer)]),
  ),
]);
const OURS = await saved({ cat: [1, 2], dog: [3, 4] });

async function saved(rows: Record<string, number[]>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  using vectors = await KeyedVectors.from(rows);
  await vectors.save(new WritableStream({ write: (chunk) => void parts.push(chunk) }));
  return Buffer.concat(parts);
}

/** What is told of the loading of a source. */
async function eventsOf(
  source: Parameters<typeof KeyedVectors.load>[0],
  options: Parameters<typeof KeyedVectors.load>[1] = {},
) {
  const events: LoadVectorsEvent[] = [];
  using vectors = await KeyedVectors.load(source, { ...options, onProgress: (event) => events.push(event) });
  return { keys: [...vectors.indexToKey], rows: vectors.toMatrix().toArrays(), events };
}

for (const [format, file] of Object.entries({
  word2vec: TEXT,
  glove: GLOVE,
  "word2vec-binary": BINARY,
  safetensors: OURS,
})) {
  for (const gzipped of [false, true]) {
    test(`${format}${gzipped ? ", gzipped" : ""}, is found and told`, async () => {
      const { keys, rows, events } = await eventsOf(gzipped ? gzipSync(file) : file);
      assert.equal(keys.slice(0, 2), ["cat", "dog"]);
      assert.equal(rows.slice(0, 2), [
        [1, 2],
        [3, 4],
      ]);
      assert.equal(events[0], { kind: "format", format, gzipped });
      const last = events.at(-1);
      assert.ok(last?.kind === "vectors" && last.done === keys.length && last.total === keys.length);
      if (!gzipped && format !== "safetensors") assert.equal([last.bytes, last.totalBytes], [file.length, file.length]);
    });
  }
}

test("from a path, a file: URL, a file handle, bytes, a Blob, streams of the Web and of Node, http and what a user reads", () =>
  withFolder(async (folder) => {
    for (const [name, file] of Object.entries({
      "x.txt": TEXT,
      "x.bin": BINARY,
      "x.safetensors": OURS,
      "x.gz": gzipSync(OURS),
    })) {
      const path = join(folder, name);
      writeFileSync(path, file);
      const handle = await open(path);
      await withServer(withRanges({ [name]: file }), async (url) => {
        const sources = [
          ...[
            path,
            pathToFileURL(path),
            String(pathToFileURL(path)),
            handle,
            file,
            new Uint8Array(file).buffer,
            new Blob([new Uint8Array(file)]),
          ],
          ...[
            new Blob([new Uint8Array(file)]).stream(),
            createReadStream(path),
            `${url}/${name}`,
            new URL(`${url}/${name}`),
          ],
          await fetch(`${url}/${name}`),
          { size: file.length, read: (begin: number, end: number) => file.subarray(begin, end) },
        ];
        for (const source of sources) {
          using vectors = await KeyedVectors.load(source as string);
          assert.equal([...vectors.getVector("dog")], [3, 4], `${name} from ${source}`);
        }
      });
      await handle.close();
    }
  }));

test("a URL that is changed after the call", () =>
  withFolder(async (folder) => {
    const url = pathToFileURL(join(folder, "x.txt"));
    const change = () => {
      url.pathname += "y";
    };
    using vectors = await KeyedVectors.load(TEXT);
    const saving = vectors.save(url);
    change();
    await saving;
    url.pathname = url.pathname.slice(0, -1);
    const loading = KeyedVectors.load(url);
    change();
    using again = await loading;
    assert.is(again.size, 3);
    const rows = pathToFileURL(join(folder, "x.npy"));
    const savingRows = vectors.save(rows, { keys: url });
    change();
    await savingRows;
    url.pathname = url.pathname.slice(0, -1);
    using besideKeys = await KeyedVectors.load(rows, { keys: url });
    assert.is(besideKeys.size, 3);
  }));

test("dtype, limit, a format that is said", async () => {
  using narrow = await KeyedVectors.load(TEXT, { dtype: "bfloat16", limit: 2 });
  assert.equal([narrow.dtype, [...narrow.indexToKey]], ["bfloat16", ["cat", "dog"]]);
  using limited = await KeyedVectors.load(OURS, { limit: 1, dtype: "int8" });
  assert.equal([limited.dtype, [...limited.indexToKey]], ["int8", ["cat"]]);
  // what looks like a first line is a row of GloVe's
  using glove = await KeyedVectors.load(Buffer.from("7 1\n8 2\n"), { format: "glove" });
  assert.equal([...glove.indexToKey], ["7", "8"]);
  await rejects("format-damaged", /first line "cat 1 2"/, () => KeyedVectors.load(GLOVE, { format: "word2vec" }));
  await rejects("option-invalid", /format is "pickle"; expected "safetensors" or/, () =>
    KeyedVectors.load(TEXT, { format: "pickle" as "glove" }),
  );
});

test("a file in disguise is called what it is, gzipped too", async () => {
  const disguises: [string, RegExp][] = [
    ["<!doctype html><html>", /is a web page; expected vectors\. .*\/resolve\//],
    ["version https://git-lfs.github.com/spec/v1\noid sha256:1 2\n", /is a Git LFS pointer/],
    ["PK\x03\x04aaaaaaaaaaaaaaaa", /is a zip archive/],
    ['{"version": "1.0", "truncation": null', /is a tokenizer\.json/],
    ["GGUF\x03\0\0\0", /is a GGUF file/],
    ["A sentence.\nAnother.\n", /is a text; expected vectors/],
    ["", /is empty; expected vectors/],
    ["\x00\x01\x02\x03\x04\x05", /is of no format that is known/],
  ];
  for (const [text, message] of disguises) {
    for (const file of [Buffer.from(text, "latin1"), gzipSync(Buffer.from(text, "latin1"))]) {
      await rejects("format-unknown", message, () => KeyedVectors.load(file));
    }
  }
  await rejects("format-damaged", /could not be unzipped/, () => KeyedVectors.load(gzipSync(TEXT).subarray(0, 30)));
  await rejects("file-not-found", /There is no file/, () => KeyedVectors.load("nowhere.bin"));
  await rejects("option-invalid", /A source is 7/, () => KeyedVectors.load(7 as unknown as string));
});

test("a safetensors file of others is told from ours", async () => {
  const { safetensorsChunks } = await import("../../src/formats/safetensors.ts");
  const tensor = { name: "embedding.weight", dtype: "F32" as const, shape: [1, 2], chunks: [new Uint8Array(8)] };
  const file = Buffer.concat([...safetensorsChunks([tensor])]);
  await rejects("format-unknown", /is a safetensors file, but none of vectors with keys of wasm2vec/, () =>
    KeyedVectors.load(file),
  );
});

test("a model's file gives its vectors, with counts and attributes", async () => {
  using model = await Word2Vec.train(topics, { vectorSize: 5, minCount: 1, epochs: 1 });
  model.wv.setVecattr("gold", "tag", "drink");
  using vectors = await KeyedVectors.load(await model.toBytes());
  assert.equal(vectors.toMatrix(), model.wv.toMatrix());
  assert.equal([...vectors.indexToKey], [...model.wv.indexToKey]);
  assert.is(vectors.getVecattr("gold", "count"), model.wv.getVecattr("gold", "count"));
  assert.is(vectors.getVecattr("gold", "tag"), "drink");
  for (const version of ["v1", "v2"]) {
    const file = readFileSync(`tests/golden/model-${version}.safetensors`);
    using old = await Word2Vec.load(file);
    using loaded = await KeyedVectors.load(file);
    assert.equal(loaded.toMatrix(), old.wv.toMatrix());
  }
});

test("a file of counts", async () => {
  const counts = Buffer.from("dog 7\nunicorn 3\ncat 9\n");
  const { events } = await eventsOf(TEXT, { counts });
  const [warning] = events.filter((event) => event.kind === "warning");
  assert.match(String(warning?.message), /has no count of 1 key, such as "New York"/);
  using vectors = await KeyedVectors.load(TEXT, { counts });
  assert.equal(
    ["cat", "dog", "New York"].map((key) => vectors.getVecattr(key, "count")),
    [9, 7, 0],
  );
  await rejects("format-damaged", /Line 1 of/, () => KeyedVectors.load(TEXT, { counts: Buffer.from("cat\n") }));
  await rejects("option-invalid", /A source is 3/, () => KeyedVectors.load(TEXT, { counts: 3 as unknown as string }));
});

test("duplicates and NaN are told once", async () => {
  const { events, keys } = await eventsOf(Buffer.from("3 1\na 1\na 2\nb nan\n"));
  assert.equal(keys, ["a", "b"]);
  assert.equal(
    events.flatMap((event) => (event.kind === "warning" ? event.code : [])),
    ["duplicate-keys", "not-finite"],
  );
});

test("gzip that becomes a hundred times as large ends with an error", async () => {
  // 80 MB of zeros behind a first line
  const bomb = gzipSync(Buffer.concat([Buffer.from("90000000 1\na "), Buffer.alloc(8e7)]), { level: 1 });
  await rejects("too-large", /becomes more than 100 times as large when it is unzipped/, () =>
    KeyedVectors.load(bomb, { format: "safetensors" }),
  );
  const rows = "a 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n".repeat(1.2e6);
  await rejects("too-large", /when it is unzipped/, () => KeyedVectors.load(gzipSync(rows)));
});

test("an abort is heard before, while a source hangs, and by the listener", async () => {
  const reason = new Error("enough");
  const isReason = async (work: (signal: AbortSignal, abort: () => void) => Promise<unknown>) => {
    const controller = new AbortController();
    const error = await work(controller.signal, () => controller.abort(reason)).catch((error) => error);
    assert.is(error, reason);
  };
  await isReason((signal, abort) => {
    abort();
    return KeyedVectors.load(TEXT, { signal });
  });
  await isReason((signal, abort) => {
    const hanging = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(TEXT)) });
    setTimeout(abort, 20);
    return KeyedVectors.load(hanging, { signal });
  });
  for (const kind of ["format", "vectors"]) {
    await isReason((signal, abort) =>
      KeyedVectors.load(TEXT, {
        signal,
        onProgress: (event) => event.kind === kind && abort() && new Promise(() => {}),
      }),
    );
  }
});

test("what a listener throws is the call's error; a stream that was read is told", async () => {
  const error = await KeyedVectors.load(TEXT, {
    onProgress: () => {
      throw new Error("mine");
    },
  }).catch((error) => error);
  assert.is(error.message, "mine");
  const stream = new Blob([new Uint8Array(TEXT)]).stream();
  (await KeyedVectors.load(stream)).close();
  await rejects("one-shot-corpus", /was read before/, () => KeyedVectors.load(stream));
});

test("a file of Node is closed when the reading ends early", () =>
  withFolder(async (folder) => {
    const path = join(folder, "x.txt");
    writeFileSync(path, `100000 1\n${Array.from({ length: 100_000 }, (_, i) => `${i} 1\n`).join("")}`);
    const stream = createReadStream(path);
    const closed = new Promise<void>((resolve) => stream.on("close", () => resolve()));
    (await KeyedVectors.load(stream, { limit: 1 })).close();
    await closed;
  }));

test("any cut of any format is a Wasm2VecError, or the beginning of its rows", async () => {
  for (const file of [TEXT, GLOVE, BINARY, OURS, gzipSync(TEXT), gzipSync(BINARY)]) {
    for (let length = 0; length < file.length; length++) {
      const result = await KeyedVectors.load(file.subarray(0, length)).catch((error) => error);
      if (!(result instanceof KeyedVectors)) {
        assert.instance(result, Wasm2VecError, `${length}: ${result}`);
        continue;
      }
      // "2 2" without its newline is a row of GloVe's
      assert.ok(file === TEXT || file === GLOVE || length === 3, `${length} of ${file.length} bytes`);
      result.close();
    }
  }
});

test("the files of ../shared/data", async () => {
  const folder = sharedData("vectors");
  if (!folder) return console.log("not run: real files of vectors are not in ../shared/data");
  const load = (name: string) => KeyedVectors.load(join(folder, name), { unicodeErrors: "replace" });
  using vec = await load("crime-and-punishment.vec");
  assert.equal([vec.size, vec.vectorSize, vec.indexToKey[0]], [291, 5, "и"]);
  assert.equal(
    [...vec.getVector("и")].map((x) => Number(x.toPrecision(6))),
    [-0.11189, 0.12135, -0.11379, 0.024496, -0.022506],
  );
  using text = await load("high_precision.kv.txt");
  assert.equal([...text.getVector("horse.n.01")], [-0.0008546282343595379, 0.0007694142576316829].map(Math.fround));
  using binary = await load("high_precision.kv.bin");
  assert.equal([...binary.indexToKey], [...text.indexToKey]);
  using damaged = await load("w2v_keyedvectors_load_test.modeldata");
  assert.is(damaged.indexToKey[0], "ありがとう\ufffd");
  await rejects("format-damaged", /The key of row 0 .* is not UTF-8/, () =>
    KeyedVectors.load(join(folder, "w2v_keyedvectors_load_test.modeldata")),
  );
});

test.run();
