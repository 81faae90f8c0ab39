/** Ids of tokens and texts of tokens, as callers give them: one, or a list of any kind. */

import { isIterable, listOf } from "../check-options.ts";
import { isDetached, isObject, show, Wasm2VecError } from "../errors.ts";

/** One id, or ids in a list of any kind: an array, numbers of any width, a tensor of transformers.js. */
export type IdsLike = number | Iterable<number | bigint> | TensorLike;

/** A tensor, whose numbers lie in `data` in the order of its rows. */
export interface TensorLike {
  /** its numbers */
  readonly data: ArrayLike<number> | ArrayLike<bigint>;
}

/**
 * The ids that a caller gave, as an array of numbers.
 *
 * @param what what messages call them: "The ids"
 * @param rows how many rows there are, where they must be in [0, rows)
 * @throws {Wasm2VecError} `option-invalid` for what is no list and no id; `id-out-of-range` where one is no whole number from
 *   0 on, or there is no such row
 */
export function idsOf(given: IdsLike, what: string, rows = Number.POSITIVE_INFINITY): number[] {
  if (typeof given === "number") return [idOf(given, 0, rows)];
  const list = listIn(given);
  if (list) return listOf(list, what).map((id, place) => idOf(id, place, rows));
  throw new Wasm2VecError(
    "option-invalid",
    `${what} are ${show(given)}; expected an array, a typed array, a tensor with data, or one id.`,
  );
}

/**
 * The tokens that a caller gave: one, or a list.
 *
 * @throws {Wasm2VecError} `option-invalid` for what is neither, and for what is in the list and no text
 */
export function tokensOf(given: string | Iterable<string>): string[] {
  if (typeof given === "string") return [given];
  if (!isIterable(given)) {
    throw new Wasm2VecError(
      "option-invalid",
      `The tokens are ${show(given)}; expected an array of texts, or one text.`,
    );
  }
  return listOf(given as Iterable<unknown>, "The tokens").map((token) => {
    if (typeof token === "string") return token;
    throw new Wasm2VecError("option-invalid", `A token is ${show(token)}; expected a string.`);
  });
}

function listIn(given: unknown): Iterable<number | bigint> | undefined {
  if (isIterable(given)) return given as Iterable<number>;
  const data = isObject(given) ? (given as Partial<TensorLike>).data : undefined;
  const isList = isIterable(data) && !(ArrayBuffer.isView(data) && isDetached(data));
  return isList ? (data as unknown as Iterable<number>) : undefined;
}

function idOf(id: number | bigint, place: number, rows: number): number {
  const number = typeof id === "bigint" ? Number(id) : id;
  if (Number.isSafeInteger(number) && number >= 0 && number < rows) return number;
  const range = rows < Number.POSITIVE_INFINITY ? `from 0 to ${rows - 1}, because there are ${rows} rows` : "from 0 on";
  throw new Wasm2VecError(
    "id-out-of-range",
    `Id ${place} is ${show(id)}; expected a whole number ${range}. Does the tokenizer belong to this model?`,
  );
}
