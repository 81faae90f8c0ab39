// Files of rows alone, whose keys lie beside: .npy, TensorFlow's projector pair, embeddings as .safetensors.

import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { rejects } from "../helpers/rejects.ts";
import { withFolder } from "../helpers/temporary.ts";

const { rows, files } = JSON.parse(readFileSync("tests/golden/rows.json", "utf8")) as {
  rows: number[][];
  files: Record<string, string>;
};
const KEYS = ["cat", "kühe", "a b", ""];

const fileOf = (name: string) => new Uint8Array(Buffer.from(files[name], "base64"));
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (rows: readonly (readonly unknown[])[]) => bytes(rows.map((row) => `${row.join("\t")}\n`).join(""));
const tsv = text(rows);

async function expectRows(file: Uint8Array, keys: unknown, expected = KEYS, counts?: readonly number[]): Promise<void> {
  using vectors = await KeyedVectors.load(file, { keys: keys as never });
  assert.equal([...vectors.indexToKey], expected);
  assert.equal(vectors.toMatrix().toArrays(), rows);
  if (counts)
    assert.equal(
      expected.map((key) => vectors.getVecattr(key, "count")),
      counts,
    );
}

const tokenizer = (model: object, added: object[] = []) => bytes(JSON.stringify({ added_tokens: added, model }));

for (const name of ["model2vec", "model2vec-float16", "model2vec-float64", "static-embedding", "npy", "npy-fortran"]) {
  test(`${name}: keys in a list, one a line, with a first line, in a tokenizer.json`, async () => {
    await expectRows(fileOf(name), KEYS);
    await expectRows(fileOf(name), bytes("cat\nkühe\na b\n\n"));
    await expectRows(fileOf(name), bytes("anything\r\ncat\r\nkühe\r\na b\r\n\r\n"));
    await expectRows(fileOf(name), bytes("count\tword\n9\tcat\n3\tkühe\n2\ta b\n0\t"), KEYS, [9, 3, 2, 0]);
    const vocab = { kühe: 1, cat: 0, "a b": 2 };
    await expectRows(fileOf(name), tokenizer({ vocab }, [{ content: "", id: 3 }]));
    await expectRows(
      fileOf(name),
      tokenizer({
        vocab: [
          ["cat", 0],
          ["kühe", -1],
          ["a b", -2],
        ],
      }),
      [...KEYS.slice(0, 3), "<row 3>"],
    );
  });
}

test("the projector's pair: one column without a first line, several with one, and one with a name that is known", async () => {
  await expectRows(tsv, KEYS);
  await expectRows(tsv, text([["cat"], ["kühe"], ["a b"], [""]]));
  await expectRows(tsv, text([["word"], ["cat"], ["kühe"], ["a b"], [""]]));
  await expectRows(
    tsv,
    text([
      ["Label", "Count"],
      ["cat", 3],
      ["kühe", 2],
      ["a b", 2],
      ["", 1],
    ]),
    KEYS,
    [3, 2, 2, 1],
  );
  await expectRows(
    tsv,
    text([
      ["Id", "Word"],
      [7, "cat"],
      [8, "kühe"],
      [9, "a b"],
      [9, ""],
    ]),
  );
  const windows = bytes(new TextDecoder().decode(tsv).replaceAll("\n", "\r\n").trimEnd());
  await expectRows(windows, KEYS);
});

test("more keys than rows, or fewer, are an error", async () => {
  for (const file of [fileOf("npy"), fileOf("model2vec"), tsv]) {
    for (const keys of [KEYS.slice(1), [...KEYS, "more"]]) {
      await rejects("shape-mismatch", /The given list has [35] keys for 4 rows/, () =>
        KeyedVectors.load(file, { keys }),
      );
    }
    await rejects("shape-mismatch", /has 6 keys for 4 rows/, () =>
      KeyedVectors.load(file, { keys: bytes("a\nb\nc\nd\ne\nf\n") }),
    );
    const vocab = { a: 0, b: 5 };
    await rejects("shape-mismatch", /has 6 keys for 4 rows/, () =>
      KeyedVectors.load(file, { keys: tokenizer({ vocab }) }),
    );
  }
});

test("rows without keys, and keys beside a file that has its own, are errors that say so", async () => {
  await rejects("option-invalid", /holds rows alone; .*keys: "keys.txt"/, () => KeyedVectors.load(fileOf("npy")));
  await rejects("option-invalid", /of the format finalfusion, holds its keys itself/, () =>
    KeyedVectors.load(bytes("FiFu\0\0\0\0"), { keys: ["a"] }),
  );
  await rejects("option-invalid", /expected a path/, () => KeyedVectors.load(fileOf("npy"), { keys: 7 as never }));
  await rejects("option-invalid", /Key 1 is null/, () =>
    KeyedVectors.load(fileOf("npy"), { keys: ["a", null] as never }),
  );
});

test("what is no row of numbers is an error with its line", async () => {
  await rejects("format-damaged", /no row of 2 numbers in line 2/, () =>
    KeyedVectors.load(bytes("1\t2\n3\n"), { keys: ["a", "b"] }),
  );
  await rejects("format-damaged", /no row of 2 numbers in line 1/, () =>
    KeyedVectors.load(bytes("x\ty\n3\t4\n"), { keys: ["a"] }),
  );
  await rejects("format-damaged", /has no rows/, () => KeyedVectors.load(bytes("\n"), { keys: [], format: "tsv" }));
});

test("a count that is none is an error with its line", () =>
  rejects("format-damaged", /the count "x" in line 3/, () =>
    KeyedVectors.load(tsv, {
      keys: text([
        ["word", "count"],
        ["a", 1],
        ["b", "x"],
      ]),
    }),
  ));

test("a tokenizer.json that is none is an error", async () => {
  const load = (keys: Uint8Array) => KeyedVectors.load(fileOf("npy"), { keys });
  await rejects("format-damaged", /no whole tokenizer.json: it has no model.vocab/, () =>
    load(bytes('{ "model": {} }')),
  );
  await rejects("format-damaged", /no whole tokenizer.json/, () => load(bytes('{ "model": ')));
  await rejects("format-damaged", /token "a" has the id 1000000000000/, () => load(tokenizer({ vocab: { a: 1e12 } })));
  await rejects("format-damaged", /token 7 has the id 0/, () => load(tokenizer({ vocab: [[7, 0]] })));
});

test("rows that tokens share, other tensors and a single vector are named", async () => {
  await rejects("format-unknown", /rows that several tokens share/, () =>
    KeyedVectors.load(fileOf("quantized"), { keys: KEYS }),
  );
  await rejects("shape-mismatch", /shape \(3\)/, () => KeyedVectors.load(fileOf("vector"), { keys: KEYS }));
});

test("limit reads the first rows", async () => {
  for (const file of [fileOf("npy"), fileOf("static-embedding"), tsv]) {
    using vectors = await KeyedVectors.load(file, { keys: KEYS, limit: 2 });
    assert.equal([...vectors.indexToKey], KEYS.slice(0, 2));
  }
});

test("what is saved with keys beside is loaded again", () =>
  withFolder(async (folder) => {
    const numbers = [
      [1, -2.5, 1e-40],
      [3.1415927410125732, 0, 16777216],
      [0.1, 1 / 3, -7],
    ].map((row) => row.map(Math.fround));
    using vectors = await KeyedVectors.from(["cat", "kühe", "a b"], numbers);
    for (const [name, options] of [
      ["m.npy", {}],
      ["m.tsv", {}],
      ["m.tsv.gz", {}],
      ["model.safetensors", { format: "embeddings" }],
    ] as const) {
      const [rows, keys] = [join(folder, name), join(folder, "keys.txt")];
      await vectors.save(rows, { ...options, keys });
      using again = await KeyedVectors.load(rows, { keys });
      assert.equal([...again.indexToKey], ["cat", "kühe", "a b"], name);
      assert.equal(again.toMatrix().toArrays(), numbers, name);
    }
    await vectors.save(join(folder, "m.tsv"), { keys: join(folder, "metadata.tsv") });
    assert.is(await readFile(join(folder, "metadata.tsv"), "utf8"), "word\tcount\ncat\t3\nkühe\t2\na b\t1\n");
    assert.is((await readFile(join(folder, "m.tsv"), "utf8")).split("\n")[1], "3.1415927\t0\t16777216");
    await writeFile(join(folder, "empty"), "");
    await rejects("shape-mismatch", /empty" has 0 keys for 3 rows/, () =>
      KeyedVectors.load(join(folder, "m.npy"), { keys: join(folder, "empty") }),
    );
  }));

test("a file of rows alone needs one for the keys, which hold no tabs and line ends", () =>
  withFolder(async (folder) => {
    using vectors = await KeyedVectors.from({ "a\tb": [1] });
    const [rows, keys] = [join(folder, "m.npy"), join(folder, "keys.txt")];
    await rejects("option-invalid", /npy holds no keys; expected another file/, () => vectors.save(rows));
    await rejects("option-invalid", /holds the keys itself/, () => vectors.save(join(folder, "m.txt"), { keys }));
    await rejects("option-invalid", /holds a tab or a line's end/, () => vectors.save(rows, { keys }));
  }));

test("Arrow and Parquet, fastText and finalfusion are found by their content", () =>
  withFolder(async (folder) => {
    using vectors = await KeyedVectors.from(
      ["cat", "kühe"],
      [
        [1, 2],
        [3, -4.5],
      ],
    );
    vectors.setVecattr("kühe", "count", 77);
    for (const name of ["m.arrow", "m.feather", "m.parquet", "m.parquet.gz"]) {
      await vectors.save(join(folder, name));
      const told: unknown[] = [];
      using again = await KeyedVectors.load(join(folder, name), {
        onProgress: (event) => told.push("format" in event && event.format),
        dtype: "float16",
      });
      assert.is(told[0], name.includes("parquet") ? "parquet" : "arrow");
      assert.equal([...again.indexToKey], ["cat", "kühe"]);
      assert.equal(again.toMatrix().toArrays(), [
        [1, 2],
        [3, -4.5],
      ]);
      assert.equal([again.getVecattr("cat", "count"), again.getVecattr("kühe", "count")], [2, 77]);
    }
    const { skipgram } = JSON.parse(readFileSync("tests/golden/fasttext.json", "utf8"));
    using words = await KeyedVectors.load(Buffer.from(skipgram.file, "base64"));
    assert.equal([...words.indexToKey], skipgram.keys);
    assert.equal([words.has("seas"), words.getVector("seas").length], [false, 3]);
    for (const [i, x] of skipgram.vectors.seas.entries()) assert.ok(Math.abs(words.getVector("seas")[i] - x) < 1e-6);
    assert.is(words.mostSimilar("seas", { topn: 1 }).length, 1);
    const { files, words: keys } = JSON.parse(readFileSync("tests/golden/finalfusion.json", "utf8"));
    using fusion = await KeyedVectors.load(Buffer.from(files.turned.file, "base64"));
    assert.equal([...fusion.indexToKey], keys);
  }));

test.run();
