// Python's own tokenizers, the Rust library as @mlc-ai/web-tokenizers compiles it: wrapped, it answers; beside ours, it says the same.

import { copyFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AutoTokenizer } from "../../src/tokenizer.ts";
import { sharedData } from "../helpers/data.ts";
import { withFolder } from "../helpers/temporary.ts";
import { tokenStrings } from "../helpers/token-strings.ts";

interface WebTokenizer {
  encode(text: string): Int32Array;
  decode(ids: Int32Array): string;
  idToToken(id: number): string;
  dispose(): void;
}

interface WebTokenizers {
  Tokenizer: { fromJSON(json: ArrayBuffer): Promise<WebTokenizer> };
}

/** Its file is CommonJS, whatever its package.json says. */
async function withRust(json: Uint8Array, work: (tokenizer: WebTokenizer) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const file = join(folder, "web-tokenizers.cjs");
    copyFileSync("node_modules/@mlc-ai/web-tokenizers/lib/index.js", file);
    const { Tokenizer } = createRequire(file)(file) as WebTokenizers;
    const tokenizer = await Tokenizer.fromJSON(new Uint8Array(json).buffer);
    try {
      await work(tokenizer);
    } finally {
      tokenizer.dispose();
    }
  });
}

const wrapped = (rust: WebTokenizer) =>
  AutoTokenizer.from({
    encode: (text) => rust.encode(text),
    decode: (ids) => rust.decode(Int32Array.from(ids)),
    idToToken: (id) => rust.idToToken(id) || undefined,
  });

const WORDS = {
  added_tokens: [],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: { type: "WordLevel", vocab: { "[UNK]": 0, café: 1, привет: 2, ",": 3, мир: 4, "!": 5 }, unk_token: "[UNK]" },
};

test("wrapped, it encodes, cuts into tokens, makes batches and decodes", () =>
  withRust(new TextEncoder().encode(JSON.stringify(WORDS)), async (rust) => {
    const tokenizer = wrapped(rust);
    assert.equal(tokenizer.encode("Привет, мир! Tea"), [2, 3, 4, 5, 0]);
    assert.equal(tokenizer.tokenize("CAFÉ!"), ["café", "!"]);
    assert.equal([...tokenizer.encodeBatch(["café", "мир !"]).inputIds], [1, 4, 5]);
    assert.is(tokenizer.decode([2, 4]), "привет мир");
  }));

for (const name of ["qwen2.5", "bert-base-uncased"]) {
  const folder = sharedData(`tokenizers/${name}`);
  if (!folder) console.log(`not run: ../shared/data/tokenizers/${name} is not there`);
  else {
    test(`${name}: the same ids as ours`, () =>
      withRust(readFileSync(join(folder, "tokenizer.json")), async (rust) => {
        using ours = await AutoTokenizer.fromPretrained(folder);
        const theirs = wrapped(rust);
        const texts = [...tokenStrings(400, 11), "Привет, мир! café", "a".repeat(20_000)];
        const options = { addSpecialTokens: false };
        const other = texts.filter((text) => String(ours.encode(text, options)) !== String(theirs.encode(text)));
        assert.equal(other, []);
      }));
  }
}

test.run();
