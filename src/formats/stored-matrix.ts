/** A matrix in a model's file: where its rows lie, and how they become numbers. */

import type { RandomAccess } from "../files/random-access.ts";

/** A matrix whose rows lie one after the other in a file, each in as many bytes. Whoever opened it closes it. */
export interface StoredMatrix {
  /** the tensor's name in the file */
  readonly name: string;
  /** what the file stores of each number: "bfloat16", "int8", "q6_k" */
  readonly dtype: string;
  readonly shape: readonly [rows: number, columns: number];
  /** how many bytes a row takes */
  readonly rowBytes: number;
  readonly source: RandomAccess;
  /** where the first row begins in the source */
  readonly begin: number;
  /**
   * out (n, D) = the numbers of n whole rows, exactly as their format says.
   *
   * @param bytes (n × rowBytes,) as they lie in the file
   * @param row the first one's number, for what stands beside rows, such as scales
   */
  decode(bytes: Uint8Array, out: Float32Array, row: number): void;
  /** Lets go of what decoding needs. */
  close(): void;
}
