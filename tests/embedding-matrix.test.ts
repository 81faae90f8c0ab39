// Rows of a model's embedding matrix: found, read no more than needed, widened exactly.

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix, type EmbeddingMatrixOptions } from "../src/embedding-matrix.ts";
import { openSource, type RandomAccess } from "../src/files/source.ts";
import type { RandomAccessLike, SourceLike } from "../src/files/source-kinds.ts";
import { type SafetensorsDtype, safetensorsChunks, type TensorToWrite } from "../src/formats/safetensors.ts";
import { rejects } from "./helpers/rejects.ts";
import { withoutRanges, withRanges, withServer } from "./helpers/server.ts";
import { makeStandIn, standInValue } from "./helpers/stand-in.ts";
import { withFolder } from "./helpers/temporary.ts";

const EMBEDDINGS = "model.embed_tokens.weight";
const articleIds = [13048, 11, 220, 108386, 93];

function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function bytesOf(numbers: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** A tensor of float32 whose element i is i. */
function counting(name: string, shape: number[]): TensorToWrite {
  const length = shape.reduce((product, size) => product * size, 1);
  return { name, dtype: "F32", shape, chunks: [bytesOf(Float32Array.from({ length }, (_, i) => i))] };
}

function fileOf(...tensors: TensorToWrite[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat([...safetensorsChunks(tensors)]));
}

function open(files: Record<string, SourceLike>, options?: EmbeddingMatrixOptions): Promise<EmbeddingMatrix> {
  return EmbeddingMatrix.fromPretrained(files, options);
}

const openFile = (...tensors: TensorToWrite[]) => open({ "model.safetensors": fileOf(...tensors) });

/** A source that notes what is read of it. */
function noting(source: RandomAccess) {
  const reads: { begin: number; end: number }[] = [];
  const noted: RandomAccess = {
    size: source.size,
    read: (begin, end) => {
      reads.push({ begin, end });
      return source.read(begin, end);
    },
  };
  return { noted, reads };
}

const lengthOf = (reads: { begin: number; end: number }[]) =>
  reads.reduce((sum, { begin, end }) => sum + end - begin, 0);

test("a matrix of three rows", async () => {
  const matrix = await openFile(counting(EMBEDDINGS, [3, 2]));
  assert.equal(matrix.shape, [3, 2]);
  assert.is(matrix.dtype, "float32");
  assert.is(matrix.tensor, EMBEDDINGS);
  const rows = await matrix.lookup([2, 0, 2]);
  assert.equal(rows.shape, [3, 2]);
  assert.equal([...rows.data], [4, 5, 0, 1, 4, 5]);
  assert.equal((await matrix.lookup(Uint32Array.of(1))).data, Float32Array.of(2, 3));
  assert.equal((await matrix.lookup(new Set([1]))).data, Float32Array.of(2, 3));
  assert.equal((await matrix.lookup([])).shape, [0, 2]);
  matrix.close();
});

/** All bit patterns of 16 bits, as a matrix of one row to each of 256 ids. */
const allPatterns = (dtype: SafetensorsDtype): TensorToWrite => ({
  name: EMBEDDINGS,
  dtype,
  shape: [256, 256],
  chunks: [bytesOf(Uint16Array.from({ length: 65536 }, (_, bits) => bits))],
});

const allIds = Array.from({ length: 256 }, (_, id) => id);

test("bfloat16: all 65,536 values are the upper halves of float32, bit by bit", async () => {
  using matrix = await openFile(allPatterns("BF16"));
  assert.is(matrix.dtype, "bfloat16");
  const { data } = await matrix.lookup(allIds);
  const bits = new Uint32Array(data.buffer);
  assert.is(
    bits.findIndex((value, pattern) => value !== pattern * 65536),
    -1,
  );
});

/** The plain reading of a float16: sign, 5 bits of exponent, 10 of fraction. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? (1 + fraction) * 2 ** (exponent - 15) : fraction * 2 ** -14);
}

test("float16: all 65,536 values, with the signs of zeros", async () => {
  using matrix = await openFile(allPatterns("F16"));
  assert.is(matrix.dtype, "float16");
  const { data } = await matrix.lookup(allIds);
  assert.is(
    data.findIndex((value, bits) => !Object.is(value, float16(bits))),
    -1,
  );
});

test("rows longer than what is widened at a time, of a length that is no multiple of eight", async () => {
  const columns = 40_003;
  const numbers = Uint16Array.from({ length: 2 * columns }, (_, i) => 0x3f80 + (i % 100));
  const tensor: TensorToWrite = { name: EMBEDDINGS, dtype: "BF16", shape: [2, columns], chunks: [bytesOf(numbers)] };
  using matrix = await openFile(tensor);
  const bits = new Uint32Array((await matrix.lookup([1, 0])).data.buffer);
  assert.is(
    bits.findIndex((value, i) => value !== numbers[(i + columns) % (2 * columns)] * 65536),
    -1,
  );
});

test("ids out of range say which, and how many rows there are", async () => {
  using matrix = await openFile(counting(EMBEDDINGS, [3, 2]));
  const message = (id: string) => new RegExp(`Id 1 is ${id}; expected a whole number from 0 to 2, .* are 3 rows`);
  for (const id of [3, -1, 0.5, Number.NaN, "1", undefined, 3n, Symbol("x"), Object.create(null)]) {
    const shown =
      typeof id === "string"
        ? '"1"'
        : typeof id === "symbol"
          ? "Symbol\\(x\\)"
          : typeof id === "object"
            ? "{}"
            : typeof id === "bigint"
              ? "3n"
              : String(id);
    await rejects("id-out-of-range", message(shown), () => matrix.lookup([0, id as number]));
  }
});

test("more rows than there is memory for", async () => {
  const rows = { dtype: "F32", shape: [1, 2 ** 30], data_offsets: [0, 2 ** 32] };
  const header = jsonBytes({ [EMBEDDINGS]: rows });
  const start = Buffer.concat([Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0), header]);
  const source: RandomAccess = {
    size: start.length + 2 ** 32,
    read: async (begin, end) => new Uint8Array(start.subarray(begin, end)),
  };
  using matrix = await open({ "model.safetensors": source });
  await rejects("out-of-memory", /3000 rows of 1073741824 floats need 12884\.9 GB\. Ask for fewer at a time/, () =>
    matrix.lookup(new Uint32Array(3000)),
  );
});

test("neighbours are one read of at most 1 MiB, and an id is read once", async () => {
  const { noted, reads } = noting(await openSource(fileOf(counting(EMBEDDINGS, [700, 1024]))));
  using matrix = await open({ "model.safetensors": noted });
  reads.length = 0;
  await matrix.lookup([12, 3, 4, 5, 4, 12, 6]);
  assert.equal(
    reads.map(({ begin, end }) => end - begin),
    [4 * 4096, 4096],
  );
  reads.length = 0;
  const { data } = await matrix.lookup(Array.from({ length: 700 }, (_, i) => 699 - i));
  assert.equal(
    reads.map(({ begin, end }) => end - begin),
    [2 ** 20, 2 ** 20, 188 * 4096],
  );
  assert.is(
    data.findIndex((value, i) => value !== (699 - Math.floor(i / 1024)) * 1024 + (i % 1024)),
    -1,
  );
});

test("rows that 8 KiB or less lie between are one read, and those between are no part of the answer", async () => {
  const { noted, reads } = noting(await openSource(fileOf(counting(EMBEDDINGS, [20, 1024]))));
  using matrix = await open({ "model.safetensors": noted });
  reads.length = 0;
  const rows = await matrix.lookup([9, 3, 6, 13]);
  assert.equal(
    reads.map(({ begin, end }) => end - begin),
    [7 * 4096, 4096],
  );
  assert.equal(
    [...rows].map(([first]) => first),
    [9, 3, 6, 13].map((id) => id * 1024),
  );
});

test("ids as an array, of any width, as a tensor, or one", async () => {
  using matrix = await openFile(counting(EMBEDDINGS, [3, 2]));
  const data = BigInt64Array.of(2n, 0n);
  for (const ids of [[2, 0], [2n, 0n], Int32Array.of(2, 0), data, { data, dims: [1, 2], type: "int64" }]) {
    assert.equal([...(await matrix.lookup(ids)).data], [4, 5, 0, 1]);
  }
  assert.equal([...(await matrix.lookup(1)).data], [2, 3]);
});

test("a few reads go on at a time, and the first failure ends the lookup", async () => {
  const bytes = await openSource(fileOf(counting(EMBEDDINGS, [100, 2100])));
  let under = 0;
  let most = 0;
  let count = 0;
  const slow: RandomAccess = {
    size: bytes.size,
    read: async (begin, end) => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setTimeout(resolve, 1));
      under--;
      if (++count === 40) throw new Error("the cable was cut");
      return bytes.read(begin, end);
    },
  };
  using matrix = await open({ "model.safetensors": slow });
  const scattered = Array.from({ length: 50 }, (_, i) => 2 * i);
  const error = await matrix.lookup(scattered).catch((error) => error);
  assert.is(error.message, "the cable was cut");
  assert.is(most, 8);
});

test("use after close; closing twice", async () => {
  const matrix = await openFile(counting(EMBEDDINGS, [3, 2]));
  const begun = matrix.lookup([1]);
  matrix.close();
  matrix.close();
  await rejects("closed", /The embedding matrix was closed/, () => begun);
  await rejects("closed", /Open it again/, () => matrix.lookup([1]));
});

test("an abort rejects with its reason, while opening and while reading", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const messageOf = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error) => error.message,
    );
  const files = { "model.safetensors": fileOf(counting(EMBEDDINGS, [3, 2])) };
  assert.is(await messageOf(open(files, { signal })), "enough");
  using matrix = await open(files);
  assert.is(await messageOf(matrix.lookup([1], { signal })), "enough");
});

test("the names that models give their embeddings; the first of several", async () => {
  for (const name of [
    "transformer.wte.weight",
    "wte.weight",
    "shared.weight",
    "bert.embeddings.word_embeddings.weight",
    "gpt_neox.embed_in.weight",
    "language_model.model.embed_tokens.weight",
    "model.embeddings.tok_embeddings.weight",
    "embeddings",
    "embedding.weight",
  ]) {
    using matrix = await openFile(counting("lm_head.weight", [3, 2]), counting(name, [3, 2]));
    assert.is(matrix.tensor, name);
  }
  using t5 = await openFile(counting("decoder.embed_tokens.weight", [3, 2]), counting("shared.weight", [3, 2]));
  assert.is(t5.tensor, "shared.weight");
});

const oddModel = [counting("head.weight", [3, 2]), counting("odd.weight", [5, 2]), counting("lm_head.weight", [5, 2])];

function openOdd(config?: object, options?: EmbeddingMatrixOptions): Promise<EmbeddingMatrix> {
  const weights = { "model.safetensors": fileOf(...oddModel) };
  return open(config ? { ...weights, "config.json": jsonBytes(config) } : weights, options);
}

test("unknown names: the output's where both are tied, the only one of the shape, the one that is given", async () => {
  using tied = await openOdd({ tie_word_embeddings: true });
  assert.is(tied.tensor, "lm_head.weight");
  using tiedBelow = await openOdd({ text_config: { tie_word_embeddings: true } });
  assert.is(tiedBelow.tensor, "lm_head.weight");
  using shaped = await openOdd({ vocab_size: 5, hidden_size: 2, tie_word_embeddings: false });
  assert.is(shaped.tensor, "odd.weight");
  using given = await openOdd(undefined, { tensor: "head.weight" });
  assert.is(given.tensor, "head.weight");
});

test("a folder without an embedding tensor says which matrices there are, the largest first", async () => {
  const listed = /"odd\.weight" \[5, 2\], "lm_head\.weight" \[5, 2\], "head\.weight" \[3, 2\]\.$/;
  await rejects("model-incomplete", /No tensor that is known to hold input embeddings in the given object\./, () =>
    openOdd(),
  );
  await rejects("model-incomplete", listed, () => openOdd({ vocab_size: 6, hidden_size: 2 }));
  await rejects("model-incomplete", /No tensor "wte" in the given object\. Pass one/, () =>
    openOdd(undefined, { tensor: "wte" }),
  );
  await rejects("model-incomplete", /It has no matrix at all/, () => openFile(counting("bias", [5])));
  const many = Array.from({ length: 20 }, (_, i) => counting(`layer.${i}`, [2, 2]));
  await rejects("model-incomplete", /"layer\.11" \[2, 2\], and 8 more\.$/, () => openFile(...many));
});

/** A source of zeros, but for a header that tells of one matrix of float32. */
function claiming(shape: number[]): RandomAccessLike {
  const bytes = shape.reduce((product, size) => product * size, 4);
  const header = jsonBytes({ [EMBEDDINGS]: { dtype: "F32", shape, data_offsets: [0, bytes] } });
  const start = Buffer.concat([Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0), header]);
  return {
    size: start.length + bytes,
    read: (begin, end) => (end <= start.length ? start.subarray(begin, end) : new Uint8Array(end - begin)),
  };
}

test("a matrix of no numbers is refused when it is opened, however many rows it claims", async () => {
  for (const shape of [
    [4e9, 0],
    [0, 4e9],
    [2 ** 40, 0],
  ]) {
    const message = new RegExp(`has the shape \\[${shape}\\]; expected \\[rows, columns\\], both at least 1`);
    await rejects("shape-mismatch", message, () => EmbeddingMatrix.fromPretrained(claiming(shape)));
  }
});

test("more rows than a table can hold are refused before keys are made for them; some of them can be loaded", async () => {
  for (const [shape, message] of [
    [[4e9, 1], /load: 4000000000 rows of 1 numbers \(float32\) take 128\.0 GB; a table holds 16777216 rows/],
    [[2 ** 24 + 1, 1], /16777217 rows/],
    [[200_000, 20_000], /take 16\.0 GB; .* and 4\.3 GB at most\. Load fewer with the option rows/],
  ] as const) {
    using matrix = await EmbeddingMatrix.fromPretrained(claiming([...shape]));
    const begin = performance.now();
    await rejects("too-large", message, () => matrix.load());
    assert.ok(performance.now() - begin < 100);
    using table = await matrix.load({ rows: 3 });
    assert.equal([...table.indexToKey], ["0", "1", "2"]);
  }
});

test("bytes by themselves are a model's one file; 100 MB of anything else are refused at once", async () => {
  const file = fileOf(counting(EMBEDDINGS, [3, 2]));
  for (const given of [file, file.buffer, Buffer.from(file)]) {
    using matrix = await EmbeddingMatrix.fromPretrained(given);
    assert.equal((await matrix.lookup([1])).data, Float32Array.of(2, 3));
  }
  const begin = performance.now();
  const garbage = new Uint8Array(1e8).fill(0xff);
  const filled = performance.now();
  await rejects("format-damaged", /model\.safetensors of the given source .* its header claims to have/, () =>
    EmbeddingMatrix.fromPretrained(garbage),
  );
  assert.ok(performance.now() - filled < Math.max(100, filled - begin));
});

test("ids that are no list", async () => {
  using matrix = await openFile(counting(EMBEDDINGS, [3, 2]));
  for (const ids of [undefined, null, "0", {}, { dims: [1] }, { data: 1 }, () => [0]]) {
    await rejects("option-invalid", /The ids are .*; expected an array/, () =>
      matrix.lookup(ids as unknown as number[]),
    );
  }
});

test("a tensor that is no matrix, or not of numbers that can be widened", async () => {
  await rejects("shape-mismatch", /has the shape \[2,3,4\]; expected \[rows, columns\]/, () =>
    openFile(counting(EMBEDDINGS, [2, 3, 4])),
  );
  const packed: TensorToWrite = { name: EMBEDDINGS, dtype: "U8", shape: [4, 1], chunks: [new Uint8Array(4)] };
  await rejects(
    "format-unknown",
    /holds U8, and no scale stands beside it; expected one as "model\.embed_tokens\.weight_scale"/,
    () => openFile(packed),
  );
});

test("an option that is unknown", () =>
  rejects("option-unknown", /no option "tensorName"\. Did you mean "tensor"|no option "tensorName"/, () =>
    openOdd(undefined, { tensorName: "wte" } as object),
  ));

/** A model in two shards. */
function shards(): Record<string, Uint8Array> {
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  return {
    "model.safetensors.index.json": jsonBytes({
      metadata: {},
      weight_map: { "norm.weight": first, [EMBEDDINGS]: second },
    }),
    [first]: fileOf(counting("norm.weight", [2])),
    [second]: fileOf(counting(EMBEDDINGS, [3, 2])),
  };
}

test("shards: only the one that holds the tensor is opened", async () => {
  const files = shards();
  using whole = await open(files);
  assert.equal((await whole.lookup([2])).data, Float32Array.of(4, 5));
  const { "model-00001-of-00002.safetensors": _, ...withoutFirst } = files;
  using partial = await open(withoutFirst);
  assert.equal(partial.shape, [3, 2]);
});

test("shards that are missing, or an index that lies", async () => {
  const { "model-00002-of-00002.safetensors": second, ...withoutSecond } = shards();
  await rejects(
    "model-incomplete",
    /No model-00002-of-00002\.safetensors in the given object, which should hold "model\.embed_tokens/,
    () => open(withoutSecond),
  );
  const indexed = (weight_map: unknown) => ({ ...shards(), "model.safetensors.index.json": jsonBytes({ weight_map }) });
  await rejects("format-damaged", /The weight_map in .* does not name a file/, () =>
    open(indexed({ [EMBEDDINGS]: 2 })),
  );
  for (const map of ["abc", ["a"], null, 5, undefined]) {
    await rejects("format-damaged", /The weight_map in .* does not name a file/, () => open(indexed(map)));
  }
  await rejects("format-damaged", /it has no tensor "model\.embed_tokens\.weight"/, () =>
    open(indexed({ [EMBEDDINGS]: "model-00001-of-00002.safetensors" })),
  );
  await rejects("format-damaged", /"\.\.\/secret" is not the name of a file/, () =>
    open(indexed({ [EMBEDDINGS]: "../secret" })),
  );
});

test("a folder without weights, a file that is cut off", async () => {
  await rejects("model-incomplete", /No model\.safetensors in \.\/no\/such, nor model\.safetensors\.index\.json/, () =>
    EmbeddingMatrix.fromPretrained("./no/such"),
  );
  const cut = fileOf(counting(EMBEDDINGS, [3, 2])).slice(0, -1);
  await rejects("format-damaged", /model\.safetensors of the given object is no whole safetensors file/, () =>
    open({ "model.safetensors": cut }),
  );
});

/** Checks the five rows of the article's text against the stand-in's formula. */
async function checkArticle(matrix: EmbeddingMatrix): Promise<void> {
  assert.equal(matrix.shape, [151936, 1536]);
  assert.is(matrix.dtype, "bfloat16");
  const rows = await matrix.lookup(articleIds);
  assert.equal(rows.shape, [5, 1536]);
  for (const [i, id] of articleIds.entries()) {
    const wrong = rows.row(i).findIndex((value, column) => value !== standInValue(id, column));
    assert.is(wrong, -1, `row ${id}`);
  }
}

test("of 467 MB, a lookup of five rows reads the header and less than 64 kB", () =>
  withFolder(async (folder) => {
    await makeStandIn(folder);
    const weights = join(folder, "model.safetensors");
    const file = await openSource(weights);
    const header = 8 + Number(new DataView((await file.read(0, 8)).buffer).getBigUint64(0, true));
    const { noted, reads } = noting(file);
    using matrix = await open({ "model.safetensors": noted });
    assert.is(lengthOf(reads), header);
    await checkArticle(matrix);
    assert.is(lengthOf(reads), header + 5 * 3072);
    await file.close?.();

    using byFolder = await EmbeddingMatrix.fromPretrained(folder);
    await checkArticle(byFolder);
    using byFile = await EmbeddingMatrix.fromPretrained(weights);
    await checkArticle(byFile);
  }));

test("over http, with ranges and without", async () => {
  const config = jsonBytes({ vocab_size: 40_000, hidden_size: 2 });
  const files = { "qwen/config.json": config, "qwen/model.safetensors": fileOf(counting("odd", [40_000, 2])) };
  const asked: string[] = [];
  const check = async (url: string) => {
    using matrix = await EmbeddingMatrix.fromPretrained(`${url}/qwen`);
    assert.equal([...(await matrix.lookup([39_999, 0])).data], [79_998, 79_999, 0, 1]);
  };
  await withServer(withRanges(files, asked), check);
  assert.is(asked.length, 3, "the header with the first row, config.json, the last row");
  await withServer(withoutRanges(files), check);
});

test("a single file as a Blob", async () => {
  using matrix = await EmbeddingMatrix.fromPretrained(new Blob([fileOf(counting(EMBEDDINGS, [3, 2]))]));
  assert.equal((await matrix.lookup([1])).data, Float32Array.of(2, 3));
});

test.run();
