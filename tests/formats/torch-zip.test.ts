// What torch.save writes: read where it lies, its pickle as data; archives and pickles that lie are refused.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EmbeddingMatrix } from "../../src/embedding-matrix.ts";
import type { ErrorCode } from "../../src/errors.ts";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readTorch } from "../../src/formats/torch-zip.ts";
import { answersWhateverChanges } from "../helpers/bad-files.ts";
import { rejects } from "../helpers/rejects.ts";
import {
  asZip64,
  dict,
  GLOBAL,
  int,
  type Member,
  membersOf,
  storage,
  str,
  tensor,
  torchFile,
  tuple,
  zipOf,
} from "../helpers/torch-file.ts";

const golden = JSON.parse(readFileSync("tests/golden/torch.json", "utf8")) as {
  files: Record<string, string>;
  embed: number[];
  kinds: Record<string, number[]>;
};

const fileOf = (name: string) => new Uint8Array(Buffer.from(golden.files[name], "base64"));
const read = (file: Uint8Array<ArrayBuffer>) => readTorch(bytesAccess(file), "model.bin");

async function rowsOf(file: Uint8Array<ArrayBuffer>, name: string, name2 = "pytorch_model.bin"): Promise<number[]> {
  using matrix = await EmbeddingMatrix.fromPretrained({ [name2]: file }, { tensor: name });
  const ids = Array.from({ length: matrix.shape[0] }, (_, id) => id);
  const all = [...(await matrix.lookup(ids)).data];
  // each by itself, and the last before the first, gives the same
  for (const id of ids) {
    assert.equal([...(await matrix.lookup([id])).data], all.slice(id * matrix.shape[1], (id + 1) * matrix.shape[1]));
  }
  return all;
}

test("a state_dict of PyTorch: two names of one storage", async () => {
  const file = await read(fileOf("state"));
  assert.equal([...file.tensors.keys()], ["embed.weight", "head.weight"]);
  assert.equal(await rowsOf(fileOf("state"), "embed.weight"), golden.embed);
  assert.equal(await rowsOf(fileOf("state"), "head.weight"), golden.embed);
});

test("kinds of number; parts of a larger tensor, whose rows have others between them", async () => {
  for (const [name, dtype] of [
    ["half", "float16"],
    ["bfloat16", "bfloat16"],
    ["double", "float64"],
    ["part", "float32"],
    ["column", "float32"],
    ["parameter", "float32"],
  ]) {
    assert.equal(await rowsOf(fileOf("kinds"), name), golden.kinds[name], name);
    using matrix = await EmbeddingMatrix.fromPretrained(fileOf("kinds"), { tensor: name });
    assert.is(matrix.dtype, dtype);
  }
});

test("tensors whose rows do not lie in one piece, or lie over one another, are refused with what to do", async () => {
  for (const name of ["turned", "spread"]) {
    await rejects("format-unknown", /has the strides \[.*its rows do not lie in one piece each.*contiguous\(\)/, () =>
      EmbeddingMatrix.fromPretrained(fileOf("kinds"), { tensor: name }),
    );
  }
  await rejects("format-unknown", /holds I64; expected F32/, () =>
    EmbeddingMatrix.fromPretrained(fileOf("kinds"), { tensor: "long" }),
  );
});

test("a checkpoint, whose tensors are a part of it", async () =>
  assert.equal(await rowsOf(fileOf("checkpoint"), "embed.weight", "checkpoint.pt"), golden.embed));

test("files of torch.save that hold something else are named", async () => {
  for (const [name, code, message] of [
    ["old", "format-unknown", /before PyTorch 1\.6.*torch\.save\(torch\.load/],
    ["module", "pickle-refused", /asks Python for torch\.nn\.modules\.sparse\.Embedding.*state_dict\(\)/],
    ["nothing", "format-unknown", /holds a dict without tensors; expected tensors by their names/],
    ["script", "format-unknown", /is a program of TorchScript/],
  ] as const) {
    await rejects(code, message, () => EmbeddingMatrix.fromPretrained(fileOf(name)));
  }
});

const floats = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const DATA = floats(0, 1, 2, 3, 4, 5);
const EMBED = storage("FloatStorage", "0", 6);
const named = (value: string) => dict(str("embed_tokens.weight"), value);
const PLAIN = named(tensor(EMBED, 0, [3, 2], [2, 1]));

test("as PyTorch writes float8 and its newest kinds: by a dtype, over a storage of bytes", async () => {
  const untyped = storage("UntypedStorage", "0", 6, "torch.storage");
  const value = named(tensor(untyped, 2, [2, 2], [2, 1], GLOBAL("torch", "float8_e4m3fn")));
  using matrix = await EmbeddingMatrix.fromPretrained(
    torchFile(value, { 0: Uint8Array.of(0, 0, 0x38, 0xb8, 0x7e, 1) }),
  );
  assert.is(matrix.dtype, "float8_e4m3fn");
  assert.equal([...(await matrix.lookup([0, 1])).data], [1, -1, 448, 2 ** -9]);
});

test("a machine with the other order of bytes says so", async () => {
  const turned = new Uint8Array(Buffer.from(DATA).swap32());
  const file = torchFile(PLAIN, { 0: turned }, [{ name: "archive/byteorder", bytes: Buffer.from("big") }]);
  assert.equal(await rowsOf(file, "embed_tokens.weight"), [0, 1, 2, 3, 4, 5]);
});

test("a subclass of a tensor, a shape as torch.Size, no folder, a name that is not English", async () => {
  const plain = tuple(
    EMBED,
    int(0),
    `${GLOBAL("torch", "Size")}${tuple(tuple(int(3), int(2)))}R`,
    tuple(int(2), int(1)),
    "\x89",
    "N",
  );
  const value = `${GLOBAL("torch._tensor", "_rebuild_from_type_v2")}${tuple(
    GLOBAL("torch._utils", "_rebuild_tensor_v2"),
    GLOBAL("torch.nn.parameter", "Parameter"),
    plain,
    dict(),
  )}R`;
  const members = membersOf(named(value), { 0: DATA }).map((member) => ({
    ...member,
    name: member.name.replace("archive/", ""),
  }));
  assert.equal(await rowsOf(zipOf(members), "embed_tokens.weight"), [0, 1, 2, 3, 4, 5]);
  const german = members.map((member) => ({ ...member, name: `Gewichte für Übungen/${member.name}` }));
  assert.equal(await rowsOf(zipOf(german), "embed_tokens.weight"), [0, 1, 2, 3, 4, 5]);
});

test("archives as they are beyond 4 GB", async () => {
  const members = membersOf(PLAIN, { 0: DATA }).map((member) => ({ ...member, isWide: true }));
  assert.equal(await rowsOf(asZip64(zipOf(members)), "embed_tokens.weight"), [0, 1, 2, 3, 4, 5]);
});

test("rows of which a few numbers are wanted of many are read in pieces", async () => {
  const columns = 40_000;
  const wide = Float32Array.from({ length: 50 * columns }, (_, i) => i);
  const value = named(tensor(storage("FloatStorage", "0", wide.length), 7, [50, 2], [columns, 1]));
  const bytes = torchFile(value, { 0: new Uint8Array(wide.buffer) });
  const longest: number[] = [];
  using matrix = await EmbeddingMatrix.fromPretrained({
    size: bytes.length,
    read: (begin, end) => {
      longest.push(end - begin);
      return bytes.subarray(begin, end);
    },
  });
  const { data } = await matrix.lookup(Array.from({ length: 50 }, (_, id) => id));
  assert.equal([...data.subarray(96)], [48 * columns + 7, 48 * columns + 8, 49 * columns + 7, 49 * columns + 8]);
  assert.ok(Math.max(...longest) <= 2 ** 20);
});

const tensorIs = (of: string, ...rest: [number, number[], number[]]) =>
  torchFile(named(tensor(of, ...rest)), { 0: DATA });
const without = (name: string): Member[] =>
  membersOf(PLAIN, { 0: DATA }).filter((member) => !member.name.endsWith(name));
const changed = (name: string, change: Partial<Member>): Member[] =>
  membersOf(PLAIN, { 0: DATA }).map((member) => (member.name.endsWith(name) ? { ...member, ...change } : member));

/** Each rule, broken. */
const LIES: Record<string, [file: Uint8Array<ArrayBuffer>, code: ErrorCode, message: RegExp]> = {
  "no directory": [zipOf(membersOf(PLAIN, { 0: DATA })).slice(0, -1), "format-damaged", /no directory at its end/],
  "a directory beyond the end": [
    zipOf(membersOf(PLAIN, { 0: DATA }), { begin: 1e9 }),
    "format-damaged",
    /claims to end at byte/,
  ],
  "more members than a directory can hold": [
    zipOf(membersOf(PLAIN, { 0: DATA }), { count: 60000 }),
    "format-damaged",
    /claims to hold 60000 members/,
  ],
  "a member too many": [
    zipOf(
      membersOf(PLAIN, { 0: DATA }).map((member) => ({ ...member, name: member.name.padEnd(150, "x") })),
      { count: 3 },
    ),
    "format-damaged",
    /member 2 of its directory is none/,
  ],
  "a directory at another place": [
    zipOf(membersOf(PLAIN, { 0: DATA }), { begin: 3 }),
    "format-damaged",
    /member 0 of its directory is none/,
  ],
  "an end of zip64 beyond the end": [
    asZip64(zipOf(membersOf(PLAIN, { 0: DATA })), 1e12),
    "format-damaged",
    /claims to begin at/,
  ],
  "an end of zip64 elsewhere": [
    asZip64(zipOf(membersOf(PLAIN, { 0: DATA })), 5),
    "format-damaged",
    /is not where it claims/,
  ],
  "a member twice": [
    zipOf([...membersOf(PLAIN, { 0: DATA }), ...without("data.pkl")]),
    "format-damaged",
    /the member "archive\/data\/0" twice/,
  ],
  "a member beyond the directory": [
    zipOf(changed("data/0", { size: 1e6 })),
    "format-damaged",
    /claims to have 1000000 bytes/,
  ],
  "a compressed pickle": [
    zipOf(changed("data.pkl", { method: 8 })),
    "format-unknown",
    /"archive\/data\.pkl" compressed/,
  ],
  "a compressed storage": [zipOf(changed("data/0", { method: 8 })), "format-unknown", /"archive\/data\/0" compressed/],
  "no data.pkl": [
    zipOf(without("data.pkl")),
    "format-unknown",
    /a zip archive that holds "archive\/data\/0"; expected .*data\.pkl/,
  ],
  "an empty archive": [
    new Uint8Array(Buffer.concat([Buffer.from("PK\x03\x04"), zipOf([])])),
    "format-unknown",
    /holds nothing/,
  ],
  "no storage": [zipOf(without("data/0")), "format-damaged", /is in the storage "0", which is missing/],
  "a storage of another length": [
    torchFile(PLAIN, { 0: DATA.slice(4) }),
    "format-damaged",
    /a storage of 24 bytes, of which .* 20/,
  ],
  "an offset beyond the storage": [
    tensorIs(EMBED, 1, [3, 2], [2, 1]),
    "format-damaged",
    /needs 28 bytes of its storage, which has 24/,
  ],
  "a shape beyond the storage": [tensorIs(EMBED, 0, [4, 2], [2, 1]), "format-damaged", /needs 32 bytes/],
  "strides beyond the storage": [
    tensorIs(EMBED, 0, [3, 2], [2 ** 52, 1]),
    "format-damaged",
    /needs 3.*e\+16 bytes|needs \d+ bytes/,
  ],
  "a negative offset": [tensorIs(EMBED, -1, [3, 2], [2, 1]), "format-damaged", /from -1 on/],
  "negative strides": [tensorIs(EMBED, 0, [3, 2], [-2, 1]), "format-damaged", /strides \[-2, 1\]/],
  "fewer strides than sizes": [
    tensorIs(EMBED, 0, [3, 2], [2]),
    "format-damaged",
    /the shape \[3, 2\] and strides \[2\]/,
  ],
  "a tensor of no storage": [tensorIs(str("x"), 0, [3, 2], [2, 1]), "format-damaged", /a tensor without a storage/],
  "a reference to something else": [
    torchFile(named(`${str("x")}Q`), {}),
    "format-damaged",
    /a reference to "x"; expected a storage/,
  ],
  "a storage of no kind": [tensorIs(storage("Size", "0", 6), 0, [3, 2], [2, 1]), "format-damaged", /a reference to/],
  "a dtype that is none": [
    torchFile(named(tensor(EMBED, 0, [3, 2], [2, 1], str("float32"))), { 0: DATA }),
    "format-damaged",
    /a tensor of the kind ""/,
  ],
  "a call of a program": [
    torchFile(`${GLOBAL("os", "system")}${tuple(str("ls"))}R`, {}),
    "pickle-refused",
    /asks Python for os\.system.*Nothing was run/,
  ],
  "a rebuild of a rebuild": [
    torchFile(
      named(
        `${GLOBAL("torch._tensor", "_rebuild_from_type_v2")}${tuple(GLOBAL("torch._tensor", "_rebuild_from_type_v2"), "N", tuple(), dict())}R`,
      ),
      {},
    ),
    "format-damaged",
    /a tensor of no kind/,
  ],
  "a list": [torchFile("]", {}), "format-unknown", /holds a list; expected tensors by their names/],
};

for (const [name, [file, code, message]] of Object.entries(LIES)) {
  test(`an archive that lies: ${name}`, () =>
    rejects(code, message, () => EmbeddingMatrix.fromPretrained({ "pytorch_model.bin": file })));
}

test("a directory longer than any is refused before it is read", async () => {
  const end = Buffer.from(zipOf([]));
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(2 ** 28, 12);
  const size = 2 ** 30;
  const source = {
    size,
    read: async (begin: number, to: number) => {
      const bytes = new Uint8Array(to - begin);
      if (to === size) bytes.set(end, bytes.length - end.length);
      return bytes;
    },
  };
  await rejects("too-large", /a directory of 268435456 bytes; 134217728 are read at most/, () => readTorch(source));
});

test("a member whose own header says something else than the directory", async () => {
  const file = zipOf(membersOf(PLAIN, { 0: DATA }));
  const at = Buffer.from(file).lastIndexOf("archive/data/0", file.length - 200);
  file[at] = 0x78;
  await rejects("format-damaged", /its member "archive\/data\/0" is not where the directory says/, () =>
    EmbeddingMatrix.fromPretrained(file),
  );
});

test("whatever bytes are changed, it is read or refused with an error of the library's", () =>
  answersWhateverChanges(
    (bytes) => EmbeddingMatrix.fromPretrained(bytes, { tensor: "embed.weight" }).then((matrix) => matrix.lookup([0])),
    ["state", "checkpoint"].map(fileOf),
  ));

test.run();
