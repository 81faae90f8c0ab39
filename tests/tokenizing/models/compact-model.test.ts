// BPE and WordPiece against their plain twins with random models, and against what Python's tokenizers gave.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CompactModel } from "../../../src/tokenizing/models/compact-model.ts";
import { openTableModel } from "../../../src/tokenizing/models/open.ts";
import { sharedData } from "../../helpers/data.ts";
import { rejects } from "../../helpers/rejects.ts";

/** The ids of a piece's tokens, and where each begins and ends. */
type Outcome = [ids: number[], starts: number[], ends: number[]];

interface Golden {
  pieces: string[];
  /** what random pieces are made of */
  pool: string[];
  small: Record<string, { model: object; outcomes: Outcome[] }>;
  families: Record<string, string>;
}

const golden: Golden = JSON.parse(readFileSync("tests/golden/token-models.json", "utf8"));

function encodeAll(model: CompactModel, pieces: readonly string[], isBytes = false): Outcome[] {
  const [ids, starts, ends, counts]: number[][] = [[], [], [], []];
  model.encodePieces(pieces, isBytes, { ids, starts, ends, counts });
  assert.is(counts.length, pieces.length);
  return counts.map((count) => [ids.splice(0, count), starts.splice(0, count), ends.splice(0, count)]);
}

const encodeOne = (model: CompactModel, piece: string) => encodeAll(model, [piece])[0];

for (const [name, { model: json, outcomes }] of Object.entries(golden.small)) {
  test(`${name}: the tokens of ${golden.pieces.length} pieces are Python's, one by one and together`, async () => {
    const model = await openTableModel(json);
    for (const [i, piece] of golden.pieces.entries()) assert.equal(encodeOne(model, piece), outcomes[i], piece);
    assert.equal(encodeAll(model, golden.pieces), outcomes);
    // as they were kept
    assert.equal(encodeAll(model, golden.pieces), outcomes);
    model.close();
  });
}

/** As tests/golden/make-token-models.py makes them. */
function randomPieces(count: number): string[] {
  let state = 1;
  const below = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  return Array.from({ length: count }, (_, i) => {
    const parts = 1 + below(i % 100 === 0 ? 1000 : 12);
    return Array.from({ length: parts }, () => golden.pool[below(golden.pool.length)]).join("");
  });
}

for (const [family, expected] of Object.entries(golden.families)) {
  test(`${family}: the tokens of 4,000 random pieces are Python's`, async () => {
    const file = sharedData(`tokenizers/${family}/tokenizer.json`);
    if (!file) return console.log(`skipped: there is no ../shared/data/tokenizers/${family}`);
    const model = await openTableModel(JSON.parse(readFileSync(file, "utf8")).model);
    const outcomes = JSON.stringify(encodeAll(model, randomPieces(4000)));
    assert.is(createHash("sha256").update(outcomes).digest("hex"), expected);
    model.close();
  });
}

test("what is unknown, and has no token, is an error each time", async () => {
  const model = await openTableModel({ type: "BPE", vocab: { a: 0 }, merges: [], unk_token: "<unk>" });
  for (let i = 0; i < 2; i++)
    await rejects("key-not-found", /"<unk>", is not in its vocabulary/, () => encodeOne(model, "xa"));
  assert.equal(encodeOne(model, "a"), [[0], [0], [1]]);
  model.close();
});

const CHARACTERS = ["a", "b", "c", "é", "中", "😀"];

interface Bpe {
  type: "BPE";
  vocab: Record<string, number>;
  merges: [string, string][];
  unk_token: string | null;
  fuse_unk: boolean;
  byte_fallback: boolean;
  ignore_merges: boolean;
  continuing_subword_prefix: string | null;
  end_of_word_suffix: string | null;
}

const anyBpe = fc
  .record({
    known: fc.subarray(CHARACTERS, { minLength: 3 }),
    choices: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }),
    unk_token: fc.constantFrom("unk", null),
    fuse_unk: fc.boolean(),
    byte_fallback: fc.boolean(),
    ignore_merges: fc.boolean(),
    continuing_subword_prefix: fc.constantFrom(null, "", "##", "é"),
    end_of_word_suffix: fc.constantFrom(null, "", "</w>"),
  })
  .map(({ known, choices, ...rules }): Bpe => {
    const prefix = rules.continuing_subword_prefix ?? "";
    const suffix = rules.end_of_word_suffix ?? "";
    const first = known.flatMap((letter) => [letter, letter + suffix]);
    const tokens = new Set([...first, ...first.map((token) => prefix + token)]);
    const merges: [string, string][] = [];
    for (const [a, b] of choices) {
      const list = [...tokens].filter((token) => token.length < 40);
      const rest = list.filter((token) => token.startsWith(prefix));
      const pair: [string, string] = [list[a % list.length], rest[b % rest.length]];
      merges.push(pair);
      tokens.add(pair[0] + pair[1].slice(prefix.length));
    }
    // two of three bytes
    const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
    const all = [...tokens, "unk", ...bytes.filter((_, i) => i % 3)];
    return {
      type: "BPE",
      vocab: Object.fromEntries([...new Set(all)].map((token, i) => [token, i])),
      merges,
      ...rules,
    };
  });

const anyPiece = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 12 }) },
  // longer than what is kept, and than what is looked at without a heap
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom("a", "b", "é"), minLength: 30, maxLength: 120 }) },
);

const utf8 = (text: string) => [...new TextEncoder().encode(text)];

/** Where tokens begin and end in UTF-16 units that end after so many bytes: with the characters that they have bytes of. */
function placesOf(piece: string, ends: readonly number[]): [starts: number[], ends: number[]] {
  const characters = [...piece];
  const unitsBefore = (count: number) => characters.slice(0, count).join("").length;
  const characterOf = characters.flatMap((character, i) => utf8(character).map(() => i));
  const last = characterOf.length - 1;
  return [
    ends.map((_, i) => unitsBefore(characterOf[Math.min(ends[i - 1] ?? 0, last)])),
    ends.map((end) => unitsBefore(characterOf[Math.min(end - 1, last)] + 1)),
  ];
}

/** The best merge first, the leftmost of equals, one at a time. */
function plainBpe(model: Bpe, piece: string): Outcome {
  const { vocab, unk_token } = model;
  const prefix = model.continuing_subword_prefix ?? "";
  if (model.ignore_merges && Object.hasOwn(vocab, piece)) return [[vocab[piece]], [0], [piece.length]];
  const ranks = new Map(model.merges.map((pair, rank) => [pair.join("\n"), rank]));
  let parts: { token: string; bytes: number }[] = [];
  let unknown = 0;
  const flush = () => {
    if (unknown) parts.push({ token: unk_token as string, bytes: unknown });
    unknown = 0;
  };
  const characters = [...piece];
  for (const [i, character] of characters.entries()) {
    const written =
      (i ? prefix : "") + character + (i === characters.length - 1 ? (model.end_of_word_suffix ?? "") : "");
    const bytes = utf8(written).map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
    if (Object.hasOwn(vocab, written)) {
      flush();
      parts.push({ token: written, bytes: utf8(character).length });
    } else if (model.byte_fallback && bytes.every((byte) => Object.hasOwn(vocab, byte))) {
      parts.push(...bytes.map((token) => ({ token, bytes: 1 })));
    } else if (unk_token !== null) {
      if (!model.fuse_unk) flush();
      unknown += utf8(character).length;
    }
  }
  flush();
  for (;;) {
    const pairRanks = parts.slice(1).map(({ token }, i) => ranks.get(`${parts[i].token}\n${token}`) ?? Infinity);
    const best = Math.min(...pairRanks);
    if (best === Infinity) break;
    const at = pairRanks.indexOf(best);
    const [left, right] = parts.slice(at, at + 2);
    const both = { token: left.token + right.token.slice(prefix.length), bytes: left.bytes + right.bytes };
    parts = [...parts.slice(0, at), both, ...parts.slice(at + 2)];
  }
  let end = 0;
  const ends = parts.map(({ bytes }) => {
    end += bytes;
    return end;
  });
  return [parts.map(({ token }) => vocab[token]), ...placesOf(piece, ends)];
}

test("random BPE models give the tokens of their plain twin", () =>
  fc.assert(
    fc.asyncProperty(anyBpe, fc.array(anyPiece, { maxLength: 12 }), async (json, pieces) => {
      const model = await openTableModel(json);
      const expected = pieces.map((piece) => plainBpe(json, piece));
      assert.equal(encodeAll(model, pieces), expected);
      assert.equal(
        pieces.map((piece) => encodeOne(model, piece)),
        expected,
      );
      model.close();
    }),
    { numRuns: 300 },
  ));

/** The longest token that the word begins with, then the longest that its rest does. */
function plainWordPiece(vocab: Record<string, number>, prefix: string, limit: number, piece: string): Outcome {
  const characters = [...piece];
  const unknown: Outcome = [[vocab["[UNK]"]], [0], [piece.length]];
  const outcome: Outcome = [[], [], []];
  if (characters.length > limit) return unknown;
  for (let begin = 0; begin < characters.length; ) {
    let end = characters.length;
    const token = () => (begin ? prefix : "") + characters.slice(begin, end).join("");
    while (end > begin && !Object.hasOwn(vocab, token())) end--;
    if (end === begin) return unknown;
    outcome[0].push(vocab[token()]);
    outcome[1].push(characters.slice(0, begin).join("").length);
    outcome[2].push(characters.slice(0, end).join("").length);
    begin = end;
  }
  return outcome;
}

test("random WordPiece models give the tokens of their plain twin", () => {
  const anyToken = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 6 });
  const anyTokens = fc.array(fc.tuple(fc.boolean(), anyToken), { maxLength: 40 });
  return fc.assert(
    fc.asyncProperty(
      anyTokens,
      fc.constantFrom("", "##", "中"),
      fc.integer({ min: 0, max: 40 }),
      fc.array(anyPiece, { maxLength: 12 }),
      async (tokens, prefix, limit, pieces) => {
        const all = new Set([
          "[UNK]",
          "a",
          `${prefix}a`,
          ...tokens.map(([goesOn, token]) => (goesOn ? prefix : "") + token),
        ]);
        const vocab = Object.fromEntries([...all].map((token, i) => [token, i]));
        const rules = { continuing_subword_prefix: prefix, max_input_chars_per_word: limit };
        const model = await openTableModel({ type: "WordPiece", vocab, unk_token: "[UNK]", ...rules });
        const expected = pieces.map((piece) => plainWordPiece(vocab, prefix, limit, piece));
        assert.equal(encodeAll(model, pieces), expected);
        model.close();
      },
    ),
    { numRuns: 300 },
  );
});

const doubles = {
  type: "BPE",
  vocab: { a: 0, aa: 1, aaaa: 2, é: 3, "\ufffd": 4, "😀": 5 },
  merges: ["a a", "aa aa"],
};

test("a word of 200,003 letters becomes fours, then two and one", async () => {
  const model = await openTableModel(doubles);
  const [ids, , ends] = encodeOne(model, "a".repeat(200_003));
  assert.is(ids.length, 50_002);
  assert.equal(ids.slice(-3), [2, 1, 0]);
  assert.equal(ends.slice(-3), [200_000, 200_002, 200_003]);
  assert.equal(encodeOne(model, "aaa"), [
    [1, 0],
    [0, 2],
    [2, 3],
  ]);
  model.close();
});

test("half a surrogate pair is U+FFFD, wherever pieces end", async () => {
  const model = await openTableModel(doubles);
  const halves = ["a\ud83d", "\ude00a", "\ud83d", "😀", "\ude00", "\ude00\ud83d"];
  const expected = ["a\ufffd", "\ufffda", "\ufffd", "😀", "\ufffd", "\ufffd\ufffd"].map((piece) =>
    encodeOne(model, piece),
  );
  assert.equal(encodeAll(model, halves), expected);
  assert.equal(
    halves.map((piece) => encodeOne(model, piece)),
    expected,
  );
  model.close();
});

test("no pieces and empty pieces have no tokens", async () => {
  const model = await openTableModel(doubles);
  assert.equal(encodeAll(model, []), []);
  assert.equal(encodeAll(model, ["", "a", ""]), [
    [[], [], []],
    [[0], [0], [1]],
    [[], [], []],
  ]);
  model.close();
});

/** Each byte as byte-level tokenizers write it: a space is Ġ, U+0120. */
const WRITTEN = (() => {
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    const isItself = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(isItself ? byte : 256 + others++);
  });
})();

test("bytes give the tokens of what byte-level tokenizers write for them", async () => {
  const pairs = ["Ġ a", "Ã ©", "ð Ł", "a b", "Ġa b", "© a"];
  const tokens = [...WRITTEN, ...pairs.map((pair) => pair.replace(" ", ""))];
  const vocab = (known: string[]) => Object.fromEntries(known.map((token, i) => [token, i]));
  const models = [
    { vocab: vocab(tokens), merges: pairs },
    { vocab: vocab(tokens), merges: pairs, ignore_merges: true },
    // one byte lacks its character: others are encoded all the same
    { vocab: vocab(tokens.filter((token) => token !== WRITTEN[0])), merges: pairs },
    { vocab: vocab(tokens), merges: pairs, end_of_word_suffix: "b" },
  ];
  const pieces = [" ab", "é", "aé😀b", " ", "😀", "éa", "éé".repeat(50)];
  for (const rules of models) {
    const model = await openTableModel({ type: "BPE", ...rules });
    for (const [i, outcome] of encodeAll(model, pieces, true).entries()) {
      const written = utf8(pieces[i]).map((byte) => WRITTEN[byte]);
      const [expected, , ends] = encodeOne(model, written.join(""));
      assert.equal(outcome, [expected, ...placesOf(pieces[i], ends)], `${pieces[i]} of ${JSON.stringify(rules)}`);
    }
    model.close();
  }
});

test("tokens and ids are found both ways", async () => {
  const model = await openTableModel({
    type: "BPE",
    vocab: { "": 9, 中: 4, "😀\0": 1_000_000, "\ufeffa": 2 },
    merges: [],
  });
  assert.is(model.size, 4);
  assert.equal(
    [...model.entries()],
    [
      ["\ufeffa", 2],
      ["中", 4],
      ["", 9],
      ["😀\0", 1_000_000],
    ],
  );
  for (const [token, id] of model.entries()) {
    assert.is(model.idOf(token), id);
    assert.is(model.tokenOf(id), token);
  }
  for (const id of [0, 3, 5, 1_000_001, -1, 1.5, Number.NaN]) assert.is(model.tokenOf(id), undefined, `${id}`);
  for (const token of ["a", "中中", "x".repeat(100)]) assert.is(model.idOf(token), undefined, token);
  model.close();
});

test("unknown characters without a token for them are left out, as in Python; where one is named that is not there, it says so", async () => {
  const unknown = { type: "BPE", vocab: { a: 0 }, merges: [], unk_token: "<unk>" };
  const lost = await openTableModel(unknown);
  assert.equal(encodeOne(lost, "aa"), [
    [0, 0],
    [0, 1],
    [1, 2],
  ]);
  await rejects("key-not-found", /"<unk>".*unk_token/, () => encodeOne(lost, "ab"));
  lost.close();
  const piece = await openTableModel({ type: "WordPiece", vocab: { a: 0 }, unk_token: "[UNK]" });
  await rejects("key-not-found", /"\[UNK\]"/, () => encodeOne(piece, "b"));
  piece.close();
});

test("a closed model has no memory", async () => {
  const model = await openTableModel(doubles);
  model.close();
  await rejects("closed", /closed/, () => encodeOne(model, "a"));
  await rejects("closed", /closed/, () => model.tokenOf(0));
});

test.run();
