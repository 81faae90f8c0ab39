// Text to tokens to ids and back, with real tokenizers where they are on this machine.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AutoTokenizer } from "../src/tokenizer.ts";
import { sharedData } from "./helpers/data.ts";
import { rejects } from "./helpers/rejects.ts";
import { makeStandIn } from "./helpers/stand-in.ts";
import { withFolder } from "./helpers/temporary.ts";

const article = "Hi, 你好~";
const articleTokens = ["Hi", ",", "Ġ", "ä½łå¥½", "~"];
const articleIds = [13048, 11, 220, 108386, 93];

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** A word-level tokenizer of five words, with an unknown token and, around a text, [ and ]. */
const words = {
  added_tokens: [
    { id: 3, content: "[", special: true },
    { id: 4, content: "]", special: true },
  ],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "[" } }, { Sequence: { id: "A" } }, { SpecialToken: { id: "]" } }],
  },
  decoder: null,
  model: { type: "WordLevel", vocab: { "<unk>": 0, cat: 1, dog: 2 } as Record<string, number>, unk_token: "<unk>" },
};

const open = (json: unknown, config?: object) =>
  AutoTokenizer.fromPretrained({
    "tokenizer.json": jsonBytes(json),
    ...(config && { "tokenizer_config.json": jsonBytes(config) }),
  });

/** A real tokenizer; undefined, said aloud, where it is missing. */
async function openReal(name: string): Promise<AutoTokenizer | undefined> {
  const folder = sharedData(`tokenizers/${name}`);
  if (!folder) console.log(`not run: the tokenizer of ${name}, which is not on this machine`);
  return folder ? AutoTokenizer.fromPretrained(folder) : undefined;
}

test("words, with special tokens and without", async () => {
  const tokenizer = await open(words);
  assert.equal(tokenizer.tokenize("Cat dog"), ["cat", "dog"]);
  assert.equal(tokenizer.convertTokensToIds(["dog", "[", "cat"]), [2, 3, 1]);
  assert.equal(tokenizer.convertIdsToTokens([2, 3, 1, 99]), ["dog", "[", "cat", undefined]);
  assert.equal(tokenizer.encode("Cat dog"), [3, 1, 2, 4]);
  assert.equal(tokenizer.encode("Cat dog", { addSpecialTokens: false }), [1, 2]);
  assert.is(tokenizer.decode([3, 1, 2, 4]), "[ cat dog ]");
  assert.is(tokenizer.decode([3, 1, 2, 4], { skipSpecialTokens: true }), "cat dog");
});

test("an empty text, and no ids", async () => {
  const tokenizer = await open(words);
  assert.equal(tokenizer.tokenize(""), []);
  assert.equal(tokenizer.encode(""), [3, 4]);
  assert.is(tokenizer.decode([]), "");
});

test("what is unknown gets the unknown token's id", async () => {
  const tokenizer = await open(words);
  assert.equal(tokenizer.convertTokensToIds(["bird"]), [0]);
  assert.equal(tokenizer.encode("cat bird", { addSpecialTokens: false }), [1, 0]);
});

test("without an unknown token, what is unknown is an error", async () => {
  const { unk_token, ...model } = words.model;
  const tokenizer = await open({ ...words, model });
  await rejects("key-not-found", /has no token "bird", and none for what is unknown/, () =>
    tokenizer.convertTokensToIds(["bird"]),
  );
  await rejects("key-not-found", /has no token "bird"/, () => tokenizer.encode("cat bird"));
  const configured = await open({ ...words, model }, { unk_token });
  assert.equal(configured.convertTokensToIds(["bird"]), [0], "tokenizer_config.json may name it");
});

test("ids that no token has give no text", async () => {
  const tokenizer = await open(words);
  assert.is(tokenizer.decode([1, 77, 2]), "cat dog");
  assert.is(tokenizer.decode(Uint32Array.of(77)), "");
});

test("spaces before punctuation stay, unless the model's configuration wants them away", async () => {
  const vocab = { ...words.model.vocab, ".": 5 };
  const json = { ...words, model: { ...words.model, vocab } };
  assert.is((await open(json)).decode([1, 5]), "cat .");
  assert.is((await open(json, { clean_up_tokenization_spaces: true })).decode([1, 5]), "cat.");
});

test("what is no text, no id, no option", async () => {
  const tokenizer = await open(words);
  await rejects("option-invalid", /The text is undefined; expected a string/, () =>
    tokenizer.tokenize(undefined as unknown as string),
  );
  await rejects("option-invalid", /The text is null/, () => tokenizer.encode(null as unknown as string));
  await rejects("id-out-of-range", /An id is -1; expected a whole number/, () => tokenizer.decode([-1]));
  await rejects("id-out-of-range", /An id is 1\.5/, () => tokenizer.decode([1.5]));
  await rejects("option-unknown", /encode has no option "add_special_tokens"\. Did you mean "addSpecialTokens"/, () =>
    tokenizer.encode("", { add_special_tokens: false } as object),
  );
  await rejects("option-unknown", /decode has no option "skip"/, () => tokenizer.decode([], { skip: true } as object));
});

test("a folder without tokenizer.json", async () => {
  await rejects("model-incomplete", /No tokenizer\.json in no\/such/, () => AutoTokenizer.fromPretrained("no/such"));
  await rejects("model-incomplete", /No tokenizer\.json in the given object/, () => AutoTokenizer.fromPretrained({}));
});

test("a tokenizer.json that is damaged, or that describes what cannot be run", async () => {
  const cut = { "tokenizer.json": new TextEncoder().encode('{"model":') };
  await rejects("format-damaged", /tokenizer\.json of the given object is no JSON object/, () =>
    AutoTokenizer.fromPretrained(cut),
  );
  await rejects("format-damaged", /tokenizer\.json of the given object: model is missing/, () => open({}));
  for (const name of ["normalizer", "pre_tokenizer", "post_processor", "decoder"]) {
    await rejects(
      "format-unknown",
      new RegExp(
        `${name} "Strange" in tokenizer\\.json of the given object: this kind of ${name} cannot be run\\. Wrap`,
      ),
      () => open({ ...words, [name]: { type: "Strange" } }),
    );
  }
  await rejects("format-unknown", /model "Strange" in .*: this kind of model cannot be run/, () =>
    open({ ...words, model: { type: "Strange" } }),
  );
  await rejects("format-damaged", /vocabulary is undefined; expected an object/, () =>
    open({ ...words, model: { type: "BPE" } }),
  );
});

test("an abort rejects with its reason", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const error = await AutoTokenizer.fromPretrained("no/such", { signal }).catch((error) => error);
  assert.is(error.message, "enough");
});

test("the stand-in of the example knows the article's text", () =>
  withFolder(async (folder) => {
    await makeStandIn(folder);
    const tokenizer = await AutoTokenizer.fromPretrained(folder);
    assert.equal(tokenizer.tokenize(article), articleTokens);
    assert.equal(tokenizer.convertTokensToIds(articleTokens), articleIds);
    assert.is(tokenizer.decode(articleIds), article);
  }));

test("Qwen2.5: the article's tokens and ids", async () => {
  const tokenizer = await openReal("qwen2.5");
  if (!tokenizer) return;
  assert.equal(tokenizer.tokenize(article), articleTokens);
  assert.equal(tokenizer.convertTokensToIds(articleTokens), articleIds);
  assert.equal(tokenizer.encode(article), articleIds);
  assert.is(tokenizer.decode(articleIds), article);
  assert.equal(tokenizer.encode("<|im_start|>user"), [151644, 872]);
  assert.is(tokenizer.decode([151644, 872], { skipSpecialTokens: true }), "user");
  assert.is(tokenizer.decode([872, 151935]), "user", "the last row of the matrix is padding");
});

test("BERT, GPT-2, T5, Llama 2: a text there and back", async () => {
  for (const [name, ids, text] of [
    ["bert-base-uncased", [101, 7592, 1010, 2088, 999, 102], "[CLS] hello, world! [SEP]"],
    ["gpt2", [15496, 11, 995, 0], "Hello, world!"],
    ["t5-small", [8774, 6, 296, 55, 1], "Hello, world!</s>"],
    ["llama2", [1, 15043, 29892, 3186, 29991], "<s> Hello, world!"],
  ] as const) {
    const tokenizer = await openReal(name);
    if (!tokenizer) continue;
    assert.equal(tokenizer.encode("Hello, world!"), [...ids], name);
    assert.is(tokenizer.decode(ids), text, name);
  }
});

test("what is no list of tokens or ids", async () => {
  const tokenizer = await open(words);
  assert.equal(tokenizer.convertTokensToIds("dog"), [2], "one token is no list of letters");
  assert.is(tokenizer.decode(2), "dog");
  assert.is(tokenizer.decode(BigInt64Array.of(1n, 2n)), "cat dog");
  for (const given of [undefined, null, {}, true]) {
    await rejects("option-invalid", /The tokens are .*; expected an array of texts/, () =>
      tokenizer.convertTokensToIds(given as unknown as string[]),
    );
    const list = given as unknown as number[];
    await rejects("option-invalid", /The ids are .*; expected an array/, () => tokenizer.convertIdsToTokens(list));
    await rejects("option-invalid", /The ids are/, () => tokenizer.decode(list));
  }
});

test("tokenizer.json is looked at whole before it is used", async () => {
  const wrong: [object, RegExp][] = [
    [{ post_processor: { type: "TemplateProcessing", single: 5 } }, /post_processor "TemplateProcessing".*single is 5/],
    [{ model: { ...words.model, vocab: { a: 0, b: 0 } } }, /the id 0 of "b" is another token's/],
    [{ model: { ...words.model, vocab: { a: 0.5 } } }, /the id of "a" is 0\.5; expected a whole number/],
    [{ added_tokens: [{ id: -1, content: "x" }] }, /an added token.*id is -1; expected a whole number from 0 on/],
    [{ added_tokens: [{ id: 3, content: 5 }] }, /content is 5; expected a text/],
    [{ added_tokens: 5 }, /added_tokens is 5; expected an array/],
    [
      { normalizer: { type: "Prepend", prepend: [[[]]] } },
      /normalizer "Prepend".*prepend is \[\[…\]\]; expected a text/,
    ],
    [{ normalizer: 5 }, /normalizer is 5; expected an object/],
    [{ padding: { strategy: 5 } }, /the strategy of padding is 5/],
  ];
  for (const [change, message] of wrong) {
    await rejects("format-damaged", message, () => open({ ...words, ...change }));
  }
});

test.run();
