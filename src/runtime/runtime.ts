/** What the library asks of the place it runs in. Each entry of the package hands over an adapter. */

/** Bytes that can be read in any order. Users may implement it, for instance over an object store. */
export interface RandomAccess {
  /** how many bytes there are */
  readonly size: number;
  /** The bytes from `begin` up to, not including, `end`; both lie within the size. */
  read(begin: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Fills `into` with the bytes from `begin` on. Only files have it. */
  readInto?(into: Uint8Array<ArrayBuffer>, begin: number): Promise<void>;
  /** The same before anything else happens. */
  readNow?(into: Uint8Array, begin: number): void;
  /** Releases what is held open. Whoever opened the source calls it. */
  close?(): Promise<void>;
}

/** An open file, which also fills what its reader has. */
export interface FileAccess extends RandomAccess {
  /** Fills `into` with the bytes from `begin` on. */
  readInto(into: Uint8Array<ArrayBuffer>, begin: number): Promise<void>;
  readNow(into: Uint8Array, begin: number): void;
}

/** Bytes that come once, one chunk after the other, and take their time, as those of a named pipe. */
export interface BytePipe {
  /** The next chunk; undefined at the end. */
  next(signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined>;
  close(): Promise<void>;
}

/** A file that has no name, so that it goes when it is closed, or the process ends, however that ends. */
export interface TemporaryFile {
  /** Writes all of the bytes, from byte `at` on. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** Fills `into` with the bytes from byte `at` on. */
  read(into: Uint8Array, at: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes to be written, one after the other; a chunk is valid until the next is asked for. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** An adapter: the few things that JavaScript runtimes do each in its own way. It throws the runtime's own errors. */
export interface Runtime {
  /** The engine that comes with the library: its bytes, or, where the runtime compiles none, the module. */
  loadEngine(file: EngineFile): Promise<EngineCode>;
  /** The tokenizer's module, in the same way. */
  loadTokenizer(): Promise<EngineCode>;
  /** A file for reading, by its path or file: URL; undefined where there is none of this name. */
  openPath?(path: string | URL): Promise<FileAccess | BytePipe | undefined>;
  /**
   * Writes the chunks to a new file beside `path`, then renames it, so that `path` is never half written. An abort is
   * heard between chunks: `path` is then as it was.
   */
  writePath?(path: string | URL, chunks: Chunks, signal?: AbortSignal): Promise<void>;
  /** Makes a folder, and those that it lies in, where they are not there. */
  makeFolder?(path: string | URL): Promise<unknown>;
  /**
   * The paths of the files in a folder, none of those in folders below, in no order; of a file, its own; undefined where there
   * is none of this name.
   */
  listFolder?(path: string | URL): Promise<string[] | undefined>;
  /**
   * Writes the chunks to a new file, and makes the folders that it lies in. Where there is something of this name, also where
   * that came meanwhile, it stays as it is.
   */
  addFile?(path: string, chunks: Chunks, signal?: AbortSignal): Promise<void>;
  /** Makes a link to another path, relative to the link's folder, and the folders that it lies in; what has this name stays. */
  addLink?(path: string, target: string): Promise<void>;
  /** An environment variable. */
  variable?(name: string): string | undefined;
  /** The user's own folder; undefined where the library may not know it. */
  homeFolder?(): string | undefined;
  /** Opens a temporary file, empty; absent where there are no files. */
  openTemporary?(): Promise<TemporaryFile>;
  /** Where paths are relative URLs: the URL that they start from. */
  baseUrl?(): string | undefined;
  /** How parts of files are kept out of the runtime's cache, which would let one of a file through at a time. */
  readonly rangeCache?: "no-store";
  /** Other threads; undefined where the library cannot have any. */
  readonly threads?: Threads;
}

/** The engine's files: the one with the same bits everywhere, and the one with fused multiply-adds. */
export type EngineFile = "simd" | "relaxed";

/** The engine or another module, compiled or not. */
export type EngineCode = WebAssembly.Module | Uint8Array<ArrayBuffer>;

/** The names of the files, which lie beside the library. */
export const ENGINE_FILES: Readonly<Record<EngineFile, string>> = {
  simd: "engine.wasm",
  relaxed: "engine-relaxed.wasm",
};

/** Other threads, each with the library's worker in it. */
export interface Threads {
  /** why threads cannot share a memory here; undefined where they can */
  readonly cannotShare?: string;
  /** whether this thread is a page's, which long work would freeze */
  readonly isPage: boolean;
  /** The ways to start one by itself, the best one first. */
  readonly ways: readonly StartThread[];
  /** Starts one from the script at `url`. */
  startAt(url: string | URL, events: ThreadEvents): Thread;
}

/** Starts a thread. It may throw, and may fail later. */
export type StartThread = (events: ThreadEvents) => Thread | Promise<Thread>;

/** What becomes known of a thread. */
export interface ThreadEvents {
  onMessage(message: unknown): void;
  /** It could not be started, or it ended, other than by `end`. */
  onFailure(error: Error): void;
}

export interface Thread {
  /** @param transferred buffers within the message that are handed over instead of copied */
  post(message: unknown, transferred: ArrayBuffer[]): void;
  /** Ends it, in the midst of its work too. */
  end(): Promise<void>;
}

/** The adapter of the runtime that the library runs in. */
export let runtime: Runtime;

/** Is called by the package's entries, before anything else. */
export function useRuntime(adapter: Runtime): void {
  runtime = adapter;
}
