// Vectors as text: word2vec's, fastText's .vec, GloVe's.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { readWord2vecText, word2vecTextChunks } from "../../src/formats/word2vec-text.ts";
import { rejects } from "../helpers/rejects.ts";
import { CollectingSink, chunked, vectorList, written } from "../helpers/vector-sinks.ts";

async function read(
  text: string | Uint8Array,
  hasHeader = true,
  { size = 7, sink = new CollectingSink(), limit = undefined as number | undefined } = {},
) {
  await readWord2vecText(chunked(Buffer.from(text as string), size), hasHeader, sink, { limit, name: "x.txt" });
  return sink;
}

test("a file of two rows, whatever chunks it comes in", async () => {
  for (let size = 1; size < 30; size++) {
    const { shape, keys, rows } = await read("2 3\ncat 0.5 -1 2e1\ndog 1 2 3\n", true, { size });
    assert.equal(shape, { rows: 2, width: 3 });
    assert.equal(keys, ["cat", "dog"]);
    assert.equal(rows, [
      [0.5, -1, 20],
      [1, 2, 3],
    ]);
  }
});

test("GloVe's text has no first line: the first row says how wide rows are", async () => {
  const { shape, keys, rows } = await read("the 0.5 1\n, 2 3\n1984 4 5\n", false);
  assert.equal(shape, { width: 2 });
  assert.equal(keys, ["the", ",", "1984"]);
  assert.equal(rows, [
    [0.5, 1],
    [2, 3],
    [4, 5],
  ]);
});

test("blanks behind rows, tabs, carriage returns, a byte order mark, no newline at the end, empty lines", async () => {
  for (const text of [
    "2 2\ncat 1 2 \ndog 3 4 \n",
    "2\t2\r\ncat\t1\t2\r\ndog\t3\t4\r\n",
    "\ufeff2 2\ncat 1 2\ndog 3 4",
    "2 2\n\ncat 1 2\n\ndog 3 4\n\n",
  ]) {
    const { keys, rows } = await read(text);
    assert.equal(
      [keys, rows],
      [
        ["cat", "dog"],
        [
          [1, 2],
          [3, 4],
        ],
      ],
      text,
    );
  }
});

test("keys hold blanks and numbers: what comes before a row's last numbers is the key", async () => {
  const keys = ["New York", "7 11", " a", "a ", "", " ", "a\tb", "1 2 3", "na me", "1e5", "日本 語", "\ufeffx"];
  const list = vectorList(keys.map((key, i) => [key, [i, -0.5]] as const));
  for (const hasHeader of [true, false]) {
    const read = new CollectingSink();
    await readWord2vecText(chunked(written(word2vecTextChunks(list, hasHeader)), 5), hasHeader, read);
    assert.equal(read.keys, keys);
    assert.equal(
      read.rows,
      keys.map((_, i) => [i, -0.5]),
    );
  }
});

test("what is written can be seen through", () => {
  const list = vectorList({ the: [0.1, -2], of: [1e-7, 3] });
  assert.is(written(word2vecTextChunks(list, true)).toString(), "2 2\nthe 0.1 -2\nof 1e-7 3\n");
  assert.is(written(word2vecTextChunks(list, false)).toString(), "the 0.1 -2\nof 1e-7 3\n");
});

test("any table comes back to the last bit", async () => {
  const floats = fc.array(fc.float(), { minLength: 3, maxLength: 3 });
  const keys = fc.string({ unit: "binary", maxLength: 8 }).filter((key) => !/[\n\r]/.test(key));
  const tables = fc.uniqueArray(fc.tuple(keys, floats), { minLength: 1, maxLength: 6, selector: ([key]) => key });
  await fc.assert(
    fc.asyncProperty(tables, fc.boolean(), fc.integer({ min: 1, max: 40 }), async (entries, hasHeader, size) => {
      // without a first line, a first key that ends with a number cannot be told from its vector
      fc.pre(hasHeader || !/[ \t][^ \t]*$/.test(entries[0][0]));
      const sink = new CollectingSink();
      await readWord2vecText(
        chunked(written(word2vecTextChunks(vectorList(entries), hasHeader)), size),
        hasHeader,
        sink,
      );
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

test("limit, and a sink that wants no more, end the reading; so does the number of rows of the first line", async () => {
  const text = "3 1\na 1\nb 2\nc 3\nno vector at all\n";
  assert.equal((await read(text, true, { limit: 2 })).keys, ["a", "b"]);
  assert.equal((await read(text, true, { sink: new CollectingSink(1) })).keys, ["a"]);
  assert.equal((await read(text)).keys, ["a", "b", "c"]);
  assert.equal((await read("0 4\n")).shape, { rows: 0, width: 4 });
});

test("a row of another number of columns is told by its line", async () => {
  await rejects("format-damaged", /x\.txt has 1 numbers at the end of line 3; expected a key and 2 numbers/, () =>
    read("2 2\na 1 2\nb 1\n"),
  );
  await rejects("format-damaged", /has 0 numbers at the end of line 2/, () => read("1 2\na 1 x\n"));
  await rejects("format-damaged", /has 2 numbers at the end of line 2; expected a key and 3 numbers/, () =>
    read("a 1 2 3\nb 1 2\n", false),
  );
  await rejects("format-damaged", /has no numbers at the end of line 1/, () => read("a sentence\n", false));
});

test("a first line that is none, and fewer rows than it says", async () => {
  await rejects("format-damaged", /has the first line "the 0\.1 0\.2"; .*format: "glove"/, () => read("the 0.1 0.2\n"));
  await rejects("format-damaged", /has the first line "2 0"/, () => read("2 0\n"));
  await rejects("format-damaged", /ends after 1 rows; its first line says that there are 2/, () =>
    read("2 2\na 1 2\n"),
  );
  await rejects("format-damaged", /is empty/, () => read(""));
});

test("a first line that promises too much takes no memory", async () => {
  await rejects("format-damaged", /ends after 1 rows; .* 1000000000000/, () => read("1000000000000 2\na 1 2\n"));
  await rejects("format-damaged", /line 2; expected a key and 9000000000 numbers/, () => read("1 9000000000\na 1 2\n"));
});

test("a line without an end is refused before it fills the memory", async () => {
  async function* endless() {
    for (;;) yield new Uint8Array(1 << 20).fill(0x61);
  }
  await rejects("format-unknown", /has a line of more than 16777216 bytes/, () =>
    readWord2vecText(endless(), true, new CollectingSink()),
  );
});

test("a key with a newline cannot be written", () =>
  rejects("option-invalid", /The key of row 1, "b\\nc", holds a line's end/, () =>
    written(word2vecTextChunks(vectorList({ a: [1], "b\nc": [2] }), true)),
  ));

test("a file that is cut at any byte gives a part of its rows, or an error", async () => {
  const file = written(word2vecTextChunks(vectorList({ 日本: [1.25, -7], "New York": [1e-7, 3], c: [4, 5] }), true));
  for (let length = 0; length < file.length; length++) {
    const sink = new CollectingSink();
    const error = await readWord2vecText(chunked(file.subarray(0, length), 9), true, sink).then(
      () => undefined,
      (error) => error,
    );
    // the last newline, or digits of the last number, may be missing without that anyone can tell
    if (length < file.length - 1) assert.instance(error, Wasm2VecError, `${length} bytes`);
    assert.equal(
      sink.rows.slice(0, 2),
      [
        [1.25, -7],
        [Math.fround(1e-7), 3],
      ].slice(0, sink.rows.length),
    );
  }
});

test.run();
