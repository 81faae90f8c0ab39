/**
 * Oniguruma's regular expressions, in which tokenizer.json's patterns are written, as JavaScript's. What has no exact counterpart is
 * refused by name; so are patterns whose search may take time that grows exponentially with the text, such as (a+)+$.
 *
 * @see https://github.com/kkos/oniguruma/blob/master/doc/RE, syntax Ruby
 */

import { Wasm2VecError } from "../errors.ts";
import { WHITE_SPACE } from "./characters.ts";

/** What a pattern holds that cannot be run. */
export class PatternRefused extends Error {}

/** @throws {PatternRefused} */
export function translatePattern(pattern: string): RegExp {
  const node = new Parser(pattern).parse();
  checkTime(node);
  const writer = new Writer();
  const source = writer.write(node);
  try {
    return new RegExp(source, writer.needsSets ? "gv" : "gu");
  } catch (cause) {
    throw new PatternRefused((cause as Error).message, { cause });
  }
}

/**
 * The matches of a pattern in a text, as where each begins and ends. An empty match right behind another match is none.
 *
 * @throws {Wasm2VecError} `too-large` where the runtime's search runs out of its stack
 */
export function matchesOf(regex: RegExp, text: string): number[] {
  const bounds: number[] = [];
  let last = -1;
  for (let at = 0; at <= text.length; ) {
    regex.lastIndex = at;
    const match = exec(regex, text);
    if (!match) break;
    const from = match.index;
    const to = from + match[0].length;
    if (from === to && to === last) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      continue;
    }
    bounds.push(from, to);
    at = last = to;
  }
  return bounds;
}

function exec(regex: RegExp, text: string): RegExpExecArray | null {
  try {
    return regex.exec(text);
  } catch (cause) {
    const message = `A text of ${text.length} UTF-16 units is too long for the tokenizer's pattern here. Cut it into several.`;
    throw new Wasm2VecError("too-large", message, { cause });
  }
}

type Node =
  /** one character; `inside` is what stands within the brackets of a class */
  | { kind: "set"; inside: string; isNegated: boolean; literal?: string }
  | { kind: "assertion"; source: string }
  | { kind: "look"; open: "(?=" | "(?!" | "(?<=" | "(?<!"; body: Node }
  | { kind: "atomic"; body: Node }
  | { kind: "choice"; branches: Node[] }
  | { kind: "sequence"; items: Node[] }
  | { kind: "repeat"; body: Node; min: number; max: number; isLazy: boolean };

type SetNode = Extract<Node, { kind: "set" }>;

const WORD_INSIDE = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u{b2}\\u{b3}\\u{b9}\\u{bc}-\\u{be}";

const SHORTHANDS: Record<string, string> = {
  s: WHITE_SPACE,
  d: "\\p{Nd}",
  w: WORD_INSIDE,
  h: "0-9A-Fa-f",
};

const POSIX: Record<string, string> = {
  alnum: "\\p{Alphabetic}\\p{Nd}",
  alpha: "\\p{Alphabetic}",
  blank: "\\p{Zs}\\t",
  cntrl: "\\p{Cc}",
  digit: "\\p{Nd}",
  lower: "\\p{Lowercase}",
  punct: "\\p{P}\\p{S}",
  space: WHITE_SPACE,
  upper: "\\p{Uppercase}",
  xdigit: "0-9A-Fa-f",
  word: WORD_INSIDE,
  any: "\\u{0}-\\u{10ffff}",
  ascii: "\\u{0}-\\u{7f}",
};

const CATEGORIES =
  "C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Letter Mark Number Punctuation Symbol Separator Other Alphabetic White_Space Uppercase Lowercase Emoji Extended_Pictographic ASCII";

const plainName = (name: string) => name.replace(/[ _-]/g, "").toLowerCase();
const PROPERTIES = new Map(CATEGORIES.split(" ").map((name) => [plainName(name), `\\p{${name}}`]));

const CONTROLS: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27 };

const escaped = (code: number) => `\\u{${code.toString(16)}}`;

class Parser {
  private at = 0;
  private ignoresCase = false;
  private dotMatchesAll = false;

  constructor(private readonly pattern: string) {}

  parse(): Node {
    const node = this.choice(0);
    if (this.at < this.pattern.length) throw new PatternRefused('a ")" without "("');
    return node;
  }

  private choice(depth: number): Node {
    if (depth > 50) throw new PatternRefused("groups nested more than 50 deep");
    const before = [this.ignoresCase, this.dotMatchesAll] as const;
    const branches = [this.sequence(depth)];
    while (this.eat("|")) branches.push(this.sequence(depth));
    [this.ignoresCase, this.dotMatchesAll] = before;
    return branches.length === 1 ? branches[0] : { kind: "choice", branches };
  }

  private sequence(depth: number): Node {
    const items: Node[] = [];
    while (this.at < this.pattern.length && !"|)".includes(this.pattern[this.at])) {
      const atom = this.atom(depth);
      if (atom) items.push(this.repeated(atom));
    }
    if (this.ignoresCase) refuseLongFoldings(items);
    return items.length === 1 ? items[0] : { kind: "sequence", items };
  }

  private repeated(atom: Node): Node {
    let node = atom;
    for (;;) {
      const bounds = this.bounds();
      if (!bounds) return node;
      if (node.kind === "assertion" || node.kind === "look") throw new PatternRefused("a repeated assertion");
      const [min, max, isInterval] = bounds;
      const isLazy = this.eat("?");
      // an interval and a plus are no possessive interval here, but all repetitions of it
      if (isInterval && !isLazy && node.kind === "set" && min <= 1 && this.eat("+")) {
        node = { kind: "repeat", body: node, min, max: Number.POSITIVE_INFINITY, isLazy };
        continue;
      }
      node = { kind: "repeat", body: node, min, max, isLazy };
      if (!isLazy && !isInterval && this.eat("+")) node = { kind: "atomic", body: node };
    }
  }

  private bounds(): [min: number, max: number, isInterval: boolean] | undefined {
    if (this.eat("*")) return [0, Number.POSITIVE_INFINITY, false];
    if (this.eat("+")) return [1, Number.POSITIVE_INFINITY, false];
    if (this.eat("?")) return [0, 1, false];
    const interval = this.pattern.slice(this.at).match(/^\{(\d*)(,?)(\d*)\}/);
    if (!interval || (!interval[1] && !interval[3])) return undefined;
    this.at += interval[0].length;
    const min = Number(interval[1] || 0);
    const max = interval[3] ? Number(interval[3]) : interval[2] ? Number.POSITIVE_INFINITY : min;
    if (min > max || min > 1000 || (max > 1000 && max < Number.POSITIVE_INFINITY))
      throw new PatternRefused(`the interval ${interval[0]}`);
    return [min, max, true];
  }

  private atom(depth: number): Node | undefined {
    const character = this.next();
    switch (character) {
      case "(":
        return this.group(depth);
      case "[":
        return this.set(this.classBody(0));
      case ".":
        return {
          kind: "set",
          inside: this.dotMatchesAll ? "\\u{0}-\\u{10ffff}" : "\\n",
          isNegated: !this.dotMatchesAll,
        };
      case "^":
        return { kind: "assertion", source: "(?:(?<![^])|(?<=\\n)(?=[^]))" };
      case "$":
        return { kind: "assertion", source: "(?![^\\n])" };
      case "\\":
        return this.escape();
      case "*":
      case "+":
      case "?":
        throw new PatternRefused(`"${character}" with nothing before it`);
      default:
        return this.literal(character);
    }
  }

  private group(depth: number): Node | undefined {
    if (!this.eat("?")) return this.closed(depth);
    for (const open of ["(?=", "(?!", "(?<=", "(?<!"] as const) {
      if (this.eat(open.slice(2))) return { kind: "look", open, body: this.closed(depth) };
    }
    if (this.eat(":")) return this.closed(depth);
    if (this.eat(">")) return { kind: "atomic", body: this.closed(depth) };
    if (this.eat("#")) {
      const end = this.pattern.indexOf(")", this.at);
      if (end < 0) throw new PatternRefused("a comment without an end");
      this.at = end + 1;
      return undefined;
    }
    const options = this.pattern.slice(this.at).match(/^([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/);
    if (!options || /[^im]/.test(options[1] + (options[2] ?? "")))
      throw new PatternRefused(`the group (?${this.pattern.slice(this.at, this.at + 10)}`);
    this.at += options[0].length;
    const before = [this.ignoresCase, this.dotMatchesAll] as const;
    const isOn = (option: string, was: boolean) =>
      options[1].includes(option) || (was && !options[2]?.includes(option));
    [this.ignoresCase, this.dotMatchesAll] = [isOn("i", before[0]), isOn("m", before[1])];
    if (options[3] === ":") {
      const body = this.closed(depth);
      [this.ignoresCase, this.dotMatchesAll] = before;
      return body;
    }
    // it holds to the end of the group that it is in, over alternatives too
    return this.choice(depth + 1);
  }

  private closed(depth: number): Node {
    const body = this.choice(depth + 1);
    if (!this.eat(")")) throw new PatternRefused('a "(" without ")"');
    return body.kind === "sequence" || body.kind === "choice" ? body : { kind: "sequence", items: [body] };
  }

  private escape(): Node {
    const start = this.at;
    const shorthand = this.shorthand();
    if (shorthand) return this.set(shorthand);
    const character = this.next();
    if (character === "A") return { kind: "assertion", source: "(?<![^])" };
    if (character === "z") return { kind: "assertion", source: "(?![^])" };
    if (character === "Z") return { kind: "assertion", source: "(?=\\n?(?![^]))" };
    const word = `[${WORD_INSIDE}]`;
    const boundary = [
      `(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`,
      `(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`,
    ];
    if (character === "b") return { kind: "assertion", source: boundary[0] };
    if (character === "B") return { kind: "assertion", source: boundary[1] };
    this.at = start;
    return this.literal(String.fromCodePoint(this.code()));
  }

  /** \s, \p{L} and their like; undefined where there is none. */
  private shorthand(): { inside: string; isNegated: boolean } | undefined {
    const character = this.pattern[this.at] ?? "";
    const known = Object.hasOwn(SHORTHANDS, character.toLowerCase());
    if (known) {
      this.at++;
      return { inside: SHORTHANDS[character.toLowerCase()], isNegated: character !== character.toLowerCase() };
    }
    const property = this.pattern.slice(this.at).match(/^([pP])\{(\^?)([^}]*)\}/);
    if (!property) return undefined;
    this.at += property[0].length;
    return { inside: propertyInside(property[3]), isNegated: (property[1] === "P") !== (property[2] === "^") };
  }

  /** The character that an escape stands for. */
  private code(): number {
    const rest = this.pattern.slice(this.at);
    const hexadecimal = rest.match(/^(?:x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4}))/);
    if (hexadecimal) {
      this.at += hexadecimal[0].length;
      const code = Number.parseInt(hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3], 16);
      const isByte = hexadecimal[2] !== undefined && code > 0x7f;
      if (code > 0x10ffff || isByte) throw new PatternRefused(`the escape \\${hexadecimal[0]}`);
      return code;
    }
    const character = this.next();
    if (Object.hasOwn(CONTROLS, character)) return CONTROLS[character];
    if (/[0-9A-Za-z]/.test(character)) throw new PatternRefused(`the escape \\${character}`);
    return character.codePointAt(0) as number;
  }

  /** The inside of a class, up to its end. */
  private classBody(depth: number): { inside: string; isNegated: boolean } {
    if (depth > 20) throw new PatternRefused("classes nested more than 20 deep");
    const isNegated = this.eat("^");
    const operands: string[] = [];
    let inside = "";
    let isFirst = true;
    for (;;) {
      if (this.at >= this.pattern.length) throw new PatternRefused('a "[" without "]"');
      if (!isFirst && this.eat("]")) break;
      if (this.eat("&&")) {
        operands.push(inside);
        inside = "";
      } else {
        inside += this.classItem(depth);
      }
      isFirst = false;
    }
    if (!operands.length) return { inside, isNegated };
    const all = [...operands, inside].map((operand) => `[${operand}]`);
    return { inside: all.join("&&"), isNegated };
  }

  private classItem(depth: number): string {
    const posix = this.pattern.slice(this.at).match(/^\[:(\^?)([a-z]+):\]/);
    if (posix) {
      if (!Object.hasOwn(POSIX, posix[2])) throw new PatternRefused(posix[0]);
      this.at += posix[0].length;
      return posix[1] ? `[^${POSIX[posix[2]]}]` : POSIX[posix[2]];
    }
    if (this.eat("[")) {
      const { inside, isNegated } = this.classBody(depth + 1);
      return isNegated || inside.includes("&&") ? `[${isNegated ? "^" : ""}${inside}]` : inside;
    }
    const isEscape = this.pattern[this.at] === "\\";
    if (isEscape) {
      this.at++;
      const shorthand = this.shorthand();
      if (shorthand) return negatedInside(shorthand);
    }
    const from = this.classCode(isEscape);
    const isRange = this.pattern[this.at] === "-" && !/^-(\]|&&|\[)/.test(this.pattern.slice(this.at));
    if (!isRange) return this.folded(from, from);
    this.at++;
    const isEscapedTo = this.eat("\\");
    if (isEscapedTo && /^[sSdDwWhHpP]/.test(this.pattern.slice(this.at))) {
      throw new PatternRefused("a range that ends in a kind of characters");
    }
    const to = this.classCode(isEscapedTo);
    if (from > to) throw new PatternRefused("a range that ends before it begins");
    return this.folded(from, to);
  }

  private classCode(isEscape: boolean): number {
    if (isEscape && this.eat("b")) return 8;
    return isEscape ? this.code() : (this.next().codePointAt(0) as number);
  }

  /** A range of a class; where case is ignored, with the letters that differ from its own by case only. */
  private folded(from: number, to: number): string {
    const range = from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`;
    if (!this.ignoresCase) return range;
    let inside = range;
    for (let code = 0x41; code <= 0x5a; code++) {
      const variants = caseVariants(String.fromCharCode(code));
      const codes = variants.map((letter) => letter.codePointAt(0) as number);
      if (codes.some((one) => one >= from && one <= to)) inside += codes.map(escaped).join("");
    }
    if (to > 0x7f) throw new PatternRefused("(?i) with characters beyond ASCII");
    return inside;
  }

  private set({ inside, isNegated }: { inside: string; isNegated: boolean }): SetNode {
    if (this.ignoresCase && /\\p\{(?:L[ltu]|Upper|Lower)/.test(inside)) throw new PatternRefused("(?i) with \\p{Lu}");
    return { kind: "set", inside, isNegated };
  }

  private literal(character: string): SetNode {
    const code = character.codePointAt(0) as number;
    if (!this.ignoresCase) return { kind: "set", inside: escaped(code), isNegated: false, literal: character };
    if (code > 0x7f) throw new PatternRefused("(?i) with characters beyond ASCII");
    const variants = caseVariants(character);
    const literal = variants.length === 1 ? character : character.toLowerCase();
    return {
      kind: "set",
      inside: variants.map((one) => escaped(one.codePointAt(0) as number)).join(""),
      isNegated: false,
      literal,
    };
  }

  private next(): string {
    const code = this.pattern.codePointAt(this.at);
    if (code === undefined) throw new PatternRefused("a pattern that ends in a backslash");
    const character = String.fromCodePoint(code);
    this.at += character.length;
    return character;
  }

  private eat(text: string): boolean {
    if (!this.pattern.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }
}

/** The inside of a class that stands for the opposite of another, where it must. */
const negatedInside = ({ inside, isNegated }: { inside: string; isNegated: boolean }) => {
  if (!isNegated) return inside;
  return /^\\p\{[^}]*\}$/.test(inside) ? inside.replace("\\p", "\\P") : `[^${inside}]`;
};

function propertyInside(name: string): string {
  const known = PROPERTIES.get(plainName(name)) ?? POSIX[plainName(name)];
  if (known) return known;
  const script = name.replace(
    /(^|[_ -])([a-zA-Z])([a-zA-Z]*)/g,
    (_, gap, first, rest) => (gap && "_") + first.toUpperCase() + rest.toLowerCase(),
  );
  try {
    new RegExp(`\\p{Script=${script}}`, "u");
    return `\\p{Script=${script}}`;
  } catch (cause) {
    throw new PatternRefused(`\\p{${name}}`, { cause });
  }
}

/** The letters that differ by case only. */
function caseVariants(character: string): string[] {
  const also: Record<string, string> = { s: "\u017f", k: "\u212a" };
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return lower === upper ? [character] : [lower, upper, ...(also[lower] ?? "")];
}

/** Where case is ignored, Oniguruma takes ß for ss, and ﬁ for fi. */
function refuseLongFoldings(items: readonly Node[]): void {
  const text = items.map((item) => (item.kind === "set" && item.literal) || "\0").join("");
  const long = /ss|ff|fi|fl|st/.exec(text);
  if (long) throw new PatternRefused(`(?i) with "${long[0]}"`);
}

/** A tree as the source of JavaScript's regular expression. */
class Writer {
  needsSets = false;
  private groups = 0;

  write(node: Node): string {
    switch (node.kind) {
      case "set":
        if (/\[|&&/.test(node.inside)) this.needsSets = true;
        return `[${node.isNegated ? "^" : ""}${node.inside}]`;
      case "assertion":
        return node.source;
      case "look":
        return `${node.open}${this.write(node.body)})`;
      case "atomic": {
        // what a lookahead has found is not looked for again
        const group = ++this.groups;
        return `(?:(?=(${this.write(node.body)}))\\${group})`;
      }
      case "choice":
        return `(?:${node.branches.map((branch) => this.write(branch)).join("|")})`;
      case "sequence":
        return `(?:${node.items.map((item) => this.write(item)).join("")})`;
      case "repeat": {
        const { min, max } = node;
        const bounds = max === Number.POSITIVE_INFINITY ? `{${min},}` : min === max ? `{${min}}` : `{${min},${max}}`;
        return `${this.write(node.body)}${bounds}${node.isLazy ? "?" : ""}`;
      }
    }
  }
}

/** A place in a pattern at which a character is read. */
interface Position {
  set: SetNode;
  next: Set<Position>;
}

interface Shape {
  isNullable: boolean;
  first: Position[];
  last: Position[];
}

/** How many repetitions without an end may follow one another and read the same characters. */
const MAX_DEGREE = 2;

/** From how many repetitions on a repetition counts as one without an end. */
const MANY = 20;

/** How many ways to read the same may be tried before what follows is known to fail. */
const MAX_WAYS = 4096;

/**
 * Looks for what makes a search take very long: a repetition of what can be read in two ways, and what can be read in many ways before
 * something that may fail: time is one power of the length for each repetition without an end there.
 *
 * @param isFollowed whether something that may fail is tried behind the node
 * @throws {PatternRefused}
 */
function checkTime(node: Node, isFollowed = false): void {
  if (node.kind === "choice") for (const branch of node.branches) checkTime(branch, isFollowed);
  if (node.kind === "atomic") checkTime(node.body);
  // what is looked for behind is read from its end to its beginning
  if (node.kind === "look") checkTime(node.body, node.open.startsWith("(?<"));
  if (node.kind === "sequence") checkSequence(node.items, isFollowed);
  if (node.kind !== "repeat") return;
  checkTime(node.body);
  if (node.max > 1) checkLoop(node.body);
  if (node.max > MANY && looksFar(node.body)) throw new PatternRefused("a repetition of what looks further each time");
}

function checkSequence(items: readonly Node[], isFollowed: boolean): void {
  for (const item of items) checkTime(item);
  const lastThatFails = isFollowed ? items.length : items.map(mayFail).lastIndexOf(true);
  const tried = items.slice(0, Math.max(0, lastThatFails)).filter(({ kind }) => kind !== "atomic");
  refuseRow(items.flatMap(endlessSets), MAX_DEGREE);
  refuseRow(tried.flatMap(endlessSets), 1);
  const ways = tried.reduce((product, item) => product * waysOf(item), 1);
  if (ways > MAX_WAYS) throw severalWays();
}

function refuseRow(endless: readonly SetNode[], most: number): void {
  for (const set of endless) {
    const degree = endless.filter((other) => mayMeet(set, other)).length;
    if (degree > most) throw new PatternRefused(`${degree} repetitions of the same characters in a row`);
  }
}

/** Whether a node may read nothing where it stands, and so fail. */
function mayFail(node: Node): boolean {
  if (node.kind === "repeat") return node.min > 0 && mayFail(node.body);
  if (node.kind === "choice") return node.branches.every(mayFail);
  if (node.kind === "sequence") return node.items.some(mayFail);
  return node.kind === "atomic" ? mayFail(node.body) : true;
}

/** In how many ways a text may be read by a node, at most, but for repetitions without an end. */
function waysOf(node: Node): number {
  if (node.kind === "choice") return node.branches.reduce((sum, branch) => sum + waysOf(branch), 0);
  if (node.kind === "sequence") return node.items.reduce((product, item) => product * waysOf(item), 1);
  if (node.kind !== "repeat") return 1;
  const body = waysOf(node.body);
  return node.max > MANY ? body : (node.max - node.min + 1) * body ** node.max;
}

/** Whether a node looks as far as a repetition without an end goes. */
function looksFar(node: Node): boolean {
  if (node.kind === "look") return endlessSets(node.body).length > 0 || looksFar(node.body);
  if (node.kind === "choice") return node.branches.some(looksFar);
  if (node.kind === "sequence") return node.items.some(looksFar);
  return node.kind === "repeat" || node.kind === "atomic" ? looksFar(node.body) : false;
}

/** The characters of the repetitions without an end in an item of a sequence. */
function endlessSets(node: Node): SetNode[] {
  if (node.kind === "repeat") {
    const sets = endlessSets(node.body);
    if (node.body.kind === "set") return node.max > MANY ? [node.body] : [];
    return node.max > 1 ? [...sets, ...sets, ...sets] : sets;
  }
  if (node.kind === "choice") return node.branches.flatMap(endlessSets);
  if (node.kind === "sequence") return node.items.flatMap(endlessSets);
  return node.kind === "atomic" ? endlessSets(node.body) : [];
}

/** What is repeated must be read in one way: after each character, at most one place of the pattern may take the next. */
function checkLoop(body: Node): void {
  if (body.kind === "set") return;
  const positions: Position[] = [];
  const shape = shapeOf(body, positions);
  if (shape.isNullable) throw severalWays();
  link(shape, shape);
  for (const places of [shape.first, ...positions.map(({ next }) => [...next])]) {
    for (let i = 0; i < places.length; i++) {
      for (let j = 0; j < i; j++) if (mayMeet(places[i].set, places[j].set)) throw severalWays();
    }
  }
}

/** @see Glushkov 1961 */
function shapeOf(node: Node, positions: Position[]): Shape {
  if (positions.length > 200) throw new PatternRefused("a repetition of more than 200 characters");
  switch (node.kind) {
    case "set": {
      const position = { set: node, next: new Set<Position>() };
      positions.push(position);
      return { isNullable: false, first: [position], last: [position] };
    }
    case "assertion":
    case "look":
      return { isNullable: true, first: [], last: [] };
    case "atomic":
      return shapeOf(node.body, positions);
    case "choice":
      return node.branches
        .map((branch) => shapeOf(branch, positions))
        .reduce((all, one) => ({
          isNullable: all.isNullable || one.isNullable,
          first: [...all.first, ...one.first],
          last: [...all.last, ...one.last],
        }));
    case "sequence":
      return node.items
        .map((item) => shapeOf(item, positions))
        .reduce(joined, { isNullable: true, first: [], last: [] });
    case "repeat": {
      if (node.min === node.max) {
        const times = Array.from({ length: Math.min(node.min, 201) }, () => shapeOf(node.body, positions));
        return times.reduce(joined, { isNullable: true, first: [], last: [] });
      }
      const shape = shapeOf(node.body, positions);
      if (node.max > 1) link(shape, shape);
      return { ...shape, isNullable: shape.isNullable || node.min === 0 };
    }
  }
}

/** What `right` begins with may follow what `left` ends with; where it already may, there are two ways to read the same. */
function link(left: Shape, right: Shape): void {
  for (const last of left.last) {
    for (const first of right.first) {
      if (last.next.has(first)) throw severalWays();
      last.next.add(first);
    }
  }
}

const severalWays = () => new PatternRefused("a repetition of what can be read in several ways, such as (a+)+,");

function joined(left: Shape, right: Shape): Shape {
  link(left, right);
  return {
    isNullable: left.isNullable && right.isNullable,
    first: left.isNullable ? [...left.first, ...right.first] : left.first,
    last: right.isNullable ? [...left.last, ...right.last] : right.last,
  };
}

/** Whether two places may read the same character; true where that is not easily known. */
function mayMeet(a: SetNode, b: SetNode): boolean {
  const [literal, other] = a.literal && a.inside.match(/^\\u\{\w+\}$/) ? [a.literal, b] : [b.literal, a];
  const isOne = (a.literal && a.inside.length < 11) || (b.literal && b.inside.length < 11);
  if (!literal || !isOne) return !areOpposite(a, b);
  return new RegExp(`^[${other.isNegated ? "^" : ""}${other.inside}]$`, /\[|&&/.test(other.inside) ? "v" : "u").test(
    literal,
  );
}

/** A class and the class of all else. */
const areOpposite = (a: SetNode, b: SetNode) => a.inside === b.inside && a.isNegated !== b.isNegated;
