// The host's lists of the engine's structs are the engine's: names, order and types of their fields.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as layout from "../src/engine/layout.ts";
import type { Field } from "../src/engine/struct.ts";
import * as tokenizer from "../src/tokenizing/models/layout.ts";

/** What each of the engine's structs is called, and its list. */
const TWINS: Record<string, readonly Field[]> = {
  Words: layout.WORDS_FIELDS,
  Split: layout.SPLIT_FIELDS,
  Search: layout.SEARCH_FIELDS,
  Int8Search: layout.INT8_FIELDS,
  Analogy: layout.ANALOGY_FIELDS,
  Job: layout.JOB_FIELDS,
  Model: tokenizer.MODEL_FIELDS,
  Pieces: tokenizer.PIECES_FIELDS,
  Part: tokenizer.PART_FIELDS,
};

/** The fields of every @unmanaged class of the engine; an address or a count is read as a u32. */
function engineStructs(): Map<string, Field[]> {
  const files = (readdirSync("assembly", { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
  const structs = new Map<string, Field[]>();
  for (const file of files) {
    const source = readFileSync(path.join("assembly", file), "utf8");
    for (const [, name, body] of source.matchAll(/@unmanaged\s+(?:export )?class (\w+) \{([\s\S]*?)\n\}/g)) {
      const fields = Array.from(body.matchAll(/^ {2}(\w+): (usize|u32|f32);/gm), ([, name, type]): Field => {
        return { name, type: type === "f32" ? "f32" : "u32" };
      });
      structs.set(name, fields);
    }
  }
  return structs;
}

const structs = engineStructs();

test("each struct of the engine has a list", () => {
  assert.equal([...structs.keys()].sort(), Object.keys(TWINS).sort());
});

for (const [name, fields] of Object.entries(TWINS)) {
  test(`${name}: ${fields.length} fields`, () => {
    assert.equal(fields, structs.get(name));
  });
}

test.run();
