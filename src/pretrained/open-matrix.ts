/** A matrix of a model's weights: where its rows lie, and how they become numbers. */

import { show, Wasm2VecError } from "../errors.ts";
import { openDecoder } from "../formats/decode-numbers.ts";
import { NUMBER_KINDS, NUMBER_NAMES } from "../formats/number-kinds.ts";
import type { StoredMatrix } from "../formats/stored-matrix.ts";
import type { Weights } from "./weights.ts";

/**
 * Opens a tensor as a matrix. Its rows are not read yet.
 *
 * @param name a tensor that the weights have
 * @throws {Wasm2VecError} `shape-mismatch` unless it is a matrix of one row and one column at least; `format-unknown` for
 *   numbers that cannot be read; and what `fileOf` throws
 */
export async function openMatrix(weights: Weights, name: string, signal?: AbortSignal): Promise<StoredMatrix> {
  const { source, file, ...header } = await weights.fileOf(name, signal).then((found) => ({
    source: found.source,
    file: found.file,
    ...found.tensor(name),
  }));
  const [rows, columns] = header.shape;
  if (header.shape.length !== 2 || !rows || !columns) {
    throw new Wasm2VecError(
      "shape-mismatch",
      `Tensor ${show(name)} in ${file} has the shape [${header.shape}]; expected [rows, columns], both at least 1. Pass another as the option tensor.`,
    );
  }
  const dtype = NUMBER_NAMES.find((known) => NUMBER_KINDS[known].safetensors === header.dtype);
  if (!dtype) {
    const known = NUMBER_NAMES.map((known) => NUMBER_KINDS[known].safetensors).join(", ");
    throw new Wasm2VecError(
      "format-unknown",
      `Tensor ${show(name)} in ${file} holds ${header.dtype}; expected ${known}. Take a checkpoint whose embeddings are not quantized.`,
    );
  }
  const { decode, close } = await openDecoder(dtype).then((decoder) => ({
    decode: decoder.decode.bind(decoder),
    close: decoder.close.bind(decoder),
  }));
  return {
    name,
    dtype,
    shape: [rows, columns],
    rowBytes: columns * NUMBER_KINDS[dtype].bytes,
    source,
    begin: header.begin,
    decode,
    close,
  };
}
