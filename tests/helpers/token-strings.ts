/** Strings that tokenizers are tried with, drawn from a seed: the same that tests/golden/token-ids.py draws. */

import { readFileSync } from "node:fs";

interface Parts {
  /** characters of 56 scripts, then of marks, white space, controls, emoji and punctuation */
  alphabets: string[];
  pieces: string[];
}

/** See Marsaglia 2003, and mulberry32. */
function draws(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export function tokenStrings(count: number, seed: number): string[] {
  const file = "tests/golden/token-strings.json";
  const { alphabets, pieces } = JSON.parse(readFileSync(file, "utf8")) as Parts;
  const letters = alphabets.map((alphabet) => [...alphabet]);
  const draw = draws(seed);
  return Array.from({ length: count }, () => {
    let text = "";
    for (let parts = 1 + draw(6); parts > 0; parts--) {
      const kind = draw(4);
      if (kind < 2) {
        const alphabet = letters[draw(letters.length)];
        for (let length = 1 + draw(9); length > 0; length--) text += alphabet[draw(alphabet.length)];
      } else if (kind === 2) {
        text += pieces[draw(pieces.length)];
      } else {
        const odd = letters[letters.length - 1 - draw(5)];
        text += odd[draw(odd.length)];
      }
      if (draw(3) > 0) text += " ";
    }
    return text;
  });
}
