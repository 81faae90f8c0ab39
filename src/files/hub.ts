/**
 * A model on the Hugging Face hub as a folder. Its revision is resolved to a commit first, and every file is read at that
 * commit: so all of them belong together, also when the model is changed meanwhile. What the cache has is read there.
 *
 * One request gives the commit and all its files with sizes and ETags: for what a commit has not, nobody is asked. That is
 * the body of an answer, which pages may read, where the headers that tell the same of one file are not shown to all of them.
 */

import { show, Wasm2VecError } from "../errors.ts";
import { Shared, tellerOf } from "../event-loop.ts";
import type { Chunks } from "../runtime/runtime.ts";
import { joinBytes } from "./bytes.ts";
import type { Folder } from "./folder-kinds.ts";
import type { FolderOptions } from "./folder-options.ts";
import { type HubAddress, isInside, nameOfHub } from "./hub-address.ts";
import { HubCache } from "./hub-cache.ts";
import { HubClient, type HubFile, type HubFiles, isCommit } from "./hub-client.ts";
import type { HubSettings } from "./hub-settings.ts";
import { bytesAccess, type RandomAccess } from "./random-access.ts";
import { clipped, quoted } from "./source-kinds.ts";

/** Files that are read whole, and kept: what describes a model, and its tokenizer. */
const SMALL = /\.(json|txt|model|jinja)$/;

/** How much is fetched at a time of a file that is kept. */
const CHUNK = 1 << 25;

/** From how many files on the hub may not list all. */
const LONG_LIST = 50_000;

export class HubFolder implements Folder {
  private readonly revision: string;
  private readonly client: HubClient;
  private readonly cache?: HubCache;
  /** why nothing may be fetched; undefined where it may */
  private offline?: string;
  private readonly commit = new Shared<string>();
  private readonly files = new Shared<HubFiles>();
  /** the commit's files, where its revision's name was asked for */
  private filesOfRevision?: HubFiles;
  private isNoted = false;

  /** @throws {Wasm2VecError} `not-supported-here` for what needs the cache, where there is none */
  constructor(
    private readonly address: HubAddress,
    private readonly options: FolderOptions,
    private readonly settings: HubSettings,
  ) {
    const { localFilesOnly, download } = options;
    this.revision = address.revision ?? "main";
    this.offline = localFilesOnly ? "localFilesOnly is true" : settings.offline && `${settings.offline} is set`;
    this.client = new HubClient(address, options, settings);
    if (settings.cache) this.cache = new HubCache(settings.cache, address, settings.hasLinks);
    if (this.cache || !(localFilesOnly || download)) return;
    const option = localFilesOnly ? "localFilesOnly" : "download";
    throw new Wasm2VecError(
      "not-supported-here",
      `${option} is true for ${this.name}, and there is no cache of the hub here. Leave it out, or give the folder's files.`,
    );
  }

  get name(): string {
    const name = clipped(nameOfHub(this.address));
    return this.offline ? `${name} (only its files in the cache: ${this.offline})` : name;
  }

  async open(file: string, signal?: AbortSignal): Promise<RandomAccess | undefined> {
    if (!isInside(file)) {
      throw new Wasm2VecError("format-damaged", `${show(file)} is not the name of a file in ${this.name}.`);
    }
    const path = this.pathOf(file);
    const commit = await this.resolved(signal);
    const cached = await this.cache?.open(commit, path);
    if (cached) await this.noteCommit(commit);
    if (cached || this.offline || (await this.cache?.isAbsent(commit, path))) return cached;
    const files = await this.filesOf(commit, signal);
    const listed = files.get(path);
    if (listed || files.size >= LONG_LIST) return this.fetchFile(commit, path, listed, signal);
    await this.cache?.keepAbsent(commit, path);
    return undefined;
  }

  /** The names of its files, none of those in folders below. */
  async list(signal?: AbortSignal): Promise<string[]> {
    const commit = await this.resolved(signal);
    if (this.offline) return (await this.cache?.list(commit, this.address.path)) ?? [];
    const prefix = this.pathOf("");
    const below = [...(await this.filesOf(commit, signal)).keys()].filter((path) => path.startsWith(prefix));
    return below.map((path) => path.slice(prefix.length)).filter((file) => !file.includes("/"));
  }

  private pathOf(file: string): string {
    return this.address.path ? `${this.address.path}/${file}` : file;
  }

  /** The commit that is read, the same for all files. */
  private resolved(signal?: AbortSignal): Promise<string> {
    return this.commit.get(() => this.resolve(signal), signal);
  }

  private async resolve(signal?: AbortSignal): Promise<string> {
    const { revision } = this;
    if (this.offline) return this.cachedCommit();
    if (isCommit(revision)) return revision;
    try {
      const { commit, files } = await this.client.snapshot(revision, signal);
      this.filesOfRevision = files;
      return commit;
    } catch (error) {
      const isUnanswered = error instanceof Wasm2VecError && error.code === "http-failed";
      const commit = isUnanswered ? await this.cache?.commitOf(revision) : undefined;
      if (!commit || !(await this.cache?.has(commit))) throw error;
      this.offline = "the hub gave no answer";
      return commit;
    }
  }

  private async cachedCommit(): Promise<string> {
    const { revision, cache, settings } = this;
    const commit = isCommit(revision) ? revision : await cache?.commitOf(revision);
    if (commit && (await cache?.has(commit))) return commit;
    throw new Wasm2VecError(
      "file-not-found",
      `${this.address.id} at revision ${quoted(revision)} is not in the hub's cache, ${clipped(settings.cache ?? "")}, and is not fetched because ${this.offline}. Fetch it once, or give the path of its folder.`,
    );
  }

  private async filesOf(commit: string, signal?: AbortSignal): Promise<HubFiles> {
    const ask = async () => (await this.client.snapshot(commit, signal)).files;
    return this.filesOfRevision ?? this.files.get(ask, signal);
  }

  /** Keeps which commit the revision is, once there are files of it. */
  private async noteCommit(commit: string): Promise<void> {
    if (this.isNoted || this.offline) return;
    this.isNoted = true;
    await this.cache?.keepCommit(this.revision, commit);
  }

  private async fetchFile(commit: string, path: string, listed: HubFile | undefined, signal?: AbortSignal) {
    const { etag, size } = listed ?? {};
    const adopted = etag && size !== undefined ? await this.cache?.adopt(commit, path, etag, size) : undefined;
    if (adopted) return adopted;
    const source = await this.client.openFile(commit, path, listed !== undefined, signal);
    const isSmall = SMALL.test(path);
    if (!source) return undefined;
    if (size !== undefined && source.size !== size) {
      await source.close?.();
      throw this.otherSize(path, source.size, size);
    }
    if (!isSmall && !this.options.download) return source;
    try {
      const chunks = this.chunksOf(source, path, signal);
      const keep = (kept: Chunks) => this.keep(commit, path, etag, kept, signal);
      if (!isSmall) return await this.download(commit, path, chunks, keep, signal);
      const bytes = await joined(chunks);
      await keep([bytes]).catch(() => signal?.throwIfAborted());
      return bytesAccess(bytes);
    } finally {
      await source.close?.();
    }
  }

  private async keep(commit: string, path: string, etag: string | undefined, chunks: Chunks, signal?: AbortSignal) {
    if (!this.cache) return;
    const name = etag ?? (await this.client.etagOf(commit, path, signal));
    if (!name) throw new Error("the hub tells no ETag of it");
    await this.cache.keep(commit, path, name, chunks, signal);
    await this.noteCommit(commit);
  }

  /** Fetches a file into the cache, and opens it there. */
  private async download(
    commit: string,
    path: string,
    chunks: AsyncIterable<Uint8Array>,
    keep: (chunks: Chunks) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<RandomAccess> {
    const failure: { error?: unknown } = {};
    try {
      await keep(noting(chunks, failure));
    } catch (error) {
      signal?.throwIfAborted();
      throw error === failure.error || error instanceof Wasm2VecError ? error : this.notKept(path, error);
    }
    const kept = await this.cache?.open(commit, path);
    if (kept) return kept;
    throw this.notKept(path, new Error("a link that leads nowhere has its place"));
  }

  private async *chunksOf(source: RandomAccess, file: string, signal?: AbortSignal) {
    const { size } = source;
    const tell = tellerOf(this.options.onProgress, signal);
    for (let done = 0; done < size; ) {
      const bytes = await source.read(done, Math.min(done + CHUNK, size), signal);
      done += bytes.length;
      await tell?.({ kind: "download", file, done, total: size });
      yield bytes;
    }
  }

  private otherSize(path: string, got: number, expected: number): Wasm2VecError {
    const message = `${clipped(path)} of ${this.name} has ${got} bytes; expected ${expected}, as the hub lists it. Try again.`;
    return new Wasm2VecError("http-failed", message);
  }

  private notKept(path: string, cause: unknown): Wasm2VecError {
    return new Wasm2VecError(
      "file-not-writable",
      `${clipped(path)} of ${this.name} could not be kept in the hub's cache, ${clipped(this.settings.cache ?? "")}: ${clipped((cause as Error).message)}. Set HF_HUB_CACHE to a folder that can be written to and has room, or leave download out.`,
      { cause },
    );
  }
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return joinBytes(all);
}

/** The same chunks; what ends them is noted, so that it can be told from what goes wrong where they are written. */
async function* noting(chunks: AsyncIterable<Uint8Array>, failure: { error?: unknown }) {
  try {
    yield* chunks;
  } catch (error) {
    failure.error = error;
    throw error;
  }
}
