/** A file of named tensors, whatever its format: what its header tells, and where the tensors lie. */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";

/** What a header tells of a tensor. */
export interface StoredTensor {
  readonly name: string;
  /** what the file stores of each number, as safetensors or GGUF call it: "BF16", "Q6_K" */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** where its bytes begin in the file */
  readonly begin: number;
  /** where they end: the first byte after them */
  readonly end: number;
  /** how many elements lie from one to the next in each dimension; absent where rows follow one another */
  readonly strides?: readonly number[];
}

/** A file whose header is read and checked. */
export class TensorFile<Tensor extends StoredTensor = StoredTensor> {
  /** whether its numbers' bytes are in the other order */
  readonly isBigEndian: boolean = false;
  /** how many files the model is split into, of which this is one */
  readonly parts: number = 1;

  /**
   * @param file what messages call it
   * @param tensors by their names, in the header's order
   * @param metadata the header's texts
   * @param format what messages call its format
   */
  constructor(
    readonly source: RandomAccess,
    readonly file: string,
    readonly tensors: ReadonlyMap<string, Tensor>,
    readonly metadata: Readonly<Record<string, string>>,
    readonly format: string,
  ) {}

  /** @throws {Wasm2VecError} `format-damaged` when there is none of this name */
  tensor(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor) return tensor;
    throw damagedFile(this.file, this.format, `it has no tensor ${show(name)}`);
  }

  /** Where the bytes of a tensor begin; reads what must be read to know it. */
  async beginOf(tensor: StoredTensor, _signal?: AbortSignal): Promise<number> {
    return tensor.begin;
  }
}

/** A file that is not as its format wants it. */
export function damagedFile(file: string, format: string, what: string, cause?: unknown): Wasm2VecError {
  const message = `${file} is no whole ${format}: ${what}. Copy or download it again.`;
  return new Wasm2VecError("format-damaged", message, { cause });
}

/**
 * Node's fs.openAsBlob counts sizes with 32 bits (nodejs/node#52585).
 *
 * @param expected how many bytes the file has by its header
 * @throws {Wasm2VecError} `file-not-readable` where its source has as many without those beyond 4 GiB
 */
export function checkMiscounted(file: string, expected: number, size: number): void {
  if (expected <= size || (expected - size) % 2 ** 32 !== 0) return;
  throw new Wasm2VecError(
    "file-not-readable",
    `${file} has ${expected} bytes by its header, and ${size} by its source, which is as many without those beyond 4 GiB. fs.openAsBlob counts so: pass the file's path instead.`,
  );
}
