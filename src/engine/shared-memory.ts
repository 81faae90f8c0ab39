/** The engine for a memory that threads share: the same code, which imports its memory in another way. */

/** How a module says that it imports "env"."memory" of one page or more, a memory of its own. */
const OWN = importSection(0, 1);

/** As in asconfig.json's targets for threads: shared, of one page or more, 65,536 at most. */
const SHARED = importSection(3, 1, 0x80, 0x80, 4);

/** The module's section 2 of one import, a memory (kind 2) with these limits. */
function importSection(...limits: number[]): Uint8Array {
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  const content = [1, ...name("env"), ...name("memory"), 2, ...limits];
  return Uint8Array.from([2, content.length, ...content]);
}

/**
 * @param engine the bytes of one of the package's two files
 * @returns the bytes of that asconfig target for threads
 * @throws {Error} where it is another module
 */
export function withSharedMemory(engine: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = indexOf(engine, OWN);
  if (at < 0) throw new Error("it is another WebAssembly module");
  const shared = new Uint8Array(engine.length + SHARED.length - OWN.length);
  shared.set(engine.subarray(0, at));
  shared.set(SHARED, at);
  shared.set(engine.subarray(at + OWN.length), at + SHARED.length);
  return shared;
}

/** Where `part` begins; -1 where it is not there. */
function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.indexOf(part[0]); at >= 0; at = bytes.indexOf(part[0], at + 1)) {
    if (part.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
