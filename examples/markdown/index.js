// Finds paragraphs of a folder of Markdown by what they are about, and by their words.
//
//     node examples/markdown/index.js [folder]
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fuse, SearchIndex, simplePreprocess } from "wasm2vec";
import { makeEncoder } from "./encoder.js";
import { readParagraphs } from "./paragraphs.js";

const QUESTIONS = [
  "how long do I bake a loaf?",
  "strong gusts while the sails are up",
  "which seeds to sow in spring",
  "planets and moons in a telescope",
];

const folder = process.argv[2] ?? fileURLToPath(new URL("notes", import.meta.url));
const paragraphs = await readParagraphs(folder);
const encoder = await makeEncoder([...paragraphs.values()]);

const index = await SearchIndex.from(encoder, paragraphs);
console.log(`${index.size} paragraphs`);
for (const question of QUESTIONS) print(question, index.search(question, { topn: 3 }));

// of some files alone
const inGarden = (id) => id.startsWith("garden.md");
print("water, in the garden", index.search("water", { topn: 3, filter: inGarden }));

// what is about the same and what has the same words, as one list
const question = "Jupiter in the telescope";
print(`${question}, by meaning`, index.search(question, { topn: 3 }));
print(`${question}, by meaning and words`, fuse([index.search(question), paragraphsWith(question)]).slice(0, 3));

// the next time a file of it opens at once, and follows what changes
const file = join(tmpdir(), `notes-${process.pid}.safetensors`);
await index.save(file);
const again = await SearchIndex.load(file, { encoder });
await rm(file);
again.remove("garden.md:5");
paragraphs.set("new.md:1", "The seeds of radishes need three weeks from sowing to the meal.");
await again.add("new.md:1", paragraphs.get("new.md:1"));
print("which seeds to sow, after a change", again.search("which seeds to sow", { topn: 1 }));

/** The ids of the paragraphs that hold words of a text, those that hold most first. */
function paragraphsWith(text) {
  const words = simplePreprocess(text);
  const found = Array.from(paragraphs, ([id, paragraph]) => {
    const held = new Set(simplePreprocess(paragraph));
    return { id, count: words.filter((word) => held.has(word)).length };
  });
  return found
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ id }) => id);
}

function print(title, answers) {
  console.log(title);
  for (const [id, score] of answers)
    console.log(`  ${score.toFixed(2)} ${id.padEnd(14)}${paragraphs.get(id).slice(0, 56)} …`);
}
