/** How files are fetched over http. */

/** What takes the place of the runtime's fetch. */
export type FetchLike = (url: string, init: FetchInit) => PromiseLike<Response>;

/** What it is asked with: the part of RequestInit that is used. */
export interface FetchInit {
  method?: "GET" | "HEAD";
  headers?: Record<string, string>;
  signal?: AbortSignal;
  cache?: "no-store";
  redirect?: "follow" | "manual";
}

/** How a source is fetched; all of it may be left out. */
export interface Fetching {
  /** takes the place of the runtime's fetch */
  fetch?: FetchLike;
  /** is sent as `Authorization: Bearer …`, to the address's own origin only: never to where it redirects */
  token?: string;
  /** how long a server may send nothing, in milliseconds, until it counts as stalled */
  timeout?: number;
  /** whether a large file may be fetched whole where its server knows no ranges */
  allowFullDownload?: boolean;
}
