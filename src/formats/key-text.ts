/** Keys out of the bytes that files hold for them. */

import { Wasm2VecError } from "../errors.ts";
import type { UnicodeErrors } from "./vector-file.ts";

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** U+FFFD in UTF-8: it begins with a byte that begins a character, so it never lies within damaged bytes. */
const REPLACEMENT = [0xef, 0xbf, 0xbd];

/**
 * A key's text. What is not UTF-8 is an error, is left out, or becomes U+FFFD.
 *
 * @param row what an error calls it
 * @throws {Wasm2VecError} `format-damaged`
 */
export function keyText(bytes: Uint8Array, errors: UnicodeErrors, row: number, file: string): string {
  if (errors === "replace") return lenient.decode(bytes);
  if (errors === "ignore") return withoutDamages(bytes);
  try {
    return strict.decode(bytes);
  } catch {
    throw damagedKey(bytes, row, file);
  }
}

/** Whether bytes are UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Decoded between one U+FFFD that is there and the next, so that those that decoding puts in can be told. */
function withoutDamages(bytes: Uint8Array): string {
  const parts: string[] = [];
  let begin = 0;
  for (let at = 0; at <= bytes.length; at++) {
    const isMark = REPLACEMENT.every((byte, i) => bytes[at + i] === byte);
    if (!isMark && at < bytes.length) continue;
    parts.push(lenient.decode(bytes.subarray(begin, at)).replaceAll("\ufffd", ""));
    begin = at + REPLACEMENT.length;
  }
  return parts.join("\ufffd");
}

export function damagedKey(bytes: Uint8Array, row: number, file: string): Wasm2VecError {
  const shown = JSON.stringify(lenient.decode(bytes.subarray(0, 80)));
  return new Wasm2VecError(
    "format-damaged",
    `The key of row ${row} of ${file}, ${shown}, is not UTF-8. Pass unicodeErrors: "replace", which puts U+FFFD in, or "ignore", which leaves such bytes out.`,
  );
}
