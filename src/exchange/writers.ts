/** The writer of each format, which is loaded when it is wanted. */

import type { VectorList, WrittenFormat } from "../formats/vector-file.ts";
import type { VectorTable } from "../tables/vector-table.ts";

/** The file of a table in chunks. */
type Write = (table: VectorTable, list: VectorList) => Iterable<Uint8Array>;

const text = async (hasHeader: boolean): Promise<Write> => {
  const { word2vecTextChunks } = await import("../formats/word2vec-text.ts");
  return (_, list) => word2vecTextChunks(list, hasHeader);
};

/** For formats that need the list alone. */
const ofList = (load: () => Promise<(list: VectorList) => Iterable<Uint8Array>>) => async (): Promise<Write> => {
  const write = await load();
  return (_, list) => write(list);
};

export const WRITERS: Readonly<Record<WrittenFormat, () => Promise<Write>>> = {
  safetensors: async () => (await import("./vectors-file.ts")).vectorsFileChunks,
  word2vec: () => text(true),
  glove: () => text(false),
  "word2vec-binary": async () => {
    const { word2vecBinaryChunks } = await import("../formats/word2vec-binary.ts");
    return (_, list) => word2vecBinaryChunks(list);
  },
  gensim: async () => {
    const { vectorsPickle } = await import("../gensim/save-vectors.ts");
    return (_, list) => vectorsPickle(list);
  },
  arrow: ofList(async () => (await import("../formats/arrow.ts")).arrowChunks),
  parquet: ofList(async () => (await import("../formats/parquet.ts")).parquetChunks),
  npy: ofList(async () => (await import("../formats/keyed-npy.ts")).npyOf),
  tsv: ofList(async () => (await import("../formats/tsv.ts")).tsvChunks),
  embeddings: ofList(async () => (await import("../formats/embedding-file.ts")).embeddingFileChunks),
};
