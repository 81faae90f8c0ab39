/**
 * A safetensors file of embeddings alone, as model2vec ("embeddings") and sentence-transformers' StaticEmbedding
 * ("embedding.weight") write model.safetensors. The keys stand in tokenizer.json.
 */

import { show, Wasm2VecError } from "../errors.ts";
import { TimeSlice } from "../event-loop.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { openDecoder } from "./decode-numbers.ts";
import { NUMBER_KINDS, NUMBER_NAMES } from "./number-kinds.ts";
import { type KeysSource, readRowKeys } from "./row-keys.ts";
import { readSafetensors, type SafetensorsFile, safetensorsChunks, type Tensor } from "./safetensors.ts";
import { tilesOf } from "./tiles.ts";
import type { ReadVectorsOptions, VectorList, VectorSink } from "./vector-file.ts";

/** What the tensor is called, in whichever way; the first is model2vec's. */
const NAMES = ["embeddings", "embedding.weight"];

/** model2vec's vocabulary quantization: rows that several tokens share. */
const SHARED_ROWS = "mapping";

/** How many bytes are read at a time, about. */
const TILE_BYTES = 1 << 20;

/**
 * Reads embeddings and their keys.
 *
 * @throws {Wasm2VecError} `format-unknown` where it has no such tensor, or one of other numbers; `shape-mismatch` where there
 *   are more keys than rows, or fewer; and what readSafetensors and readRowKeys throw
 */
export async function readEmbeddingFile(
  source: RandomAccess,
  from: KeysSource,
  sink: VectorSink,
  options: ReadVectorsOptions = {},
): Promise<void> {
  const { limit = Number.POSITIVE_INFINITY, name = "The file", reading, signal } = options;
  const file = await readSafetensors(source, name, signal);
  const { begin, shape, dtype } = embeddingsOf(file, name);
  const [size, width] = shape;
  const keys = await readRowKeys(from, size, signal);
  keys.check(size);
  const kind = NUMBER_NAMES.find((number) => NUMBER_KINDS[number].safetensors === dtype);
  if (!kind && dtype !== "F64" && dtype !== "I8") {
    throw new Wasm2VecError(
      "format-unknown",
      `${name} holds embeddings as ${dtype}; expected F32, F16, BF16, F64 or I8.`,
    );
  }
  const decoder = kind && (await openDecoder(kind));
  const bytes = kind ? NUMBER_KINDS[kind].bytes : dtype === "F64" ? 8 : 1;
  const rows = Math.min(size, limit);
  const most = Math.max(1, Math.floor(TILE_BYTES / (width * bytes)));
  const slice = new TimeSlice(signal);
  sink.begin({ rows, width });
  try {
    let isWanted = true;
    for (let first = 0; first < rows && isWanted; first += most) {
      const count = Math.min(most, rows - first) * width;
      const at = begin + first * width * bytes;
      const tile = (await source.read(at, at + count * bytes, signal)).slice();
      signal?.throwIfAborted();
      if (reading) reading.bytes += tile.length;
      const numbers = decoder
        ? new Float32Array(count)
        : bytes === 8
          ? new Float64Array(tile.buffer)
          : new Int8Array(tile.buffer);
      decoder?.decode(tile, numbers as Float32Array);
      for (let i = 0; i < count && isWanted; i += width) {
        isWanted = sink.add(keys.next() as string, numbers.subarray(i, i + width));
      }
      if (slice.isOver) await slice.yield();
    }
  } finally {
    decoder?.close();
  }
  if (keys.counts) sink.attribute?.("count", keys.counts);
}

function embeddingsOf({ tensors }: SafetensorsFile, name: string): Tensor {
  if (tensors.has(SHARED_ROWS)) {
    throw new Wasm2VecError(
      "format-unknown",
      `${name} holds rows that several tokens share ("${SHARED_ROWS}"), which model2vec calls vocabulary quantization; expected a row for each. Save the model without it.`,
    );
  }
  const matrices = [...tensors.values()].filter(
    ({ shape: [rows, width], shape }) => shape.length === 2 && rows > 0 && width > 0,
  );
  const named = matrices.find((tensor) => NAMES.includes(tensor.name));
  const found = named ?? (matrices.length === 1 ? matrices[0] : undefined);
  if (found) return found;
  const there = [...tensors.keys()].slice(0, 12).map(show).join(", ") || "none";
  throw new Wasm2VecError(
    "format-unknown",
    `${name} holds the tensors ${there}; expected a matrix "${NAMES.join('" or "')}". A language model's embeddings are read by EmbeddingMatrix.fromPretrained.`,
  );
}

/** The file that model2vec and, under its other name, StaticEmbedding open beside a tokenizer.json of these keys. */
export function embeddingFileChunks(list: VectorList): Generator<Uint8Array> {
  const { size, width } = list;
  return safetensorsChunks([{ name: NAMES[0], dtype: "F32", shape: [size, width], chunks: tilesOf(list, 0, size) }]);
}
