// @huggingface/tokenizers, as the bench of encoding asks it.
import { readFile } from "node:fs/promises";
import { Tokenizer } from "@huggingface/tokenizers";

const read = async (folder, file) => JSON.parse(await readFile(`${folder}/${file}`, "utf8").catch(() => "{}"));

/** Gives a function that gives the ids of a text. */
export async function open(folder) {
  const tokenizer = new Tokenizer(await read(folder, "tokenizer.json"), await read(folder, "tokenizer_config.json"));
  return (text) => tokenizer.encode(text).ids;
}
