/** Changed files that gensim saved: refused, or vectors, models and phrases that can be used. Nothing that they name is run. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bytesAccess } from "../../../src/files/random-access.ts";
import { readPhrasesPickle } from "../../../src/gensim/load-phrases.ts";
import { KeyedVectors } from "../../../src/keyed-vectors.ts";
import { Word2Vec } from "../../../src/word2vec.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { changedBases, Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";

const FOLDER = fileURLToPath(new URL("../../tests/golden/gensim/", import.meta.url));

type Files = Map<string, Uint8Array>;

/** What is read of files, by their names' beginnings. */
const READERS: [beginning: RegExp, read: (files: Files) => Promise<string>][] = [
  [/^(phrases|frozen)/, readPhrases],
  [/^(skipgram|both|recounted|separate)/, readModel],
  [/^(vectors|float16|fasttext|doc2vec|separate)/, readVectors],
];

/** Calls that Python would run, put at the end of a pickle in the place of its stop. */
const CALLS = [
  "cos\nsystem\n(S'x'\ntR.",
  "c__builtin__\neval\n(S'1'\ntR.",
  "\x8c\x05posix\x8c\x06system\x93\x8c\x01x\x85R.",
];

/** Each save with its arrays. */
function saves(): Files[] {
  const names = readdirSync(FOLDER).filter((name) => !name.endsWith(".json"));
  const first = names.filter((name) => !/\.np[yz]$/.test(name));
  return first.map(
    (name) =>
      new Map(
        names
          .filter((file) => file.startsWith(name))
          .map((file) => [file, new Uint8Array(readFileSync(`${FOLDER}${file}`))]),
      ),
  );
}

export async function open(): Promise<Target<number>> {
  const { steps, make } = changedBases(saves(), 4, changed);
  return {
    steps,
    async run(steps) {
      const files = make(steps);
      const [name] = files.keys();
      const readers = READERS.filter(([beginning]) => beginning.test(name)).map(([, read]) => read);
      return readers[steps[0] % readers.length](files);
    },
    code: (steps) =>
      `new Map([${Array.from(make(steps), ([name, bytes]) => `[${JSON.stringify(name)}, ${bytesAsCode(bytes)}]`).join(", ")}])`,
  };
}

function changed(base: Files, seeds: readonly number[]): Files {
  const files = new Map(base);
  const names = [...files.keys()];
  for (const seed of seeds) {
    const random = new Random(seed);
    const name = random.chance(0.7) ? names[0] : random.pick(names);
    const bytes = files.get(name) as Uint8Array;
    const isCall = random.chance(0.02);
    const call = Buffer.from(random.pick(CALLS), "latin1");
    files.set(name, isCall ? Buffer.concat([bytes.subarray(0, -1), call]) : changeBytes(bytes, random).bytes);
  }
  return files;
}

async function readVectors(files: Files): Promise<string> {
  const { value: vectors, code } = await attempt(() => KeyedVectors.load(files));
  if (!vectors) return code as string;
  using loaded = vectors;
  const bytes = Array.from(files.values()).reduce((sum, { length }) => sum + length, 0);
  check(loaded.size <= bytes && loaded.vectorSize <= bytes * 8, "more vectors than the files hold");
  const keys = [...loaded.indexToKey];
  check(new Set(keys).size === keys.length, "two rows have one key");
  await attempt(() => loaded.getVector("unknown words"));
  await attempt(() => loaded.mostSimilar({ row: 0 }));
  return "accepted";
}

async function readModel(files: Files): Promise<string> {
  const { value: model, code } = await attempt(() => Word2Vec.load(files));
  if (!model) return code as string;
  using loaded = model;
  const saved = await attempt(() => loaded.toBytes());
  if (!saved.value) return `toBytes: ${saved.code}`;
  using again = await Word2Vec.load(saved.value);
  check(Buffer.from(saved.value).equals(await again.toBytes()), "saved, loaded and saved, it is another file");
  await attempt(() => loaded.predictOutputWord(["sea"]));
  await attempt(() =>
    loaded.train([["the", "cat", "sees", "the", "sea"]], { epochs: 1, signal: AbortSignal.timeout(1000) }),
  );
  return "accepted";
}

async function readPhrases(files: Files): Promise<string> {
  const [bytes] = files.values();
  const { value: phrases, code } = await attempt(() => readPhrasesPickle(bytesAccess(bytes), "The file"));
  if (!phrases) return code as string;
  check(phrases.vocab.size + phrases.phrasegrams.size <= bytes.length, "more phrases than the file holds");
  return "accepted";
}
