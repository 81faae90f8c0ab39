/** Files that are mistaken for models, told by how they begin. */

import { compressionOf } from "../text/text-bytes.ts";

/** How many bytes tell what a file is. */
export const HEAD_BYTES = 512;

const OPEN_VECTORS = "It is opened by KeyedVectors.load(path).";

/** What a file is, by the text that its first bytes make in Latin-1. */
// biome-ignore format: a line for each
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: files begin with them
const FORMATS: readonly [head: RegExp, what: string, advice: string][] = [
  [/^\x80[\x02-\x05]/, "a Python pickle, such as gensim's save() writes", "Load it in gensim, and pass its keys and vectors to KeyedVectors.from(keys, matrix)."],
  [/^\x93NUMPY/, "a NumPy array, such as gensim keeps beside a model", "Load the model in gensim, and pass its keys and vectors to KeyedVectors.from(keys, matrix)."],
  [/^GGUF/, "a GGUF file", "Take the model's .safetensors."],
  [/^\x89HDF/, "an HDF5 file, such as Keras writes", "Take the model's .safetensors."],
  [/^\x1f\x8b/, "gzipped", "Unpack it first."],
  [/^PK\x03\x04/, "a zip archive, such as PyTorch writes", "Unpack it first; of PyTorch's models take the .safetensors."],
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
  const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join("");
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
