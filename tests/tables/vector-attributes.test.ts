// What is kept of a vector beside its numbers: counts and what its user sets.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { rejects } from "../helpers/rejects.ts";
import { compass } from "../helpers/tables.ts";

test("vectors are added with attributes, which gensim answers with an error", async () => {
  using vectors = await compass();
  vectors.addVectors(["south"], [[0, -1]], { extras: { count: [7], degrees: [180], short: ["S"] } });
  assert.is(vectors.getVecattr("south", "count"), 7);
  assert.is(vectors.getVecattr("south", "degrees"), 180);
  assert.is(vectors.getVecattr("north", "degrees"), 0);
  assert.is(vectors.getVecattr("south", "short"), "S");
  assert.is(vectors.getVecattr("north", "short"), undefined);
});

test("an attribute that was never set is an error that names those that were", async () => {
  using vectors = await compass();
  vectors.setVecattr("east", "degrees", 90);
  await rejects("attribute-not-found", /no attribute "degree", only "count", "degrees"/, () =>
    vectors.getVecattr("east", "degree"),
  );
  await rejects("key-not-found", /"south"/, () => vectors.getVecattr("south", "degrees"));
});

test("an attribute keeps the type of its first value", async () => {
  using vectors = await compass();
  vectors.setVecattr("east", "degrees", 90);
  await rejects("option-invalid", /"degrees" got "zero"; expected a number/, () =>
    vectors.setVecattr("north", "degrees", "zero"),
  );
  await rejects("option-invalid", /"count" got -1/, () => vectors.setVecattr("north", "count", -1));
});

test("an attribute of texts is undefined where it was not set, and takes no number", async () => {
  using vectors = await compass();
  vectors.setVecattr("east", "short", "E");
  assert.is(vectors.getVecattr("east", "short"), "E");
  assert.is(vectors.getVecattr("west", "short"), undefined);
  await rejects("option-invalid", /"short" got 5/, () => vectors.setVecattr("west", "short", 5));
});

test.run();
