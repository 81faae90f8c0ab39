/** The readers of each format, which are loaded when one is met. */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import type { KeysSource } from "../formats/row-keys.ts";
import type { ReadFormat, ReadVectorsOptions, VectorSink } from "../formats/vector-file.ts";
import type { Between, VectorInput } from "./vector-input.ts";

/** Reads an input, and puts what it reads into a sink. */
type Read = (input: VectorInput, sink: VectorSink, options: ReadVectorsOptions, between: Between) => Promise<void>;

/** Our own format is none of these: it holds more than a sink takes. */
export type ForeignFormat = Exclude<ReadFormat, "safetensors">;

type ReadInOrder = (chunks: AsyncIterable<Uint8Array>, sink: VectorSink, options: ReadVectorsOptions) => Promise<void>;
type ReadInAnyOrder = (source: RandomAccess, sink: VectorSink, options: ReadVectorsOptions) => Promise<void>;

const inOrder = (load: () => Promise<ReadInOrder>) => async (): Promise<Read> => {
  const read = await load();
  return (input, sink, options, between) => read(input.chunks(between), sink, options);
};

/** For formats that are not read from their beginning to their end. */
export const inAnyOrder = (load: () => Promise<ReadInAnyOrder>) => async (): Promise<Read> => {
  const read = await load();
  return async (input, sink, options, between) => {
    const source = await input.open(between);
    try {
      await read(source, sink, options);
    } finally {
      await source.close?.();
    }
  };
};

const text = async (hasHeader: boolean): Promise<ReadInOrder> => {
  const { readWord2vecText } = await import("../formats/word2vec-text.ts");
  return (chunks, sink, options) => readWord2vecText(chunks, hasHeader, sink, options);
};

/** What gensim saved may lie in several files. */
const gensim = async (): Promise<Read> => {
  const { readGensimVectors } = await import("../gensim/load-vectors.ts");
  const { SaveFiles } = await import("../gensim/save-files.ts");
  return async (input, sink, options, between) => {
    const pickle = await input.open(between);
    const files = new SaveFiles(input.files, pickle, input.isGzipped, options.signal);
    try {
      await readGensimVectors(files, sink, options);
    } finally {
      await files.close();
      await pickle.close?.();
    }
  };
};

type ReadBeside = (
  source: RandomAccess,
  keys: KeysSource,
  sink: VectorSink,
  options: ReadVectorsOptions,
) => Promise<void>;

/** For formats of rows alone. */
const besideKeys = (load: () => Promise<ReadBeside>) =>
  inAnyOrder(async () => {
    const read = await load();
    return (source, sink, options) => read(source, keysOf(options), sink, options);
  });

const tsv = async (): Promise<Read> => {
  const { readTsv } = await import("../formats/tsv.ts");
  return (input, sink, options, between) => readTsv(input.chunks(between), keysOf(options), sink, options);
};

/** @throws {Wasm2VecError} `option-invalid` where none were given */
function keysOf({ keys, name = "The file" }: ReadVectorsOptions): KeysSource {
  if (keys !== undefined) return keys;
  throw new Wasm2VecError(
    "option-invalid",
    `${name} holds rows alone; expected their keys beside. Pass them as the option keys: a list, or a file with one a line, such as { keys: "keys.txt" }. Of an array that lies beside gensim's model, give the model's own file.`,
  );
}

export const READERS: Readonly<Record<ForeignFormat, () => Promise<Read>>> = {
  word2vec: inOrder(() => text(true)),
  glove: inOrder(() => text(false)),
  gensim,
  tsv,
  fasttext: inAnyOrder(async () => (await import("../formats/fasttext-binary.ts")).readFasttextBinary),
  arrow: inAnyOrder(async () => (await import("../formats/arrow.ts")).readArrow),
  parquet: inAnyOrder(async () => (await import("../formats/parquet.ts")).readParquet),
  finalfusion: inAnyOrder(async () => (await import("../formats/finalfusion.ts")).readFinalfusion),
  npy: besideKeys(async () => (await import("../formats/keyed-npy.ts")).readKeyedNpy),
  embeddings: besideKeys(async () => (await import("../formats/embedding-file.ts")).readEmbeddingFile),
  "word2vec-binary": inOrder(async () => (await import("../formats/word2vec-binary.ts")).readWord2vecBinary),
};
