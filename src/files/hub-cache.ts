/**
 * The hub's cache on disk, laid out as Python's huggingface_hub does, which shares it:
 *
 *     models--owner--name/refs/main                       the commit that main was, when it was last asked for
 *     models--owner--name/blobs/<etag>                    the files, or links into a store that all models share
 *     models--owner--name/snapshots/<commit>/config.json  links to them, or, where the system has no links, the files
 *     models--owner--name/.no_exist/<commit>/vocab.txt    an empty file for each that the commit is known not to have
 *
 * Files are added and never replaced, but for those in refs. A cache that cannot be read holds nothing.
 */

import { type Chunks, runtime } from "../runtime/runtime.ts";
import { fileOf } from "./folder-kinds.ts";
import type { HubAddress } from "./hub-address.ts";
import { isCommit } from "./hub-client.ts";
import type { RandomAccess } from "./random-access.ts";
import { openIfThere, readAll, readChunks } from "./source.ts";

/** How long what refs hold may be, in bytes: a commit and a line's end. */
const MAX_REF = 100;

/** The cached files of one model. */
export class HubCache {
  private readonly folder: string;

  /** @param hasLinks whether a file is kept among the blobs, with a link to it in the commit's snapshot */
  constructor(
    cache: string,
    { kind, id }: HubAddress,
    private hasLinks: boolean,
  ) {
    this.folder = `${cache}/${kind}--${id.replace("/", "--")}`;
  }

  /** The commit that a revision was, when it was last asked for; undefined where nobody asked. */
  async commitOf(revision: string): Promise<string | undefined> {
    const file = await openUnlessUnreadable(this.refPath(revision));
    if (!file) return undefined;
    try {
      const commit = file.size > MAX_REF ? "" : new TextDecoder().decode(await readAll(file)).trim();
      return isCommit(commit) ? commit : undefined;
    } finally {
      await file.close?.();
    }
  }

  /** Whether there are files of a commit. */
  async has(commit: string): Promise<boolean> {
    const files = await runtime.listFolder?.(`${this.folder}/snapshots/${commit}`).catch(() => undefined);
    return files !== undefined;
  }

  /** The names of a commit's files, none of those in folders below. */
  async list(commit: string, folder: string): Promise<string[]> {
    const path = `${this.folder}/snapshots/${commit}/${folder}`.replace(/\/$/, "");
    const files = (await runtime.listFolder?.(path).catch(() => undefined)) ?? [];
    return files.map(fileOf);
  }

  /** Opens a commit's file; undefined where it is not here. */
  open(commit: string, file: string): Promise<RandomAccess | undefined> {
    return openUnlessUnreadable(this.snapshotPath(commit, file));
  }

  /** Whether the commit is known to have no such file. */
  async isAbsent(commit: string, file: string): Promise<boolean> {
    const mark = await openUnlessUnreadable(this.absentPath(commit, file));
    await mark?.close?.();
    return mark !== undefined;
  }

  /**
   * Opens a file that is here under another commit, and makes it the commit's.
   *
   * @param size how many bytes it has
   */
  async adopt(commit: string, file: string, etag: string, size: number): Promise<RandomAccess | undefined> {
    if (!this.hasLinks) return undefined;
    const blob = await openUnlessUnreadable(this.blobPath(etag));
    if (blob?.size !== size) {
      await blob?.close?.();
      return undefined;
    }
    await this.link(commit, file, etag).catch(() => {});
    return blob;
  }

  /**
   * Keeps a file of a commit.
   *
   * @throws the runtime's own errors
   */
  async keep(commit: string, file: string, etag: string, chunks: Chunks, signal?: AbortSignal): Promise<void> {
    const path = this.snapshotPath(commit, file);
    if (!this.hasLinks) return runtime.addFile?.(path, chunks, signal);
    const blob = this.blobPath(etag);
    await runtime.addFile?.(blob, chunks, signal);
    try {
      await this.link(commit, file, etag);
    } catch {
      // as Windows does, unless it is told otherwise: what comes next goes where it is looked for
      this.hasLinks = false;
      await runtime.addFile?.(path, readChunks(blob, { signal }), signal);
    }
  }

  /** Keeps that a commit has no such file, where that can be written. */
  async keepAbsent(commit: string, file: string): Promise<void> {
    await runtime.addFile?.(this.absentPath(commit, file), []).catch(() => {});
  }

  /** Keeps which commit a revision is, where that can be written. */
  async keepCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.commitOf(revision)) === commit) return;
    const chunks = [new TextEncoder().encode(commit)];
    const path = this.refPath(revision);
    await runtime
      .addFile?.(path, chunks)
      .then(() => runtime.writePath?.(path, chunks))
      .catch(() => {});
  }

  private snapshotPath(commit: string, file: string): string {
    return `${this.folder}/snapshots/${commit}/${file}`;
  }

  private absentPath(commit: string, file: string): string {
    return `${this.folder}/.no_exist/${commit}/${file}`;
  }

  private blobPath(etag: string): string {
    return `${this.folder}/blobs/${etag}`;
  }

  private refPath(revision: string): string {
    return `${this.folder}/refs/${revision}`;
  }

  private async link(commit: string, file: string, etag: string): Promise<void> {
    const up = "../".repeat(file.split("/").length + 1);
    await runtime.addLink?.(this.snapshotPath(commit, file), `${up}blobs/${etag}`);
  }
}

/** Undefined also for what cannot be read: it can be fetched. */
const openUnlessUnreadable = (path: string) => openIfThere(path).catch(() => undefined);
