// KeyedVectors.save: to whatever takes bytes, in the format that its name says.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors, type RowDtype, Word2Vec } from "../../src/index.ts";
import { rejects } from "../helpers/rejects.ts";
import { named, randomTable } from "../helpers/tables.ts";
import { withFolder } from "../helpers/temporary.ts";
import { topicsOf } from "../helpers/topics.ts";

const topics = topicsOf(40);

const rows = { the: [0.1, -2], 日本: [1e-7, 3] };

test("the extension says the format, on paths and file: URLs, with .gz behind it too", () =>
  withFolder(async (folder) => {
    using vectors = await KeyedVectors.from(rows);
    const text = "2 2\nthe 0.1 -2\n日本 1e-7 3\n";
    const read = async (name: string, isUrl = false, options = {}) => {
      const path = join(folder, name);
      await vectors.save(isUrl ? pathToFileURL(path) : path, options);
      return readFileSync(path);
    };
    for (const isUrl of [false, true]) {
      assert.is((await read("a.txt", isUrl)).toString(), text);
      assert.is((await read("a.VEC", isUrl)).toString(), text);
      assert.is(gunzipSync(await read("a.txt.gz", isUrl)).toString(), text);
      assert.equal((await read("a.bin", isUrl)).subarray(0, 8), Buffer.from("2 2\nthe "));
      assert.equal((await read("a.safetensors", isUrl))[8], 0x7b);
    }
    assert.is((await read("a", false, { format: "glove" })).toString(), text.slice(4));
    assert.is((await read("a.bin", false, { format: "word2vec" })).toString(), text);
    await rejects("option-invalid", /ends with none of .*\.bin, \.txt, \.vec.*, each also with \.gz/, () =>
      read("a.csv"),
    );
    await rejects("option-invalid", /ends with none of/, () => read("a.gz"));
  }));

test("to a stream, in our own format unless another is said; to a file handle of a page by its name", async () => {
  using vectors = await KeyedVectors.from(rows);
  const parts: Uint8Array[] = [];
  const stream = () => new WritableStream<Uint8Array<ArrayBuffer>>({ write: (chunk) => void parts.push(chunk) });
  await vectors.save(stream());
  using again = await KeyedVectors.load(Buffer.concat(parts.splice(0)));
  assert.equal(again.toMatrix(), vectors.toMatrix());
  await vectors.save({ name: "x.txt", createWritable: async () => stream() } as unknown as FileSystemFileHandle);
  assert.is(Buffer.concat(parts).toString().split("\n")[1], "the 0.1 -2");
  await rejects("option-invalid", /A target is 7/, () => vectors.save(7 as unknown as string));
});

for (const dtype of ["float32", "float16", "bfloat16", "int8"] as RowDtype[]) {
  test(`our own format keeps ${dtype}, counts and attributes, to the last bit`, async () => {
    using vectors = await KeyedVectors.from(named(700), randomTable(2, 700, 13), { dtype });
    vectors.setVecattr("key 3", "count", 12345);
    vectors.setVecattr("key 3", "tag", "third");
    vectors.setVecattr("key 5", "weight", -0);
    const file = await bytesOf(vectors);
    using again = await KeyedVectors.load(file);
    assert.is(again.dtype, dtype);
    assert.equal(again.toMatrix(), vectors.toMatrix());
    assert.equal([...again.indexToKey], [...vectors.indexToKey]);
    assert.equal(again.mostSimilar("key 3"), vectors.mostSimilar("key 3"));
    assert.equal([again.getVecattr("key 3", "count"), again.getVecattr("key 3", "tag")], [12345, "third"]);
    assert.ok(Object.is(again.getVecattr("key 5", "weight"), -0));
    assert.equal(await bytesOf(again), file);
    for (const other of ["float32", "bfloat16", "int8"] as RowDtype[]) {
      using converted = await KeyedVectors.load(file, { dtype: other });
      using expected = await KeyedVectors.from([...vectors.indexToKey], vectors.toMatrix(), { dtype: other });
      assert.equal(converted.toMatrix(), expected.toMatrix(), other);
    }
    using limited = await KeyedVectors.load(file, { limit: 600 });
    assert.is(limited.getVecattr("key 3", "tag"), "third");
    assert.equal(limited.toMatrix().toArrays(), vectors.toMatrix().toArrays().slice(0, 600));
    // any byte that differs is told
    const places = Array.from({ length: 40 }, (_, i) => 9 + Math.floor((i * (file.length - 9)) / 40));
    for (const at of places) {
      const damaged = new Uint8Array(file);
      damaged[at] ^= 1;
      await rejects("format-damaged", /./, () => KeyedVectors.load(damaged));
    }
  });
}

async function bytesOf(vectors: KeyedVectors): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await vectors.save(new WritableStream({ write: (chunk) => void parts.push(chunk) }));
  return new Uint8Array(Buffer.concat(parts));
}

test("our own format is the same everywhere: a file of this version", async () => {
  using vectors = await KeyedVectors.from(rows);
  const file = await bytesOf(vectors);
  const header = JSON.parse(
    Buffer.from(file.subarray(8, 8 + Number(new DataView(file.buffer).getBigUint64(0, true)))).toString(),
  );
  assert.equal(header.__metadata__, { format: "wasm2vec.vectors", formatVersion: "1" });
  assert.equal(Object.keys(header).slice(1), [
    "counts",
    "vocabulary.offsets",
    "vectors",
    "vocabulary.text",
    "checksums",
  ]);
  assert.is(createHash("sha256").update(file).digest("hex").slice(0, 16), "609f1bc6e31f8c4f");
});

test("NaN that was loaded is kept by our own format, and told again", async () => {
  using vectors = await KeyedVectors.load(Buffer.from("2 2\na 1 nan\nb 1 2\n"));
  const codes: string[] = [];
  using again = await KeyedVectors.load(await bytesOf(vectors), {
    onProgress: (event) => event.kind === "warning" && codes.push(event.code),
  });
  assert.equal(codes, ["not-finite"]);
  assert.equal([...again.getVector("a")], [1, Number.NaN]);
});

test("an empty table comes back in each format", () =>
  withFolder(async (folder) => {
    using vectors = await KeyedVectors.from([], { vectorSize: 3 });
    for (const name of ["x.txt", "x.bin", "x.safetensors"]) {
      await vectors.save(join(folder, name));
      using again = await KeyedVectors.load(join(folder, name));
      assert.equal([again.size, again.vectorSize], [0, 3], name);
    }
  }));

test("a model's vectors are saved; counts beside them", () =>
  withFolder(async (folder) => {
    using model = await Word2Vec.train(topics, { vectorSize: 4, minCount: 1, epochs: 1 });
    const [path, counts] = [join(folder, "x.bin"), join(folder, "counts.txt.gz")];
    await model.wv.save(path, { counts });
    using vectors = await KeyedVectors.load(path, { counts });
    assert.equal(vectors.toMatrix(), model.wv.toMatrix());
    const key = vectors.indexToKey[0];
    assert.is(vectors.getVecattr(key, "count"), model.wv.getVecattr(key, "count"));
  }));

test("where it cannot be written whole, the old file stays and nothing lies beside it", () =>
  withFolder(async (folder) => {
    const path = join(folder, "x.txt");
    writeFileSync(path, "old");
    using vectors = await KeyedVectors.from(named(60_000), randomTable(1, 60_000, 8));
    const saving = vectors.save(path);
    vectors.setVector("key 0", new Float32Array(8));
    await rejects("table-changed", /Vectors were changed while they were being saved\. Await save/, () => saving);
    const reason = new Error("enough");
    const controller = new AbortController();
    const aborted = vectors.save(path, { signal: controller.signal }).catch((error) => error);
    controller.abort(reason);
    assert.is(await aborted, reason);
    vectors.addVector("a\nb", new Float32Array(8));
    await rejects("option-invalid", /holds a line's end/, () => vectors.save(path));
    await rejects("option-invalid", /holds a line's end/, () => vectors.save(`${path}.gz`, { format: "word2vec" }));
    assert.is(readFileSync(path, "utf8"), "old");
    assert.equal(readdirSync(folder), ["x.txt"]);
    const closed = vectors.save(path);
    vectors.close();
    await rejects("closed", /closed/, () => closed);
    await rejects("closed", /closed/, () => vectors.save(path));
    assert.equal(readdirSync(folder), ["x.txt"]);
  }));

test.run();
