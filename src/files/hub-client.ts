/** What the Hugging Face hub is asked over http: which commit a revision is and which files it has; and these. */

import { Wasm2VecError } from "../errors.ts";
import { nameOfUrl } from "./address.ts";
import type { Fetching } from "./fetching.ts";
import type { FolderOptions } from "./folder-options.ts";
import { type HubAddress, nameOfHub } from "./hub-address.ts";
import { etagOf, refusal } from "./hub-answers.ts";
import { cleanToken, type HubSettings } from "./hub-settings.ts";
import { isJsonObject, type JsonObject, parseJson } from "./json.ts";
import { openIfThere, readAll, readText } from "./source.ts";

/** What the hub tells of a file. */
export interface HubFile {
  size?: number;
  /** the name of its content */
  etag?: string;
}

export type HubFiles = ReadonlyMap<string, HubFile>;

/** What the hub tells of a revision: its commit and, by their names, its files. */
export interface HubSnapshot {
  commit: string;
  files: HubFiles;
}

/** A commit by its full name. */
export const isCommit = (text: unknown): text is string => typeof text === "string" && /^[0-9a-f]{40}$/.test(text);

/** What of an ETag can be a file's name; undefined for any other. */
const checkedEtag = (etag: unknown) => (typeof etag === "string" && /^\w[\w.-]{0,199}$/.test(etag) ? etag : undefined);

/** Asks the hub about one model. */
export class HubClient {
  /** "" where there is none; undefined where it was not looked for yet */
  private token?: string;

  constructor(
    private readonly address: HubAddress,
    private readonly options: FolderOptions,
    private readonly settings: HubSettings,
  ) {}

  /** @throws {Wasm2VecError} `file-not-found` where there is no such model or revision; `http-failed` */
  async snapshot(revision: string, signal?: AbortSignal): Promise<HubSnapshot> {
    const { kind, id } = this.address;
    const url = this.urlOf(`api/${kind}/${id}/revision/${encodeURIComponent(revision)}?blobs=true`);
    const source = await openIfThere(url, signal, await this.asks(signal));
    if (source) return snapshotOf(await readAll(source, signal), nameOfUrl(url));
    throw await this.refusal(url, signal);
  }

  /**
   * Opens a file.
   *
   * @param isListed whether the hub has told of it
   * @throws {Wasm2VecError} `http-failed`, also where it is listed and not given
   */
  async openFile(commit: string, path: string, isListed: boolean, signal?: AbortSignal) {
    const url = this.fileUrl(commit, path);
    const source = await openIfThere(url, signal, await this.asks(signal));
    if (source || !isListed) return source;
    throw await this.refusal(url, signal);
  }

  /** The name of a file's content; undefined where the server tells none. */
  async etagOf(commit: string, path: string, signal?: AbortSignal): Promise<string | undefined> {
    return checkedEtag(await etagOf(this.fileUrl(commit, path), await this.asks(signal), signal));
  }

  /** With the token, which only the hub's own server gets. */
  private async asks(signal?: AbortSignal): Promise<Fetching> {
    const { fetch, timeout, allowFullDownload, token = this.settings.token } = this.options;
    this.token ??= token ?? (await this.tokenOfFile(signal)) ?? "";
    return { fetch, timeout, allowFullDownload, token: this.token || undefined };
  }

  /** A file that cannot be read has none: most models need none. */
  private async tokenOfFile(signal?: AbortSignal): Promise<string | undefined> {
    const { tokenFile } = this.settings;
    const text = tokenFile && (await readText(tokenFile, signal).catch(() => signal?.throwIfAborted()));
    return cleanToken(text || undefined);
  }

  private async refusal(url: URL, signal?: AbortSignal): Promise<Wasm2VecError> {
    const { kind, id, revision = "main" } = this.address;
    const page = nameOfUrl(this.urlOf(kind === "models" ? id : `${kind}/${id}`));
    const question = { url, page, revision, name: nameOfHub({ kind, id, path: "" }) };
    return refusal(question, await this.asks(signal), signal);
  }

  private fileUrl(commit: string, path: string): URL {
    const { kind, id } = this.address;
    const name = path.split("/").map(encodeURIComponent).join("/");
    return this.urlOf(`${kind === "models" ? "" : `${kind}/`}${id}/resolve/${commit}/${name}`);
  }

  private urlOf(path: string): URL {
    const base = new URL(this.settings.endpoint);
    [base.search, base.hash] = ["", ""];
    base.pathname = base.pathname.replace(/\/*$/, "/");
    return new URL(path, base);
  }
}

/** @throws {Wasm2VecError} `format-damaged` for an answer that no hub gives */
function snapshotOf(bytes: Uint8Array, where: string): HubSnapshot {
  let answer: unknown;
  try {
    answer = parseJson(bytes);
  } catch {
    // said below
  }
  const { sha, siblings } = isJsonObject(answer) ? answer : ({} as JsonObject);
  const names = Array.isArray(siblings) ? siblings.filter(isNamed) : undefined;
  if (isCommit(sha) && names)
    return { commit: sha, files: new Map(names.map((file) => [file.rfilename, fileOf(file)])) };
  const message = `${where} tells no commit and files, as a hub does. Check HF_ENDPOINT.`;
  throw new Wasm2VecError("format-damaged", message);
}

const isNamed = (file: unknown): file is JsonObject & { rfilename: string } =>
  isJsonObject(file) && typeof file.rfilename === "string";

/** Large files are named by their SHA-256, others by their hash in git. */
function fileOf({ size, blobId, lfs }: JsonObject): HubFile {
  const etag = isJsonObject(lfs) ? lfs.sha256 : blobId;
  return { size: Number.isSafeInteger(size) ? (size as number) : undefined, etag: checkedEtag(etag) };
}
