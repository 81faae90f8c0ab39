/** A model folder small enough to check by head: five tokens, a bfloat16 matrix (5, 4), a word-level tokenizer. */

const vocabulary = ["[UNK]", "words", "become", "vectors", "here"];
const columns = 4;

const config = {
  model_type: "qwen2",
  vocab_size: vocabulary.length,
  hidden_size: columns,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
};

const unknown = { id: 0, content: "[UNK]", special: true, normalized: false, single_word: false };
const tokenizer = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [{ ...unknown, lstrip: false, rstrip: false }],
  normalizer: { type: "Lowercase" },
  pre_tokenizer: { type: "Whitespace" },
  post_processor: null,
  decoder: null,
  model: {
    type: "WordLevel",
    vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    unk_token: "[UNK]",
  },
};

/** @returns a Map of file name → bytes */
export function tinyModelFolder() {
  return new Map([
    ["config.json", json(config)],
    ["tokenizer.json", json(tokenizer)],
    ["model.safetensors", safetensors("model.embed_tokens.weight")],
  ]);
}

/** Row `id`, (4,): numbers that bfloat16 holds exactly, one of them negative. */
export function expectedRow(id) {
  return [id, -id / 2, id + 0.25, 1024 * id];
}

/** Eight bytes of header length, the header padded to a multiple of eight, then the numbers. */
function safetensors(name) {
  const data = bfloat16(vocabulary.flatMap((_, id) => expectedRow(id)));
  const tensor = { dtype: "BF16", shape: [vocabulary.length, columns], data_offsets: [0, data.byteLength] };
  const text = JSON.stringify({ [name]: tensor });
  const header = new TextEncoder().encode(text.padEnd(8 * Math.ceil(text.length / 8)));
  const bytes = new Uint8Array(8 + header.length + data.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(new Uint8Array(data.buffer), 8 + header.length);
  return bytes;
}

/** The upper half of each float32. */
function bfloat16(numbers) {
  const bits = new Uint32Array(new Float32Array(numbers).buffer);
  return Uint16Array.from(bits, (word) => word >>> 16);
}

function json(value) {
  return new TextEncoder().encode(JSON.stringify(value));
}
