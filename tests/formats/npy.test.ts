import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { npyChunks, readNpy, readNumbers, readRows } from "../../src/formats/npy.ts";
import { rejects } from "../helpers/rejects.ts";

/** A .npy file by hand. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = `${header}\n`;
  const head = version === 1 ? 10 : 12;
  const bytes = new Uint8Array(head + text.length + data.length);
  bytes.set(Buffer.from("\x93NUMPY", "latin1"));
  bytes[6] = version;
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(Buffer.from(text, "latin1"), head);
  bytes.set(data, head + text.length);
  return bytes;
}

const header = (descr: string, shape: string, isFortran = false) =>
  `{'descr': '${descr}', 'fortran_order': ${isFortran ? "True" : "False"}, 'shape': ${shape}, }`;

const bytesOf = (numbers: ArrayBufferView) => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

async function rowsOf(file: Uint8Array, limit?: number): Promise<number[][]> {
  const array = await readNpy(bytesAccess(file), "The file");
  const rows: number[][] = [];
  for await (const some of readRows(array, { limit })) {
    for (let at = 0; at < some.rows.length; at += array.shape[1]) {
      rows.push([...some.rows.subarray(at, at + array.shape[1])]);
    }
  }
  return rows;
}

const ROWS = [
  [1, 2, 3],
  [-4, 0.5, 6],
];

test("reads rows of float32, float64 and float16, of either order of bytes", async () => {
  const little = new Float32Array(ROWS.flat());
  assert.equal(await rowsOf(npy(header("<f4", "(2, 3)"), bytesOf(little))), ROWS);
  const big = new DataView(new ArrayBuffer(48));
  ROWS.flat().forEach((number, i) => {
    big.setFloat64(i * 8, number);
  });
  assert.equal(await rowsOf(npy(header(">f8", "(2, 3)"), bytesOf(big))), ROWS);
  // 1, 2, 3, -4, 0.5, 6
  const halves = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0xc400, 0x3800, 0x4600);
  assert.equal(await rowsOf(npy(header("<f2", "(2, 3)"), bytesOf(halves))), ROWS);
  assert.equal(await rowsOf(npy(header(">f2", "(2, 3)"), bytesOf(halves.map((h) => (h >> 8) | (h << 8))))), ROWS);
});

test("reads rows where columns lie one after the other", async () => {
  const columns = new Float32Array([1, -4, 2, 0.5, 3, 6]);
  assert.equal(await rowsOf(npy(header("<f4", "(2, 3)", true), bytesOf(columns))), ROWS);
});

test("reads versions 1, 2 and 3, and shapes as Python 2 writes them", async () => {
  const data = bytesOf(new Float32Array(ROWS.flat()));
  for (const version of [1, 2, 3]) assert.equal(await rowsOf(npy(header("<f4", "(2L, 3L)"), data, version)), ROWS);
});

test("reads the first rows only", async () => {
  const data = bytesOf(new Float32Array(ROWS.flat()));
  assert.equal(await rowsOf(npy(header("<f4", "(2, 3)"), data), 1), ROWS.slice(0, 1));
});

test("reads a matrix larger than what is read at a time", async () => {
  const shape = [30_000, 80];
  const numbers = Float32Array.from({ length: 30_000 * 80 }, (_, i) => i);
  for (const isFortran of [false, true]) {
    const array = await readNpy(bytesAccess(npy(header("<f4", `(${shape})`, isFortran), bytesOf(numbers))), "The file");
    let count = 0;
    for await (const { begin, rows } of readRows(array)) {
      assert.is(begin, count);
      count += rows.length / 80;
      const [row, column] = [count - 1, 79];
      assert.is(rows.at(-1), isFortran ? column * 30_000 + row : row * 80 + column);
    }
    assert.is(count, 30_000);
  }
});

test("reads numbers of any kind, in the order of rows", async () => {
  const read = async (file: Uint8Array) => [...(await readNumbers(await readNpy(bytesAccess(file), "The file")))];
  assert.equal(await read(npy(header("<i8", "(3,)"), bytesOf(BigInt64Array.of(1n, -2n, 3n)))), [1, -2, 3]);
  assert.equal(await read(npy(header("|u1", "(2,)"), Uint8Array.of(255, 0))), [255, 0]);
  assert.equal(
    await read(npy(header("<u4", "(2, 3)", true), bytesOf(Uint32Array.of(1, 4, 2, 5, 3, 6)))),
    [1, 2, 3, 4, 5, 6],
  );
  assert.equal(await read(npy(header("<i2", "()"), bytesOf(Int16Array.of(-7)))), [-7]);
  await rejects("format-damaged", /2\^53/, () =>
    read(npy(header("<u8", "(1,)"), bytesOf(BigUint64Array.of(2n ** 60n)))),
  );
});

test("what it writes, it reads; the data begin at a multiple of 64 bytes", async () => {
  const chunks = [...npyChunks([2, 3], [new Float32Array(ROWS[0]), new Float32Array(ROWS[1])])];
  assert.is(chunks[0].length % 64, 0);
  const file = new Uint8Array(Buffer.concat(chunks));
  assert.equal(await rowsOf(file), ROWS);
  assert.is(
    Buffer.from(chunks[0]).toString("latin1"),
    `\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }${" ".repeat(58)}\n`,
  );
});

test("refuses what is no array of numbers, and says what it is", async () => {
  const data = new Uint8Array(24);
  await rejects("format-unknown", /no \.npy file/, () => rowsOf(new Uint8Array(20)));
  await rejects("format-unknown", /"<U5"/, () => rowsOf(npy(header("<U5", "(2, 3)"), data)));
  await rejects("format-unknown", /fields/, () =>
    rowsOf(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", data)),
  );
  await rejects("shape-mismatch", /shape \(6\)/, () => rowsOf(npy(header("<f4", "(6,)"), data)));
});

test("believes no shape before the file is as long", async () => {
  for (const shape of ["(2, 4)", "(1000000000000, 3)", "(99999999999999999999, 99999999999999999999)"]) {
    await rejects("format-damaged", /takes (\d|NaN)/, () => rowsOf(npy(header("<f4", shape), new Uint8Array(24))));
  }
  await rejects("format-damaged", /header claims/, () =>
    rowsOf(npy(header("<f4", "(2, 3)"), new Uint8Array(24)).slice(0, 40)),
  );
  const longHeader = npy(header("<f4", "(2, 3)"), new Uint8Array(24), 2);
  new DataView(longHeader.buffer).setUint32(8, 0xffffffff, true);
  await rejects("format-damaged", /4294967295 bytes/, () => rowsOf(longHeader));
});

test.run();
