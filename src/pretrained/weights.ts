/**
 * A model folder's tensors: one file, or several and an index. Files are known by what they hold: safetensors, GGUF, or what
 * torch.save writes.
 */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, incomplete, isJsonObject, readJson, WEIGHTS_FILE } from "../files/folder.ts";
import { PART } from "../files/folder-kinds.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { clipped } from "../files/source-kinds.ts";
import { rowKind } from "../formats/decode-tensor.ts";
import { isGguf, isOldTorch, isZip } from "../formats/foreign-files.ts";
import { turnedNumbers } from "../formats/row-source.ts";
import { readSafetensors } from "../formats/safetensors.ts";
import { type StoredTensor, TensorFile } from "../formats/tensor-file.ts";

const TORCH_FILE = "pytorch_model.bin";

/** Where weights are looked for, in transformers' order. */
const USUAL_FILES = [WEIGHTS_FILE, `${WEIGHTS_FILE}.index.json`, TORCH_FILE, `${TORCH_FILE}.index.json`];

/** Files of other names that hold weights, where a folder says what it has; the first kind of which there are any is meant. */
const OTHER_FILES = [/\.safetensors$/i, /\.gguf$/i, /\.(bin|pt|pth)$/i];

/** What lies beside weights and is none: adapters, what a training keeps, and the part of a GGUF model that sees. */
const NO_WEIGHTS = /^(adapter_model|training_args|optimizer|scheduler|scaler|rng_state|mmproj)/i;

/** How many bytes tell which format a file has. */
const HEAD_BYTES = 8;

/** The tensors of a model by their names. Of an index, a file is opened when one of its tensors is asked for. */
export class Weights {
  private readonly opened = new Map<string, TensorFile>();
  /** the file that holds each tensor */
  private fileNames: ReadonlyMap<string, string> = new Map();
  /** the index that says so; undefined where the files themselves do */
  private index: string | undefined;

  private constructor(private readonly folder: Folder) {}

  /**
   * Reads a single file's header, or the index.
   *
   * @throws {Wasm2VecError} `model-incomplete` when there is neither; `format-damaged`, `format-unknown`
   */
  static async open(folder: Folder, signal?: AbortSignal): Promise<Weights> {
    const weights = new Weights(folder);
    try {
      await weights.find(signal);
      return weights;
    } catch (error) {
      await weights.close();
      throw error;
    }
  }

  /** The names of all tensors. */
  get names(): Iterable<string> {
    return this.fileNames.keys();
  }

  has(name: string): boolean {
    return this.fileNames.has(name);
  }

  /**
   * The file that holds a tensor which the model has, its header read.
   *
   * @throws {Wasm2VecError} `model-incomplete` when the file is missing; `format-damaged`, also where the index names another
   */
  async fileOf(name: string, signal?: AbortSignal): Promise<TensorFile> {
    const fileName = this.fileNames.get(name) as string;
    const file = await this.shard(fileName, name, signal);
    if (this.index === undefined || file.tensors.has(name)) return file;
    throw new Wasm2VecError(
      "format-damaged",
      `${this.index} of ${this.folder.name} is stale: it says that ${clipped(fileName)} holds ${show(name)}, and it has no tensor ${show(name)}. Download the index and the files that it names again, all of one version.`,
    );
  }

  /** All tensors of two dimensions, those of the most rows first: opens every file. */
  async matrices(signal?: AbortSignal): Promise<StoredTensor[]> {
    const tensors: StoredTensor[] = [];
    const firsts = new Map<string, string>();
    for (const [name, file] of this.fileNames) if (!firsts.has(file)) firsts.set(file, name);
    for (const [fileName, name] of firsts) {
      const file = await this.shard(fileName, name, signal);
      tensors.push(...file.tensors.values());
    }
    return tensors.filter(({ shape }) => shape.length === 2).sort((a, b) => b.shape[0] - a.shape[0]);
  }

  /**
   * All numbers of a small tensor.
   *
   * @throws {Wasm2VecError} `format-unknown` for what are no numbers, or not one after the other
   */
  async numbersOf(name: string, signal?: AbortSignal): Promise<Float32Array> {
    const file = await this.fileOf(name, signal);
    const { dtype, shape, strides } = file.tensor(name);
    const kind = rowKind(dtype);
    const count = shape.reduce((product, size) => product * size, 1);
    if (!kind || strides || count % kind.values) {
      const message = `Tensor ${show(name)} in ${file.file} holds ${dtype} [${shape}]; expected numbers one after the other.`;
      throw new Wasm2VecError("format-unknown", message);
    }
    const begin = await file.beginOf(file.tensor(name), signal);
    const source = file.isBigEndian ? turnedNumbers(file.source, kind.bytes) : file.source;
    const bytes = await source.read(begin, begin + (count / kind.values) * kind.bytes, signal);
    const decoder = await kind.open();
    const numbers = new Float32Array(count);
    decoder.decode(bytes, numbers);
    decoder.close();
    return numbers;
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened.values()].map(({ source }) => source.close?.()));
  }

  /** Finds the file or the index that is meant. */
  private async find(signal?: AbortSignal): Promise<void> {
    const { folder } = this;
    if (folder.file !== undefined) return this.takeFile(folder.file, signal);
    for (const name of USUAL_FILES) {
      if (!name.endsWith(".json")) {
        if (await this.openFile(name, signal)) return this.takeFile(name, signal);
        continue;
      }
      const index = await readJson(folder, name, signal);
      if (!index) continue;
      this.index = name;
      this.fileNames = filesOf(index.weight_map, name, folder);
      return;
    }
    const other = await this.otherFile(signal);
    if (other !== undefined) return this.takeFile(other, signal);
    const [usual, ...others] = USUAL_FILES;
    throw incomplete(
      folder,
      `No ${usual} in ${folder.name}, nor ${others.join(", nor ")}. Check that it is a model's folder, or pass the path of its .safetensors, .gguf or .bin file.`,
    );
  }

  /** The one file of another name that holds weights; of a model that is split, the first. */
  private async otherFile(signal?: AbortSignal): Promise<string | undefined> {
    const { folder } = this;
    const listed = (await folder.list?.(signal)) ?? [];
    const names = listed.filter((name) => !name.includes("/") && !NO_WEIGHTS.test(name)).sort();
    for (const kind of OTHER_FILES) {
      const found = names.filter((name) => kind.test(name));
      const wholes = found.filter((name) => Number(PART.exec(name)?.[2] ?? 1) === 1);
      if (wholes.length === 1) return wholes[0];
      if (wholes.length) {
        throw new Wasm2VecError(
          "model-incomplete",
          `${folder.name} holds ${wholes.slice(0, 8).map(clipped).join(", ")}, and nothing says which is the model. Pass the path of one.`,
        );
      }
    }
    return undefined;
  }

  /** Takes the tensors of a file, and of the others that the model was split into. */
  private async takeFile(name: string, signal?: AbortSignal): Promise<void> {
    const { file, parts } = await this.shard(name, undefined, signal);
    const fileNames = new Map<string, string>();
    for (const part of parts > 1 ? partNames(name, parts, file) : [name]) {
      const { tensors } = await this.shard(part, undefined, signal);
      for (const tensor of tensors.keys()) if (!fileNames.has(tensor)) fileNames.set(tensor, part);
    }
    this.fileNames = fileNames;
  }

  /** @param tensor what the file should hold, where that is known */
  private async shard(name: string, tensor: string | undefined, signal?: AbortSignal): Promise<TensorFile> {
    const opened = await this.openFile(name, signal);
    if (opened) return opened;
    const what = tensor === undefined ? "which belongs to the model" : `which should hold ${show(tensor)}`;
    throw incomplete(
      this.folder,
      `No ${clipped(name)} in ${this.folder.name}, ${what}. Add the file: all files of the model belong together.`,
    );
  }

  private async openFile(name: string, signal?: AbortSignal): Promise<TensorFile | undefined> {
    const opened = this.opened.get(name);
    if (opened) return opened;
    const source = await this.folder.open(name, signal);
    if (!source) return undefined;
    try {
      const read = await readTensors(source, `${clipped(name)} of ${this.folder.name}`, signal);
      this.opened.set(name, read);
      return read;
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }
}

/** @throws {Wasm2VecError} `model-incomplete` where the name does not say which part it is, and of as many */
function partNames(name: string, parts: number, file: string): string[] {
  const digits = (part: number) => String(part).padStart(5, "0");
  const [, stem, , rest] = PART.exec(name) ?? [];
  if (stem !== undefined && rest.startsWith(`-of-${digits(parts)}.`)) {
    return Array.from({ length: parts }, (_, i) => `${stem}${digits(i + 1)}${rest}`);
  }
  throw new Wasm2VecError(
    "model-incomplete",
    `${file} is one of ${parts} files that a model is split into, and its name does not say which of as many; expected one such as model-${digits(1)}-of-${digits(parts)}.gguf.`,
  );
}

/** Reads a file's header, whatever its format. */
async function readTensors(source: RandomAccess, file: string, signal?: AbortSignal): Promise<TensorFile> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size), signal);
  if (isGguf(head)) return (await import("../formats/gguf.ts")).readGguf(source, file, signal);
  if (isZip(head)) return (await import("../formats/torch-zip.ts")).readTorch(source, file, signal);
  if (isOldTorch(head)) {
    throw new Wasm2VecError(
      "format-unknown",
      `${file} is what torch.save wrote before PyTorch 1.6; expected its newer format, a zip archive. In Python: torch.save(torch.load(path, map_location="cpu"), path).`,
    );
  }
  const { tensors, metadata } = await readSafetensors(headed(source, head), file, signal);
  return new TensorFile(source, file, tensors, metadata, "safetensors file");
}

/** A source whose first bytes are known, so that they are not read again. */
function headed(source: RandomAccess, head: Uint8Array<ArrayBuffer>): RandomAccess {
  const { size } = source;
  return {
    size,
    read: async (begin, end, signal) =>
      end <= head.length ? head.subarray(begin, end) : source.read(begin, end, signal),
  };
}

/** @throws {Wasm2VecError} `format-damaged` unless it names a file for each tensor */
function filesOf(files: unknown, index: string, folder: Folder): ReadonlyMap<string, string> {
  const isMap = isJsonObject(files) && Object.values(files).every((file) => typeof file === "string");
  if (isMap) return new Map(Object.entries(files as Record<string, string>));
  throw new Wasm2VecError(
    "format-damaged",
    `The weight_map in ${index} of ${folder.name} does not name a file for each tensor. Copy or download it again.`,
  );
}
