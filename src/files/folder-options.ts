/** What may be said of a model folder: where it is looked for and how it is read. */

import {
  type CheckedOptions,
  callback,
  integer,
  type Kind,
  option,
  optional,
  STOPPABLE,
  string,
  toggle,
} from "../check-options.ts";
import { Wasm2VecError } from "../errors.ts";
import type { FetchLike } from "./fetching.ts";

/** How far a file of the hub is fetched that is kept whole. */
export interface DownloadEvent {
  /** tells it from the other events */
  kind: "download";
  /** the file's name in the model's folder */
  file: string;
  /** bytes that are here */
  done: number;
  /** bytes that the file has */
  total: number;
}

/** An access token; no message shows it. */
const accessToken: Kind<string> = {
  expected: "a string",
  accepts: (value) => typeof value === "string",
  take(token) {
    if (isToken(token)) return token;
    const message =
      "The option token is empty, or has characters that no access token has; pass it as the hub showed it.";
    throw new Wasm2VecError("option-invalid", message);
  },
};

/** Whether it can be sent as a header: visible characters of ASCII. */
export const isToken = (token: string) => /^[\x21-\x7e]+$/.test(token);

/** The longest delay that timers know, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Options of everything that opens a model's folder. */
export const FOLDER_OPTIONS = {
  /** of a model on the hub: its branch, tag or commit; "main" by default */
  revision: optional(string),
  /** the folder below, with "/" between names, that is meant */
  subfolder: optional(string),
  /** an access token, sent to the hub or the given server only; the hub's from the environment by default */
  token: optional(accessToken),
  /** of a model on the hub: nothing is fetched, its files lie in the cache; false by default */
  localFilesOnly: option(false, toggle),
  /** of a model on the hub: weights are fetched whole, and kept in the cache; false by default */
  download: option(false, toggle),
  /** takes the place of the runtime's fetch */
  fetch: optional(callback<FetchLike>()),
  /** how long a server may send nothing, in milliseconds */
  timeout: optional(integer(1, MAX_TIMEOUT)),
  /** fetch a large file whole, and hold it, where its server knows no ranges; false by default */
  allowFullDownload: option(false, toggle),
  ...STOPPABLE,
  /** is told how far files are that are fetched whole; what it returns is awaited */
  onProgress: optional(callback<(event: DownloadEvent) => unknown>()),
};

/** The options as they were given and checked; those of `signal` and `onProgress` are those of the opening. */
export type FolderOptions = Partial<CheckedOptions<typeof FOLDER_OPTIONS>>;
