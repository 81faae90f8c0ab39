/** Files that are mistaken for models, told by how they begin. */

import { compressionOf } from "../text/text-bytes.ts";

/** How many bytes tell what a file is. */
export const HEAD_BYTES = 512;

const OPEN_VECTORS = "It is opened by KeyedVectors.load(path).";

// biome-ignore lint/suspicious/noControlCharactersInRegex: pickles begin with it
const PICKLE = /^(\x80[\x02-\x05]|ccopy_?reg\n)/;

/** The text that the first bytes of a file make in Latin-1. */
const textOf = (head: Uint8Array) => Array.from(head, (byte) => String.fromCharCode(byte)).join("");

/** A safetensors file's first eight bytes are a number, which may be any; its header begins behind them. */
const isSafetensors = (head: Uint8Array) => head[8] === "{".charCodeAt(0);

/** Whether a file begins as a pickle does: of protocol 2 or later, or, before, of an object. */
export const isPickle = (head: Uint8Array) => !isSafetensors(head) && PICKLE.test(textOf(head.subarray(0, 16)));

/** Whether a file may hold a pickle: whether it begins as one, or as gzip. */
export const mayBePickle = (head: Uint8Array) =>
  isPickle(head) || (head[0] === 0x1f && head[1] === 0x8b && !isSafetensors(head));

/** Whether a file begins as GGUF does. */
export const isGguf = (head: Uint8Array) => textOf(head.subarray(0, 4)) === "GGUF";

/** Whether a file begins as a zip archive does, such as what torch.save writes. */
export const isZip = (head: Uint8Array) => textOf(head.subarray(0, 4)) === "PK\x03\x04";

/** Whether a file begins as torch.save wrote it before 1.6: with a pickle of a number of its own. */
export const isOldTorch = (head: Uint8Array) => textOf(head.subarray(0, 8)) === "\x80\x02\x8a\n\x6c\xfc\x9c\x46";

/** What a file is, by the text that its first bytes make in Latin-1. */
// biome-ignore format: a line for each
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: files begin with them
const FORMATS: readonly [head: RegExp, what: string, advice: string][] = [
  [PICKLE, "a Python pickle, such as gensim's save() writes", "A model is opened by Word2Vec.load(path)."],
  [/^\x93NUMPY/, "a NumPy array, such as gensim keeps beside a model", "Give the model's own file, which has the shorter name; rows alone are opened by KeyedVectors.load(path, { keys })."],
  [/^GGUF/, "a GGUF file", "A language model's embeddings are read by EmbeddingMatrix.fromPretrained(path)."],
  [/^\x89HDF/, "an HDF5 file, such as Keras writes", "Take the model's .safetensors."],
  [/^\x1f\x8b/, "gzipped", "Unpack it first."],
  [/^PK\x03\x04/, "a zip archive, such as PyTorch writes", "Unpack it first; embeddings in what PyTorch writes are read by EmbeddingMatrix.fromPretrained(path)."],
  [/^version https:\/\/git-lfs/, "a Git LFS pointer, which stands for the file", "Call git lfs pull, or download the file itself."],
  [/^\s*<(!doctype|html|head|body|\?xml)/i, "a web page", "Take the address of the file itself; the hub's has /resolve/ in the place of /blob/."],
  [/^\s*\{[\s\S]*"(truncation|added_tokens|normalizer|pre_tokenizer)"/, "a tokenizer.json", "Its folder is opened by AutoTokenizer.fromPretrained(folder)."],
  [/^\s*[[{]\s*["[{\]}]/, "JSON", "Take the model's .safetensors."],
  [/^\d+ \d+\r?\n/, "vectors in word2vec's format", OPEN_VECTORS],
  [/^\S+( -?\d+(\.\d+)?(e[-+]?\d+)?){2}/i, "vectors as text", OPEN_VECTORS],
];
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: files begin with them

const TEXT = ["a text", "To train on it: await Word2Vec.train(new LineSentences(path))."] as const;

/** What a file is that begins so, and what to do with it; undefined where that is not known. */
export function foreignFile(head: Uint8Array): readonly [what: string, advice: string] | undefined {
  const latin = textOf(head);
  const found = FORMATS.find(([beginning]) => beginning.test(latin));
  if (found) return [found[1], found[2]];
  const compression = compressionOf(head);
  if (compression) return [compression, "Unpack it first."];
  return isText(head) ? TEXT : undefined;
}

/** Whether bytes, which may end within a character, are text without control characters. */
function isText(head: Uint8Array): boolean {
  if (head.length < 2) return false;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !/[^\P{Cc}\t\n\r]/u.test(text);
  } catch {
    return false;
  }
}
