/**
 * GPT-2's way to write bytes as characters: those that can be seen as themselves, all others as characters from U+0100 on.
 *
 * @see https://github.com/openai/gpt-2/blob/master/src/encoder.py
 */

/** The character of each byte. */
export const CHARACTER_OF_BYTE: readonly string[] = (() => {
  let others = 0x100;
  const isSeen = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isSeen(byte) ? byte : others++));
})();

export const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = new Map(
  CHARACTER_OF_BYTE.map((character, byte) => [character, byte]),
);

const encoder = new TextEncoder();

/** The bytes of a text as characters, one a byte. */
export function bytesAsCharacters(text: string): string {
  let characters = "";
  for (const byte of encoder.encode(text)) characters += CHARACTER_OF_BYTE[byte];
  return characters;
}

/** Which unit of a text each of its bytes belongs to: where its character begins, and where it ends. */
export function placesOfBytes(text: string): { begins: number[]; finishes: number[] } {
  const begins: number[] = [];
  const finishes: number[] = [];
  let at = 0;
  for (const character of text) {
    for (const _ of encoder.encode(character)) {
      begins.push(at);
      finishes.push(at + character.length);
    }
    at += character.length;
  }
  return { begins, finishes };
}
