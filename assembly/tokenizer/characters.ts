// The tokens of single characters and bytes, and how byte-level tokenizers write bytes: as printable characters.

import { u32At } from "../numbers/arrays";
import { findToken, Model, NONE } from "./model";

/** Where the table has the tokens of bytes, and of what is written for them. */
const BYTES: usize = 128 * 4;
const WRITTEN: usize = 384 * 4;

/** The token of a byte, such as <0x0A>, or NONE. */
export function byteToken(model: Model, byte: u32): u32 {
  return u32At(model.characters + BYTES, byte);
}

/** The token of the character that is written for a byte. */
export function writtenToken(model: Model, byte: u32): u32 {
  return u32At(model.characters + WRITTEN, byte);
}

/** Fills the table of places of single characters. Returns whether all are there that byte-level tokenizers write for bytes. */
export function fillCharacters(model: Model, scratch: usize): bool {
  let to = model.characters;
  for (let byte: u32 = 0; byte < 128; byte++, to += 4) {
    store<u8>(scratch, <u8>byte);
    store<u32>(to, findToken(model, scratch, 1));
  }
  // such as <0x0A>
  store<u32>(scratch, 0x0078_303c);
  store<u8>(scratch, 0x3e, 5);
  for (let byte: u32 = 0; byte < 256; byte++, to += 4) {
    store<u8>(scratch, hexDigit(byte >> 4), 3);
    store<u8>(scratch, hexDigit(byte & 15), 4);
    store<u32>(to, findToken(model, scratch, 6));
  }
  let isWhole = true;
  let others: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++, to += 4) {
    const isItself = (byte > 32 && byte < 127) || (byte > 160 && byte != 173);
    const place = findToken(model, scratch, putCharacter(scratch, isItself ? byte : 256 + others));
    if (!isItself) others++;
    store<u32>(to, place);
    if (place == NONE) isWhole = false;
  }
  return isWhole;
}

function hexDigit(digit: u32): u8 {
  return <u8>(digit < 10 ? 48 + digit : 55 + digit);
}

/** Writes a character of one or two bytes. Returns how many. */
function putCharacter(to: usize, code: u32): u32 {
  if (code < 128) {
    store<u8>(to, <u8>code);
    return 1;
  }
  store<u8>(to, <u8>(0xc0 | (code >> 6)));
  store<u8>(to, <u8>(0x80 | (code & 63)), 1);
  return 2;
}

/** Writes bytes as byte-level tokenizers do. Returns how many bytes it takes: up to two for each. */
export function putBytes(model: Model, from: usize, length: u32, to: usize): u32 {
  const begin = to;
  for (const end = from + length; from < end; from++) {
    const place = writtenToken(model, load<u8>(from));
    const at = u32At(model.offsets, place);
    const bytes = u32At(model.offsets, place + 1) - at;
    memory.copy(to, model.text + at, bytes);
    to += bytes;
  }
  return <u32>(to - begin);
}
