/** A text, changed step by step, that still knows where each of its UTF-16 units was in the text that a caller gave. */

import { Wasm2VecError } from "../errors.ts";

/** A text may grow so many times over, and by so many units more: no model's steps write more, and a file may ask for gigabytes. */
export const MAX_GROWTH = 64;
export const MAX_MORE = 2 ** 16;

/** How far what is made of a caller's text may still grow. */
interface Room {
  units: number;
}

export class AlignedText {
  private constructor(
    readonly text: string,
    /** where the text begins in `starts` and `ends`; in the caller's text where these are absent */
    private readonly base: number,
    /** shared by all that is made of the caller's text */
    readonly room: Room,
    private readonly starts?: Int32Array,
    private readonly ends?: Int32Array,
    /** how many units were put before the first character, where that stands */
    private readonly lead = 0,
  ) {}

  static of(text: string): AlignedText {
    return new AlignedText(text, 0, { units: MAX_GROWTH * text.length + MAX_MORE });
  }

  /** Where the character of a unit began in the caller's text. */
  start(unit: number): number {
    const place = this.base + Math.max(0, unit - this.lead);
    return this.starts ? this.starts[place] : place;
  }

  /** Where the character of a unit ended in the caller's text. */
  end(unit: number): number {
    const isLead = unit < this.lead;
    const place = this.base + (isLead ? widthAt(this.text, this.lead) - 1 : unit - this.lead);
    return this.ends ? this.ends[place] : place + 1;
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length) return this;
    const { base, room, starts, ends, lead } = this;
    if (to <= lead) return this.rewrite((into) => into.keep(from, to));
    const place = base + Math.max(0, from - lead);
    return new AlignedText(this.text.slice(from, to), place, room, starts, ends, Math.max(0, lead - from));
  }

  /** Another text of the same length, unit by unit. */
  withText(text: string): AlignedText {
    return new AlignedText(text, this.base, this.room, this.starts, this.ends, this.lead);
  }

  /** The same text in other words, which `write` puts together from the first unit to the last. */
  rewrite(write: (into: Rewriting) => void): AlignedText {
    const into = new Rewriting(this);
    write(into);
    takeRoom(this.room, into.starts.count - this.text.length);
    return new AlignedText(into.parts.join(""), 0, this.room, into.starts.done(), into.ends.done());
  }

  /** Matches, as where each begins and ends, in other words, which stand where the match's last character stood. */
  replaceMatches(bounds: readonly number[], content: string): AlignedText {
    return this.rewrite((into) => {
      let kept = 0;
      for (let i = 0; i < bounds.length; i += 2) {
        into.keep(kept, bounds[i]);
        into.put(content, lastCharacter(this.text, bounds[i + 1]));
        kept = bounds[i + 1];
      }
      into.keep(kept, this.text.length);
    });
  }

  /** `content` before the text, where the first character stands. */
  prepend(content: string): AlignedText {
    const { base, room, starts, ends, lead } = this;
    takeRoom(room, content.length);
    return new AlignedText(content + this.text, base, room, starts, ends, lead + content.length);
  }
}

function takeRoom(room: Room, units: number): void {
  if (units > room.units) {
    throw new Wasm2VecError(
      "too-large",
      `What tokenizer.json makes of a text is more than ${MAX_GROWTH} times as long. Use the tokenizer.json of another model, or wrap a tokenizer that can with AutoTokenizer.from({ encode, decode }).`,
    );
  }
  room.units -= Math.max(0, units);
}

const isHigh = (unit: number) => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number) => (unit & 0xfc00) === 0xdc00;

/** How many units the character has that begins at a unit. */
export const widthAt = (text: string, at: number) =>
  isHigh(text.charCodeAt(at)) && isLow(text.charCodeAt(at + 1)) ? 2 : 1;

/** Where the character begins that ends at a unit. */
const lastCharacter = (text: string, end: number) =>
  end > 1 && isLow(text.charCodeAt(end - 1)) && isHigh(text.charCodeAt(end - 2)) ? end - 2 : Math.max(0, end - 1);

export class Rewriting {
  readonly parts: string[] = [];
  readonly starts = new Ints();
  readonly ends = new Ints();

  constructor(private readonly source: AlignedText) {}

  /** Units of the source as they are. */
  keep(from: number, to: number): void {
    if (from >= to) return;
    this.parts.push(this.source.text.slice(from, to));
    for (let unit = from; unit < to; unit++) {
      this.starts.push(this.source.start(unit));
      this.ends.push(this.source.end(unit));
    }
  }

  /** A text in the place of the character that begins at a unit of the source. */
  put(text: string, at: number): void {
    if (text === "") return;
    const grown = this.starts.count + text.length - this.source.text.length;
    if (grown > this.source.room.units) takeRoom(this.source.room, grown);
    this.parts.push(text);
    const isSomewhere = at < this.source.text.length;
    const start = isSomewhere ? this.source.start(at) : 0;
    const end = isSomewhere ? this.source.end(at + widthAt(this.source.text, at) - 1) : 0;
    for (let unit = 0; unit < text.length; unit++) {
      this.starts.push(start);
      this.ends.push(end);
    }
  }
}

/** Whole numbers, as many as come. */
export class Ints {
  private numbers = new Int32Array(64);
  count = 0;

  push(value: number): void {
    if (this.count === this.numbers.length) {
      const larger = new Int32Array(2 * this.count);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.count++] = value;
  }

  done(): Int32Array {
    return this.numbers.subarray(0, this.count);
  }
}
