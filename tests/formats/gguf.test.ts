// GGUF files: what the gguf package writes is read, and headers that lie are refused.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../../src/embedding-matrix.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readGguf } from "../../src/formats/gguf.ts";
import { answersWhateverChanges } from "../helpers/bad-files.ts";
import { alignmentOf, type GgufPair, type GgufTensor, ggufFile, join, text, u32, u64 } from "../helpers/gguf-file.ts";
import { rejects } from "../helpers/rejects.ts";

const golden = JSON.parse(readFileSync("tests/golden/gguf.json", "utf8")) as {
  files: Record<string, string>;
  rows: string;
  splitRows: string;
};

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const floatsOf = (base64: string) => new Float32Array(bytesOf(base64).buffer);
const read = (file: Uint8Array<ArrayBuffer>) => readGguf(bytesAccess(file), "model.gguf");

const F32 = 0;
const ARRAY = 9;
const EMBEDDINGS: GgufTensor = { name: "token_embd.weight", shape: [2, 3], type: F32 };
const floats = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const DATA = floats(0, 1, 2, 3, 4, 5);

test("a file of the gguf package: its tensors, and rows of Q8_0", async () => {
  const file = await read(bytesOf(golden.files["model.gguf"]));
  assert.equal(
    [...file.tensors.values()].map(({ name, dtype, shape }) => [name, dtype, shape]),
    [
      ["token_embd.weight", "Q8_0", [5, 64]],
      ["output.weight", "F16", [5, 3]],
    ],
  );
  using matrix = await EmbeddingMatrix.fromPretrained({ "any.gguf": bytesOf(golden.files["model.gguf"]) });
  assert.is(matrix.dtype, "q8_0");
  assert.equal(matrix.shape, [5, 64]);
  const rows = await matrix.lookup([4, 0]);
  assert.equal(rows.row(0), floatsOf(golden.rows).subarray(256));
  assert.equal(rows.row(1), floatsOf(golden.rows).subarray(0, 64));
});

test("a model that is split: the table is in another part than the first", async () => {
  const parts = Object.entries(golden.files).filter(([name]) => name.startsWith("split-"));
  const files = Object.fromEntries(parts.map(([name, file]) => [name, bytesOf(file)]));
  using matrix = await EmbeddingMatrix.fromPretrained(files);
  assert.equal((await matrix.lookup([3])).data, floatsOf(golden.splitRows).subarray(3 * 64, 4 * 64));
  const { "split-00002-of-00002.gguf": _, ...first } = files;
  await rejects(
    "model-incomplete",
    /No split-00002-of-00002\.gguf in the given object, which belongs to the model/,
    () => EmbeddingMatrix.fromPretrained(first),
  );
  await rejects("model-incomplete", /is one of 2 files .* its name does not say which/, () =>
    EmbeddingMatrix.fromPretrained(files["split-00001-of-00002.gguf"]),
  );
});

test("version 2, another alignment, pairs of every type", async () => {
  const pairs: GgufPair[] = [
    alignmentOf(64),
    ...[1, 1, 2, 2, 4, 4, 4, 1].map((bytes, type): GgufPair => [`of type ${type}`, type, new Uint8Array(bytes)]),
    ["of type 8", 8, text("Grüße")],
    ["numbers", ARRAY, join(u32(6), u64(3), new Uint8Array(12))],
    ["texts", ARRAY, join(u32(8), u64(2), text("a"), text(""))],
    ["arrays", ARRAY, join(u32(ARRAY), u64(2), u32(0), u64(1), Uint8Array.of(1), u32(8), u64(1), text("b"))],
    ...[10, 11, 12].map((type): GgufPair => [`of type ${type}`, type, new Uint8Array(8)]),
  ];
  const file = await read(ggufFile([EMBEDDINGS], DATA, { pairs, alignment: 64, version: 2 }));
  const { begin, end } = file.tensor("token_embd.weight");
  assert.is(begin % 64, 0);
  assert.is(end - begin, 24);
});

test("a vocabulary of 20,000 tokens is passed over in a few long reads, and none beyond what is needed twice", async () => {
  const tokens = Array.from({ length: 20_000 }, (_, i) => text(`token number ${i} of many`));
  const pairs: GgufPair[] = [
    ["tokenizer.ggml.tokens", ARRAY, join(u32(8), u64(tokens.length), ...tokens)],
    ["tokenizer.ggml.scores", ARRAY, join(u32(6), u64(1e6), new Uint8Array(4e6))],
  ];
  const bytes = ggufFile([EMBEDDINGS], DATA, { pairs });
  const source = bytesAccess(bytes);
  const reads: number[] = [];
  const file = await readGguf({
    size: source.size,
    read: (begin, end) => {
      reads.push(end - begin);
      return source.read(begin, end);
    },
  });
  assert.is(file.headerBytes, bytes.length - 24 - ((bytes.length - 24 - file.headerBytes) % 32));
  assert.ok(reads.length <= 4, `${reads}`);
  assert.ok(reads.reduce((sum, bytes) => sum + bytes) < 2e6, "numbers of fixed size are not read at all");
});

/** Each rule of the format, broken. */
const LIES: Record<string, [file: Uint8Array<ArrayBuffer>, code: string, message: RegExp]> = {
  "no magic": [join(u32(1), new Uint8Array(60)), "format-damaged", /does not begin with "GGUF"/],
  "too short": [new Uint8Array(Buffer.from("GGUF\x03\0\0\0")), "format-damaged", /the header needs 24 bytes/],
  "version 1": [
    ggufFile([EMBEDDINGS], DATA, { version: 1 }),
    "format-unknown",
    /of version 1; expected version 2 or 3/,
  ],
  "big endian": [
    ggufFile([EMBEDDINGS], DATA, { version: 3 << 24 }),
    "format-unknown",
    /big endian.*gguf-convert-endian/,
  ],
  "many tensors": [
    ggufFile([EMBEDDINGS], DATA, { tensorCount: 2 ** 40 }),
    "format-damaged",
    /claims to hold 1099511627776 tensors, and \d+ bytes are left/,
  ],
  "2^64 - 1 tensors": [ggufFile([], DATA, { tensorCount: 2n ** 64n - 1n }), "format-damaged", /beyond 2\^53/],
  "many pairs": [ggufFile([EMBEDDINGS], DATA, { pairCount: 1e9 }), "format-damaged", /1000000000 pairs/],
  "a long key": [
    ggufFile([], new Uint8Array(1e5), { pairCount: 1, pairs: [["k".repeat(65536), 0, u32(0)]] }),
    "format-damaged",
    /key 0 has 65536 bytes/,
  ],
  "a key twice": [
    ggufFile([EMBEDDINGS], DATA, {
      pairs: [
        ["a", 4, u32(1)],
        ["a", 4, u32(2)],
      ],
    }),
    "format-damaged",
    /the key "a" twice/,
  ],
  "a type that is none": [ggufFile([], DATA, { pairs: [["a", 13, u32(1)]] }), "format-damaged", /"a" has the type 13/],
  "a text beyond the end": [
    ggufFile([], DATA, { pairs: [["a", 8, u64(2 ** 40)]] }),
    "format-damaged",
    /"a" needs 1099511627776 bytes/,
  ],
  "an array beyond the end": [
    ggufFile([], DATA, { pairs: [["a", ARRAY, join(u32(10), u64(2 ** 50))]] }),
    "format-damaged",
    /items of "a"/,
  ],
  "arrays in arrays without end": [
    ggufFile([], DATA, { pairs: [["a", ARRAY, join(...new Array(20).fill(join(u32(ARRAY), u64(1))))]] }),
    "format-damaged",
    /more than 8 deep/,
  ],
  "an alignment of 0": [
    ggufFile([EMBEDDINGS], DATA, { pairs: [alignmentOf(0)] }),
    "format-damaged",
    /is 0; expected a power/,
  ],
  "an alignment of 48": [ggufFile([EMBEDDINGS], DATA, { pairs: [alignmentOf(48)] }), "format-damaged", /is 48/],
  "an alignment that is a text": [
    ggufFile([EMBEDDINGS], DATA, { pairs: [["general.alignment", 8, text("32")]] }),
    "format-damaged",
    /has the type 8; expected an integer/,
  ],
  "a long name": [
    ggufFile([{ ...EMBEDDINGS, name: "n".repeat(65) }], DATA),
    "format-damaged",
    /the name of tensor 0 has 65 bytes/,
  ],
  "a tensor twice": [ggufFile([EMBEDDINGS, EMBEDDINGS], DATA), "format-damaged", /"token_embd\.weight" twice/],
  "five dimensions": [
    ggufFile([{ ...EMBEDDINGS, shape: [1, 1, 1, 2, 3] }], DATA),
    "format-damaged",
    /has 5 dimensions; at most 4/,
  ],
  "a size beyond 2^53": [
    ggufFile([{ ...EMBEDDINGS, shape: [2n ** 63n, 3] }], DATA),
    "format-damaged",
    /a dimension of tensor .* is beyond 2\^53/,
  ],
  "a product beyond 2^53": [
    ggufFile([{ ...EMBEDDINGS, shape: [2 ** 40, 2 ** 40] }], DATA),
    "format-damaged",
    /which is too large/,
  ],
  "half a block": [ggufFile([{ ...EMBEDDINGS, type: 8 }], DATA), "format-damaged", /rows of a multiple of 32 numbers/],
  "an odd offset": [
    ggufFile([{ ...EMBEDDINGS, offset: 4 }], DATA),
    "format-damaged",
    /offset 4; expected a multiple of 32/,
  ],
  "an offset beyond the end": [
    ggufFile([{ ...EMBEDDINGS, offset: 2 ** 45 }], DATA),
    "format-damaged",
    /ends at byte \d+, and the file has/,
  ],
  "cut off": [ggufFile([EMBEDDINGS], DATA.slice(1)), "format-damaged", /ends at byte/],
};

for (const [name, [file, code, message]] of Object.entries(LIES)) {
  test(`a header that lies: ${name}`, () => rejects(code as ErrorCode, message, () => read(file)));
}

test("more tensors than any model has are refused before they are read", async () => {
  const head = join(new TextEncoder().encode("GGUF"), u32(3), u64(2 ** 21), u64(0));
  const source = {
    size: 2 ** 40,
    read: async (begin: number, end: number) => {
      const bytes = new Uint8Array(end - begin);
      bytes.set(head.subarray(begin, end));
      return bytes;
    },
  };
  await rejects("too-large", /holds 2097152 tensors; 1048576 are read at most/, () => readGguf(source));
});

test("kinds that are not read are named, as are those that nobody knows", async () => {
  for (const [type, dtype] of [
    [16, "IQ2_XXS"],
    [39, "MXFP4"],
    [99, "type 99"],
  ] as const) {
    const bytes = ggufFile([{ ...EMBEDDINGS, shape: [1, 256], type }], new Uint8Array(1024));
    await rejects("format-unknown", new RegExp(`holds ${dtype}; expected F32, .*Q6_K`), () =>
      EmbeddingMatrix.fromPretrained(bytes),
    );
  }
});

test("whatever bytes are changed, it is read or refused with an error of the library's", () =>
  answersWhateverChanges(
    (bytes) => EmbeddingMatrix.fromPretrained(bytes).then((matrix) => matrix.lookup([0])),
    [bytesOf(golden.files["model.gguf"])],
  ));

test.run();
