// Compressed parts of files: unpacked as what packed them says, and refused where they promise what they do not hold.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { type Codec, unpack } from "../../src/formats/decompress.ts";
import { rejects } from "../helpers/rejects.ts";

const damaged = (what: string) => new Wasm2VecError("format-damaged", what);

/** A text that repeats itself, near and far, as pyarrow's codecs pack it: see make-packed.py. */
const text = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 1009).join(" ");
const packed = JSON.parse(readFileSync("tests/golden/packed.json", "utf8")) as Record<Codec, string>;
const bytes = new TextEncoder().encode(text);
const packedBy = (codec: Codec) => new Uint8Array(Buffer.from(packed[codec], "base64"));
const CODECS = Object.keys(packed) as Codec[];

for (const codec of CODECS) {
  test(`${codec}: a text comes back`, async () => {
    const unpacked = await unpack(codec, packedBy(codec), bytes.length, damaged);
    assert.is(new TextDecoder().decode(unpacked), text);
  });

  test(`${codec}: another length than is said, or a part of it, is refused`, async () => {
    const file = packedBy(codec);
    for (const length of [0, 1, bytes.length - 1, bytes.length + 1, 1 << 20]) {
      await rejects("format-damaged", /claim to unpack to/, () => unpack(codec, file, length, damaged));
    }
    for (const end of [0, 1, 4, file.length >> 1, file.length - 8]) {
      await rejects("format-damaged", /claim to unpack to/, () =>
        unpack(codec, file.subarray(0, end), bytes.length, damaged),
      );
    }
  });

  test(`${codec}: a promise beyond what so few bytes may hold is refused before memory is taken`, async () => {
    for (const length of [1e12, 2 ** 40, -1, Number.NaN]) {
      await rejects("format-damaged", /claim to unpack to/, () => unpack(codec, packedBy(codec), length, damaged));
    }
  });

  test(`${codec}: changed bytes are refused, or make as many bytes`, () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), async (changes) => {
        const file = packedBy(codec);
        for (const [at, value] of changes) file[at % file.length] = value;
        const error = await unpack(codec, file, bytes.length, damaged).then(
          (unpacked) => assert.is(unpacked.length, bytes.length),
          (error) => error,
        );
        if (error) assert.instance(error, Wasm2VecError);
      }),
      { numRuns: 200 },
    ));
}

test("a gzip bomb is left when it has made more than it said", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(1 << 26)));
  await rejects("format-damaged", /unpack to more/, () => unpack("GZIP", bomb, 1000, damaged));
});

test.run();
