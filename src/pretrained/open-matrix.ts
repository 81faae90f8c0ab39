/** A matrix of a model's weights: where its rows lie, and how they become numbers. */

import { show, Wasm2VecError } from "../errors.ts";
import type { Folder } from "../files/folder.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { ROW_KIND_NAMES, type RowKind, rowKind } from "../formats/decode-tensor.ts";
import { spacedRows, turnedNumbers } from "../formats/row-source.ts";
import type { StoredMatrix } from "../formats/stored-matrix.ts";
import type { StoredTensor, TensorFile } from "../formats/tensor-file.ts";
import { findScales } from "./scales.ts";
import type { Weights } from "./weights.ts";

/** The kinds whose numbers mean little without a scale. */
const EIGHT_BITS = /^(I8|U8|F8_)/;

/**
 * Opens a tensor as a matrix. Of its rows nothing is read yet, but the scales that stand beside them are.
 *
 * @param name a tensor that the weights have
 * @throws {Wasm2VecError} `shape-mismatch` unless it is a matrix of one row and one column at least; `format-unknown` for
 *   numbers or scales that cannot be read, and for rows that are cut to pieces; and what `fileOf` throws
 */
export async function openMatrix(
  weights: Weights,
  folder: Folder,
  name: string,
  signal?: AbortSignal,
): Promise<StoredMatrix> {
  const file = await weights.fileOf(name, signal);
  const tensor = file.tensor(name);
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || !rows || !columns) {
    throw new Wasm2VecError(
      "shape-mismatch",
      `Tensor ${show(name)} in ${file.file} has the shape [${tensor.shape}]; expected [rows, columns], both at least 1. Pass another as the option tensor.`,
    );
  }
  const kind = kindOf(tensor, file);
  const rescale = EIGHT_BITS.test(tensor.dtype) ? await findScales(weights, folder, tensor, signal) : undefined;
  const rowBytes = (columns / kind.values) * kind.bytes;
  const place = await placeOf(file, tensor, kind, rowBytes, signal);
  const decoder = await kind.open();
  return {
    name,
    dtype: kind.dtype,
    shape: [rows, columns],
    rowBytes,
    ...place,
    decode(bytes, out, row) {
      decoder.decode(bytes, out);
      for (let at = 0; rescale && at < out.length; at += columns) {
        rescale(out.subarray(at, at + columns), row + at / columns);
      }
    },
    close: () => decoder.close(),
  };
}

function kindOf({ name, dtype, shape }: StoredTensor, { file }: TensorFile): RowKind {
  const kind = rowKind(dtype);
  if (!kind || dtype === "F8_E8M0") {
    throw new Wasm2VecError(
      "format-unknown",
      `Tensor ${show(name)} in ${file} holds ${dtype}; expected ${ROW_KIND_NAMES.join(", ")}. Take a checkpoint whose embeddings are not quantized so.`,
    );
  }
  if (shape[1] % kind.values === 0) return kind;
  throw new Wasm2VecError(
    "format-damaged",
    `Tensor ${show(name)} in ${file} has rows of ${shape[1]} numbers; ${dtype} has ${kind.values} in a block. Copy or download it again.`,
  );
}

/** Where the rows lie: in the file, or in a source that makes rows of it that follow one another. */
async function placeOf(
  file: TensorFile,
  tensor: StoredTensor,
  kind: RowKind,
  rowBytes: number,
  signal?: AbortSignal,
): Promise<{ source: RandomAccess; begin: number }> {
  const begin = await file.beginOf(tensor, signal);
  const { name, shape, strides } = tensor;
  const [rows, columns] = shape;
  const [down, across] = strides ?? [columns, 1];
  if (strides && (down < columns || (across !== 1 && columns > 1))) {
    throw new Wasm2VecError(
      "format-unknown",
      `Tensor ${show(name)} in ${file.file} has the strides [${strides}]: its rows do not lie in one piece each; expected [${columns}, 1] or more. Save tensor.contiguous() instead.`,
    );
  }
  const spaced = strides && spacedRows(file.source, begin, rows, rowBytes, down * kind.bytes);
  const source = spaced ?? file.source;
  const isTurned = file.isBigEndian && kind.bytes > 1;
  return { source: isTurned ? turnedNumbers(source, kind.bytes) : source, begin: spaced ? 0 : begin };
}
