// The safetensors format: each of its rules, one broken at a time.

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { bytesAccess, type RandomAccess } from "../../src/files/random-access.ts";
import { readSafetensors, safetensorsChunks, type TensorToWrite } from "../../src/formats/safetensors.ts";
import { readGolden } from "../helpers/golden.ts";
import { rejects } from "../helpers/rejects.ts";

/** A file made by hand: the header's length, the header, `size` bytes 0, 1, 2, … of data. */
function fileOf(header: string | object, size = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(
    Uint8Array.from({ length: size }, (_, i) => i),
    8 + text.length,
  );
  return bytes;
}

const read = (bytes: Uint8Array) => readSafetensors(bytesAccess(bytes), "model.safetensors");

/** Asserts that the header, with `size` bytes of data behind it, is refused with this message. */
function refuses(header: string | object, size: number, message: RegExp): Promise<void> {
  return rejects("format-damaged", message, () => read(fileOf(header, size)));
}

const u8 = (begin: number, end: number) => ({ dtype: "U8", shape: [end - begin], data_offsets: [begin, end] });

test("a file of two tensors and a text", async () => {
  const file = await read(
    fileOf(
      {
        __metadata__: { format: "pt" },
        b: { dtype: "BF16", shape: [2, 3], data_offsets: [0, 12] },
        a: { dtype: "U8", shape: [2], data_offsets: [12, 14] },
      },
      14,
    ),
  );
  assert.equal(file.metadata, { format: "pt" });
  assert.equal([...file.tensors.keys()], ["b", "a"]);
  const { name, dtype, shape, begin, end } = file.tensor("b");
  assert.equal([name, dtype, shape, end - begin], ["b", "BF16", [2, 3], 12]);
  assert.equal([...(await file.read("a"))], [12, 13]);
  await rejects("format-damaged", /model\.safetensors is no whole safetensors file: it has no tensor "c"/, () =>
    file.read("c"),
  );
});

test("only the header is read", async () => {
  const bytes = fileOf({ a: u8(0, 200) }, 200);
  const reads: number[][] = [];
  const source: RandomAccess = {
    size: bytes.length,
    read: async (begin, end) => {
      reads.push([begin, end]);
      return new Uint8Array(bytes.slice(begin, end));
    },
  };
  await readSafetensors(source);
  assert.equal(reads, [
    [0, 8],
    [8, bytes.length - 200],
  ]);
});

test("what the format allows: no tensor, no element, no dimension, spaces after the header", async () => {
  assert.is((await read(fileOf({}))).tensors.size, 0);
  assert.is((await read(fileOf("{}      "))).tensors.size, 0);
  const empty = { dtype: "F32", shape: [3, 0], data_offsets: [4, 4] };
  const scalar = { dtype: "F32", shape: [], data_offsets: [0, 4] };
  const file = await read(fileOf({ empty, scalar }, 4));
  assert.equal([...(await file.read("scalar"))], [0, 1, 2, 3]);
  assert.is((await file.read("empty")).length, 0);
});

test("elements of less than a byte fill bytes together", async () => {
  const f4 = { dtype: "F4", shape: [2, 3], data_offsets: [0, 3] };
  const f6 = { dtype: "F6_E2M3", shape: [4], data_offsets: [3, 6] };
  assert.is((await read(fileOf({ f4, f6 }, 6))).tensors.size, 2);
  await refuses({ f4: { ...f4, shape: [5] } }, 3, /tensor "f4", F4 \[5\], makes no whole number of bytes/);
});

test("too short for a header's length", () =>
  rejects("format-damaged", /it has 7 bytes; expected 8 for the header's length/, () => read(new Uint8Array(7))));

test("a header longer than the file", async () => {
  const whole = fileOf({ a: u8(0, 2) }, 2);
  const cut = whole.subarray(0, 20);
  await rejects("format-damaged", /its header claims to end at byte \d+, and the file has 20 bytes/, () => read(cut));
});

test("a header longer than the format allows; nothing of it is read but what tells the file's kind", async () => {
  const lengths = [100_000_001n, 2n ** 53n + 1n, 2n ** 64n - 1n];
  for (const length of lengths) {
    const source: RandomAccess = {
      size: 2 ** 40,
      read: async (begin, end) => {
        assert.ok(begin === 0 && end <= 512, `${end}`);
        const bytes = new Uint8Array(end);
        bytes.set(new Uint8Array(BigUint64Array.of(length).buffer));
        return bytes;
      },
    };
    await rejects("format-damaged", new RegExp(`claims to have ${length} bytes; at most 100000000`), () =>
      readSafetensors(source),
    );
  }
});

test("a header that is not a JSON object", async () => {
  await refuses("", 0, /does not begin with "\{"/);
  await refuses(" {}", 0, /does not begin with "\{"/);
  await refuses("[]", 0, /does not begin with "\{"/);
  await refuses('{"a"', 0, /its header is not JSON: /);
  await refuses("{}x", 0, /its header is not JSON: /);
  const latin = fileOf('{"e":1}');
  latin[10] = 0xe9;
  await rejects("format-damaged", /its header is not JSON: /, () => read(latin));
});

test("a text in the metadata that is none", async () => {
  const message = /its __metadata__ is not an object that holds texts only/;
  await refuses({ __metadata__: { version: 1 } }, 0, message);
  await refuses({ __metadata__: ["a"] }, 0, message);
  await refuses({ __metadata__: null }, 0, message);
});

test("a tensor that is no object", async () => {
  await refuses({ a: 1 }, 0, /tensor "a" has the dtype undefined; the format knows F4,/);
  await refuses({ a: null }, 0, /tensor "a" has the dtype undefined/);
});

test("a dtype that the format does not know", async () => {
  await refuses({ a: { ...u8(0, 2), dtype: "F128" } }, 2, /has the dtype "F128"; the format knows F4,.*U64/);
  await refuses({ a: { ...u8(0, 2), dtype: "toString" } }, 2, /has the dtype "toString"/);
  await refuses({ a: { ...u8(0, 2), dtype: 8 } }, 2, /has the dtype 8/);
});

test("a shape that is none", async () => {
  const message = /tensor "a" has the shape .*; expected whole numbers from 0 on/;
  for (const shape of [undefined, null, 2, "2", [-1], [1.5], ["2"], [null], [2 ** 53], { 0: 2 }]) {
    await refuses({ a: { ...u8(0, 2), shape } }, 2, message);
  }
});

test("a shape whose product overflows", async () => {
  const message = /tensor "a", U8 \[.*\], makes no whole number of bytes/;
  await refuses({ a: { ...u8(0, 2), shape: [2 ** 32, 2 ** 32] } }, 2, message);
  await refuses({ a: { ...u8(0, 0), shape: [2 ** 52, 2 ** 52, 0] } }, 0, message);
});

test("offsets that are none, or reversed", async () => {
  const message = /tensor "a" has the data_offsets .*; expected \[begin, end\]/;
  for (const data_offsets of [undefined, [0], [0, 1, 2], [2, 0], [-1, 1], [0, 1.5], ["0", "2"], 2]) {
    await refuses({ a: { ...u8(0, 2), data_offsets } }, 2, message);
  }
});

test("a size that the shape does not have", () =>
  refuses({ a: { ...u8(0, 2), shape: [3] } }, 2, /tensor "a", U8 \[3\], takes 3 bytes, but its data_offsets hold 2/));

test("a tensor beyond the file's end", () =>
  refuses({ a: u8(0, 9) }, 5, /tensor "a" ends at byte \d+, and the file has \d+ bytes/));

test("tensors that overlap", async () => {
  await refuses({ a: u8(0, 4), b: u8(3, 6) }, 6, /tensor "b" begins at byte \d+, within the one before it/);
  await refuses({ a: u8(0, 4), b: u8(0, 4) }, 4, /tensor "b" begins at byte/);
  await refuses({ a: u8(0, 4), b: u8(2, 2) }, 4, /tensor "a" begins|tensor "b" begins/);
});

test("bytes that no tensor holds: before, between, behind", async () => {
  await refuses({ a: u8(1, 4) }, 4, /no tensor holds the bytes from \d+ to \d+/);
  await refuses({ a: u8(0, 2), b: u8(3, 4) }, 4, /no tensor holds the bytes from \d+ to \d+/);
  await refuses({ a: u8(0, 2) }, 4, /no tensor holds its last 2 bytes/);
});

test("a header that is nested without end does not break the message", async () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  await refuses(`{"a":{"dtype":"U8","shape":${deep},"data_offsets":[0,2]}}`, 2, /has the shape \[\[…\]\]/);
  await refuses(`{"a":{"dtype":${deep}}}`, 2, /has the dtype \[\[…\]\]/);
});

/** Whatever the bytes are, they are read or refused, never anything else. */
async function neverCrashes(bytes: Uint8Array): Promise<void> {
  await read(bytes).catch((error) => assert.instance(error, Wasm2VecError, String(error.stack)));
}

test("any bytes are read or refused", async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), neverCrashes));
});

test("any JSON as a header is read or refused", async () => {
  const anything = fc.jsonValue();
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), anything), fc.nat(64), (header, size) =>
      neverCrashes(fileOf(header, size)),
    ),
  );
  const nearly = fc.record(
    {
      dtype: fc.oneof(fc.constantFrom("F4", "U8", "BF16", "F32", "F64"), anything),
      shape: fc.oneof(fc.array(fc.nat(4), { maxLength: 3 }), anything),
      data_offsets: fc.oneof(fc.tuple(fc.nat(64), fc.nat(64)), anything),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), nearly), fc.nat(64), (header, size) =>
      neverCrashes(fileOf(header, size)),
    ),
  );
});

test("any byte of a file may be another: it is read or refused", async () => {
  const whole = fileOf({ __metadata__: { a: "b" }, a: u8(0, 2), b: { ...u8(2, 4), shape: [2, 1] } }, 4);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), (at, value) =>
      neverCrashes(whole.map((byte, i) => (i === at ? value : byte))),
    ),
  );
});

const bitsOf = { U8: 8, BF16: 16, F32: 32, I64: 64 } as const;

/** A tensor of a small shape whose bytes come in two pieces. */
const anyTensor = fc
  .tuple(fc.constantFrom("U8", "BF16", "F32", "I64"), fc.array(fc.nat(4), { maxLength: 3 }), fc.nat())
  .chain(([dtype, shape, cut]) => {
    const length = (shape.reduce((product, size) => product * size, 1) * bitsOf[dtype]) / 8;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
      const at = cut % (length + 1);
      return { dtype, shape, bytes, chunks: [bytes.subarray(0, at), bytes.subarray(at)] };
    });
  });

function join(chunks: Iterable<Uint8Array>): Uint8Array {
  return new Uint8Array(Buffer.concat([...chunks]));
}

test("what is written is read again, and the data begins at a multiple of 8", async () => {
  const texts = fc.dictionary(fc.string(), fc.string());
  const names = fc.string().filter((name) => name !== "__metadata__");
  const tensors = fc.uniqueArray(fc.tuple(names, anyTensor), { selector: ([name]) => name });
  await fc.assert(
    fc.asyncProperty(tensors, texts, async (named, metadata) => {
      const written = named.map(([name, tensor]) => ({ name, ...tensor }));
      const file = await read(join(safetensorsChunks(written, metadata)));
      assert.equal({ ...file.metadata }, { ...metadata });
      assert.is(file.tensors.size, written.length);
      for (const { name, dtype, shape, bytes } of written) {
        const tensor = file.tensor(name);
        assert.equal([tensor.dtype, tensor.shape], [dtype, shape]);
        assert.equal([...(await file.read(name))], [...bytes]);
      }
      const begins = [...file.tensors.values()].map(({ begin }) => begin);
      if (begins.length) assert.is(Math.min(...begins) % 8, 0);
    }),
  );
});

test("the same tensors give the same bytes, in the order given", () => {
  const tensor: TensorToWrite = { name: "a", dtype: "U8", shape: [2], chunks: [Uint8Array.of(7, 8)] };
  const header = '{"__metadata__":{},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":';
  const bytes = join(safetensorsChunks([{ ...tensor, name: "b" }, tensor]));
  assert.is(new TextDecoder().decode(bytes).indexOf(header), 8);
  assert.equal(bytes, join(safetensorsChunks([{ ...tensor, name: "b" }, tensor])));
});

test("chunks that do not fill the shape", async () => {
  const tensor: TensorToWrite = { name: "a", dtype: "F32", shape: [2], chunks: [new Uint8Array(7)] };
  await rejects("shape-mismatch", /Tensor "a", F32 \[2\], was given 1 bytes too few/, () =>
    join(safetensorsChunks([tensor])),
  );
  await rejects("shape-mismatch", /was given 1 bytes too many/, () =>
    join(safetensorsChunks([{ ...tensor, chunks: [new Uint8Array(9)] }])),
  );
});

test("a header too long to be written", () =>
  rejects("too-large", /header would have \d+ bytes; the format allows 100000000/, () =>
    join(safetensorsChunks([], { text: "x".repeat(100_000_000) })),
  ));

test("a file that Python wrote", async () => {
  const { tensors } = readGolden("word2vec-toy-4.4.safetensors");
  const file = await read(readFileSync("tests/golden/word2vec-toy-4.4.safetensors"));
  assert.is(file.tensors.size, Object.keys(tensors).length);
  for (const [name, values] of Object.entries(tensors)) {
    const bytes = await file.read(name);
    assert.equal(new Float32Array(bytes.slice().buffer), values);
  }
});

test.run();
