// Where a model's weights are looked for, what is believed of indexes, and numbers of eight bits with their scales.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../../src/embedding-matrix.ts";
import type { FolderLike } from "../../src/files/folder.ts";
import type { RandomAccessLike, SourceLike } from "../../src/files/source-kinds.ts";
import { type SafetensorsDtype, safetensorsChunks, type TensorToWrite } from "../../src/formats/safetensors.ts";
import { type GgufTensor, ggufFile } from "../helpers/gguf-file.ts";
import { rejects } from "../helpers/rejects.ts";
import { withRanges, withServer } from "../helpers/server.ts";
import { withFolder } from "../helpers/temporary.ts";
import { dict, storage, str, torchFile, tensor as torchTensor } from "../helpers/torch-file.ts";

const EMBEDDINGS = "model.embed_tokens.weight";

const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
const jsonOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const fileOf = (...tensors: TensorToWrite[]) => new Uint8Array(Buffer.concat([...safetensorsChunks(tensors)]));

const tensor = (name: string, dtype: SafetensorsDtype, shape: number[], bytes: ArrayBufferView): TensorToWrite => ({
  name,
  dtype,
  shape,
  chunks: [bytesOf(bytes)],
});

/** A table of 2 × 2 whose numbers tell which file they are from. */
const numbersFrom = (first: number) => Float32Array.of(first, first + 0.25, first + 0.5, first + 0.75);
const safetensors = (first: number, name = EMBEDDINGS) => fileOf(tensor(name, "F32", [2, 2], numbersFrom(first)));
const torch = (first: number, name = EMBEDDINGS) =>
  torchFile(dict(str(name), torchTensor(storage("FloatStorage", "0", 4), 0, [2, 2], [2, 1])), {
    0: bytesOf(numbersFrom(first)),
  });
const TOKENS: GgufTensor = { name: "token_embd.weight", shape: [2, 2], type: 0 };
const gguf = (first: number) => ggufFile([TOKENS], bytesOf(numbersFrom(first)));
const index = (file: string, name = EMBEDDINGS) => jsonOf({ weight_map: { [name]: file } });

/** The first number of a folder's table. */
async function firstOf(from: FolderLike, name?: string): Promise<number> {
  using matrix = await EmbeddingMatrix.fromPretrained(from, { tensor: name });
  const { data } = await matrix.lookup([0, 1]);
  assert.equal([...data], [...numbersFrom(data[0])]);
  return data[0];
}

test("weights side by side are taken in transformers' order", async () => {
  const files: [name: string, bytes: Uint8Array<ArrayBuffer>][] = [
    ["model.safetensors", safetensors(1)],
    ["model.safetensors.index.json", index("shard.safetensors")],
    ["pytorch_model.bin", torch(3)],
    ["pytorch_model.bin.index.json", index("shard.bin")],
    ["any name.safetensors", safetensors(5)],
    ["model-q8_0.gguf", gguf(6)],
    ["model.pth", torch(7)],
  ];
  const shards = { "shard.safetensors": safetensors(2), "shard.bin": torch(4) };
  for (let first = 0; first < files.length; first++) {
    const there = first < 4 ? shards : {};
    assert.is(await firstOf({ ...there, ...Object.fromEntries(files.slice(first)) }), first + 1);
  }
});

test("a file by itself, as bytes, Blob, path, file: URL and http, whatever its format", () =>
  withFolder(async (folder) => {
    const files = { "a.safetensors": safetensors(1), "b.gguf": gguf(2), "c.bin": torch(3), "d.pt": torch(4) };
    for (const [number, [name, bytes]] of Object.entries(files).entries()) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      for (const from of [bytes, new Blob([bytes]), path, pathToFileURL(path)]) {
        assert.is(await firstOf(from), number + 1, `${name} as ${from}`);
      }
    }
    await withServer(withRanges(files), async (url) => {
      assert.is(await firstOf(`${url}/b.gguf`), 2);
      assert.is(await firstOf(`${url}/c.bin`), 3);
    });
  }));

/** A directory handle, as a page has it. */
const handleOf = (files: Record<string, Uint8Array<ArrayBuffer>>) => ({
  name: "chosen",
  keys: async function* () {
    yield* Object.keys(files);
  },
  getDirectoryHandle: () => Promise.reject(Object.assign(new Error(), { name: "NotFoundError" })),
  getFileHandle: async (name: string) => {
    if (!files[name]) throw Object.assign(new Error(), { name: "NotFoundError" });
    return { getFile: async () => new File([files[name]], name) };
  },
});

test("a lone file of any name, in a folder on disk, a list, a map, a directory handle", () =>
  withFolder(async (folder) => {
    await mkdir(join(folder, "below"));
    await writeFile(join(folder, "below", "other.safetensors"), safetensors(2));
    await writeFile(join(folder, "ours.safetensors"), safetensors(1));
    await writeFile(join(folder, "config.json"), "{}");
    const files = { "ours.safetensors": safetensors(1), "config.json": jsonOf({}) };
    for (const from of [
      folder,
      pathToFileURL(folder),
      new Map(Object.entries(files)),
      Object.entries(files).map(([name, bytes]) => new File([bytes], name)),
      handleOf(files),
    ]) {
      assert.is(await firstOf(from), 1);
    }
    await rejects(
      "model-incomplete",
      /holds a\.safetensors, b\.safetensors, and nothing says which .* the path of one/,
      () => firstOf({ "a.safetensors": safetensors(1), "b.safetensors": safetensors(2) }),
    );
  }));

test("a GGUF model that is split, by the path of any of its parts", () =>
  withFolder(async (folder) => {
    const parts = [0, 1].map((no) => ({
      pairs: [
        ["split.no", 2, Uint8Array.of(no, 0)],
        ["split.count", 2, Uint8Array.of(2, 0)],
      ] as [string, number, Uint8Array][],
    }));
    await writeFile(join(folder, "big-00001-of-00002.gguf"), ggufFile([], new Uint8Array(), parts[0]));
    await writeFile(join(folder, "big-00002-of-00002.gguf"), ggufFile([TOKENS], bytesOf(numbersFrom(5)), parts[1]));
    assert.is(await firstOf(folder), 5);
    assert.is(await firstOf(join(folder, "big-00001-of-00002.gguf")), 5);
    assert.is(await firstOf(pathToFileURL(join(folder, "big-00002-of-00002.gguf"))), 5);
  }));

test("a GGUF part that claims to be of more parts than its name says is refused at once", () =>
  withFolder(async (folder) => {
    const path = join(folder, "big-00001-of-00002.gguf");
    for (const count of [3, 100_000, 2 ** 32 - 1]) {
      const pairs: [string, number, Uint8Array][] = [["split.count", 4, new Uint8Array(Uint32Array.of(count).buffer)]];
      await writeFile(path, ggufFile([TOKENS], bytesOf(numbersFrom(5)), { pairs }));
      await rejects("model-incomplete", new RegExp(`one of ${count} files .* does not say which`), () => firstOf(path));
    }
  }));

test("a file or shard that a server refuses, or has a page for, says so", () =>
  withServer(
    ({ url }, response) => {
      if (url?.includes("index.json")) response.end(Buffer.from(index("shard.safetensors")));
      else if (url?.includes("page")) response.writeHead(200, { "Content-Type": "text/html" }).end("<html>");
      else response.writeHead(url?.includes("shard") ? 403 : 404).end();
    },
    async (url) => {
      await rejects("model-incomplete", /answered 403 Forbidden.*needs a permission/, () =>
        firstOf(`${url}/shard.gguf`),
      );
      await rejects("model-incomplete", /sent an HTML page/, () => firstOf(`${url}/page.safetensors`));
      await rejects("model-incomplete", /should hold.*answered 403 Forbidden/, () => firstOf(`${url}/model`));
    },
  ));

test("an index that is stale says so, where no file has the tensor and where another has", async () => {
  const stale = {
    "model.safetensors.index.json": jsonOf({ weight_map: { [EMBEDDINGS]: "a.safetensors", other: "b.safetensors" } }),
    "a.safetensors": safetensors(1, "renamed"),
    "b.safetensors": safetensors(2, "other"),
  };
  const message =
    /model\.safetensors\.index\.json of the given object is stale: .* a\.safetensors holds "model\.embed_tokens\.weight", and it has no tensor/;
  await rejects("format-damaged", message, () => firstOf(stale));
  await rejects("format-damaged", message, () => firstOf({ ...stale, "b.safetensors": safetensors(2) }));
  await rejects("format-damaged", /pytorch_model\.bin\.index\.json .* is stale/, () =>
    firstOf({ "pytorch_model.bin.index.json": index("a.bin"), "a.bin": torch(1, "renamed") }),
  );
});

test("shards that are missing, or named outside of the folder", async () => {
  for (const name of ["../secret", "/etc/passwd", "http://127.0.0.1/x", "C:\\x", "a/../b"]) {
    await rejects("format-damaged", /is not the name of a file in/, () =>
      firstOf({ "pytorch_model.bin.index.json": index(name), [name]: torch(1) }),
    );
  }
  await rejects(
    "model-incomplete",
    /No gone\.bin in the given object, which should hold "model\.embed_tokens\.weight"/,
    () => firstOf({ "pytorch_model.bin.index.json": index("gone.bin") }),
  );
});

test("files in disguise are named for what they are", async () => {
  const text = (value: string) => new TextEncoder().encode(value);
  for (const [bytes, message] of [
    [text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"), /a Git LFS pointer.*git lfs pull/],
    [text("<!doctype html><html><body>Sign in</body></html>"), /is a web page/],
    [text('{"version":"1.0","truncation":null,"added_tokens":[]}'), /is a tokenizer\.json.*AutoTokenizer/],
    [new Uint8Array(Buffer.from("PK\x03\x04", "latin1")), /zip archive/],
    [text("GGUF"), /GGUF file/],
    [new Uint8Array(Buffer.from("\x89HDF\r\n\x1a\n", "latin1")), /an HDF5 file/],
  ] as const) {
    for (const name of ["model.safetensors", "pytorch_model.bin", "x.gguf"]) {
      const error = await EmbeddingMatrix.fromPretrained({ [name]: bytes }).catch((error) => error);
      assert.match(error.code, /^format-(unknown|damaged)$/);
      assert.match(error.message, message);
      assert.match(error.message, name);
    }
  }
  await rejects("format-damaged", /index\.json .* is no JSON object: it is a Git LFS pointer.*git lfs pull/, () =>
    firstOf({ "model.safetensors.index.json": text("version https://git-lfs.github.com/spec/v1\n") }),
  );
});

/** A file of more than 4 GiB, of which the source counts the last 32 bits of its size. */
const miscounted = (start: Uint8Array, dataBytes: number): RandomAccessLike => ({
  size: (start.length + dataBytes) % 2 ** 32,
  read: (begin, end) => Buffer.concat([start.subarray(begin, end), Buffer.alloc(end - begin)], end - begin),
});

test("a Blob of a file that fs.openAsBlob miscounts: its path is asked for", async () => {
  const rows = 2 ** 31 + 512;
  const header = jsonOf({ [EMBEDDINGS]: { dtype: "BF16", shape: [rows, 1], data_offsets: [0, 2 * rows] } });
  const safetensors = Buffer.concat([Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0), header]);
  const gguf = ggufFile([{ ...TOKENS, shape: [rows, 1], type: 30 }], new Uint8Array());
  for (const start of [safetensors, gguf]) {
    const message = /has \d+ bytes by its header, and \d+ by its source.*fs\.openAsBlob counts so.*path/;
    await rejects("file-not-readable", message, () => firstOf(miscounted(start, 2 * rows)));
  }
  const short = {
    size: 2 ** 31 + 100,
    slice: () => short,
    arrayBuffer: async () => new ArrayBuffer(0),
    [Symbol.toStringTag]: "Blob",
  };
  await rejects(
    "file-not-readable",
    /gave 0 bytes of the 8 .* more than 2 GiB is not read right by fs\.openAsBlob/,
    () => firstOf(short),
  );
});

/** The rows of a table of 4 × 2 that is stored in eight bits, with what stands beside it. */
async function eightBits(
  dtype: SafetensorsDtype,
  numbers: ArrayBufferView,
  beside: TensorToWrite[],
  { config, name = EMBEDDINGS }: { config?: object; name?: string } = {},
) {
  const weights = fileOf(tensor(name, dtype, [4, 2], numbers), ...beside);
  const files: Record<string, SourceLike> = { "model.safetensors": weights };
  if (config) files["config.json"] = jsonOf(config);
  using matrix = await EmbeddingMatrix.fromPretrained(files, { tensor: name });
  const all = [...(await matrix.lookup([0, 1, 2, 3])).data];
  assert.equal([...(await matrix.lookup([2])).data], all.slice(4, 6));
  return { dtype: matrix.dtype, all };
}

const INTS = Int8Array.of(1, -2, 3, -4, 5, -6, 127, -128);
const scale = (suffix: string, dtype: SafetensorsDtype, shape: number[], numbers: ArrayBufferView) =>
  tensor(`model.embed_tokens.${suffix}`, dtype, shape, numbers);

test("int8 with one scale, one a row, one a block", async () => {
  const one = await eightBits("I8", INTS, [scale("weight_scale", "F32", [], Float32Array.of(0.5))]);
  assert.equal(one, { dtype: "int8", all: [0.5, -1, 1.5, -2, 2.5, -3, 63.5, -64] });
  const rows = Float32Array.of(1, 2, 4, 0.5);
  const expected = [1, -2, 6, -8, 20, -24, 63.5, -64];
  for (const shape of [[4], [4, 1]]) {
    assert.equal((await eightBits("I8", INTS, [scale("weight_scale", "F32", shape, rows)])).all, expected);
  }
  const bfloat16 = Uint16Array.of(0x3f80, 0x4000, 0x4080, 0x3f00);
  assert.equal((await eightBits("I8", INTS, [scale("weight_scale", "BF16", [4, 1], bfloat16)])).all, expected);
  const halves = scale("weight_scale", "F32", [2, 1], Float32Array.of(1, 10));
  assert.equal((await eightBits("I8", INTS, [halves])).all, [1, -2, 3, -4, 50, -60, 1270, -1280]);
  const groups = scale("weight_scale", "F32", [4, 2], Float32Array.of(1, 1, 1, 1, 1, 1, 2, 4));
  assert.equal((await eightBits("I8", INTS, [groups])).all, [1, -2, 3, -4, 5, -6, 254, -512]);
});

test("zero points are taken away before; scales of activations mean nothing here", async () => {
  const beside = [
    scale("weight_scale", "F32", [4, 1], Float32Array.of(1, 2, 4, 0.5)),
    scale("weight_zero_point", "I8", [4, 1], Int8Array.of(1, 0, 5, -1)),
    scale("input_scale", "F32", [], Float32Array.of(3)),
  ];
  assert.equal((await eightBits("I8", INTS, beside)).all, [0, -3, 6, -8, 0, -44, 64, -63.5]);
  const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 254, 255);
  const zeros = scale("weight_zero_point", "U8", [4, 1], Uint8Array.of(1, 0, 0, 255));
  assert.equal(await eightBits("U8", bytes, [beside[0], zeros]), {
    dtype: "uint8",
    all: [-1, 0, 4, 6, 16, 20, -0.5, 0],
  });
});

test("bitsandbytes: 127ths of each row's largest number", async () => {
  const SCB = scale("SCB", "F32", [4], Float32Array.of(127, 254, 1, 0));
  const format = (value: number) => scale("weight_format", "U8", [], Uint8Array.of(value));
  const factor = Math.fround(7.874015718698502e-3);
  const { all } = await eightBits("I8", INTS, [SCB, format(0)]);
  assert.equal(
    all,
    [127, -254, 762, -1016, 5, -6, 0, -0].map((number) => Math.fround(number * factor)),
  );
  await rejects("format-unknown", /which bitsandbytes has put into another order.* is 2/, () =>
    eightBits("I8", INTS, [SCB, format(2)]),
  );
});

test("float8, by itself and with a scale: E4M3 has no infinity, E5M2 has", async () => {
  const bits = Uint8Array.of(0x38, 0xb8, 0x7e, 0x01, 0x00, 0x80, 0x7f, 0x08);
  const e4m3 = await eightBits("F8_E4M3", bits, []);
  assert.is(e4m3.dtype, "float8_e4m3fn");
  assert.equal(e4m3.all, [1, -1, 448, 2 ** -9, 0, -0, Number.NaN, 2 ** -6]);
  const e5m2 = await eightBits("F8_E5M2", Uint8Array.of(0x3c, 0xbc, 0x7b, 0x01, 0x7c, 0xfc, 0x7d, 0x04), []);
  assert.is(e5m2.dtype, "float8_e5m2");
  const infinity = Number.POSITIVE_INFINITY;
  assert.equal(e5m2.all, [1, -1, 57344, 2 ** -16, infinity, -infinity, Number.NaN, 2 ** -14]);
  const scaled = await eightBits("F8_E4M3", bits, [scale("weight_scale", "F32", [1], Float32Array.of(2))]);
  assert.equal(scaled.all.slice(0, 4), [2, -2, 896, 2 ** -8]);
  // an exponent alone: 2^(bits - 127)
  const exponent = scale("weight_scale_inv", "F8_E8M0", [4, 1], Uint8Array.of(127, 128, 129, 126));
  assert.equal((await eightBits("F8_E4M3", bits, [exponent])).all.slice(0, 4), [1, -1, 896, 2 ** -8]);
});

test("DeepSeek's blocks of 128 × 128, also where the last are not full; others as config.json says", async () => {
  const bytes = new Uint8Array(300 * 200).fill(0x38);
  const scales = Float32Array.of(1, 2, 3, 4, 5, 6);
  const open = async (config?: object) => {
    const weights = fileOf(
      tensor(EMBEDDINGS, "F8_E4M3", [300, 200], bytes),
      scale("weight_scale_inv", "F32", [3, 2], scales),
    );
    const files = { "model.safetensors": weights, "config.json": jsonOf(config ?? {}) };
    using matrix = await EmbeddingMatrix.fromPretrained(files, { tensor: EMBEDDINGS });
    const rows = await matrix.lookup([0, 127, 128, 255, 256, 299]);
    return [0, 1, 2, 3, 4, 5].map((i) => [rows.row(i)[0], rows.row(i)[127], rows.row(i)[128], rows.row(i)[199]]);
  };
  const of128 = [
    [1, 1, 2, 2],
    [1, 1, 2, 2],
    [3, 3, 4, 4],
    [3, 3, 4, 4],
    [5, 5, 6, 6],
    [5, 5, 6, 6],
  ];
  assert.equal(await open(), of128);
  assert.equal((await open({ quantization_config: { weight_block_size: [100, 100] } }))[1], [3, 4, 4, 4]);
  assert.equal(await open({ quantization_config: { weight_block_size: [7, 0] } }), of128, "which does not fit");
});

test("eight bits whose meaning is not certain are refused, and say what is missing", async () => {
  const one = Float32Array.of(1);
  const refuse = (message: RegExp, dtype: SafetensorsDtype, beside: TensorToWrite[]) =>
    rejects("format-unknown", message, () => eightBits(dtype, INTS, beside));
  const noScale = /holds (I8|U8), and no scale stands beside it; expected one as "model\.embed_tokens\.weight_scale"/;
  await refuse(noScale, "I8", []);
  await refuse(noScale, "U8", []);
  await refuse(/"model\.embed_tokens\.weight_zero_point" without a scale/, "I8", [
    scale("weight_zero_point", "I8", [4], Int8Array.of(0, 0, 0, 0)),
  ]);
  // packed in fours: nf4 of bitsandbytes, NVFP4
  await refuse(/"model\.embed_tokens\.weight\.absmax", which is not read, says what they stand for/, "U8", [
    scale("weight.absmax", "F32", [1], one),
  ]);
  await refuse(/"model\.embed_tokens\.weight_scale_2", which is not read/, "F8_E4M3", [
    scale("weight_scale", "F32", [1], one),
    scale("weight_scale_2", "F32", [], one),
  ]);
  await refuse(/by blocks: they may be packed/, "U8", [scale("weight_scale", "F32", [4, 2], new Float32Array(8))]);
  await refuse(/"model\.embed_tokens\.weight_scale", which is not read/, "I8", [
    scale("weight_scale_inv", "F32", [1], one),
    scale("weight_scale", "F32", [1], one),
  ]);
  await refuse(/which belongs to rows of int8/, "F8_E4M3", [scale("SCB", "F32", [4], new Float32Array(4))]);
  await refuse(/holds I64 \[4\]|expected numbers one after the other/, "I8", [
    scale("weight_scale", "I64", [4], new BigInt64Array(4)),
  ]);
  await rejects("shape-mismatch", /weight_scale" of .* has the shape \[3\], which does not fit .* \[4,2\]/, () =>
    eightBits("I8", INTS, [scale("weight_scale", "F32", [3], new Float32Array(3))]),
  );
  await rejects("shape-mismatch", /has the shape \[3,1\]/, () =>
    eightBits("I8", INTS, [scale("weight_scale", "F32", [3, 1], new Float32Array(3))]),
  );
});

test("more scales than any table has", async () => {
  const [rows, columns] = [2 ** 17, 1024];
  const tensors = {
    [EMBEDDINGS]: { dtype: "I8", shape: [rows, columns], data_offsets: [0, 2 ** 27] },
    [`${EMBEDDINGS}_scale`]: { dtype: "F8_E8M0", shape: [rows, columns], data_offsets: [2 ** 27, 2 ** 28] },
  };
  const header = jsonOf(tensors);
  const start = Buffer.concat([Uint8Array.of(header.length & 255, header.length >> 8, 0, 0, 0, 0, 0, 0), header]);
  const source = { size: start.length + 2 ** 28, read: (begin: number, end: number) => start.subarray(begin, end) };
  await rejects("too-large", /holds 134217728 scales; 67108864 are read at most/, () => firstOf(source));
});

test("model2vec's int8, which has no scale, is read as the integers that it is", async () => {
  const { dtype, all } = await eightBits("I8", INTS, [], { name: "embeddings" });
  assert.equal([dtype, all], ["int8", [...INTS]]);
});

test("a scale in another shard than its numbers", async () => {
  const files = {
    "model.safetensors.index.json": jsonOf({
      weight_map: { [EMBEDDINGS]: "a.safetensors", "model.embed_tokens.weight_scale": "b.safetensors" },
    }),
    "a.safetensors": fileOf(tensor(EMBEDDINGS, "I8", [4, 2], INTS)),
    "b.safetensors": fileOf(scale("weight_scale", "F32", [], Float32Array.of(2))),
  };
  using matrix = await EmbeddingMatrix.fromPretrained(files);
  assert.equal([...(await matrix.lookup([3])).data], [254, -256]);
});

test("float64 is rounded to float32", async () => {
  const wide = fileOf(tensor(EMBEDDINGS, "F64", [1, 3], Float64Array.of(1 / 3, 1e300, 16777217)));
  using matrix = await EmbeddingMatrix.fromPretrained(wide);
  assert.is(matrix.dtype, "float64");
  assert.equal([...(await matrix.lookup([0])).data], [Math.fround(1 / 3), Number.POSITIVE_INFINITY, 16777216]);
});

test("tables of any kind are loaded into memory", async () => {
  using matrix = await EmbeddingMatrix.fromPretrained({
    "model.safetensors": fileOf(
      tensor(EMBEDDINGS, "I8", [4, 2], INTS),
      scale("weight_scale", "F32", [4], Float32Array.of(1, 2, 4, 0.5)),
    ),
  });
  using table = await matrix.load();
  assert.is(table.dtype, "float32");
  assert.equal([...table.getVector("3")], [63.5, -64]);
  using narrow = await matrix.load({ dtype: "int8" });
  assert.ok(Math.abs(narrow.getVector("3")[0] - 63.5) < 0.5);
});

test.run();
