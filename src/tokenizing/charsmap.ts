/**
 * sentencepiece's compiled table of replacements, for the normalizer Precompiled: a trie as a double array, whose leaves say where in
 * a list of texts the replacement begins.
 *
 *     bytes of the trie (u32) | units (u32 each): label 8, leaf 1 or offset 22 … | texts, each with a zero behind it
 *
 * The longest match at each place is replaced, as sentencepiece does. (Python tokenizers replaces by clusters of characters, and so
 * gives T5 other ids than the model was trained with.)
 *
 * @see https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
 */

import type { AlignedText } from "./aligned-text.ts";
import type { JsonPart } from "./json-part.ts";

export class Charsmap {
  private readonly replacements = new Map<number, string>();

  private constructor(
    private readonly units: Uint32Array,
    private readonly texts: Uint8Array,
  ) {}

  /** The table in a part's field, in base64. */
  static of(part: JsonPart, field: string): Charsmap {
    const bytes = bytesOf(part, field);
    const damaged = (what: string) => part.damaged(`${field} ${what}`);
    if (bytes.length < 4) throw damaged("is too short");
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const size = view.getUint32(0, true);
    if (size % 4 !== 0 || size > bytes.length - 4) {
      throw damaged(`says that its trie has ${size} bytes; ${bytes.length - 4} are there`);
    }
    const units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    return new Charsmap(units, bytes.subarray(4 + size));
  }

  apply(aligned: AlignedText): AlignedText {
    const { text } = aligned;
    if (!this.units.length) return aligned;
    const found: { from: number; to: number; content: string }[] = [];
    for (let at = 0; at < text.length; ) {
      const match = this.longestAt(text, at);
      if (match) found.push({ from: at, ...match });
      at = match ? match.to : at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
    }
    if (!found.length) return aligned;
    return aligned.rewrite((into) => {
      let kept = 0;
      for (const { from, to, content } of found) {
        into.keep(kept, from);
        into.put(content, from);
        kept = to;
      }
      into.keep(kept, text.length);
    });
  }

  private longestAt(text: string, at: number): { to: number; content: string } | undefined {
    const { units } = this;
    let node = offsetOf(units[0]);
    let longest: { to: number; content: string } | undefined;
    for (let end = at; end < text.length; ) {
      const code = text.codePointAt(end) as number;
      end += code > 0xffff ? 2 : 1;
      for (const byte of utf8Of(code)) {
        if (byte === 0) return longest;
        node ^= byte;
        const unit = units[node];
        if (unit === undefined || (unit & 0x8000_00ff) !== byte) return longest;
        const hasLeaf = (unit >>> 8) & 1;
        node ^= offsetOf(unit);
        if (hasLeaf && node < units.length)
          longest = { to: end, content: this.replacementAt(units[node] & 0x7fff_ffff) };
      }
    }
    return longest;
  }

  private replacementAt(begin: number): string {
    let text = this.replacements.get(begin);
    if (text === undefined) {
      const end = this.texts.indexOf(0, begin);
      text = new TextDecoder().decode(this.texts.subarray(begin, end < 0 ? undefined : end));
      this.replacements.set(begin, text);
    }
    return text;
  }
}

const offsetOf = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);

/** The bytes of a character. */
function utf8Of(code: number): number[] {
  if (code < 0x80) return [code];
  const last = (bits: number) => 0x80 | ((code >> bits) & 0x3f);
  if (code < 0x800) return [0xc0 | (code >> 6), last(0)];
  if (code < 0x10000) return [0xe0 | (code >> 12), last(6), last(0)];
  return [0xf0 | (code >> 18), last(12), last(6), last(0)];
}

function bytesOf(part: JsonPart, field: string): Uint8Array {
  try {
    return Uint8Array.from(atob(part.text(field)), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw part.damaged(`${field} is no base64`, cause);
  }
}
