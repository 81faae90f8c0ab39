/** Changed tokenizers: refused, or ones that encode and decode without a bare error. */

import { AutoTokenizer } from "../../../src/tokenizer.ts";
import { changeBytes } from "../bytes.ts";
import { changeJson, type Json, jsonOf, textOf } from "../json.ts";
import { changedBases, Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";

const TEXTS = ["cat dog", "Cats, dogs: 你好 ½!", "", " \n", "unknown bird", "\ud800 [CLS] cat", "a".repeat(300)];

const special = (id: number, content: string) => ({ id, content, special: true });

const words = {
  added_tokens: [special(3, "["), special(4, "]"), { ...special(5, "<pad>"), lstrip: true, normalized: true }],
  normalizer: { type: "Sequence", normalizers: [{ type: "NFKC" }, { type: "Lowercase" }] },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "[" } }, { Sequence: { id: "A" } }, { SpecialToken: { id: "]" } }],
  },
  decoder: null,
  model: { type: "WordLevel", vocab: { "<unk>": 0, cat: 1, dog: 2 }, unk_token: "<unk>" },
};

const pieces = {
  added_tokens: [special(0, "[PAD]"), special(1, "[UNK]"), special(2, "[CLS]"), special(3, "[SEP]")],
  normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  decoder: { type: "WordPiece", prefix: "##", cleanup: true },
  model: {
    type: "WordPiece",
    vocab: { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, cat: 4, dog: 5, "##s": 6, a: 7, "##a": 8 },
    ...{ unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
  },
};

const pairs = {
  added_tokens: [special(12, "<|end|>")],
  normalizer: null,
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [
      { type: "Split", pattern: { Regex: "\\p{L}+|\\p{N}| ?[^\\s\\p{L}]+|\\s+" }, behavior: "Isolated", invert: false },
      { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
    ],
  },
  post_processor: { type: "ByteLevel", add_prefix_space: false },
  decoder: { type: "ByteLevel", add_prefix_space: true },
  model: {
    type: "BPE",
    vocab: { c: 0, a: 1, t: 2, d: 3, o: 4, g: 5, Ġ: 6, ca: 7, cat: 8, og: 9, dog: 10, "<unk>": 11 },
    ...{ merges: ["c a", "ca t", "o g", "d og"], unk_token: "<unk>", byte_fallback: false, ignore_merges: false },
  },
};

const unigrams = {
  added_tokens: [special(0, "<unk>"), special(1, "</s>")],
  normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
  pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", add_prefix_space: true },
  post_processor: null,
  decoder: { type: "Metaspace", replacement: "▁", prepend_scheme: "always" },
  model: {
    type: "Unigram",
    unk_id: 0,
    vocab: [
      ...[
        ["<unk>", 0],
        ["</s>", 0],
        ["▁cat", -2],
        ["▁dog", -2.5],
        ["s", -3],
      ],
      ...[..."▁catdog"].map((letter) => [letter, -6]),
    ],
  },
};

const config = { unk_token: "<unk>", clean_up_tokenization_spaces: false, model_max_length: 512, tokenizer_class: "X" };

export async function open(): Promise<Target<number>> {
  const bases = [words, pieces, pairs, unigrams].map((json) => jsonOf({ version: "1.0", ...json }));
  const { steps, make } = changedBases(bases, 4, changeFiles);
  return {
    steps,
    async run(steps) {
      const { files } = make(steps);
      const { value: tokenizer, code } = await attempt(() => AutoTokenizer.fromPretrained(files));
      return tokenizer ? use(tokenizer) : (code as string);
    },
    code(steps) {
      const { files, notes } = make(steps);
      const entries = Object.entries(files).map(([name, bytes]) => {
        const text = Buffer.from(bytes).toString();
        return `  "${name}": Buffer.from(${text.length < 10_000 ? JSON.stringify(text) : `/* ${text.length} characters */ ""`}),`;
      });
      return `// ${notes.join("\n// ")}\n({\n${entries.join("\n")}\n})`;
    },
  };
}

function changeFiles(tokenizer: Json, seeds: readonly number[]) {
  const notes: string[] = [];
  const jsons: Record<string, Json> = { "tokenizer.json": tokenizer, "tokenizer_config.json": jsonOf(config) };
  const later: Random[] = [];
  for (const seed of seeds) {
    const random = new Random(seed);
    if (random.chance(0.05)) later.push(random);
    const name = random.chance(0.85) ? "tokenizer.json" : "tokenizer_config.json";
    const { json, note } = changeJson(jsons[name], random);
    jsons[name] = json;
    notes.push(`${name} ${note}`);
  }
  const files: Record<string, Uint8Array> = {};
  for (const [name, json] of Object.entries(jsons)) files[name] = new TextEncoder().encode(textOf(json));
  for (const random of later) {
    const { bytes, note } = changeBytes(files["tokenizer.json"], random);
    files["tokenizer.json"] = bytes;
    notes.push(note);
  }
  return { files, notes };
}

async function use(tokenizer: AutoTokenizer): Promise<string> {
  let outcome = "accepted";
  for (const text of TEXTS) {
    for (const addSpecialTokens of [true, false]) {
      const { value: ids, code } = await attempt(() => tokenizer.encode(text, { addSpecialTokens }));
      if (!ids) {
        outcome = `encode: ${code}`;
        continue;
      }
      check(
        ids.every((id) => Number.isInteger(id) && id >= 0),
        `ids that are no whole numbers: ${ids} for ${JSON.stringify(text)}`,
      );
      const decoded = await attempt(() => tokenizer.decode(ids, { skipSpecialTokens: !addSpecialTokens }));
      check(typeof (decoded.value ?? "") === "string", `decode gave no string: ${decoded.value}`);
    }
    const { value: tokens } = await attempt(() => tokenizer.tokenize(text));
    check(
      (tokens ?? []).every((token) => typeof token === "string"),
      `tokens that are no strings: ${tokens} for ${JSON.stringify(text)}`,
    );
    if (tokens) await attempt(() => tokenizer.convertTokensToIds(tokens));
  }
  const named = await attempt(() => tokenizer.convertIdsToTokens([0, 1, 2, 3, 99, 2 ** 31]));
  const isName = (token: unknown) => token === undefined || typeof token === "string";
  check((named.value ?? []).every(isName), `tokens of ids that are no strings: ${named.value}`);
  return outcome;
}
