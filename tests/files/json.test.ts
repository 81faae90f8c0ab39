// JSON as Python writes it, and no more of it than there is.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseJson } from "../../src/files/json.ts";

const parse = (text: string) => parseJson(new TextEncoder().encode(text));

test("numbers that JSON has not, as Python's json.dumps writes them", () => {
  assert.equal(parse('{"a": NaN, "b": [Infinity, -Infinity], "c": 1}'), {
    a: Number.NaN,
    b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    c: 1,
  });
  assert.ok(Number.isNaN(parse("NaN")));
});

test("in texts they are texts, also beside quotes that are escaped", () => {
  const value = { NaN: "Infinity", 'a"': '\\" NaN \\\\', b: ["-Infinity", "\\"] };
  const text = JSON.stringify(value);
  assert.equal(parse(text), value);
  assert.equal(parse(text.replace("{", '{"n": NaN, ')), { n: Number.NaN, ...value });
});

test("what only looks like them is no JSON", () => {
  for (const text of ["NaNa", "nan", "-NaN", "Infinit", "+Infinity", "{NaN: 1}", "[NaN", '"NaN', "[Infinity1]", "N"]) {
    assert.throws(() => parse(text), undefined, text);
  }
});

test("files that stand in its place are named", () => {
  assert.throws(() => parse("version https://git-lfs.github.com/spec/v1\n"), /a Git LFS pointer.*git lfs pull/);
  assert.throws(() => parse("<!DOCTYPE html><html></html>"), /it is a web page/);
});

test.run();
