/** A source of vectors, unzipped: its first bytes tell what it is, then it is read in its order, or in any. */

import { Wasm2VecError } from "../errors.ts";
import type { FilesBeside } from "../files/beside.ts";
import { gunzip } from "../files/gunzip.ts";
import { chunksAccess, type RandomAccess } from "../files/random-access.ts";
import { openSource, type Reading, readChunks } from "../files/source.ts";
import { isOneShotSource, type SourceLike } from "../files/source-kinds.ts";
import { DETECT_BYTES } from "../formats/detect.ts";
import type { FileAccess } from "../runtime/runtime.ts";
import { isGzip, withFirst, withHead } from "../text/text-bytes.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** What is unzipped may be so many bytes, whatever it comes from; beyond, so many times as many as there are zipped. */
const ALWAYS_UNZIPPED = 1 << 26;
const MOST_UNZIPPED = 100;

/** Is called between two pieces of a source: others get their turn, and progress is told. */
export type Between = () => Promise<void>;

export class VectorInput {
  private constructor(
    /** the source, and what lies beside it */
    readonly files: FilesBeside,
    private readonly rest: AsyncGenerator<Bytes>,
    private readonly signal: AbortSignal | undefined,
    /** the first bytes, DETECT_BYTES at least where there are so many */
    readonly head: Bytes,
    readonly isGzipped: boolean,
    readonly reading: Reading,
  ) {}

  /** @throws {Wasm2VecError} what openSource and readChunks throw; `format-damaged` where gzip is damaged */
  static async open(files: FilesBeside, signal?: AbortSignal): Promise<VectorInput> {
    const { main, name } = files;
    const reading: Reading = { bytes: 0 };
    const raw = withHead(readChunks(main, { reading, signal }), DETECT_BYTES);
    try {
      const first = (await raw.next()).value ?? new Uint8Array();
      if (!isGzip(first)) return new VectorInput(files, raw, signal, first, false, reading);
      const unzipped = withHead(bounded(gunzip(withFirst(first, raw), name), reading, name), DETECT_BYTES);
      const head = (await unzipped.next()).value ?? new Uint8Array();
      return new VectorInput(files, unzipped, signal, head, true, reading);
    } catch (error) {
      await raw.return(undefined);
      throw error;
    }
  }

  /** All bytes from the first on; a chunk is valid until the next is asked for. */
  async *chunks(between: Between): AsyncGenerator<Bytes> {
    if (this.head.length) yield this.head;
    for await (const chunk of this.rest) {
      await between();
      yield chunk;
    }
  }

  /** The source to be read in any order: what can only be read once, or is zipped, is read into memory. Close it. */
  async open(between: Between): Promise<RandomAccess> {
    const { files, signal } = this;
    const source = this.isGzipped || isOneShotSource(files.main) ? await this.collect(between) : await this.reopen();
    const { readInto } = source as Partial<FileAccess>;
    const access: RandomAccess = {
      size: source.size,
      async read(begin, end, given = signal) {
        await between();
        return source.read(begin, end, given);
      },
      close: async () => source.close?.(),
    };
    if (!readInto) return access;
    const fill = async (into: Uint8Array<ArrayBuffer>, begin: number) => {
      await between();
      await readInto(into, begin);
    };
    return { ...access, readInto: fill } as FileAccess;
  }

  async close(): Promise<void> {
    await this.rest.return(undefined);
  }

  private async reopen(): Promise<RandomAccess> {
    await this.close();
    return openSource(this.files.main as SourceLike, this.signal);
  }

  private async collect(between: Between): Promise<RandomAccess> {
    const chunks: Bytes[] = [];
    for await (const chunk of this.chunks(between)) chunks.push(chunk.slice());
    return chunksAccess(chunks);
  }
}

/** What is unzipped, as long as it can be what someone zipped. */
async function* bounded(chunks: AsyncGenerator<Bytes>, zipped: Reading, name: string): AsyncGenerator<Bytes> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > ALWAYS_UNZIPPED && bytes > zipped.bytes * MOST_UNZIPPED) {
      throw new Wasm2VecError(
        "too-large",
        `${name} becomes more than ${MOST_UNZIPPED} times as large when it is unzipped, which vectors do not. If they do, unzip it first.`,
      );
    }
    yield chunk;
  }
}
