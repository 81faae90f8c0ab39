/** The writers of each format, which are loaded when one is wanted, and the extensions that ask for them. */

import type { VectorList, WrittenFormat } from "../formats/vector-file.ts";
import type { VectorTable } from "../tables/vector-table.ts";

/** The file of a table in chunks. */
type Write = (table: VectorTable, list: VectorList) => Iterable<Uint8Array>;

const text = async (hasHeader: boolean): Promise<Write> => {
  const { word2vecTextChunks } = await import("../formats/word2vec-text.ts");
  return (_, list) => word2vecTextChunks(list, hasHeader);
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
};

/** The format that a file's extension stands for, before .gz. */
export const EXTENSIONS: Readonly<Record<string, WrittenFormat>> = {
  ".safetensors": "safetensors",
  ".bin": "word2vec-binary",
  ".txt": "word2vec",
  ".vec": "word2vec",
  ".kv": "gensim",
  ".model": "gensim",
};
