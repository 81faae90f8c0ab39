/** tokenizer.json's decoders: tokens written as a text. */

import { Wasm2VecError } from "../errors.ts";
import { MAX_GROWTH, MAX_MORE } from "./aligned-text.ts";
import { BYTE_OF_CHARACTER } from "./byte-characters.ts";
import { cleanedUp } from "./clean-up.ts";
import type { JsonPart } from "./json-part.ts";
import { patternOf } from "./patterns.ts";

/** Texts, of which another step may make others; they are joined at the end. */
export type Decode = (tokens: string[]) => string[];

/**
 * @throws {Wasm2VecError} `format-unknown` for a kind that is not known; `format-damaged`
 */
export function decoderOf(part: JsonPart): Decode {
  const make = Object.hasOwn(DECODERS, part.type) ? DECODERS[part.type] : undefined;
  if (!make) throw part.refused("this kind of decoder");
  return make(part);
}

const encoder = new TextEncoder();
const decodeBytes = (bytes: Iterable<number>) =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));

const DECODERS: Record<string, (part: JsonPart) => Decode> = {
  Sequence: (part) => {
    const steps = part.parts("decoders", "decoder").map(decoderOf);
    return (tokens) => {
      const most = mostOf(lengthOf(tokens));
      return steps.reduce((texts, step) => {
        const changed = step(texts);
        if (lengthOf(changed) > most) throw tooLong();
        return changed;
      }, tokens);
    };
  },
  ByteLevel: () => (tokens) => [decodeBytes(tokens.flatMap(bytesOf))],
  WordPiece: (part) => {
    const prefix = part.text("prefix", "##");
    const cleans = part.flag("cleanup", true);
    return (tokens) =>
      tokens.map((token, i) => {
        const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        return cleans ? cleanedUp(joined) : joined;
      });
  },
  Metaspace: (part) => {
    const replacement = part.character("replacement");
    const dropsFirst = part.oneOf("prepend_scheme", ["always", "first", "never"], "always") !== "never";
    return (tokens) => tokens.map((token, i) => token.replaceAll(replacement, i === 0 && dropsFirst ? "" : " "));
  },
  BPEDecoder: (part) => {
    const suffix = part.text("suffix", "</w>");
    return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? "" : " "));
  },
  CTC: (part) => {
    const pad = part.text("pad_token", "<pad>");
    const space = part.text("word_delimiter_token", "|");
    const cleans = part.flag("cleanup", true);
    return (tokens) =>
      tokens
        .filter((token, i) => token !== tokens[i - 1])
        .map((token) => token.replaceAll(pad, ""))
        .map((token) => (cleans ? cleanedUp(token).replaceAll(space, " ") : token))
        .filter(Boolean);
  },
  Replace: (part) => {
    const find = patternOf(part);
    const content = part.text("content");
    return (tokens) => tokens.map((token) => replaced(token, find(token), content));
  },
  Fuse: () => (tokens) => [tokens.join("")],
  Strip: (part) => {
    const [content, start, stop] = [part.character("content"), part.count("start"), part.count("stop")];
    return (tokens) => tokens.map((token) => stripped(token, content, start, stop));
  },
  ByteFallback: () => joinBytes,
};

/** Steps may ask for more than is there, one after the other: a file of a few bytes for gigabytes. */
const mostOf = (units: number) => MAX_GROWTH * units + MAX_MORE;

const lengthOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length, 0);

const tooLong = () =>
  new Wasm2VecError(
    "too-large",
    `The decoder of tokenizer.json makes texts more than ${MAX_GROWTH} times as long. Use the tokenizer.json of another model.`,
  );

/** The bytes that a token's characters stand for; its own where one stands for none. */
function bytesOf(token: string): number[] {
  const bytes = Array.from(token, (character) => BYTE_OF_CHARACTER.get(character));
  return bytes.every((byte) => byte !== undefined) ? (bytes as number[]) : [...encoder.encode(token)];
}

function replaced(text: string, bounds: readonly number[], content: string): string {
  if ((bounds.length / 2) * content.length > mostOf(text.length)) throw tooLong();
  let changed = "";
  let kept = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    changed += text.slice(kept, bounds[i]) + content;
    kept = bounds[i + 1];
  }
  return changed + text.slice(kept);
}

function stripped(token: string, content: string, start: number, stop: number): string {
  const characters = [...token];
  let from = 0;
  while (from < Math.min(start, characters.length) && characters[from] === content) from++;
  let to = characters.length;
  while (to > from && characters.length - to < stop && characters[to - 1] === content) to--;
  return characters.slice(from, to).join("");
}

/** Tokens of bytes, <0xE4>, that follow one another as the text of their bytes; as many � where they are none. */
function joinBytes(tokens: string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length) texts.push(textOf(bytes) ?? "\ufffd".repeat(bytes.length));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    if (byte) {
      bytes.push(Number.parseInt(byte, 16));
    } else {
      flush();
      texts.push(token);
    }
  }
  flush();
  return texts;
}

function textOf(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
