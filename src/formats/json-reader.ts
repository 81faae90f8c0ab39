/** JSON read as it is written: JSON.parse would hide doubled keys and how numbers are spelt, and make whatever it is given. */

import { show } from "../errors.ts";

/** How deep values may lie in one another: as in serde_json, which reads such headers elsewhere. */
const MAX_DEPTH = 127;

/** How many items of an array a message shows. */
const MAX_GLIMPSED = 8;

const SPACES = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/**
 * A text that is read value by value, by someone who knows which is to come.
 *
 *     for (const key of reader.entries()) if (key === "shape") shape = reader.sizes(64); else reader.skip();
 *     reader.end();
 */
export class JsonReader {
  private at = 0;
  private depth = 0;

  /** @param fail makes the error that is thrown for what is wrong */
  constructor(
    private readonly text: string,
    private readonly fail: (what: string, cause?: unknown) => Error,
  ) {}

  /** The keys of an object. Whoever takes one reads its value before the next. */
  *entries(): Generator<string> {
    const seen = new Set<string>();
    for (const _ of this.parts("{", "}")) {
      const key = this.string();
      if (seen.has(key)) throw this.fail(`it has the key ${show(key)} twice in one object`);
      seen.add(key);
      this.expect(":");
      yield key;
    }
  }

  /** As often as an array has items: whoever asks reads one each time. */
  items(): Generator<void> {
    return this.parts("[", "]");
  }

  string(): string {
    this.expect('"');
    const begin = this.at - 1;
    let end = this.at;
    for (; ; end++) {
      end = this.text.indexOf('"', end);
      if (end < 0) throw this.unexpected("a string that ends");
      let escapes = 0;
      while (this.text[end - 1 - escapes] === "\\") escapes++;
      if (escapes % 2 === 0) break;
    }
    this.at = end + 1;
    const value = this.parse(begin);
    if (/\p{Surrogate}/u.test(value)) throw this.fail(`its text ${show(value)} holds half a character`);
    return value;
  }

  /**
   * An array of whole numbers from 0 on, each without a sign, a fraction or an exponent.
   *
   * @param max how many there may be
   * @returns undefined where something else comes next, which is then not read
   */
  sizes(max: number): number[] | undefined {
    const { at, depth } = this;
    const sizes: number[] = [];
    if (this.peek() === "[") {
      for (const _ of this.items()) {
        const size = this.size();
        if (size === undefined || sizes.length === max) break;
        sizes.push(size);
      }
      if (this.depth === depth) return sizes;
    }
    Object.assign(this, { at, depth });
    return undefined;
  }

  /** Passes over a value of any kind. */
  skip(): void {
    const next = this.peek();
    if (next === "{") {
      for (const _ of this.parts("{", "}")) {
        this.string();
        this.expect(":");
        this.skip();
      }
    } else if (next === "[") for (const _ of this.items()) this.skip();
    else if (next === '"') this.string();
    else if (!this.match(WORD) && !Number.isFinite(Number(this.number()))) throw this.unexpected("a number of float64");
  }

  /** The value that comes next as messages show it, short whatever it is. It is not read. */
  glimpse(): string {
    const { at, depth } = this;
    const shown = this.peek() === "[" ? this.glimpseItems() : this.glimpseItem();
    Object.assign(this, { at, depth });
    return shown;
  }

  /** There is nothing more. */
  end(): void {
    if (this.peek() !== "") throw this.unexpected("the end");
  }

  /** What comes next, "" at the end, for a value that may be of several kinds. */
  peek(): string {
    this.match(SPACES);
    return this.text.charAt(this.at);
  }

  /** @returns an error that tells what stands here instead */
  unexpected(expected: string): Error {
    const got = this.text.slice(this.at, this.at + 20);
    return this.fail(`${got ? show(got) : "its end"} stands at character ${this.at}; expected ${expected}`);
  }

  private glimpseItems(): string {
    const items: string[] = [];
    for (const _ of this.items()) {
      const isLast = items.length === MAX_GLIMPSED || "[{".includes(this.peek());
      items.push(items.length === MAX_GLIMPSED ? "…" : this.glimpseItem());
      if (isLast) break;
    }
    return `[${items.join(", ")}]`;
  }

  private glimpseItem(): string {
    const next = this.peek();
    if (next === "[" || next === "{") return next === "[" ? "[…]" : "{…}";
    if (next === '"') return show(this.string());
    return (this.match(WORD) || this.number()).slice(0, 40);
  }

  private size(): number | undefined {
    this.peek();
    const digits = this.match(NUMBER);
    return /^\d+$/.test(digits) && Number.isSafeInteger(Number(digits)) ? Number(digits) : undefined;
  }

  private *parts(open: string, close: string): Generator<void> {
    this.expect(open);
    if (++this.depth > MAX_DEPTH) throw this.fail(`it is nested more than ${MAX_DEPTH} deep`);
    if (this.peek() === close) this.at++;
    else {
      for (let next = ","; next === ","; next = this.take(`"," or "${close}"`, `,${close}`)) yield;
    }
    this.depth--;
  }

  private expect(character: string): void {
    this.take(`"${character}"`, character);
  }

  /** The next character, which must be one of the accepted. */
  private take(expected: string, accepted: string): string {
    const next = this.peek();
    if (next === "" || !accepted.includes(next)) throw this.unexpected(expected);
    this.at++;
    return next;
  }

  private number(): string {
    this.peek();
    const digits = this.match(NUMBER);
    if (!digits) throw this.unexpected("a value");
    return digits;
  }

  /** What the pattern, which is sticky, matches here. */
  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  private parse(begin: number): string {
    try {
      return JSON.parse(this.text.slice(begin, this.at));
    } catch (cause) {
      throw this.fail((cause as Error).message, cause);
    }
  }
}
