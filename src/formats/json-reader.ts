/** JSON read as it is written: JSON.parse would hide doubled keys and how numbers are spelt, and make whatever it is given. */

import { show } from "../errors.ts";
import { MAX_DEPTH } from "../files/json.ts";

/** How many values may be passed over: a few, of a later version of a format, perhaps. */
const MAX_SKIPPED = 2 ** 16;

/** How many items of an array a message shows. */
const MAX_GLIMPSED = 8;

/** A text without escapes, without characters that must be escaped, and without halves of others. */
const PLAIN = /^[^\\\p{Cc}\p{Cs}]*$/u;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SIZE = /(?:0|[1-9]\d*)(?![\d.eE])/y;
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
  private skipped = 0;

  /** @param fail makes the error that is thrown for what is wrong */
  constructor(
    private readonly text: string,
    private readonly fail: (what: string, cause?: unknown) => Error,
  ) {}

  /** The keys of an object. Whoever takes one reads its value before the next. */
  *entries(): Generator<string> {
    const seen = new Set<string>();
    for (let isOpen = this.open("{", "}"); isOpen; isOpen = this.goOn("}")) {
      const key = this.string();
      if (seen.has(key)) throw this.fail(`it has the key ${show(key)} twice in one object`);
      seen.add(key);
      this.take(":");
      yield key;
    }
  }

  string(): string {
    this.take('"');
    const begin = this.at;
    this.at = this.text.indexOf('"', begin) + 1;
    const value = this.text.slice(begin, this.at - 1);
    return this.at && PLAIN.test(value) ? value : this.unescaped(begin);
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
      for (let isOpen = this.open("[", "]"); ; isOpen = this.goOn("]")) {
        if (!isOpen) return sizes;
        const size = this.size();
        if (size === undefined || sizes.length === max) break;
        sizes.push(size);
      }
    }
    Object.assign(this, { at, depth });
    return undefined;
  }

  /** Passes over a value of any kind. */
  skip(): void {
    if (++this.skipped > MAX_SKIPPED)
      throw this.fail(`it holds more than ${MAX_SKIPPED} values that mean nothing here`);
    const next = this.peek();
    if (next === "{") {
      for (let isOpen = this.open("{", "}"); isOpen; isOpen = this.goOn("}")) {
        this.string();
        this.take(":");
        this.skip();
      }
    } else if (next === "[") {
      for (let isOpen = this.open("[", "]"); isOpen; isOpen = this.goOn("]")) this.skip();
    } else if (next === '"') this.string();
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

  /** The character that comes next, "" at the end, for a value that may be of several kinds. */
  peek(): string {
    for (; ; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return this.text.charAt(this.at);
    }
  }

  private glimpseItems(): string {
    const items: string[] = [];
    for (let isOpen = this.open("[", "]"); isOpen; isOpen = this.goOn("]")) {
      const isNested = "[{".includes(this.peek());
      items.push(items.length === MAX_GLIMPSED ? "…" : this.glimpseItem());
      if (isNested || items.length > MAX_GLIMPSED) break;
    }
    return `[${items.join(", ")}]`;
  }

  private glimpseItem(): string {
    const next = this.peek();
    if (next === "[" || next === "{") return next === "[" ? "[…]" : "{…}";
    if (next === '"') return show(this.string());
    return (this.match(WORD) || this.number()).slice(0, 40);
  }

  /** Begins an object or array; returns whether it holds anything. */
  private open(open: string, close: string): boolean {
    this.take(open);
    if (++this.depth > MAX_DEPTH) throw this.fail(`it is nested more than ${MAX_DEPTH} deep`);
    if (this.peek() !== close) return true;
    this.at++;
    this.depth--;
    return false;
  }

  /** Passes what follows a value in an object or array; returns whether another value comes. */
  private goOn(close: string): boolean {
    const next = this.peek();
    if (next !== "," && next !== close) throw this.unexpected(`"," or "${close}"`);
    this.at++;
    if (next === ",") return true;
    this.depth--;
    return false;
  }

  private take(character: string): void {
    if (this.peek() !== character) throw this.unexpected(`"${character}"`);
    this.at++;
  }

  private size(): number | undefined {
    this.peek();
    const size = Number(this.match(SIZE) || Number.NaN);
    return Number.isSafeInteger(size) ? size : undefined;
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

  /** A text from `begin` on, behind its quote, that holds escapes, or should. */
  private unescaped(begin: number): string {
    for (this.at = begin; ; this.at++) {
      const next = this.text.charAt(this.at);
      if (next === "") throw this.unexpected("a text that ends");
      if (next === '"') break;
      if (next === "\\") this.at++;
    }
    const quoted = this.text.slice(begin - 1, ++this.at);
    let value: string;
    try {
      value = JSON.parse(quoted);
    } catch (cause) {
      throw this.fail((cause as Error).message, cause);
    }
    if (/\p{Surrogate}/u.test(value)) throw this.fail(`its text ${show(value)} holds half a character`);
    return value;
  }

  /** An error that tells what stands here instead. */
  private unexpected(expected: string): Error {
    const got = this.text.slice(this.at, this.at + 20);
    return this.fail(`${got ? show(got) : "its end"} stands at character ${this.at}; expected ${expected}`);
  }
}
