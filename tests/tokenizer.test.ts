// Text to tokens to ids and back, with real tokenizers where they are on this machine.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { AutoTokenizer, type BatchEncoding } from "../src/tokenizer.ts";
import { sharedData } from "./helpers/data.ts";
import { rejects } from "./helpers/rejects.ts";
import { makeStandIn } from "./helpers/stand-in.ts";
import { withFolder } from "./helpers/temporary.ts";
import { tokenStrings } from "./helpers/token-strings.ts";

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

test("what a few bytes of tokenizer.json ask gigabytes for is refused", async () => {
  const twice = { type: "Replace", pattern: { String: "o" }, content: "oo" };
  const [texts, pieces] = [
    new Array(40).fill(twice),
    new Array(40).fill({ type: "ByteLevel", add_prefix_space: false }),
  ];
  const spaces = new Array(40).fill({ type: "BPEDecoder", suffix: "" });
  const growing = [
    { ...words, normalizer: { type: "Sequence", normalizers: texts } },
    { ...words, pre_tokenizer: { type: "Sequence", pretokenizers: pieces } },
    { ...words, normalizer: { ...twice, content: "o".repeat(10 ** 6) } },
  ];
  for (const json of growing) {
    const tokenizer = await open(json);
    await rejects("too-large", /64 times as long/, () => tokenizer.encode("é o o o"));
  }
  for (const decoders of [texts, spaces]) {
    const tokenizer = await open({ ...words, decoder: { type: "Sequence", decoders } });
    await rejects("too-large", /64 times as long/, () => tokenizer.decode([2, 1]));
  }
  const added_tokens = [...words.added_tokens, { id: 5, content: "o", normalized: true }];
  await rejects("too-large", /64 times/, () => open({ ...growing[0], added_tokens }));
});

test("a letter with as many marks as a caller likes takes no time without end", async () => {
  const ends = { pre_tokenizer: null, post_processor: null };
  const compatible = await open({ ...words, ...ends, normalizer: { type: "NFKC" } });
  assert.equal(compatible.encode("\u314b".repeat(10 ** 5)), [0], "letters of Hangul that may join those before them");
  const tokenizer = await open({ ...words, ...ends, normalizer: { type: "NFD" } });
  assert.equal(tokenizer.encode(`é${"\u0301\u0323".repeat(5000)}`), [0]);
  await rejects("too-large", /400000 UTF-16 units of marks in a row, from unit 1 on/, () =>
    tokenizer.encode(`é${"\u0301\u0323".repeat(2 * 10 ** 5)}`),
  );
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
  await rejects("id-out-of-range", /Id 0 is -1; expected a whole number/, () => tokenizer.decode([-1]));
  await rejects("id-out-of-range", /Id 0 is 1\.5/, () => tokenizer.decode([1.5]));
  await rejects("option-unknown", /encode has no option "add_special_tokens"\. Did you mean "addSpecialTokens"/, () =>
    tokenizer.encode("", { add_special_tokens: false } as object),
  );
  await rejects("option-unknown", /decode has no option "skip"/, () => tokenizer.decode([], { skip: true } as object));
});

test("a folder without tokenizer.json", async () => {
  await rejects("model-incomplete", /No tokenizer\.json in \.\/no\/such/, () =>
    AutoTokenizer.fromPretrained("./no/such"),
  );
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
  const error = await AutoTokenizer.fromPretrained("./no/such", { signal }).catch((error) => error);
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
    [{ padding: { strategy: { Fixed: 2 ** 30 }, pad_id: 0 } }, /fills up to more than 16777216 tokens/],
  ];
  for (const [change, message] of wrong) {
    await rejects("format-damaged", message, () => open({ ...words, ...change }));
  }
});

/** As all-MiniLM: its tokenizer.json cuts and fills up. */
const pieces = {
  added_tokens: [
    { id: 0, content: "[PAD]", special: true },
    { id: 2, content: "[CLS]", special: true },
    { id: 3, content: "[SEP]", special: true },
  ],
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  truncation: { max_length: 4, strategy: "LongestFirst", direction: "Right", stride: 0 },
  padding: { strategy: "BatchLongest", direction: "Right", pad_id: 0, pad_type_id: 0, pad_token: "[PAD]" },
  model: {
    ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    vocab: { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, cat: 4, "##s": 5, dog: 6, "!": 7 },
  },
};

const listed = ({ inputIds, attentionMask, tokenTypeIds, offsets, rowStarts, shape }: BatchEncoding) => ({
  ...{ ids: [...inputIds], mask: [...attentionMask], types: [...tokenTypeIds] },
  ...{ offsets: [...offsets], starts: [...rowStarts], shape },
});

test("encodeBatch: what tokenizer.json says of length and padding, and what the call says", async () => {
  const tokenizer = await open(pieces);
  assert.equal(listed(tokenizer.encodeBatch(["Cats", "dog dog dog"])), {
    ids: [2, 4, 5, 3, 2, 6, 6, 3],
    mask: [1, 1, 1, 1, 1, 1, 1, 1],
    types: [0, 0, 0, 0, 0, 0, 0, 0],
    offsets: [0, 0, 0, 3, 3, 4, 0, 0, 0, 0, 0, 3, 4, 7, 0, 0],
    starts: [0, 4, 8],
    shape: [2, 4],
  });
  const ragged = tokenizer.encodeBatch(["cat", "dog dog dog"], { padding: false, truncation: false });
  assert.equal([...ragged.inputIds], [2, 4, 3, 2, 6, 6, 6, 3]);
  assert.equal([...ragged.rowStarts], [0, 3, 8]);
  assert.is(ragged.shape, undefined, "rows of 3 and 5 tokens");
  const filled = listed(tokenizer.encodeBatch(["cat"], { padding: "max_length", maxLength: 5 }));
  assert.equal(
    [filled.ids, filled.mask, filled.shape],
    [
      [2, 4, 3, 0, 0],
      [1, 1, 1, 0, 0],
      [1, 5],
    ],
  );
  const short = tokenizer.encodeBatch(["cat dog"], { truncation: true, maxLength: 3 });
  assert.equal([...short.inputIds], [2, 4, 3], "the model's own tokens count");
  const alone = tokenizer.encodeBatch(["cat", "cat dog"], { addSpecialTokens: false });
  assert.equal([...alone.inputIds], [4, 0, 4, 6]);
  assert.equal(listed(tokenizer.encodeBatch([])).shape, [0, 0]);
  assert.equal(tokenizer.encode("dog dog dog"), [2, 6, 6, 6, 3], "encode cuts nothing");
});

test("encodeBatch: pairs, which of two a token is of, and which of them is cut", async () => {
  const tokenizer = await open(pieces);
  const options = { pairs: ["dog!"], truncation: false } as const;
  const pair = listed(tokenizer.encodeBatch(["cats"], options));
  assert.equal(
    [pair.ids, pair.types],
    [
      [2, 4, 5, 3, 6, 7, 3],
      [0, 0, 0, 0, 1, 1, 1],
    ],
  );
  assert.equal(pair.offsets.slice(8), [0, 3, 3, 4, 0, 0], "each text's own");
  assert.equal(tokenizer.encode("cats", { pair: "dog!" }), pair.ids);
  const cut = (truncation: "only_first" | "only_second" | "longest_first", maxLength: number) => [
    ...tokenizer.encodeBatch(["cats cats"], { pairs: ["dog!"], truncation, maxLength }).inputIds,
  ];
  assert.equal(cut("only_first", 8), [2, 4, 5, 4, 3, 6, 7, 3]);
  assert.equal(cut("only_second", 8), [2, 4, 5, 4, 5, 3, 6, 3]);
  assert.equal(cut("longest_first", 6), [2, 4, 5, 3, 6, 3]);
  await rejects("option-invalid", /"only_second" must cut off 4 tokens, and that text has 2 tokens/, () =>
    cut("only_second", 5),
  );
  await rejects("option-invalid", /got 1 texts and 2 pairs; expected as many/, () =>
    tokenizer.encodeBatch(["a"], { pairs: ["b", "c"] }),
  );
});

test("padding and truncation on the left, as tokenizer_config.json says, and without a length or a token for it", async () => {
  const { truncation, padding, ...json } = pieces;
  const left = await open(json, {
    padding_side: "left",
    truncation_side: "left",
    pad_token: "[PAD]",
    model_max_length: 3,
  });
  assert.is(left.modelMaxLength, 3);
  const rows = listed(left.encodeBatch(["cat dog", ""], { padding: true, truncation: true }));
  assert.equal(
    [rows.ids, rows.mask],
    [
      [2, 6, 3, 0, 2, 3],
      [1, 1, 1, 0, 1, 1],
    ],
  );
  const bare = await open({ ...json, added_tokens: [] });
  assert.is(bare.modelMaxLength, Number.POSITIVE_INFINITY);
  await rejects("option-invalid", /has no pad_token/, () => bare.encodeBatch(["cat"], { padding: true }));
  await rejects("option-invalid", /the model names no length\. Give maxLength/, () =>
    bare.encodeBatch(["cat"], { truncation: true }),
  );
  const endless = await open(json, { pad_token: "[PAD]" });
  await rejects("option-invalid", /padding "max_length", and the model names no length/, () =>
    endless.encodeBatch(["cat"], { padding: "max_length" }),
  );
});

test("special tokens, the vocabulary, and what tokenizer_config.json adds", async () => {
  const tokenizer = await open(pieces, {
    ...{ pad_token: "[PAD]", cls_token: "[CLS]", sep_token: { content: "[SEP]" }, bos_token: "<bos>" },
    added_tokens_decoder: { "9": { content: "<extra>", special: false, lstrip: true, normalized: false } },
    additional_special_tokens: ["<more>"],
  });
  assert.equal([tokenizer.padToken, tokenizer.padTokenId], ["[PAD]", 0]);
  assert.equal([tokenizer.sepToken, tokenizer.sepTokenId], ["[SEP]", 3]);
  assert.equal([tokenizer.unkToken, tokenizer.unkTokenId], ["[UNK]", 1]);
  assert.equal([tokenizer.bosTokenId, tokenizer.eosToken, tokenizer.maskTokenId], [10, undefined, undefined]);
  assert.equal(tokenizer.encode("cat <extra><more>", { addSpecialTokens: false }), [4, 9, 11]);
  assert.equal(tokenizer.getVocab().get("<extra>"), 9);
  assert.is(tokenizer.getVocab().size, 11);
  assert.ok(tokenizer.allSpecialTokens.includes("<more>"));
  assert.is(tokenizer.decode([4, 11], { skipSpecialTokens: true }), "cat");
  await rejects("format-damaged", /added_tokens_decoder has the id "x"/, () =>
    open(pieces, { added_tokens_decoder: { x: { content: "a" } } }),
  );
});

test("tokenizer_config.json says whether texts are lowercased, whether a space is put first, what is put around", async () => {
  assert.equal((await open(pieces, { do_lower_case: false })).tokenize("Cat cat"), ["[UNK]", "cat"]);
  const bytes = {
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab: { a: 0, Ġ: 1, Ġa: 2, "<s>": 3, "</s>": 4 }, merges: ["Ġ a"] },
  };
  assert.equal((await open(bytes)).encode("a a"), [0, 2]);
  assert.equal((await open(bytes, { add_prefix_space: true })).encode("a a"), [2, 2]);
  const config = { add_bos_token: true, add_eos_token: false, bos_token: "<s>", eos_token: "</s>" };
  assert.equal((await open(bytes, config)).encode("a"), [0], "tokenizer.json has no post_processor, and it counts");
  const older = (more: object) =>
    AutoTokenizer.fromPretrained({
      "vocab.json": jsonBytes(bytes.model.vocab),
      "merges.txt": new TextEncoder().encode("Ġ a\n"),
      "tokenizer_config.json": jsonBytes({ ...config, ...more }),
    });
  assert.equal((await older({})).encode("a", { pair: "a" }), [3, 0, 3, 0]);
  assert.equal((await older({ add_eos_token: true })).encode("a"), [3, 0, 4]);
});

test("older folders: vocab.json and merges.txt, vocab.txt, added_tokens.json and special_tokens_map.json", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const pairs = {
    "vocab.json": jsonBytes({ a: 0, b: 1, ab: 2, Ġ: 3, "#": 4 }),
    "merges.txt": text("#version: 0.2\na b\n"),
    "added_tokens.json": jsonBytes({ "<x>": 5 }),
    "special_tokens_map.json": jsonBytes({ eos_token: "<x>" }),
  };
  const tokenizer = await AutoTokenizer.fromPretrained(pairs);
  assert.equal(tokenizer.encode("ab<x>#"), [2, 5, 4]);
  assert.is(tokenizer.eosTokenId, 5);
  assert.is(tokenizer.decode([2, 5], { skipSpecialTokens: true }), "ab");
  const words = await AutoTokenizer.fromPretrained({ "vocab.txt": text("[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\n##s\n") });
  assert.equal(words.encode("CATS"), [2, 4, 5, 3]);
  await rejects("format-damaged", /vocab\.txt of .* has no token "\[CLS\]"/, () =>
    AutoTokenizer.fromPretrained({ "vocab.txt": text("cat\n") }),
  );
  await rejects("format-damaged", /chat_template\.jinja of .* is not UTF-8/, () =>
    AutoTokenizer.fromPretrained({ ...pairs, "chat_template.jinja": Uint8Array.of(0xff) }),
  );
});

test("a chat is written with the model's template", async () => {
  const template =
    "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[cat]{% endif %}{{ eos_token }}";
  const tokenizer = await open(words, { chat_template: template, eos_token: "]" });
  const messages = [{ role: "dog", content: "cat" }];
  const text = await tokenizer.applyChatTemplate(messages, { tokenize: false, addGenerationPrompt: true });
  assert.is(text, "[dog]cat[cat]]");
  assert.equal(await tokenizer.applyChatTemplate(messages), [3, 2, 4, 1, 4], "no tokens are put around");
  const tools = { tools: [{ name: "f" }], tokenize: false } as const;
  const named = [
    { name: "default", template: "plain" },
    { name: "tool_use", template: "{{ tools[0].name }}" },
  ];
  assert.is(await (await open(words, { chat_template: named })).applyChatTemplate(messages, tools), "f");
  assert.is(
    await tokenizer.applyChatTemplate(messages, { tokenize: false, chatTemplate: "{{ messages | length }}" }),
    "1",
  );
  await rejects("model-incomplete", /has no chat template\. Give one/, async () =>
    (await open(words)).applyChatTemplate(messages),
  );
  await rejects("format-unknown", /cannot be run with these 1 messages: no cats/, () =>
    tokenizer.applyChatTemplate(messages, { chatTemplate: "{{ raise_exception('no cats') }}" }),
  );
  await rejects("option-invalid", /A message is 5; expected \{ role, content \}/, () =>
    tokenizer.applyChatTemplate([5 as never]),
  );
});

test("any other tokenizer is wrapped", async () => {
  const letters = {
    encode: (text: string) => Uint32Array.from(text, (letter) => letter.charCodeAt(0)),
    decode: (ids: number[]) => String.fromCharCode(...ids),
    idToToken: (id: number) => String.fromCharCode(id),
  };
  const tokenizer = AutoTokenizer.from(letters);
  assert.equal(tokenizer.encode("cat"), [99, 97, 116]);
  assert.equal(tokenizer.tokenize("cat"), ["c", "a", "t"]);
  assert.is(tokenizer.decode([99, 97]), "ca");
  const batch = tokenizer.encodeBatch(["a", "bc"]);
  assert.equal([[...batch.inputIds], [...batch.rowStarts], batch.offsets.length], [[97, 98, 99], [0, 1, 3], 0]);
  await rejects("not-supported-here", /The given tokenizer has no tokenToId/, () =>
    tokenizer.convertTokensToIds(["a"]),
  );
  await rejects("not-supported-here", /has no getVocab/, () => tokenizer.getVocab());
  await rejects("option-invalid", /tokenizer is 5; expected an object with a method encode/, () =>
    AutoTokenizer.from(5 as never),
  );
  const late = AutoTokenizer.from({ encode: async () => [1] } as never);
  await rejects("option-invalid", /encode of the given tokenizer gave a Promise/, () => late.encode("a"));
});

test("halves of characters are one unknown character each, the same in every text", async () => {
  const json = {
    decoder: { type: "ByteLevel" },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false },
    model: { type: "BPE", vocab: { a: 0, b: 1, ï: 2, "¿": 3, "½": 4 }, merges: [] },
  };
  const tokenizer = await open(json);
  for (const text of ["a\ud800b", "a\udc00b", "a\ufffdb"]) assert.equal(tokenizer.encode(text), [0, 2, 3, 4, 1]);
  const { offsets } = tokenizer.encodeBatch(["a\ud800b"]);
  assert.equal([...offsets], [0, 1, 1, 2, 1, 2, 1, 2, 2, 3]);
});

test("one word of 200,000 letters, and patterns that would never end", async () => {
  for (const name of ["qwen2.5", "t5-small", "llama2"]) {
    const tokenizer = await openReal(name);
    if (!tokenizer) continue;
    assert.ok(tokenizer.encode("a".repeat(200_000)).length > 20_000, name);
    tokenizer.close();
  }
  for (const regex of ["(a+)+$", "(a|aa)+$", "(a?){30}a", "a*a*a*b"]) {
    const split = { type: "Split", pattern: { Regex: regex }, behavior: "Isolated", invert: false };
    await rejects("format-unknown", /pre_tokenizer "Split".* cannot be run/, () =>
      open({ ...words, pre_tokenizer: split }),
    );
  }
});

test("the ids of the tokens of a text are its ids", async () => {
  for (const name of ["qwen2.5", "gpt2", "bert-base-uncased", "llama2", "t5-small"]) {
    const tokenizer = await openReal(name);
    if (!tokenizer) continue;
    for (const text of ["<s><s>", ...tokenStrings(200, 3)]) {
      const ids = tokenizer.convertTokensToIds(tokenizer.tokenize(text));
      assert.equal(ids, tokenizer.encode(text, { addSpecialTokens: false }), JSON.stringify([name, text]));
    }
    tokenizer.close();
  }
});

test("Unigram: unknown characters are one token, or those of their bytes", async () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => [
    `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    -9,
  ]);
  const model = { type: "Unigram", unk_id: 0, vocab: [["<unk>", 0], ["a", -1], ["b", -1], ["ab", -1.5], ...bytes] };
  assert.equal((await open({ model })).encode("ab¿éa"), [3, 0, 1]);
  const spelt = await open({ model: { ...model, byte_fallback: true } });
  assert.equal(spelt.encode("é"), [4 + 0xc3, 4 + 0xa9]);
  assert.equal([...spelt.encodeBatch(["aéa"]).offsets], [0, 1, 1, 2, 1, 2, 2, 3]);
  await rejects("format-damaged", /vocab\[0\] is no token with a score/, () =>
    open({ model: { ...model, vocab: ["a"] } }),
  );
  await rejects("format-damaged", /unk_id is 300, and vocab has 260 tokens/, () =>
    open({ model: { ...model, unk_id: 300 } }),
  );
  const { unk_id, ...without } = model;
  const lost = await open({ model: without });
  await rejects("key-not-found", /has no tokens for "é", and none for what is unknown/, () => lost.encode("é"));
});

test("a closed tokenizer", async () => {
  const tokenizer = await open(words);
  tokenizer.close();
  tokenizer.close();
  for (const call of [() => tokenizer.encode("cat"), () => tokenizer.decode([1]), () => tokenizer.getVocab()]) {
    await rejects("closed", /The tokenizer of the given object is closed\. Load it again/, call);
  }
});

test.run();
