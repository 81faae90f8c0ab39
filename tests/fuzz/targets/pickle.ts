/** Changed pickles, and programs of random instructions: refused, or plain data, no more than the file holds. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { bytesAccess } from "../../../src/files/random-access.ts";
import { readPickle } from "../../../src/formats/pickle.ts";
import { NdArray, PyDict, PyGlobal, PyObject, StoredBytes } from "../../../src/formats/pickle-values.ts";
import { GENSIM_GLOBALS } from "../../../src/gensim/classes.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { changedBases, Random } from "../random.ts";
import { attempt, check, Fault, type Target } from "../target.ts";

const FOLDER = fileURLToPath(new URL("../../tests/golden/gensim/", import.meta.url));

/** Pieces of programs: instructions with what they need before them, more often than not. */
// biome-ignore format: a line for each kind
const PIECES: readonly string[] = [
  "N", "K\x07", "M\x00\x02", "J\xff\xff\xff\xff", "I12\n", "L9L\n", "F1.5\n", "G\x3f\xf8\0\0\0\0\0\0", "\x88", "\x89", "\x8a\x02\x00\x80",
  "U\x01a", "\x8c\x01b", "X\x02\0\0\0cd", "C\x02\x01\x02", "S'x'\n", "Vy\n", "\x8c\x06latin1",
  "(", "(", "t", "l", "e", "u", "d", "1", "0", "2", "a", "s", "]", "}", ")", "\x85", "\x86", "\x87", "\x8f", "\x90", "\x91",
  "q\x00", "h\x00", "\x94", "p1\n", "g1\n", "r\x02\0\0\0", "j\x02\0\0\0",
  "R", "\x81", "b", "o", "cnumpy\ndtype\n", "cnumpy\nndarray\n", "c_codecs\nencode\n", "ccollections\ndefaultdict\n", "c__builtin__\nset\n",
  "cnumpy.core.multiarray\n_reconstruct\n", "cnumpy.core.multiarray\nscalar\n", "cnumpy.core.numeric\n_frombuffer\n", "cgensim.models.word2vec\nVocab\n",
  "cnumpy.random\n__RandomState_ctor\n", "ccopy_reg\n_reconstructor\n", "cos\nsystem\n", "c__builtin__\nbytearray\n", "(igensim.models.word2vec\nVocab\n",
  "cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R", "U\x02f8", "K\x01\x85", "\x80\x04", "\x95\x09\0\0\0\0\0\0\0", ".", "Q", "\x92", "\x93",
];

export async function open(): Promise<Target<number>> {
  const names = readdirSync(FOLDER).filter((name) => /\.(model|kv|gz)$/.test(name));
  const files = names.map((name) => {
    const bytes = readFileSync(`${FOLDER}${name}`);
    return new Uint8Array(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  });
  // as many programs as changed files
  const { steps, make } = changedBases([...files, ...files.map(() => new Uint8Array())], 24, changed);
  return {
    steps,
    async run(steps) {
      const bytes = make(steps);
      const reading = { file: "The file", globals: GENSIM_GLOBALS, advice: "" };
      const { value, code } = await attempt(() => readPickle(bytesAccess(bytes), reading));
      if (code) return code;
      checkPlain(value, bytes);
      return "accepted";
    },
    code: (steps) => bytesAsCode(make(steps)),
  };
}

function changed(base: Uint8Array, seeds: readonly number[]): Uint8Array {
  if (!base.length) {
    const pieces = seeds.flatMap((seed) => {
      const random = new Random(seed);
      return random.few(6, () => random.pick(PIECES));
    });
    return Buffer.from(`${pieces.join("")}.`, "latin1");
  }
  return seeds.slice(0, 4).reduce((bytes, seed) => changeBytes(bytes, new Random(seed)).bytes, base);
}

/** Looks at all that was made: nothing but plain data, and bytes that the file has. */
function checkPlain(value: unknown, file: Uint8Array): void {
  const seen = new Set<unknown>();
  const left = [value];
  while (left.length) {
    const item = left.pop();
    if (typeof item === "function" || typeof item === "symbol") throw new Fault(`a ${typeof item} was made`);
    if (typeof item !== "object" || item === null || seen.has(item)) continue;
    seen.add(item);
    if (Array.isArray(item)) left.push(...item);
    else if (item instanceof PyDict) for (const entry of item.entries()) left.push(...entry);
    else if (item instanceof PyObject) left.push(item.state, item.content, ...item.args);
    else if (item instanceof NdArray) left.push(item.data);
    else if (item instanceof StoredBytes) check(item.end <= file.length, "bytes beyond the file");
    else if (item instanceof Uint8Array) check(item.length <= file.length, "more bytes than the file has");
    else if (item instanceof PyGlobal) check(GENSIM_GLOBALS.get(item.name) === item, "a name that is not on the list");
  }
  check(seen.size <= 2 * file.length + 16, "more values than the file has bytes");
}
