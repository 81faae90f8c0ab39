/** The engine's bytes, as they come from files and servers. */

/** What a WebAssembly module begins with. */
const MAGIC = [0, 97, 115, 109];

/** @throws {Error} where the bytes at this address are no WebAssembly module */
export function checkEngineBytes<Bytes extends Uint8Array>(bytes: Bytes, address: string | URL): Bytes {
  if (MAGIC.every((byte, i) => bytes[i] === byte)) return bytes;
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 100));
  const what = /^\s*</.test(text) ? "a web page" : `${bytes.length} bytes of something else`;
  throw new Error(`there is no WebAssembly module at ${address}, but ${what}`);
}
