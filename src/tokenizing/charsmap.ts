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
  private leaf = -1;
  /** whether nothing is replaced that is of printable ASCII alone */
  private readonly passesAscii: boolean;

  private constructor(
    private readonly units: Uint32Array,
    private readonly texts: Uint8Array,
  ) {
    this.passesAscii = units.length > 0 && !this.replacesAscii(offsetOf(units[0]), 0);
  }

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
    if (!this.units.length || (this.passesAscii && PRINTABLE_ASCII.test(text))) return aligned;
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
    let node = offsetOf(this.units[0]);
    let to = at;
    let begin = -1;
    for (let end = at; end < text.length; ) {
      const code = text.codePointAt(end) as number;
      end += code > 0xffff ? 2 : 1;
      // its bytes in UTF-8, the first and those of six bits
      const rest = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      node = this.step(node, rest ? FIRST_BYTE[rest] | (code >> (6 * rest)) : code);
      for (let i = rest - 1; i >= 0 && node >= 0; i--) node = this.step(node, 0x80 | ((code >> (6 * i)) & 0x3f));
      if (node < 0) break;
      if (this.leaf >= 0) [to, begin] = [end, this.leaf];
    }
    return begin < 0 ? undefined : { to, content: this.replacementAt(begin) };
  }

  /** The node behind a byte, -1 where there is none; `leaf` is where the replacement of what was read begins, or -1. */
  private step(from: number, byte: number): number {
    const { units } = this;
    const unit = units[from ^ byte];
    if (byte === 0 || unit === undefined || (unit & 0x8000_00ff) !== byte) return -1;
    const node = from ^ byte ^ offsetOf(unit);
    const hasLeaf = (unit >>> 8) & 1 && node < units.length;
    this.leaf = hasLeaf ? units[node] & 0x7fff_ffff : -1;
    return node;
  }

  private replacesAscii(from: number, depth: number): boolean {
    if (depth > MAX_ASCII) return true;
    for (let byte = 0x20; byte < 0x7f; byte++) {
      const node = this.step(from, byte);
      if (node >= 0 && (this.leaf >= 0 || this.replacesAscii(node, depth + 1))) return true;
    }
    return false;
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

const PRINTABLE_ASCII = /^[ -~]*$/;

/** How many characters of ASCII in a row are looked at in a table, which may lie. */
const MAX_ASCII = 3;

const offsetOf = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);

/** The bits that the first byte of a character has, by how many follow it. */
const FIRST_BYTE = [0, 0xc0, 0xe0, 0xf0];

function bytesOf(part: JsonPart, field: string): Uint8Array {
  try {
    return Uint8Array.from(atob(part.text(field)), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw part.damaged(`${field} is no base64`, cause);
  }
}
