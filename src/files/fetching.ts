/** How files are fetched over http. */

import type { Wasm2VecError } from "../errors.ts";
import type { ResponseLike } from "./source-kinds.ts";

/** What takes the place of the runtime's fetch. */
export type FetchLike = (url: string, init: FetchInit) => PromiseLike<FetchedLike>;

/** What of a Response is used, of whatever realm. */
export interface FetchedLike extends ResponseLike {
  /** what the server says of its answer */
  readonly headers: HeadersLike;
  /** whether another address answered than the one that was asked */
  readonly redirected: boolean;
  /** the address that answered */
  readonly url: string;
  /** All of what was answered. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Headers of an answer. */
export interface HeadersLike {
  /** The header of a name, in whatever case; null where there is none. */
  get(name: string): string | null;
}

/** What it is asked with: the part of RequestInit that is used. */
export interface FetchInit {
  /** "HEAD" asks for what describes a file alone; "GET" by default */
  method?: "GET" | "HEAD";
  /** by their names */
  headers?: Record<string, string>;
  /** ends it */
  signal?: AbortSignal;
  /** in pages: whether their cache is passed by, which lets one request for a file through at a time */
  cache?: "no-store";
  /** whether a redirection is followed, or is the answer */
  redirect?: "follow" | "manual";
}

/** How a source is fetched; all of it may be left out. */
export interface Fetching {
  /** takes the place of the runtime's fetch */
  fetch?: FetchLike;
  /** is sent as `Authorization: Bearer …`, to the address's own origin only: never to where it redirects */
  token?: string;
  /** how long a server may send nothing, in milliseconds, until it counts as stalled; 30,000 by default */
  timeout?: number;
  /** false: of a server that knows no ranges, a file of more than 64 MiB is refused; else it is fetched whole and kept */
  allowFullDownload?: boolean;
  /** is told of a file that counts as missing for another reason than 404: no permission, or an HTML page in its place */
  onAbsent?(why: Wasm2VecError): void;
}
