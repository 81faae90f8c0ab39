import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { readPickle } from "../../src/formats/pickle.ts";
import {
  type Dtype,
  knownGlobals,
  NdArray,
  PyDict,
  type PyGlobal,
  PyObject,
  StoredBytes,
} from "../../src/formats/pickle-values.ts";
import { rejects } from "../helpers/rejects.ts";

const globals = knownGlobals(["shapes.Circle"], ["shapes.area"]);

/** A pickle of texts, whose characters are bytes, and of bytes. */
const pickle = (...parts: (string | Uint8Array | number[])[]) =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part)))),
  );

const read = (...parts: Parameters<typeof pickle>) =>
  readPickle(bytesAccess(pickle(...parts)), { file: "The file", globals, advice: "Beware." });

/** A number as so many bytes, little endian. */
const le = (value: number, size: number) => Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** Plain values as JSON has them: dicts as objects. */
function plain(value: unknown): unknown {
  if (value instanceof PyDict) {
    return Object.fromEntries(Array.from(value.entries(), ([key, item]) => [key, plain(item)]));
  }
  return Array.isArray(value) ? value.map(plain) : value;
}

test("reads numbers of every protocol", async () => {
  const cases: [string, unknown][] = [
    ["I12\n.", 12],
    ["I00\n.", false],
    ["I01\n.", true],
    // sample_int of gensim 0.12 under Python 2
    ["I4294967296\n.", 4294967296],
    ["L-7L\n.", -7],
    ["F0.5\n.", 0.5],
    ["Finf\n.", Number.POSITIVE_INFINITY],
    ["K\xff.", 255],
    ["M\x00\x01.", 256],
    ["J\xfe\xff\xff\xff.", -2],
    ["G\x3f\xf8\0\0\0\0\0\0.", 1.5],
    ["\x8a\x01\xff.", -1],
    ["\x8a\x05\0\0\0\0\x01.", 4294967296],
    ["\x8a\x00.", 0],
    ["\x8a\x09\0\0\0\0\0\0\0\0\x01.", 2n ** 64n],
    ["\x8b\x02\0\0\0\x00\x80.", -32768],
    ["N.", null],
    ["\x80\x02\x88.", true],
    ["\x80\x02\x89.", false],
  ];
  for (const [text, value] of cases) assert.is(await read(text), value, JSON.stringify(text));
});

test("reads texts and bytes of every protocol", async () => {
  const cases: [string, unknown][] = [
    ["S'it\\'s \\x41\\n\\101'\n.", "it's A\nA"],
    ['S"a"\n.', "a"],
    ["Vgr\\u00fc\\U0001f600\xe9\n.", "grü😀é"],
    ["U\x02\xe9a.", "éa"],
    ["T\x02\0\0\0\x80a.", "\x80a"],
    ["X\x03\0\0\0\xe4\xb8\xad.", "中"],
    ["\x8c\x02\xc3\xa9.", "é"],
    ["\x8d\x01\0\0\0\0\0\0\0a.", "a"],
    ["X\x1e\0\0\0thirty letters, and all ASCII.", "thirty letters, and all ASCII."],
    ["C\x02\x00\xff.", Uint8Array.of(0, 255)],
    ["B\x01\0\0\0\x07.", Uint8Array.of(7)],
    ["\x8e\x01\0\0\0\0\0\0\0\x07.", Uint8Array.of(7)],
    ["\x96\x01\0\0\0\0\0\0\0\x07.", Uint8Array.of(7)],
  ];
  // the thirty letters end with the full stop that ends the pickle, too
  cases[8][0] += ".";
  for (const [text, value] of cases) assert.equal(await read(text), value, JSON.stringify(text));
});

test("reads lists, tuples, sets and dicts of every protocol", async () => {
  const cases: [string, unknown][] = [
    ["(lI1\naI2\na.", [1, 2]],
    ["(I1\nI2\nt.", [1, 2]],
    ["(I1\nI2\nl.", [1, 2]],
    ["](K\x01K\x02e.", [1, 2]],
    [").", []],
    ["K\x01\x85.", [1]],
    ["K\x01K\x02\x86.", [1, 2]],
    ["K\x01K\x02K\x03\x87.", [1, 2, 3]],
    ["\x8f(K\x01\x90.", [1]],
    ["(K\x01\x91.", [1]],
    ["(dU\x01aK\x01s.", { a: 1 }],
    ["(U\x01aK\x01d.", { a: 1 }],
    ["}(U\x01aK\x01U\x01bK\x02u.", { a: 1, b: 2 }],
    ["K\x01K\x020.", 1],
    ["K\x01(K\x02K\x031.", 1],
    ["K\x01(0.", 1],
    ["K\x012\x86.", [1, 1]],
  ];
  for (const [text, value] of cases) assert.equal(plain(await read(text)), value, JSON.stringify(text));
});

test("a dict answers with the last value of a key, also where it has many", async () => {
  const keys = Array.from({ length: 100 }, (_, i) => `U\x03k${String(i).padStart(2, "0")}K${String.fromCharCode(i)}`);
  for (const some of [keys.slice(0, 3), keys]) {
    const dict = (await read("}(", some.join(""), "U\x03k01K\x07u.")) as PyDict;
    assert.equal([dict.get("k00"), dict.get("k01"), dict.get("none")], [0, 7, undefined]);
    assert.is(dict.size, some.length + 1);
  }
});

test("remembers and recalls, by all its ways, also a list within itself", async () => {
  assert.equal(await read("](U\x01ap0\ng0\nq\x01h\x01r\x02\0\0\0j\x02\0\0\0e."), ["a", "a", "a", "a"]);
  assert.equal(await read("\x80\x04](\x8c\x01a\x94h\x00e."), ["a", "a"]);
  const list = (await read("]q\x00h\x00a.")) as unknown[];
  assert.is(list[0], list);
});

test("objects of known classes become their attributes", async () => {
  const circles = [
    "cshapes\nCircle\n)\x81}U\x01rK\x02sb.",
    "\x80\x04\x8c\x06shapes\x8c\x06Circle\x93)\x81}\x8c\x01rK\x02sb.",
    "(ishapes\nCircle\n(dS'r'\nI2\nsb.",
    "(cshapes\nCircle\no}U\x01rK\x02sb.",
    "ccopy_reg\n_reconstructor\n(cshapes\nCircle\nc__builtin__\nobject\nNtR(dS'r'\nI2\nsb.",
    "cshapes\nCircle\n)}\x92N}U\x01rK\x02s\x86b.",
  ];
  for (const text of circles) {
    const circle = (await read(text)) as PyObject;
    assert.instance(circle, PyObject);
    assert.equal([circle.type, circle.get("r")], ["shapes.Circle", 2], text);
  }
  const list = (await read("(cshapes\nCircle\ncshapes\narea\nl.")) as PyGlobal[];
  assert.equal(
    list.map(({ name }) => name),
    ["shapes.Circle", "shapes.area"],
  );
});

test("modules by their older names", async () => {
  for (const module of ["collections", "UserString"]) {
    assert.instance(await read(`c${module}\ndefaultdict\nc__builtin__\nint\n\x85R.`), PyDict);
  }
  assert.equal(await read("c__builtin__\nset\n](K\x01e\x85R."), [1]);
});

const DTYPE = "cnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb";
const ARRAY = "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R";
const FLOATS = new Uint8Array(Float32Array.of(1, -2).buffer);

/** A text of the characters with these codes. */
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

test("arrays keep their type, shape, order and bytes, whatever protocol they come by", async () => {
  const text = Buffer.from(latin1(FLOATS), "utf8");
  const forms: Parameters<typeof pickle>[] = [
    [ARRAY, "(K\x01K\x02\x85", DTYPE, "\x89U\x08", FLOATS, "tb."],
    [ARRAY, "(K\x01K\x02\x85", DTYPE, "\x89C\x08", FLOATS, "tb."],
    [ARRAY, "(K\x01K\x02\x85", DTYPE, "\x89c_codecs\nencode\nX", le(text.length, 4), text, "U\x06latin1\x86Rtb."],
    ["cnumpy._core.numeric\n_frombuffer\n(\x96", le(8, 8), FLOATS, DTYPE, "K\x02\x85U\x01CtR."],
  ];
  for (const form of forms) {
    const array = (await read(...form)) as NdArray;
    assert.instance(array, NdArray);
    assert.equal(array.shape, [2]);
    assert.equal(array.dtype.element, { kind: "f", bytes: 4, isBigEndian: false });
    assert.is(array.isFortran, false);
    assert.equal(array.data, FLOATS);
  }
  const big = (await read(DTYPE.replace("U\x01<", "U\x01>"), ".")) as Dtype;
  assert.is(big.element?.isBigEndian, true);
  const objects = (await read(ARRAY, "(K\x01K\x01\x85", DTYPE.replace("f4", "O8"), "\x89](K\x05etb.")) as NdArray;
  assert.equal(objects.data, [5]);
});

test("scalars of NumPy's are numbers", async () => {
  const scalar = (type: string, bytes: ArrayBufferLike) =>
    read(
      `cnumpy.core.multiarray\nscalar\n${DTYPE.replace("f4", type)}U`,
      le(bytes.byteLength, 1),
      new Uint8Array(bytes),
      "\x86R.",
    );
  assert.is(await scalar("f8", Float64Array.of(0.1).buffer), 0.1);
  assert.is(await scalar("f4", Float32Array.of(0.5).buffer), 0.5);
  assert.is(await scalar("i8", BigInt64Array.of(-3n).buffer), -3);
  assert.is(await scalar("u4", Uint32Array.of(4e9).buffer), 4e9);
  assert.is(await scalar("b1", Uint8Array.of(1).buffer), true);
});

test("long bytes and texts stay in the file", async () => {
  const long = new Uint8Array(70_000).fill(97);
  for (const [code, encoding] of [
    ["B", "bytes"],
    ["X", "text"],
    ["T", "bytes"],
  ]) {
    assert.equal(await read(code, le(long.length, 4), long, "."), new StoredBytes(5, 70_005, encoding as "bytes"));
  }
  const array = (await read(
    ...[ARRAY, "(K\x01M", le(17_500, 2), "\x85", DTYPE, "\x89c_codecs\nencode\nX"],
    ...[le(long.length, 4), long, "U\x06latin1\x86Rtb."],
  )) as NdArray;
  assert.is((array.data as StoredBytes).encoding, "latin1");
});

test("a file that comes in pieces is the same as one that comes whole", async () => {
  const count = 200_000;
  const items = Array.from({ length: count }, (_, i) => `\x8c\x06${String(i).padStart(6, "0")}\x94`);
  const list = (await read("\x80\x04](", items.join(""), "e.")) as string[];
  assert.equal([list.length, list[0], list[123_456], list[count - 1]], [count, "000000", "123456", "199999"]);
});

/** What Python would run. */
const ATTACKS: [what: string, text: string, name: RegExp][] = [
  ["os.system", "cos\nsystem\n(S'true'\ntR.", /os\.system/],
  ["posix.system", "\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.", /posix\.system/],
  ["nt.system", "cnt\nsystem\n(S'x'\ntR.", /nt\.system/],
  ["builtins.eval", "c__builtin__\neval\n(S'1'\ntR.", /__builtin__\.eval/],
  ["builtins.exec", "cbuiltins\nexec\n(S'1'\ntR.", /builtins\.exec/],
  ["builtins.getattr", "cbuiltins\ngetattr\n(S'1'\ntR.", /builtins\.getattr/],
  ["subprocess.Popen", "(isubprocess\nPopen\n.", /subprocess\.Popen/],
  ["a name within a class", "\x80\x04\x8c\x06shapes\x8c\x0fCircle.__init__\x93.", /shapes\.Circle\.__init__/],
  ["a name of an object's prototype", "c__proto__\nconstructor\n.", /__proto__\.constructor/],
  ["a name without a module", "c\nsystem\n.", /asks Python for \.system/],
  ["numpy.load", "cnumpy\nload\n(S'x'\ntR.", /numpy\.load/],
  ["numpy's own runner", "cnumpy.testing._private.utils\nrunstring\n(S'x'\ntR.", /runstring/],
  ["codecs.decode", "c_codecs\ndecode\n(S'x'\ntR.", /_codecs\.decode/],
];

for (const [what, text, name] of ATTACKS) {
  test(`refused, and not run: ${what}`, () => rejects("pickle-refused", name, () => read(text)));
}

test("what may be named must not be called", async () => {
  await rejects("pickle-refused", /calls builtins\.hash, which may be named/, () =>
    read("c__builtin__\nhash\n(I1\ntR."),
  );
  await rejects("pickle-refused", /calls shapes\.area/, () => read("cshapes\narea\n)R."));
  await rejects("pickle-refused", /calls numpy\.ndarray.*Beware/, () => read("cnumpy\nndarray\n)R."));
});

test("what lies outside of the file is refused by name", async () => {
  for (const [text, name] of [
    ["Pa\n.", /PERSID/],
    ["K\x01Q.", /BINPERSID/],
    ["\x82\x01.", /EXT1/],
    ["\x97.", /NEXT_BUFFER/],
  ] as const) {
    await rejects("format-unknown", name, () => read(text));
  }
  await rejects("format-unknown", /protocol 255; expected 0 to 5/, () => read("\x80\xff."));
});

/** What a message is to say of a pickle that is none. */
const DAMAGES: [what: string, parts: Parameters<typeof pickle>, message: RegExp][] = [
  ["nothing", [""], /ends before/],
  ["an unknown instruction", ["\xff"], /byte 0, 255, is no instruction/],
  ["no mark", ["K\x01e."], /finds no mark/],
  ["an empty stack", ["a."], /nothing on the stack/],
  ["a pop beyond a mark", ["K\x01(\x85."], /nothing on the stack/],
  ["an append to no list", ["K\x01K\x02a."], /appends to 1/],
  ["an item of no dict", ["K\x01K\x02K\x03s."], /sets an item of 1/],
  ["a key without a value", ["}(K\x01u."], /a key without a value/],
  ["a recalled nothing", ["h\x07."], /recalls number 7/],
  ["a recalled minus", ["g-1\n."], /recalls number -1/],
  ["a place far away", ["K\x01r\xff\xff\xff\x03."], /remembers number 67108863 after/],
  ["a call of a number", ["K\x01)R."], /calls 1/],
  ["arguments that are none", ["cnumpy\ndtype\nK\x01R."], /with 1/],
  ["a state of a number", ["K\x01}b."], /a state for what has none/],
  ["a bytes' length beyond the file", ["B\xff\xff\xff\x7fabc"], /promises 2147483647 bytes at byte 0/],
  ["2^60 bytes", ["\x8e", le(2 ** 60, 8), "a."], /promises 11529215046068\d+ bytes/],
  ["an integer of 100 bytes", ["\x8a\x64", new Uint8Array(100), "."], /integer of 100 bytes/],
  ["an integer of a gigabyte", ["\x8b", le(1e9, 4), new Uint8Array(9)], /promises 1000000000 bytes/],
  ["an integer of a million digits", [`L${"9".repeat(1e6)}L\n.`], /line at byte 0 has more than 4096/],
  ["an integer of letters", ["Iab\n."], /integer "ab"/],
  ["a number of letters", ["Fab\n."], /number "ab"/],
  ["an integer of 3,000 digits", [`L${"9".repeat(3000)}L\n.`], /holds the integer/],
  ["a string without quotes", ["Sab\n."], /string "ab"/],
  [
    "an array whose bytes are too few",
    [ARRAY, "(K\x01K\x09\x85", DTYPE, "\x89U\x08", FLOATS, "tb."],
    /shape \(9\).*8 bytes/,
  ],
  [
    "an array of 2^62 elements",
    [ARRAY, "(K\x01\x8a\x08\0\0\0\0\0\0\0\x40\x85", DTYPE, "\x89U\x08", FLOATS, "tb."],
    /an array of the shape/,
  ],
  ["an array without a dtype", [ARRAY, "(K\x01K\x02\x85N\x89U\x08", FLOATS, "tb."], /expected a dtype/],
  ["a name that is no text", ["K\x01K\x02\x93."], /name that is no text/],
];

for (const [what, parts, message] of DAMAGES) {
  test(`damaged: ${what}`, () => rejects("format-damaged", message, () => read(...parts)));
}

test("marks within marks end somewhere", () =>
  rejects("too-large", /too many values within one another/, () => read("(".repeat(20_000), ".")));

/** A pickle that has some of everything. */
const SAMPLE = pickle(
  "\x80\x02cshapes\nCircle\nq\x00)\x81q\x01}q\x02(U\x01aq\x03K\x01X\x02\0\0\0bbq\x04](K\x01M\x01\x02J\x01\x02\x03\x04eU\x01c",
  ARRAY,
  "(K\x01K\x02\x85",
  DTYPE,
  "\x89U\x08",
  FLOATS,
  "tbU\x01dG?\xf8\0\0\0\0\0\0U\x01e\x8a\x05\0\0\0\0\x01U\x01fh\x03ub.",
);

test("the file cut at every byte is damaged", async () => {
  await read(SAMPLE);
  for (let length = 0; length < SAMPLE.length; length++) {
    await rejects("format-damaged", /is no whole pickle/, () => read(SAMPLE.slice(0, length)));
  }
});

/** What any input comes to: a value, or an error of ours. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    await read(bytes);
    return "value";
  } catch (error) {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    assert.is(name, "Wasm2VecError", message);
    return code as string;
  }
}

test("any bytes, and any changed ones, come to a value or an error of ours", async () => {
  const anyBytes = fc.uint8Array({ maxLength: 64 }).map((bytes) => pickle(bytes, "."));
  const changed = fc
    .array(fc.tuple(fc.nat(SAMPLE.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const bytes = SAMPLE.slice();
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(anyBytes, changed), async (bytes) => {
      outcomes.add(await outcome(bytes));
    }),
    { numRuns: 3000, seed: 7 },
  );
  for (const code of ["value", "format-damaged", "pickle-refused"]) assert.ok(outcomes.has(code), code);
});

test.run();
