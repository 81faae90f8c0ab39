/** A file of how often words come: a line for each, the word, a blank, the count. gensim calls it fvocab. */

import { show, Wasm2VecError } from "../errors.ts";
import { textBytes } from "../text/text-bytes.ts";
import type { VectorList } from "./vector-file.ts";

const LONGEST_LINE = 1 << 20;
const CHUNK_WORDS = 10_000;

/**
 * Reads counts, plain or gzipped.
 *
 * @param name what messages call the file
 * @throws {Wasm2VecError} `format-damaged` with the number of the line; as textBytes
 */
export async function readWordCounts(
  chunks: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  name: string,
  take: (word: string, count: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder();
  let line = 0;
  let rest = "";
  const read = (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    for (const words of lines) readLine(words);
    if (rest.length > LONGEST_LINE) throw damaged(name, line + 1, rest);
  };
  const readLine = (text: string) => {
    line++;
    if (!text.trim()) return;
    const [, word, digits] = /^(.*)[ \t](\d+)\s*$/s.exec(text) ?? [];
    const count = Number(digits);
    if (word === undefined || !Number.isSafeInteger(count)) throw damaged(name, line, text);
    take(word, count);
  };
  for await (const chunk of textBytes(chunks, signal)) read(decoder.decode(chunk, { stream: true }));
  read(`${decoder.decode()}\n`);
}

function damaged(name: string, line: number, text: string): Wasm2VecError {
  return new Wasm2VecError(
    "format-damaged",
    `Line ${line} of ${name} is ${show(text.slice(0, 200))}; expected a word and how often it comes, such as "the 1061396".`,
  );
}

/**
 * The file of the counts of vectors in chunks.
 *
 * @throws {Wasm2VecError} `option-invalid` for a key that holds a line's end
 */
export function* wordCountsChunks(list: VectorList): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let lines: string[] = [];
  for (let row = 0; row < list.size; row++) {
    const key = list.key(row);
    if (key.includes("\n")) {
      const message = `The key of row ${row}, ${show(key)}, holds a line's end, which a file of counts cannot keep. Leave out counts, or save with other keys.`;
      throw new Wasm2VecError("option-invalid", message);
    }
    lines.push(`${key} ${list.counts?.[row] ?? 0}\n`);
    if (lines.length < CHUNK_WORDS) continue;
    yield encoder.encode(lines.join(""));
    lines = [];
  }
  yield encoder.encode(lines.join(""));
}
