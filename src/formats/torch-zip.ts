/**
 * What torch.save writes, such as pytorch_model.bin: a zip archive whose members are stored as they are, below a folder of any
 * name: `data.pkl`, a pickle of the tensors by their names; `data/0`, `data/1` …, the storages that they are views of; and
 * `byteorder`. The pickle is data here (pickle.ts): it says of each tensor its storage, offset, size and strides.
 *
 * @see https://docs.pytorch.org/docs/stable/notes/serialization.html
 */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { readPickle } from "./pickle.ts";
import { type Fail, knownGlobals, type Maker, PyDict, PyGlobal } from "./pickle-values.ts";
import { damagedFile, type StoredTensor, TensorFile } from "./tensor-file.ts";
import { ZipFile, type ZipMember } from "./zip.ts";

const FORMAT = "file of torch.save";

const ADVICE =
  "Tensors by their names are read: torch.save(model.state_dict(), path). Where you trust the file, load it in Python and save it so, or with safetensors.torch.save_file.";

/** What torch calls its kinds of number: of a storage, and of a tensor; what safetensors calls them, and their bytes. */
// biome-ignore format: a line for each
const KINDS: readonly [storage: string | undefined, dtype: string, name: string, bytes: number][] = [
  ["FloatStorage", "float32", "F32", 4],
  ["HalfStorage", "float16", "F16", 2],
  ["BFloat16Storage", "bfloat16", "BF16", 2],
  ["DoubleStorage", "float64", "F64", 8],
  ["CharStorage", "int8", "I8", 1],
  ["ByteStorage", "uint8", "U8", 1],
  ["ShortStorage", "int16", "I16", 2],
  ["IntStorage", "int32", "I32", 4],
  ["LongStorage", "int64", "I64", 8],
  ["BoolStorage", "bool", "BOOL", 1],
  ["ComplexFloatStorage", "complex64", "C64", 8],
  ["ComplexDoubleStorage", "complex128", "C128", 16],
  ["QInt8Storage", "qint8", "QI8", 1],
  ["QUInt8Storage", "quint8", "QU8", 1],
  ["QInt32Storage", "qint32", "QI32", 4],
  [undefined, "uint16", "U16", 2],
  [undefined, "uint32", "U32", 4],
  [undefined, "uint64", "U64", 8],
  [undefined, "float8_e4m3fn", "F8_E4M3", 1],
  [undefined, "float8_e5m2", "F8_E5M2", 1],
  [undefined, "float8_e4m3fnuz", "F8_E4M3FNUZ", 1],
  [undefined, "float8_e5m2fnuz", "F8_E5M2FNUZ", 1],
  [undefined, "float8_e8m0fnu", "F8_E8M0", 1],
];

const UNTYPED = "torch.storage.UntypedStorage";

/** A kind of number by torch's name for it; undefined for a storage of bytes. */
const kindOf = (name: string) =>
  KINDS.find(([storage, dtype]) => name === `torch.${storage}` || name === `torch.${dtype}`);

/** A storage as the pickle names it. */
class Storage {
  /** @param kind torch's name of its class */
  constructor(
    readonly kind: string,
    readonly key: string,
    readonly elements: number,
  ) {}
}

/** A tensor as the pickle makes it. */
class Tensor {
  constructor(
    readonly storage: Storage,
    readonly kind: string,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** @param dtype a global; undefined where it is the storage's */
function makeTensor([storage, offset, shape, strides]: readonly unknown[], fail: Fail, dtype?: unknown): Tensor {
  if (!(storage instanceof Storage)) return fail("a tensor without a storage");
  const kind = dtype === undefined ? storage.kind : dtype instanceof PyGlobal ? dtype.name : "";
  if (!kindOf(kind)) return fail(`a tensor of the kind ${show(kind)}`);
  if (!isSize(offset) || !isSizes(shape) || !isSizes(strides) || shape.length !== strides.length) {
    return fail(`a tensor of the shape ${show(shape)} and strides ${show(strides)} from ${show(offset)} on`);
  }
  return new Tensor(storage, kind, offset, shape, strides);
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** PyTorch has no tensor of more than 64 dimensions. */
const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 64 && value.every(isSize);

const makeFirst: Maker = ([first]) => first;

/** What may be called, beside what every pickle may. */
const MAKERS: Readonly<Record<string, Maker>> = {
  "torch._utils._rebuild_tensor": (args, fail) => makeTensor(args, fail),
  "torch._utils._rebuild_tensor_v2": (args, fail) => makeTensor(args, fail),
  "torch._utils._rebuild_tensor_v3": (args, fail) => makeTensor(args, fail, args[6]),
  "torch._utils._rebuild_parameter": makeFirst,
  "torch._utils._rebuild_parameter_with_state": makeFirst,
  "torch._tensor._rebuild_from_type_v2": ([make, , args], fail) => {
    // of itself it could be asked for without end
    const isPlain = make instanceof PyGlobal && make.name.startsWith("torch._utils._rebuild_");
    return isPlain && make.make && Array.isArray(args) ? make.make(args, fail) : fail("a tensor of no kind");
  },
  "torch.Size": makeFirst,
};

const NAMED = [
  ...KINDS.flatMap(([storage, dtype]) => [...(storage ? [`torch.${storage}`] : []), `torch.${dtype}`]),
  ...[UNTYPED, "torch.Tensor", "torch.nn.parameter.Parameter"],
];

const GLOBALS: ReadonlyMap<string, PyGlobal> = new Map([
  ...knownGlobals(["torch.device"], NAMED),
  ...Object.entries(MAKERS).map(([name, make]) => [name, new PyGlobal(name, make)] as const),
]);

/** ("storage", class, key, where it was, how many elements), as torch refers to what lies outside of the pickle. */
function storageOf(id: unknown, fail: Fail): Storage {
  const [kind, type, key, , elements] = Array.isArray(id) ? id : [];
  if (kind === "storage" && type instanceof PyGlobal && typeof key === "string" && isSize(elements)) {
    if (type.name === UNTYPED || kindOf(type.name)) return new Storage(type.name, key, elements);
  }
  return fail(`a reference to ${show(id)}; expected a storage`);
}

/** Where torch puts a model's tensors among what else a checkpoint holds. */
const WITHIN = ["state_dict", "model_state_dict", "model", "module"];

/** A file of torch's whose pickle is read. */
export class TorchFile extends TensorFile {
  constructor(
    private readonly zip: ZipFile,
    file: string,
    tensors: ReadonlyMap<string, StoredTensor>,
    private readonly storages: ReadonlyMap<string, ZipMember>,
    override readonly isBigEndian: boolean,
  ) {
    super(zip.source, file, tensors, {}, FORMAT);
  }

  /** A storage's own header says where its bytes begin. */
  override async beginOf({ name, begin }: StoredTensor, signal?: AbortSignal): Promise<number> {
    return begin + (await this.zip.beginOf(this.storages.get(name) as ZipMember, signal));
  }
}

/**
 * Reads the names and places of the tensors, and nothing of their numbers.
 *
 * @param file what messages call the file
 * @throws {Wasm2VecError} `format-unknown` for a zip archive of something else, or a pickle that holds no tensors by their names;
 *   `format-damaged`; and what readPickle throws
 */
export async function readTorch(source: RandomAccess, file = "The file", signal?: AbortSignal): Promise<TorchFile> {
  const zip = await ZipFile.open(source, file, signal);
  const pickle = [...zip.members.values()].find(({ name }) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (!pickle) {
    const there = [...zip.members.keys()].slice(0, 5).map(show).join(", ") || "nothing";
    throw new Wasm2VecError(
      "format-unknown",
      `${file} is a zip archive that holds ${there}; expected what torch.save writes, with a data.pkl. Unpack it first.`,
    );
  }
  const folder = pickle.name.slice(0, -"data.pkl".length);
  if (zip.members.has(`${folder}constants.pkl`)) {
    throw new Wasm2VecError("format-unknown", `${file} is a program of TorchScript; expected tensors. ${ADVICE}`);
  }
  const isBigEndian = (await readMember(zip, `${folder}byteorder`, signal)) === "big";
  const value = await readPickle(await memberAccess(zip, pickle, signal), {
    file,
    globals: GLOBALS,
    advice: ADVICE,
    persistent: storageOf,
    signal,
  });
  const tensors = new Map<string, StoredTensor>();
  const storages = new Map<string, ZipMember>();
  for (const [name, tensor] of namedTensors(value, file)) {
    const { key, kind, elements } = tensor.storage;
    const fail = (what: string) => damagedFile(file, FORMAT, `tensor ${show(name)} ${what}`);
    const member = zip.members.get(`${folder}data/${key}`);
    if (!member) throw fail(`is in the storage ${show(key)}, which is missing`);
    const bytes = elements * (kindOf(kind)?.[3] ?? 1);
    if (bytes !== member.size) throw fail(`is in a storage of ${bytes} bytes, of which the archive has ${member.size}`);
    tensors.set(name, placeOf(name, tensor, member.size, fail));
    storages.set(name, member);
  }
  return new TorchFile(zip, file, tensors, storages, isBigEndian);
}

/** The text of a small member; undefined where there is none. */
async function readMember(zip: ZipFile, name: string, signal?: AbortSignal): Promise<string | undefined> {
  const member = zip.members.get(name);
  if (!member) return undefined;
  const begin = await zip.beginOf(member, signal);
  return new TextDecoder().decode(await zip.source.read(begin, begin + Math.min(member.size, 16), signal)).trim();
}

async function memberAccess(zip: ZipFile, member: ZipMember, signal?: AbortSignal): Promise<RandomAccess> {
  const first = await zip.beginOf(member, signal);
  return { size: member.size, read: (begin, end, signal) => zip.source.read(first + begin, first + end, signal) };
}

/** @throws {Wasm2VecError} `format-unknown` where there are none */
function namedTensors(value: unknown, file: string): [name: string, tensor: Tensor][] {
  const within = value instanceof PyDict ? WITHIN.map((name) => value.get(name)) : [];
  for (const dict of [value, ...within]) {
    const entries = dict instanceof PyDict ? [...dict.entries()] : [];
    const found = entries.filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor);
    if (found.length) return found.filter(([name]) => typeof name === "string");
  }
  const got = value instanceof PyDict ? "a dict without tensors" : Array.isArray(value) ? "a list" : show(value);
  throw new Wasm2VecError("format-unknown", `${file} holds ${got}; expected tensors by their names. ${ADVICE}`);
}

/** Where a tensor lies in its storage, which is as long as it must be for that. */
function placeOf(
  name: string,
  { kind, offset, shape, strides }: Tensor,
  storageBytes: number,
  fail: (what: string) => Error,
): StoredTensor {
  const [, , dtype, bytes] = kindOf(kind) as (typeof KINDS)[number];
  const isEmpty = shape.includes(0);
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis], offset);
  const end = isEmpty ? offset * bytes : (last + 1) * bytes;
  if (!(end <= storageBytes)) {
    throw fail(`needs ${end} bytes of its storage, which has ${storageBytes}`);
  }
  const isPacked = isEmpty || rowMajor(shape).every((stride, axis) => shape[axis] === 1 || stride === strides[axis]);
  return { name, dtype, shape, begin: offset * bytes, end, ...(isPacked ? {} : { strides }) };
}

/** The strides of a tensor whose rows follow one another. */
function rowMajor(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}
