/** How fastText's own files begin: see fasttext-binary.ts. */

export const FASTTEXT_MAGIC = 793712314;

/** Twelve settings of i32 and one of f64. */
export const SETTINGS_BYTES = 12 * 4 + 8;

/** Whether a file that begins so is a fastText model; those of 2016 have no mark, so all their settings must be sensible. */
export function isFasttextBinary(head: Uint8Array): boolean {
  if (head.length < SETTINGS_BYTES) return false;
  const view = new DataView(head.buffer, head.byteOffset);
  return (
    view.getInt32(0, true) === FASTTEXT_MAGIC ||
    OLD_RANGES.every(([min, max], i) => isIn(view.getInt32(i * 4, true), min, max))
  );
}

/** dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate */
// biome-ignore format: a row for each kind of setting
const OLD_RANGES = [
  [1, 1e5], [1, 1e4], [0, 1e5], [0, 1e9], [0, 1e5],
  [1, 100], [1, 4], [1, 3],
  [0, 2e9], [0, 1000], [0, 1000], [1, 2e9],
] as const;

const isIn = (value: number, min: number, max: number) => value >= min && value <= max;
