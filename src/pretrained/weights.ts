/** A model folder's tensors: one safetensors file, or an index and its shards. */

import { show, Wasm2VecError } from "../errors.ts";
import { type Folder, incomplete, isJsonObject, readJson, WEIGHTS_FILE } from "../files/folder.ts";
import { clipped } from "../files/source-kinds.ts";
import { readSafetensors, type SafetensorsFile, type Tensor } from "../formats/safetensors.ts";

const INDEX_FILE = `${WEIGHTS_FILE}.index.json`;

/** The tensors of a model by their names. A shard is opened when one of its tensors is asked for. */
export class Weights {
  private readonly opened = new Map<string, SafetensorsFile>();
  /** the file that holds each tensor */
  private fileNames: ReadonlyMap<string, string> = new Map();

  private constructor(private readonly folder: Folder) {}

  /**
   * Reads a single file's header, or the index.
   *
   * @throws {Wasm2VecError} `model-incomplete` when there is neither; `format-damaged`
   */
  static async open(folder: Folder, signal?: AbortSignal): Promise<Weights> {
    const weights = new Weights(folder);
    const single = await weights.openFile(WEIGHTS_FILE, signal);
    if (single) weights.fileNames = new Map([...single.tensors.keys()].map((name) => [name, WEIGHTS_FILE]));
    else weights.fileNames = await readIndex(folder, signal);
    return weights;
  }

  has(name: string): boolean {
    return this.fileNames.has(name);
  }

  /**
   * The file that holds a tensor which the model has, its header read.
   *
   * @throws {Wasm2VecError} `model-incomplete` when the shard is missing; `format-damaged`
   */
  async fileOf(name: string, signal?: AbortSignal): Promise<SafetensorsFile> {
    const file = this.fileNames.get(name) as string;
    const opened = await this.openFile(file, signal);
    if (opened) return opened;
    throw new Wasm2VecError(
      "model-incomplete",
      `No ${clipped(file)} in ${this.folder.name}, which should hold ${show(name)}. Add the file: all shards of the index belong together.`,
    );
  }

  /** All tensors of two dimensions, those of the most rows first: opens every shard. */
  async matrices(signal?: AbortSignal): Promise<Tensor[]> {
    const tensors: Tensor[] = [];
    for (const name of this.fileNames.keys()) tensors.push((await this.fileOf(name, signal)).tensor(name));
    return tensors.filter(({ shape }) => shape.length === 2).sort((a, b) => b.shape[0] - a.shape[0]);
  }

  async close(): Promise<void> {
    await Promise.all([...this.opened.values()].map(({ source }) => source.close?.()));
  }

  private async openFile(file: string, signal?: AbortSignal): Promise<SafetensorsFile | undefined> {
    const opened = this.opened.get(file);
    if (opened) return opened;
    const source = await this.folder.open(file, signal);
    if (!source) return undefined;
    try {
      const read = await readSafetensors(source, `${clipped(file)} of ${this.folder.name}`, signal);
      this.opened.set(file, read);
      return read;
    } catch (error) {
      await source.close?.();
      throw error;
    }
  }
}

async function readIndex(folder: Folder, signal?: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const index = await readJson(folder, INDEX_FILE, signal);
  if (!index) {
    throw incomplete(
      folder,
      `No ${WEIGHTS_FILE} in ${folder.name}, nor ${INDEX_FILE}. Check that it is a model's folder; weights in other formats cannot be read.`,
    );
  }
  const { weight_map: files } = index;
  const isMap = isJsonObject(files) && Object.values(files).every((file) => typeof file === "string");
  if (isMap) return new Map(Object.entries(files as Record<string, string>));
  throw new Wasm2VecError(
    "format-damaged",
    `The weight_map in ${INDEX_FILE} of ${folder.name} does not name a file for each tensor. Copy or download it again.`,
  );
}
