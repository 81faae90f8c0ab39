/** KeyedVectors as gensim 4 saves and loads them: one pickle, with its array in it. */

import { plainBytes } from "../files/bytes.ts";
import { PickleWriter, type Plain } from "../formats/pickle-writer.ts";
import { tilesOf } from "../formats/tiles.ts";
import type { VectorList } from "../formats/vector-file.ts";

/** A number of each key, by a name. */
export type Columns = (writer: PickleWriter) => Generator<Uint8Array>;

/**
 * The file in chunks, each a copy. `gensim.models.KeyedVectors.load` opens it.
 *
 * @see https://radimrehurek.com/gensim/models/keyedvectors.html
 */
export function* vectorsPickle(list: VectorList): Generator<Uint8Array> {
  const writer = new PickleWriter();
  yield* writeVectors(writer, list);
  writer.stop();
  yield* writer.rest();
}

/** @param columns writes what else is kept of each key: items of a dict of arrays (V,) */
export function* writeVectors(writer: PickleWriter, list: VectorList, columns?: Columns): Generator<Uint8Array> {
  const { size, width, counts } = list;
  writer.beginObject("gensim.models.keyedvectors", "KeyedVectors");
  writer.entries({ vector_size: width });
  writer.text("index_to_key");
  let first = 0;
  yield* writer.items("list", size, (row) => {
    writer.text(list.key(row));
    const place = writer.memoize();
    if (!row) first = place;
  });
  writer.text("key_to_index");
  yield* writer.items("dict", size, (row) => {
    writer.recall(first + row);
    writer.plain(row);
  });
  writer.text("vectors");
  yield* writer.array([size, width], "f4", tilesOf(list, 0, size));
  writer.text("expandos");
  writer.beginDict();
  if (counts) {
    writer.text("count");
    yield* writer.array([size], "i8", [plainBytes(BigInt64Array.from(Array.from(counts, BigInt)))]);
  }
  if (columns) yield* columns(writer);
  writer.endDict();
  writer.entries(NOTHING_ELSE);
  writer.endObject();
}

/** What gensim sets to None. */
const NOTHING_ELSE: Readonly<Record<string, Plain>> = { norms: null, mapfile_path: null };
