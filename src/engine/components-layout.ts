/** Where what principal components are made with lies in an engine's memory; loaded with them. */

import { rowBytesOf, Space } from "./layout.ts";

/** How many rows the products of a covariance are summed up over in float32. */
export const TOGETHER = 256;

/**
 * What covariances of D numbers are summed up in:
 *
 *     base | columns (D, TOGETHER) f32 | ones (D) f32 | products (D) f32 |
 */
export function covarianceLayout(base: number, dimension: number) {
  const space = new Space(base);
  return {
    columns: space.take(dimension * TOGETHER * 4),
    ones: space.take(dimension * 4),
    products: space.take(dimension * 4),
    end: space.end,
  };
}

/**
 * What a row is laid along K axes with:
 *
 *     base | axes (K, D) f32, padded | ones (K) f32 | row (D) f32, padded | products (K) f32 |
 */
export function componentsLayout(base: number, dimension: number, count: number) {
  const space = new Space(base);
  const rowBytes = rowBytesOf(dimension);
  return {
    count,
    rowBytes,
    axes: space.take(count * rowBytes),
    ones: space.take(count * 4),
    row: space.take(rowBytes),
    products: space.take(count * 4),
    end: space.end,
  };
}
