/** Changed files of one format of vectors: refused, or as many rows as they promise, of as many numbers. */

import { readFileSync } from "node:fs";
import { Engine } from "../../../src/engine/engine.ts";
import { bytesAccess, type RandomAccess } from "../../../src/files/random-access.ts";
import { arrowChunks, readArrow } from "../../../src/formats/arrow.ts";
import { readEmbeddingFile } from "../../../src/formats/embedding-file.ts";
import { readFasttextBinary } from "../../../src/formats/fasttext-binary.ts";
import { readFinalfusion } from "../../../src/formats/finalfusion.ts";
import { readKeyedNpy } from "../../../src/formats/keyed-npy.ts";
import { parquetChunks, readParquet } from "../../../src/formats/parquet.ts";
import { readTsv } from "../../../src/formats/tsv.ts";
import { subwordVector } from "../../../src/tables/subwords.ts";
import { CollectingSink, chunked, vectorList } from "../../helpers/vector-sinks.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { Random } from "../random.ts";
import { type AnyTarget, attempt, check, type Target } from "../target.ts";

type Read = (file: Uint8Array, sink: CollectingSink) => Promise<void>;

/** A file of a case, which has many, because a file is read faster than a case begins. */
interface Step {
  base: number;
  seeds: number[];
}

const FILES = 25;

/** Numbers that lie in wait for who believes them, as bytes. */
const PROMISES = [2n ** 31n - 1n, 2n ** 32n - 1n, 10n ** 12n, -1n, 2n ** 63n - 1n, 0n].map((number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(number);
  return bytes;
});

function target(bases: readonly Uint8Array[], read: Read): Target<Step> {
  const make = ({ base, seeds }: Step) =>
    seeds.reduce((bytes, seed) => {
      const random = new Random(seed);
      if (random.chance(0.7)) return changeBytes(bytes, random).bytes;
      const promise = random.pick(PROMISES).subarray(0, random.pick([4, 8]));
      const changed = bytes.slice();
      changed.set(promise.subarray(0, changed.length), random.below(Math.max(1, changed.length - promise.length)));
      return changed;
    }, bases[base]);
  return {
    steps: (random: Random) =>
      Array.from({ length: FILES }, () => ({
        base: random.below(bases.length),
        seeds: random.few(4, () => random.below(2 ** 31)),
      })),
    async run(steps) {
      let accepted = 0;
      for (const step of steps) {
        const sink = new CollectingSink();
        const { code } = await attempt(() => read(make(step), sink));
        if (code !== undefined) continue;
        accepted++;
        const { shape, rows, ngrams } = sink;
        check(rows.length === (shape?.rows ?? rows.length), `other rows than promised: ${rows.length}`);
        if (ngrams && shape) subwordVector(ngrams, "wörds", shape.width);
      }
      return `${accepted ? "some" : "none"} accepted`;
    },
    code: (steps) => steps.map((step) => `await KeyedVectors.load(${bytesAsCode(make(step))})`).join("\n"),
  };
}

/** Where build/fuzz sees it from. */
const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../tests/golden/${name}.json`, import.meta.url), "utf8"));
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const textOf = (text: string) => new TextEncoder().encode(text);
const joined = (chunks: Iterable<Uint8Array>) => new Uint8Array(Buffer.concat([...chunks]));

/** A reader of files that are read in any order. */
const inAnyOrder =
  (read: (source: RandomAccess, sink: CollectingSink) => Promise<void>): Read =>
  (file, sink) =>
    read(bytesAccess(file), sink);

const KEYS = ["a", "b", "c", "d"];
const list = vectorList({ cat: [1, 2.5], kühe: [-3, 0], "": [1e-40, 7] }, [9, 5, 0]);

function columns(extension: string, own: Uint8Array): Uint8Array[] {
  const files = Object.entries(golden("columns").files as Record<string, { file: string }>);
  return [own, ...files.filter(([name]) => name.endsWith(extension)).map(([, { file }]) => bytesOf(file))];
}

function fasttext(): Uint8Array[] {
  const { asked: _, ...models } = golden("fasttext");
  return Object.values(models as Record<string, { file: string }>).map(({ file }) => bytesOf(file));
}

const rows = (names: readonly string[]) => names.map((name) => bytesOf(golden("rows").files[name]));

const opening = (bases: () => readonly Uint8Array[], read: Read) => ({
  async open(): Promise<AnyTarget> {
    await Engine.load();
    return target(bases(), read);
  },
});

export const vectorFiles: Readonly<Record<string, { open(): Promise<AnyTarget> }>> = {
  fasttext: opening(fasttext, inAnyOrder(readFasttextBinary)),
  arrow: opening(() => columns(".arrow", joined(arrowChunks(list))), inAnyOrder(readArrow)),
  parquet: opening(() => columns(".parquet", joined(parquetChunks(list))), inAnyOrder(readParquet)),
  finalfusion: opening(
    () =>
      Object.values(golden("finalfusion").files as Record<string, { file: string }>).map(({ file }) => bytesOf(file)),
    inAnyOrder(readFinalfusion),
  ),
  npy: opening(
    () => rows(["npy", "npy-fortran"]),
    inAnyOrder((source, sink) => readKeyedNpy(source, KEYS, sink)),
  ),
  embeddings: opening(
    () => rows(["model2vec", "model2vec-float16", "static-embedding"]),
    inAnyOrder((source, sink) => readEmbeddingFile(source, KEYS, sink)),
  ),
  tsv: opening(
    () => [textOf("1\t2.5\n-3e-7\t0\nnan\tinf\n4\t5\n"), textOf("word\tcount\na\t3\r\nb\t2\nc\t1\nd\t0\n")],
    // a changed text of keys, or of rows
    (file, sink) =>
      file[0] === 0x77
        ? readTsv(chunked(textOf("1\n2\n3\n4\n"), 5), file, sink)
        : readTsv(chunked(file, 7), KEYS, sink),
  ),
};
