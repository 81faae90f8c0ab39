// Writes what the page and the Worker are given: the encoder's folder, the index, and the texts.
//
//     node examples/search-page/build.js
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { SearchIndex } from "wasm2vec";
import { makeEncoder } from "../markdown/encoder.js";
import { readParagraphs } from "../markdown/paragraphs.js";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

const paragraphs = await readParagraphs(at("../markdown/notes"));
const encoder = await makeEncoder([...paragraphs.values()]);
const index = await SearchIndex.from(encoder, paragraphs);

await mkdir(at("assets"), { recursive: true });
await encoder.savePretrained(at("assets/model"));
await index.save(at("assets/index.safetensors"));
await writeFile(at("assets/texts.json"), JSON.stringify(Object.fromEntries(paragraphs)));
console.log(`${index.size} texts in examples/search-page/assets`);
