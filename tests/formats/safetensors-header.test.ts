// Headers as they are written: what Python's safetensors 0.8.0 (Rust) refuses is refused, at a cost that the file bears.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { growthOf } from "../helpers/growth.ts";
import { rejects } from "../helpers/rejects.ts";

type Header = string | number[];

function fileOf(header: Header, size: number): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : Uint8Array.from(header);
  const bytes = new Uint8Array(8 + text.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const read = (header: Header, size: number) => readSafetensors(bytesAccess(fileOf(header, size)));

/** A tensor of two bytes, some of whose fields are spelt otherwise. */
const spelt = ({ dtype = '"U8"', shape = "[2]", offsets = "[0,2]", more = "" } = {}) =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}${more}}`;

const TWO = spelt();
const NONE = spelt({ shape: "[0]", offsets: "[0,0]" });
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const named = (name: number[]) => [...Buffer.from('{"'), ...name, ...Buffer.from(`":${TWO}}`)];

/** What Rust refuses. */
const REFUSED: [what: string, header: Header, size: number, message: RegExp][] = [
  ["the metadata twice", `{"__metadata__":{},"__metadata__":{},"a":${TWO}}`, 2, /the key "__metadata__" twice/],
  ["the metadata again", `{"__metadata__":{"a":"b"},"a":${TWO},"__metadata__":{"c":"d"}}`, 2, /"__metadata__" twice/],
  ["a dtype twice", `{"a":${spelt({ more: ',"dtype":"U8"' })}}`, 2, /the key "dtype" twice/],
  ["a shape twice", `{"a":${spelt({ more: ',"shape":[2]' })}}`, 2, /the key "shape" twice/],
  ["offsets twice", `{"a":${spelt({ more: ',"data_offsets":[0,2]' })}}`, 2, /the key "data_offsets" twice/],
  ["the size 2.0", `{"a":${spelt({ shape: "[2.0]" })}}`, 2, /has the shape \[2\.0\]; expected whole numbers/],
  ["the size -0", `{"a":${spelt({ shape: "[-0]", offsets: "[0,0]" })}}`, 0, /has the shape \[-0\]/],
  ["the size 2e0", `{"a":${spelt({ shape: "[2e0]" })}}`, 2, /has the shape \[2e0\]/],
  ["the size 02", `{"a":${spelt({ shape: "[02]" })}}`, 2, /"2\]/],
  ["the size NaN", `{"a":${spelt({ shape: "[NaN]" })}}`, 2, /"NaN/],
  ["the size 2^64", `{"a":${spelt({ shape: "[18446744073709551616]" })}}`, 2, /has the shape \[18446744073709551616\]/],
  ["the offset 0.0", `{"a":${spelt({ offsets: "[0.0,2]" })}}`, 2, /has the data_offsets \[0\.0, 2\]/],
  ["the offset -0", `{"a":${spelt({ offsets: "[-0,2]" })}}`, 2, /has the data_offsets \[-0, 2\]/],
  ["three offsets", `{"a":${spelt({ offsets: "[0,2,3]" })}}`, 2, /has the data_offsets \[0, 2, 3\]/],
  ["offsets by name", `{"a":${spelt({ offsets: '{"0":0,"1":2}' })}}`, 2, /has the data_offsets \{…\}/],
  ["a dtype in a list", `{"a":${spelt({ dtype: '["U8"]' })}}`, 2, /has the dtype \["U8"\]/],
  ["no dtype", '{"a":{"shape":[2],"data_offsets":[0,2]}}', 2, /has the dtype undefined/],
  ["half a character, its first", `{"\\ud800":${TWO}}`, 2, /holds half a character/],
  ["half a character, its second", `{"\\udc00":${TWO}}`, 2, /holds half a character/],
  ["half a character in a text", `{"__metadata__":{"a":"\\ud800"},"a":${TWO}}`, 2, /holds half a character/],
  ["half a character passed over", `{"a":${spelt({ more: ',"x":"\\ud800"' })}}`, 2, /holds half a character/],
  ["half a character in UTF-8", named([0xed, 0xa0, 0x80]), 2, /is not JSON/],
  ["what is no UTF-8", named([0xff]), 2, /is not JSON/],
  ["a line end in a name", `{"a\nb":${TWO}}`, 2, /is not JSON/],
  ["an escape that is none", `{"\\x":${TWO}}`, 2, /is not JSON/],
  ["a byte order mark", [0xef, 0xbb, 0xbf, ...Buffer.from(`{"a":${TWO}}`)], 2, /does not begin with "\{"/],
  ["a list", "[]", 0, /does not begin with "\{"/],
  ["text after the header", `{"a":${TWO}}x`, 2, /"x" stands at character \d+; expected the end/],
  ["a zero after the header", `{"a":${TWO}}\0`, 2, /expected the end/],
  ["a brace after the header", `{"a":${TWO}}}`, 2, /expected the end/],
  ["a comma at the end", `{"a":${TWO},}`, 2, /"}" stands at character \d+; expected ""/],
  ["a comma at the end of a shape", `{"a":${spelt({ shape: "[2,]" })}}`, 2, /has the shape|stands at character/],
  ["no end", `{"a":${TWO}`, 2, /its end stands at character \d+; expected "," or "}"/],
  ["a text that does not end", '{"a', 0, /expected a text that ends/],
  ["white space that is none", `{\x0b"a":${TWO}}`, 2, /is not JSON/],
  ["what is nested 128 deep", `{"a":${spelt({ more: `,"x":${nested(126)}` })}}`, 2, /nested more than 127 deep/],
  ["a number beyond float64", `{"a":${spelt({ more: ',"x":1e999' })}}`, 2, /is not JSON/],
  ["a text that is a number", `{"__metadata__":{"a":1},"a":${TWO}}`, 2, /its __metadata__/],
  ["texts in a list", `{"__metadata__":[],"a":${TWO}}`, 2, /its __metadata__/],
  ["a tensor that is null", '{"a":null}', 0, /has the dtype undefined/],
  ["a product that overflows", `{"a":${spelt({ shape: "[4294967296,4294967296,0]" })}}`, 2, /no whole number of bytes/],
  ["bytes of no tensor", "{}", 2, /no tensor holds its last 2 bytes/],
];

for (const [what, header, size, message] of REFUSED) {
  test(`as Rust, refuses ${what}`, () => rejects("format-damaged", message, () => read(header, size)));
}

/** What Rust takes. */
const TAKEN: [what: string, header: Header, size: number, names: string[]][] = [
  ["spaces and line ends wherever they may be", `{ \t\r\n"a" : ${TWO} }  \n\t`, 2, ["a"]],
  ["a whole character of two halves", `{"\\ud83d\\ude00":${TWO}}`, 2, ["😀"]],
  ["escapes", `{"\\u0000\\"\\\\":${TWO}}`, 2, ['\0"\\']],
  ["an empty name", `{"":${TWO}}`, 2, [""]],
  ["a name of JavaScript's", `{"__proto__":${TWO}}`, 2, ["__proto__"]],
  ["what it does not know", `{"a":${spelt({ more: ',"x":[1,{"y":null,"z":[true,-0.5e3]}],"y":"]"' })}}`, 2, ["a"]],
  ["what is nested 127 deep", `{"a":${spelt({ more: `,"x":${nested(125)}` })}}`, 2, ["a"]],
  ["metadata after the tensors", `{"a":${TWO},"__metadata__":{"k":"v"}}`, 2, ["a"]],
  ["metadata that is spelt otherwise", `{"\\u005f_metadata__":{"k":"v"},"a":${TWO}}`, 2, ["a"]],
  ["a shape of no element", `{"a":${spelt({ shape: "[4000000000,0]", offsets: "[0,0]" })}}`, 0, ["a"]],
];

for (const [what, header, size, names] of TAKEN) {
  test(`as Rust, takes ${what}`, async () => {
    assert.equal([...(await read(header, size)).tensors.keys()], names);
  });
}

test("beyond Rust, refuses what would be hidden: a tensor twice, a text twice, a name that is spelt in two ways", async () => {
  const twice: [Header, number][] = [
    [`{"a":${TWO},"a":${TWO}}`, 2],
    [`{"a":${NONE},"\\u0061":${NONE}}`, 0],
    [`{"__metadata__":{"k":"1","k":"2"},"a":${TWO}}`, 2],
    [`{"a":${spelt({ more: ',"x":1,"x":2' })}}`, 2],
  ];
  for (const [header, size] of twice) await rejects("format-damaged", /twice in one object/, () => read(header, size));
});

test("more dimensions than any tensor has", () =>
  rejects(
    "format-damaged",
    /has the shape \[1, 1, 1, 1, 1, 1, 1, 1, …\]; expected whole numbers from 0 on, 64 at most/,
    () => read(`{"a":${spelt({ shape: `[${"1,".repeat(64)}2]` })}}`, 2),
  ));

test("a long header of what is none is refused before anything is made of it", async () => {
  const open = (before: string, text: string) => before + text.repeat(Math.floor(50e6 / text.length));
  const cases: [header: string, message: RegExp][] = [
    [open('{"a":', "["), /has the dtype undefined/],
    [open('{"a":{"shape":', "["), /has the shape \[\[…\]\]/],
    [open('{"a":{"shape":[', "[],"), /has the shape \[\[…\]\]/],
    [open('{"a":{"shape":[', "0,"), /has the shape \[0, 0, 0, 0, 0, 0, 0, 0, …\]/],
    [open('{"a":{"x":', "["), /nested more than 127 deep/],
    [open('{"a":{"x":', '{"":'), /nested more than 127 deep/],
    [open('{"a":{"x":[', "[],"), /more than 65536 values that mean nothing here/],
    [open('{"__metadata__":', "["), /its __metadata__/],
  ];
  for (const [header, message] of cases) {
    const bytes = fileOf(header, 0);
    const { rss } = process.memoryUsage();
    const begin = performance.now();
    await rejects("format-damaged", message, () => readSafetensors(bytesAccess(bytes)));
    const time = performance.now() - begin;
    // JSON.parse takes 20 seconds and gigabytes
    assert.ok(time < 1000, `${message}: ${time} ms`);
    assert.ok(process.memoryUsage().rss - rss < 300e6, `${message}`);
  }
});

test("a header of many tensors takes time by their number", async () => {
  const readMany = (count: number) => {
    const tensors = Array.from({ length: count }, (_, i) => `"layer.${i}.weight":${NONE}`);
    const header = `{${tensors.join(",")}}`;
    return () => read(header, 0);
  };
  const growth = await growthOf(readMany(10_000), readMany(80_000), 25);
  assert.ok(growth < 25, `${growth} times as long for eight times as many`);
});

test.run();
