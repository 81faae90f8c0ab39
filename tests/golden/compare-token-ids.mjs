// Compares the built library with what tests/golden/token-ids.py wrote of Python's tokenizers, string by string:
//
//     python tests/golden/token-ids.py <folder of real tokenizers> <folder> components
//     node tests/golden/compare-token-ids.mjs <folder of real tokenizers> <folder>
//
// Prints how many strings have other ids, offsets or texts, and the first of them.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { AutoTokenizer } from "../../build/entries/node.js";

const [realFolder, folder] = process.argv.slice(2);
const parts = JSON.parse(readFileSync(new URL("token-strings.json", import.meta.url), "utf8"));

/** As tests/helpers/token-strings.ts. */
function tokenStrings(count, seed) {
  let state = seed >>> 0;
  const draw = (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
  const letters = parts.alphabets.map((alphabet) => [...alphabet]);
  return Array.from({ length: count }, () => {
    let text = "";
    for (let left = 1 + draw(6); left > 0; left--) {
      const kind = draw(4);
      if (kind < 2) {
        const alphabet = letters[draw(letters.length)];
        for (let length = 1 + draw(9); length > 0; length--) text += alphabet[draw(alphabet.length)];
      } else if (kind === 2) {
        text += parts.pieces[draw(parts.pieces.length)];
      } else {
        const odd = letters[letters.length - 1 - draw(5)];
        text += odd[draw(odd.length)];
      }
      if (draw(3) > 0) text += " ";
    }
    return text;
  });
}

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Offsets in characters, as Python counts, in UTF-16 units. */
function inUnits(text, offsets) {
  const units = [0];
  for (const character of text) units.push(units.at(-1) + character.length);
  return offsets.flatMap(([begin, end]) => [units[begin], units[end]]);
}

const open = (json) => AutoTokenizer.fromPretrained({ "tokenizer.json": Buffer.from(JSON.stringify(json)) });
const whole = { padding: false, truncation: false };
let wrong = 0;

for (const file of readdirSync(folder).sort()) {
  if (file === "sentencepiece.json") continue;
  const expected = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
  const json =
    expected.tokenizer ?? JSON.parse(readFileSync(path.join(realFolder, expected.real, "tokenizer.json"), "utf8"));
  const tokenizer = await open(json);
  const texts = tokenStrings(expected.ids.length, expected.seed);
  const counts = { ids: 0, offsets: 0, texts: 0, pairs: 0 };
  let first;
  texts.forEach((text, i) => {
    const { inputIds, offsets } = tokenizer.encodeBatch([text], whole);
    if (!isSame([...inputIds], expected.ids[i])) {
      counts.ids++;
      first ??= `${JSON.stringify(text)}: ${inputIds} in the place of ${expected.ids[i]}`;
      return;
    }
    if (!isSame([...offsets], inUnits(text, expected.offsets[i]))) counts.offsets++;
    if (tokenizer.decode(expected.ids[i]) !== expected.texts[i]) counts.texts++;
  });
  expected.pairs.forEach(([ids, types], i) => {
    const { inputIds, tokenTypeIds } = tokenizer.encodeBatch([texts[i]], { ...whole, pairs: [texts[200 + i]] });
    if (!isSame([[...inputIds], [...tokenTypeIds]], [ids, types])) counts.pairs++;
  });
  const differ = Object.entries(counts).filter(([, count]) => count);
  console.log(
    `${file.replace(".json", "")}: ${differ.length ? differ.map(([what, n]) => `${n} ${what}`).join(", ") : "equal"}`,
  );
  if (first) console.log(`  ${first}`);
  if (counts.ids && expected.real !== "t5-small") wrong++;
  tokenizer.close();
}

const { at, ids } = JSON.parse(readFileSync(path.join(folder, "sentencepiece.json"), "utf8"));
const tokenizer = await open(JSON.parse(readFileSync(path.join(realFolder, "t5-small", "tokenizer.json"), "utf8")));
const texts = tokenStrings(5000, 7);
const others = at.filter((text, i) => !isSame(tokenizer.encode(texts[text], { addSpecialTokens: false }), ids[i]));
console.log(`t5-small against sentencepiece: ${others.length} of ${at.length}`);
process.exitCode = wrong ? 1 : 0;
