// The paragraphs of a folder of Markdown.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Each paragraph, as one line, by its file and the line where it begins: "stars.md:5". */
export async function readParagraphs(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".md")).sort();
  const paragraphs = new Map();
  for (const name of names) {
    let id = "";
    for (const [i, line] of (await readFile(join(folder, name), "utf8")).split("\n").entries()) {
      if (/^(#.*|\s*)$/.test(line)) id = "";
      else if (id) paragraphs.set(id, `${paragraphs.get(id)} ${line}`);
      else {
        id = `${name}:${i + 1}`;
        paragraphs.set(id, line);
      }
    }
  }
  return paragraphs;
}
