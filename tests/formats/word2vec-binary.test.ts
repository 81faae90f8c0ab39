// word2vec's binary format.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { readWord2vecBinary, word2vecBinaryChunks } from "../../src/formats/word2vec-binary.ts";
import { rejects } from "../helpers/rejects.ts";
import { CollectingSink, chunked, vectorList, written } from "../helpers/vector-sinks.ts";

const floats = (...numbers: number[]) => Buffer.from(Float32Array.from(numbers).buffer);

async function read(file: Uint8Array, size = 5, sink = new CollectingSink(), limit?: number) {
  await readWord2vecBinary(chunked(file, size), sink, { limit, name: "x.bin" });
  return sink;
}

const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));

test("records with a newline behind them, as the C program writes them, and without, as gensim does", async () => {
  for (const newline of ["", "\n"]) {
    const file = bytes("2 3\n", "cat ", floats(0.5, -1, 20), newline, "dog ", floats(1, 2, 3), newline);
    for (let size = 1; size < 40; size++) {
      const { shape, keys, rows } = await read(file, size);
      assert.equal(shape, { rows: 2, width: 3 });
      assert.equal(
        [keys, rows],
        [
          ["cat", "dog"],
          [
            [0.5, -1, 20],
            [1, 2, 3],
          ],
        ],
      );
    }
  }
});

test("what is written can be seen through", () => {
  const expected = bytes("2 2\n", "the ", floats(0.1, -2), "of ", floats(1, 3));
  assert.equal(written(word2vecBinaryChunks(vectorList({ the: [0.1, -2], of: [1, 3] }))), expected);
});

test("any table comes back to the last bit, also where numbers look like blanks and newlines", async () => {
  // 0x20 and 0x0a are parts of numbers
  const numbers = fc.oneof(
    fc.float(),
    fc.constantFrom(...[0x20202020, 0x0a0a0a0a].map((bits) => new Float32Array(Uint32Array.of(bits).buffer)[0])),
  );
  const keys = fc
    .string({ unit: "grapheme", maxLength: 8 })
    .filter((key) => !key.includes(" ") && !key.startsWith("\n"));
  const tables = fc.uniqueArray(fc.tuple(keys, fc.array(numbers, { minLength: 2, maxLength: 2 })), {
    minLength: 1,
    maxLength: 6,
    selector: ([key]) => key,
  });
  await fc.assert(
    fc.asyncProperty(tables, fc.integer({ min: 1, max: 40 }), async (entries, size) => {
      const sink = await read(written(word2vecBinaryChunks(vectorList(entries))), size);
      assert.equal(
        sink.rows,
        entries.map(([, row]) => row),
      );
      assert.equal(
        sink.keys,
        entries.map(([key]) => Buffer.from(key).toString()),
      );
    }),
    { numRuns: 300 },
  );
});

test("keys come as the bytes that they are", async () => {
  const { keyBytes } = await read(bytes("1 1\n", Buffer.from([0xff, 0xc3]), " ", floats(1)));
  assert.equal(keyBytes, [Uint8Array.of(0xff, 0xc3)]);
});

test("limit, and a sink that wants no more, end the reading", async () => {
  const file = bytes("3 1\n", "a ", floats(1), "b ", floats(2));
  assert.equal((await read(file, 4, undefined, 2)).keys, ["a", "b"]);
  assert.equal((await read(file, 4, new CollectingSink(1))).keys, ["a"]);
  assert.equal((await read(bytes("0 4\n"))).shape, { rows: 0, width: 4 });
});

test("a file that is cut at any byte is an error", async () => {
  const file = written(word2vecBinaryChunks(vectorList({ 日本: [1.25, -7], b: [4, 5] })));
  assert.equal((await read(file)).keys, ["日本", "b"]);
  for (let length = 0; length < file.length; length++) {
    await rejects("format-damaged", /x\.bin (ends within row [01]|has no first line|has the first line)/, () =>
      read(file.subarray(0, length)),
    );
  }
});

test("a first line that is none, or promises too much", async () => {
  await rejects("format-damaged", /has the first line "cat dog"/, () => read(bytes("cat dog\n")));
  await rejects("format-damaged", /has the first line "1 0"/, () => read(bytes("1 0\n")));
  await rejects("format-damaged", /has the first line/, () => read(bytes("x".repeat(200))));
  await rejects("format-damaged", /ends within row 1; its first line says that there are 1000000000000/, () =>
    read(bytes("1000000000000 1\n", "a ", floats(1))),
  );
  await rejects("format-damaged", /ends within row 0/, () => read(bytes("1 4000000000\n", "a ", floats(1))));
});

test("a key without an end is refused before it fills the memory", async () => {
  async function* endless() {
    yield bytes("1 1\n");
    for (;;) yield new Uint8Array(1 << 20).fill(0x61);
  }
  await rejects("format-damaged", /has a key of more than 1048576 bytes in row 0/, () =>
    readWord2vecBinary(endless(), new CollectingSink()),
  );
});

test("keys that the format cannot keep are not written", async () => {
  for (const key of ["New York", "\nx"]) {
    await rejects("option-invalid", /holds a space or begins with a newline/, () =>
      written(word2vecBinaryChunks(vectorList({ [key]: [1] }))),
    );
  }
});

test("whatever bytes it is given, it reads them or says what is wrong", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 5 }), async (rest, rows) => {
      const error = await read(bytes(`${rows} 2\n`, Buffer.from(rest))).then(
        () => undefined,
        (error) => error,
      );
      if (error) assert.instance(error, Wasm2VecError);
    }),
  );
});

test.run();
