/** What the loading and the saving of vectors take, and what they tell. */

import {
  type CheckedOptions,
  callback,
  type GivenOptions,
  integer,
  oneOf,
  option,
  optional,
  STOPPABLE,
  unchecked,
} from "../check-options.ts";
import type { WarningEvent } from "../errors.ts";
import type { ChunkSource } from "../files/source-kinds.ts";
import type { TargetLike } from "../files/target.ts";
import type { KeysSource } from "../formats/row-keys.ts";
import { READ_FORMATS, type ReadFormat, UNICODE_ERRORS, WRITTEN_FORMATS } from "../formats/vector-file.ts";
import { rowDtype } from "../tables/row-format.ts";

/** What a file was found to be. */
export interface FormatEvent {
  /** what tells it from the others */
  kind: "format";
  /** the format whose reader reads it */
  format: ReadFormat;
  /** whether it is gzipped, and unzipped while it is read */
  gzipped: boolean;
}

/** How many vectors were read. */
export interface VectorsEvent {
  /** what tells it from the others */
  kind: "vectors";
  /** how many vectors were read so far */
  done: number;
  /** how many there are, where the file says so */
  total?: number;
  /** how many bytes of the source were read */
  bytes: number;
  /** how many it has, where that is known */
  totalBytes?: number;
}

/** What `KeyedVectors.load` tells its `onProgress`. */
export type LoadVectorsEvent = FormatEvent | VectorsEvent | WarningEvent;

export const LOAD_VECTORS_OPTIONS = {
  /** the file's format; by default it is found by its content */
  format: optional(oneOf(...READ_FORMATS)),
  /** what is stored of each number; "float32" by default, and as it was saved in our own format */
  dtype: optional(rowDtype),
  /** how many vectors are read, the first ones; all by default */
  limit: optional(integer(1)),
  /** what is done with keys that are not UTF-8: an error ("strict", the default), or such bytes are left out or become U+FFFD */
  unicodeErrors: option("strict", oneOf(...UNICODE_ERRORS)),
  /** a file of how often each word comes, "word count" on each line: gensim's fvocab */
  counts: optional(unchecked<ChunkSource>()),
  /** the keys of a file that holds rows alone (.npy, .tsv, embeddings as .safetensors): a list, or a file with one a line, or a tokenizer.json */
  keys: optional(unchecked<KeysSource>()),
  ...STOPPABLE,
  /** is told what the file is, how far the reading is, and what is not as one would want it; what it returns is awaited */
  onProgress: optional(callback<(event: LoadVectorsEvent) => unknown>()),
};

export const SAVE_VECTORS_OPTIONS = {
  /** the file's format; by default the target's name says it */
  format: optional(oneOf(...WRITTEN_FORMATS)),
  /** another file, for how often each word comes, "word count" on each line: gensim's fvocab */
  counts: optional(unchecked<TargetLike>()),
  /** another file, for the keys, one a line: what a format of rows alone needs */
  keys: optional(unchecked<TargetLike>()),
  ...STOPPABLE,
};

/** Options of `KeyedVectors.load`. @interface */
export type LoadVectorsOptions = GivenOptions<typeof LOAD_VECTORS_OPTIONS>;
export type LoadVectorsSettings = CheckedOptions<typeof LOAD_VECTORS_OPTIONS>;
/** Options of `KeyedVectors.save`. @interface */
export type SaveVectorsOptions = GivenOptions<typeof SAVE_VECTORS_OPTIONS>;
export type SaveVectorsSettings = CheckedOptions<typeof SAVE_VECTORS_OPTIONS>;
