/** What a model's folder is: the files that can be opened by their names. */

import { Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "./random-access.ts";
import type { MaybePromise, SourceLike } from "./source-kinds.ts";

/** The files of a folder. */
export interface Folder {
  /** what messages call it */
  readonly name: string;
  /** Opens a file by its name, "/" between folders below; undefined where there is none. */
  open(file: string, signal?: AbortSignal): Promise<RandomAccess | undefined>;
  /** The names of its files, none of those in folders below; absent where only names can be asked for. */
  list?(signal?: AbortSignal): Promise<string[]>;
  /** the name of its one file, where it stands for that; the other files that the model was split into may be opened too */
  readonly file?: string;
  /** why a file counted as missing that may be there: its server wants a permission, or sends a page in its place */
  readonly refusal?: Wasm2VecError;
}

/** A user's own folder, for instance over an object store. What it gives is checked. */
export interface OpenableFolder {
  /** what messages call it */
  readonly name?: string;
  /** What a file's bytes can be read from, by its name, "/" between folders below; undefined where there is none. */
  open(file: string, signal?: AbortSignal): MaybePromise<SourceLike | null | undefined>;
}

/** The weights' usual name: what a folder of a single file calls it. */
export const WEIGHTS_FILE = "model.safetensors";

/** Whether a path is that of a file of weights. */
export const isWeights = (path: string) => /\.(safetensors|gguf|bin|pt|pth)$/i.test(path);

/** The file's name at the end of a path. */
export const fileOf = (path: string) => path.replace(/^.*[/\\]/s, "");

/** A file that a model was split into: "model-00001-of-00003.gguf". */
export const PART = /^(.*-)(\d{5})(-of-\d{5}\.gguf)$/i;

/** Whether two names are those of files that one model was split into. */
export const arePartsOfOne = (file: string, other: string) =>
  PART.test(file) && PART.test(other) && file.replace(PART, "$1$3") === other.replace(PART, "$1$3");

/**
 * What a folder lacks that it must have.
 *
 * @returns `model-incomplete`, which also says why a file counted as missing
 */
export function incomplete({ refusal }: Folder, message: string): Wasm2VecError {
  const text = refusal ? `${message} A file counted as missing: ${refusal.message}` : message;
  return new Wasm2VecError("model-incomplete", text, { cause: refusal });
}
