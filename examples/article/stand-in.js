// A stand-in for a language model that is not at hand: a model folder of Qwen2.5-1.5B's shape, with made-up numbers and
// a tokenizer that knows the bytes, "Hi" and "你好", under the ids that the real one gives them.
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";

const [rows, columns] = [151936, 1536];

/**
 * The tokens that are longer than a byte: what each is merged from, and its id. Those in between have free ids.
 *
 * @type {[pair: string, id: number][]}
 */
const merged = [
  ["H i", 13048],
  ["ä ½", 256],
  ["ä½ ł", 257],
  ["å ¥", 258],
  ["å¥ ½", 259],
  ["ä½ł å¥½", 108386],
];

/** The rows that hold numbers: those of "Hi", ",", a space, "你好" and "~". The others stay zero. */
const filledRows = [13048, 11, 220, 108386, 93];

/**
 * Writes config.json, tokenizer.json and model.safetensors. The matrix takes 467 MB, but its file is sparse: where the
 * file system knows holes, a few kilobytes are taken of the disk.
 *
 * @param folder where; made if it does not exist
 */
export async function makeStandIn(folder) {
  await mkdir(folder, { recursive: true });
  const config = { model_type: "qwen2", vocab_size: rows, hidden_size: columns, tie_word_embeddings: true };
  await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
  await writeFile(path.join(folder, "tokenizer.json"), JSON.stringify(tokenizer()));
  await writeMatrix(path.join(folder, "model.safetensors"));
}

/** Number `column` of row `id`: few enough bits that bfloat16 holds it exactly. */
export function standInValue(id, column) {
  return (((id + 7 * column) % 127) - 63) / 1024;
}

/** A safetensors file: the header's length in 8 bytes, the header, the matrix. */
async function writeMatrix(name) {
  const rowBytes = columns * 2;
  const tensor = { dtype: "BF16", shape: [rows, columns], data_offsets: [0, rows * rowBytes] };
  const text = JSON.stringify({ "model.embed_tokens.weight": tensor });
  const header = Buffer.from(text.padEnd(8 * Math.ceil(text.length / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));

  const file = await open(name, "w");
  try {
    const dataBegin = length.length + header.length;
    await file.truncate(dataBegin + rows * rowBytes);
    await file.write(Buffer.concat([length, header]), 0, dataBegin, 0);
    for (const id of filledRows) await file.write(bfloat16Row(id), 0, rowBytes, dataBegin + id * rowBytes);
  } finally {
    await file.close();
  }
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16Row(id) {
  const numbers = Float32Array.from({ length: columns }, (_, column) => standInValue(id, column));
  return new Uint8Array(Uint16Array.from(new Uint32Array(numbers.buffer), (bits) => bits >>> 16).buffer);
}

/** Byte-level BPE: text is cut into words, a word into bytes, and bytes are merged again. */
function tokenizer() {
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const words = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+`;
  const split = { type: "Split", pattern: { Regex: words }, behavior: "Isolated", invert: false };
  const longer = merged.map(([pair, id]) => [pair.replace(" ", ""), id]);
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: { type: "NFC" },
    pre_tokenizer: { type: "Sequence", pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      vocab: Object.fromEntries([...byteSymbols().map((symbol, id) => [symbol, id]), ...longer]),
      merges: merged.map(([pair]) => pair),
    },
  };
}

/**
 * The characters that stand for the 256 bytes, in the order of their ids: printable ones for themselves, then 256 and
 * what follows for the others. See GPT-2's bytes_to_unicode.
 */
function byteSymbols() {
  const isPrintable = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const printable = bytes.filter(isPrintable);
  const others = bytes.filter((byte) => !isPrintable(byte)).map((_, index) => 256 + index);
  return [...printable, ...others].map((code) => String.fromCharCode(code));
}
