// simplePreprocess against gensim 4.4 on Python 3.11, whose Unicode is 14.0: tests/golden/make.py.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type SimplePreprocessOptions, simplePreprocess } from "../../src/text/simple-preprocess.ts";
import { deaccent } from "../../src/text/tokenize.ts";
import { rejects } from "../helpers/rejects.ts";

const readJson = (name: string) => JSON.parse(readFileSync(`tests/golden/${name}.json`, "utf8"));

type Range = [first: number, last: number];

/** What Python and gensim do to each code point alone. */
const python: {
  unicode: string;
  /** code points without a character in this Unicode version */
  unassigned: Range[];
  /** code points that are in tokens */
  token: Range[];
  /** those that become others when lower-cased, in hexadecimal */
  lower: Record<string, string>;
  /** a digest of each 4096 code points without their marks */
  deaccentSha256: Record<string, string>;
} = readJson("word-characters");

function codePointsOf(ranges: Range[]): Set<number> {
  const all = ranges.map(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return new Set(all.flat());
}

const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff;
const hex = (point: number) => point.toString(16);
const textOf = (point: number) => String.fromCodePoint(point);

/** A sign that was a nonspacing mark before Unicode 16.0: docs/unicode.md. */
const AHOM_MEDIAL_RA = 0x1171e;

const unassigned = codePointsOf(python.unassigned);
const inTokens = codePointsOf(python.token);
const every = Array.from({ length: 0x110000 }, (_, point) => point).filter((point) => !isSurrogate(point));

/** What gensim makes of a text, by these tables: minLen is 1. */
function pythonTokens(text: string): string[] {
  const lower = Array.from(text, (character) => python.lower[hex(character.codePointAt(0) as number)] ?? character);
  const kept = Array.from(lower.join(""), (character) =>
    inTokens.has(character.codePointAt(0) as number) ? character : " ",
  );
  return kept
    .join("")
    .split(" ")
    .filter((token) => token && !token.startsWith("_"));
}

const differs = (point: number) =>
  simplePreprocess(textOf(point), { minLen: 1 }).join() !== pythonTokens(textOf(point)).join();

/** What Python makes of a code point without its marks: as we do where it knows the character, else nothing. */
function deaccentAsPython(point: number): string {
  if (point === AHOM_MEDIAL_RA) return "";
  return unassigned.has(point) ? textOf(point) : deaccent(textOf(point));
}

/** The digest of 4096 code points without their marks, as tests/golden/make.py makes it. */
function deaccentDigest(first: number): string {
  const points = Array.from({ length: 4096 }, (_, i) => first + i).filter((point) => !isSurrogate(point));
  const lines = points.map((point) => {
    const plain = Array.from(deaccentAsPython(point), (character) => hex(character.codePointAt(0) as number));
    return `${hex(point)}:${plain.join(" ")}\n`;
  });
  return createHash("sha256").update(lines.join("")).digest("hex");
}

for (const { text, tokens, ...options } of readJson("simple-preprocess")) {
  const asked = Object.entries(options).map(([name, value]) => `${name} ${value}`);
  test(`${JSON.stringify(text)}, ${asked.join(", ")}`, () => assert.equal(simplePreprocess(text, options), tokens));
}

test("every character that Python's Unicode has becomes the token that gensim makes of it", () => {
  const differing = every.filter((point) => !unassigned.has(point) && differs(point));
  assert.equal(differing.map(hex), []);
});

test("every character that Python's Unicode has loses the marks that it loses in gensim", () => {
  const digests = Object.entries(python.deaccentSha256);
  const differing = digests.filter(([first, digest]) => deaccentDigest(Number.parseInt(first, 16)) !== digest);
  assert.equal(Object.fromEntries(differing), {});
});

/** The ranges of docs/unicode.md: the newest version in them, and all their code points. */
function listedRanges() {
  const rows = readFileSync("docs/unicode.md", "utf8").matchAll(/^\| +(?<version>\d+\.\d) +\|(?<ranges>.*)\|$/gm);
  const listed = Array.from(rows, ({ groups }) => ({ version: Number(groups?.version), ranges: groups?.ranges ?? "" }));
  const points = listed.flatMap(({ ranges }) =>
    Array.from(
      ranges.matchAll(/\b([0-9A-F]{3,5})(?:-([0-9A-F]{3,5}))?\b/g),
      ([, first, last = first]): Range => [Number.parseInt(first, 16), Number.parseInt(last, 16)],
    ),
  );
  return { newest: Math.max(...listed.map(({ version }) => version)), points: codePointsOf(points) };
}

test("what differs, is newer than Python's Unicode and listed in docs/unicode.md", () => {
  const listed = listedRanges();
  const newer = every.filter((point) => unassigned.has(point) && !/\p{Cn}/u.test(textOf(point)));
  const differing = newer.filter((point) => differs(point) || deaccent(textOf(point)) !== textOf(point));
  const unlisted = differing.filter((point) => !listed.points.has(point));
  assert.ok(listed.points.size > 0);
  assert.ok([...listed.points].every((point) => unassigned.has(point)));
  if (Number(process.versions.unicode) <= listed.newest) assert.equal(unlisted.map(hex), []);
  else console.log(`not compared: ${unlisted.length} characters newer than Unicode ${listed.newest}`);
});

test("the defaults: from 2 to 15 code points, accents kept", () => {
  const letters = "abcdefghijklmnop";
  assert.equal(simplePreprocess(`É ÉÉ ${letters.slice(0, 15)} ${letters}`), ["éé", letters.slice(0, 15)]);
});

test("lengths without an end, and an option that is undefined", () => {
  assert.equal(simplePreprocess("a bb", { minLen: 0, maxLen: Number.POSITIVE_INFINITY, deacc: undefined }), [
    "a",
    "bb",
  ]);
});

test("lines may be mapped over, though map passes more than a line", () => {
  assert.equal(["One line", "two"].map(simplePreprocess as (text: string) => string[]), [["one", "line"], ["two"]]);
});

test("what is no text, no length or no option is refused", async () => {
  const text = null as unknown as string;
  await rejects("option-invalid", /text is null; expected a string/, () => simplePreprocess(text));
  const answer = { deacc: "no" } as unknown as SimplePreprocessOptions;
  await rejects("option-invalid", /deacc is "no"; expected true or false/, () => simplePreprocess("", answer));
  const options = { minLen: "2" } as unknown as SimplePreprocessOptions;
  await rejects("option-invalid", /minLen is "2"; expected a number of at least 0/, () =>
    simplePreprocess("", options),
  );
  await rejects("option-invalid", /maxLen is -1; expected/, () => simplePreprocess("", { maxLen: -1 }));
  await rejects("option-invalid", /maxLen is NaN; expected/, () => simplePreprocess("", { maxLen: Number.NaN }));
  await rejects("option-unknown", /no option "min_len"\. Did you mean "minLen"/, () =>
    simplePreprocess("", { min_len: 2 } as SimplePreprocessOptions),
  );
});

test.run();
