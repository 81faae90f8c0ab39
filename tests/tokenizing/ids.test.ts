// Ids and tokens as callers give them: lists of every kind, or one.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { type IdsLike, idsOf, tokensOf } from "../../src/tokenizing/ids.ts";
import { rejects } from "../helpers/rejects.ts";

test("lists of ids of every kind, and one id", () => {
  for (const given of [[3, 1], Uint32Array.of(3, 1), BigInt64Array.of(3n, 1n), new Set([3, 1]), [3n, 1]]) {
    assert.equal(idsOf(given as IdsLike, "The ids"), [3, 1]);
  }
  assert.equal(idsOf({ data: BigInt64Array.of(3n, 1n), dims: [1, 2] } as IdsLike, "The ids"), [3, 1]);
  assert.equal(idsOf(5, "The ids"), [5]);
  assert.equal(idsOf([], "The ids"), []);
});

test("what is no list of ids", async () => {
  for (const given of [undefined, null, "5", 5n, {}, { data: 5 }, { data: "12" }, new Map().get, true]) {
    await rejects(
      "option-invalid",
      /The ids are .*; expected an array, a typed array, a tensor with data, or one id/,
      () => idsOf(given as IdsLike, "The ids"),
    );
  }
  for (const given of [[-1], [1.5], ["1"], [undefined], -1, Number.NaN, [2n ** 60n], BigInt64Array.of(-1n)]) {
    await rejects("id-out-of-range", /Id 0 is .*; expected a whole number from 0 on/, () =>
      idsOf(given as IdsLike, "The ids"),
    );
  }
});

test("tokens: one, or a list", async () => {
  assert.equal(tokensOf("Hello"), ["Hello"]);
  assert.equal(tokensOf(["a", "b"]), ["a", "b"]);
  await rejects("option-invalid", /The tokens are 5; expected an array of texts/, () => tokensOf(5 as never));
  await rejects("option-invalid", /A token is 5; expected a string/, () => tokensOf([5] as never));
});

test.run();
