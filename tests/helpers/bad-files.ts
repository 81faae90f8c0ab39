/** Files that are not whole, for readers: each must refuse them with an error of the library, and soon. */

import fc from "fast-check";
import * as assert from "uvu/assert";
import { Wasm2VecError } from "../../src/errors.ts";
import { CollectingSink } from "./vector-sinks.ts";

/** Reads a file into a sink. */
type Read = (bytes: Uint8Array, sink: CollectingSink) => Promise<void>;

async function outcomeOf(read: Read, bytes: Uint8Array): Promise<CollectingSink | Wasm2VecError> {
  const sink = new CollectingSink();
  try {
    await read(bytes, sink);
    return sink;
  } catch (error) {
    assert.instance(error, Wasm2VecError, `${(error as Error).stack}`);
    return error as Wasm2VecError;
  }
}

/** Asserts that the file is refused when it is cut short: of long ones, not at every byte in the middle. */
export async function refusesTruncated(read: Read, file: Uint8Array): Promise<void> {
  for (let length = 0; length < file.length; length += length < 1200 || length > file.length - 600 ? 1 : 37) {
    const error = await outcomeOf(read, file.subarray(0, length));
    assert.instance(error, Wasm2VecError, `${length} of ${file.length} bytes are accepted`);
    const { code, message } = error as Wasm2VecError;
    assert.match(code, /^format-(damaged|unknown)$/, message);
  }
}

/** Asserts that files with some bytes changed are refused, or give as many rows as they promise. */
export async function survivesChanges(read: Read, files: readonly Uint8Array[], numRuns = 300): Promise<void> {
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)));
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.array(change, { minLength: 1, maxLength: 4 }), async (index, changes) => {
      const bytes = files[index % files.length].slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const outcome = await outcomeOf(read, bytes);
      if (outcome instanceof CollectingSink) assert.is(outcome.rows.length, outcome.shape?.rows ?? outcome.rows.length);
    }),
    { numRuns },
  );
}

/** Asserts that files with some bytes changed or cut off are read, or refused with an error of the library. */
export async function answersWhateverChanges(
  read: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>,
  files: readonly Uint8Array[],
  numRuns = 2000,
): Promise<void> {
  const change = fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)));
  const cut = fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.nat());
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      cut,
      async (index, changes, length) => {
        const bytes = new Uint8Array(files[index % files.length]);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const error = await read(length === undefined ? bytes : bytes.slice(0, length % bytes.length)).catch(
          (error) => error,
        );
        if (error instanceof Error) assert.instance(error, Wasm2VecError, `${error.stack}`);
      },
    ),
    { numRuns, seed: 1 },
  );
}

/** Asserts that bytes at random, some after a beginning that is right, are refused. */
export async function refusesRandom(read: Read, beginnings: readonly Uint8Array[]): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...beginnings, new Uint8Array()),
      fc.uint8Array({ maxLength: 300 }),
      async (head, rest) => {
        const outcome = await outcomeOf(read, Uint8Array.from([...head, ...rest]));
        assert.instance(outcome, Wasm2VecError);
      },
    ),
  );
}
