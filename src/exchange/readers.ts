/** The readers of each format, which are loaded when one is met. */

import type { RandomAccess } from "../files/random-access.ts";
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

export const READERS: Readonly<Record<ForeignFormat, () => Promise<Read>>> = {
  word2vec: inOrder(() => text(true)),
  glove: inOrder(() => text(false)),
  gensim,
  "word2vec-binary": inOrder(async () => (await import("../formats/word2vec-binary.ts")).readWord2vecBinary),
};
