/** Files over http: by ranges where the server knows them, or as one stream. */

import { Wasm2VecError } from "../errors.ts";
import { nameOfUrl } from "./address.ts";
import { bytesAccess, type RandomAccess } from "./random-access.ts";
import { webChunks } from "./stream.ts";

/** What an answer must keep from one read to the next: the file's size and, where the server tells it, its ETag. */
interface Version {
  size: number;
  etag: string | null;
}

/** Part of a file. */
interface Part extends Version {
  bytes: Uint8Array<ArrayBuffer>;
}

/** The bytes that are asked for: from `begin` up to, not including, `end`. */
interface Range {
  begin: number;
  end: number;
}

/** What the first request asks for: most headers and small files come whole with it. */
const HEAD: Range = { begin: 0, end: 32 * 1024 };

/**
 * Opens a file over http. The size is learnt from the first answer to a Range request. A server that knows no ranges
 * sends all of the file instead: then it is kept in memory, and later reads come from there.
 *
 * @returns undefined when the server answers 404 or 410
 * @throws {Wasm2VecError} `http-failed`
 */
export async function openHttp(url: URL, signal?: AbortSignal): Promise<RandomAccess | undefined> {
  const response = await request(url, signal, HEAD);
  if (response.status === 404 || response.status === 410) {
    await discard(response);
    return undefined;
  }
  if (isEmptyFile(response)) return bytesAccess(new Uint8Array());
  await checkStatus(url, response);
  if (response.status === 206) return rangesAccess(url, await readPart(url, response, HEAD, signal));
  return bytesAccess(await readBody(url, response, signal));
}

/** What openHttp did not find. */
export function httpAbsent(url: URL): Wasm2VecError {
  return failed(url, "answered 404 Not Found", adviceOn(404));
}

/**
 * Fetches all that a URL of any kind stands for.
 *
 * @throws {Wasm2VecError} `http-failed`
 */
export async function fetchWhole(url: URL, signal?: AbortSignal): Promise<RandomAccess> {
  const response = await request(url, signal);
  await checkStatus(url, response);
  return bytesAccess(await readBody(url, response, signal));
}

/**
 * Reads a whole file over http in the order of its bytes. Leaving the loop, or an abort, ends the fetch.
 *
 * @throws {Wasm2VecError} `http-failed`
 */
export async function* streamHttp(url: URL, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const response = await request(url, signal);
  await checkStatus(url, response);
  if (!response.body) return;
  try {
    yield* webChunks(response.body, signal);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    cutShort(url, cause);
  }
}

/** A file whose first bytes are here already. */
function rangesAccess(url: URL, head: Part): RandomAccess {
  return {
    size: head.size,
    async read(begin, end, signal) {
      if (end <= head.bytes.length) return head.bytes.subarray(begin, end);
      if (begin === end) return new Uint8Array();
      return readRange(url, head, { begin, end }, signal);
    },
  };
}

async function readRange(url: URL, version: Version, range: Range, signal?: AbortSignal) {
  const response = await request(url, signal, range);
  await checkStatus(url, response);
  const part = response.status === 206 ? await readPart(url, response, range, signal) : undefined;
  if (part && part.size === version.size && part.etag === version.etag) return part.bytes;
  await discard(response);
  throw failed(url, "sent another file than at first", "It was changed meanwhile: open it again.");
}

/** The answer to a Range request: what was asked for, or less of it where the file ends. */
async function readPart(url: URL, response: Response, { begin, end }: Range, signal?: AbortSignal): Promise<Part> {
  const range = response.headers.get("Content-Range");
  const [, first, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range ?? "")?.map(Number) ?? [];
  if (!Number.isSafeInteger(size)) {
    await discard(response);
    const what = `sent a part with the Content-Range ${range}; expected "bytes first-last/size"`;
    const advice = "To pages of another origin it must also send Access-Control-Expose-Headers: Content-Range.";
    throw failed(url, what, advice);
  }
  const bytes = await readBody(url, response, signal);
  const length = Math.min(end, size) - begin;
  if (first !== begin || bytes.length !== length) {
    const got = `${bytes.length} bytes from ${first} on`;
    throw failed(url, `sent ${got}; expected ${length} from ${begin} on`, TRY_AGAIN);
  }
  return { size, bytes, etag: response.headers.get("ETag") };
}

async function request(url: URL, signal?: AbortSignal, range?: Range): Promise<Response> {
  try {
    return await fetch(url, { headers: range && { Range: `bytes=${range.begin}-${range.end - 1}` }, signal });
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    const reason = (cause as Error).cause ?? cause;
    const advice = "Check the address and the network; for a page of another origin, that the server allows it (CORS).";
    throw failed(url, `could not be reached: ${(reason as Error).message}`, advice, cause);
  }
}

/** Frees the connection of an answer that is not wanted. */
async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => {});
}

async function readBody(url: URL, response: Response, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    return cutShort(url, cause);
  }
}

/** A range of an empty file cannot be satisfied: the answer is 416, with the size. */
function isEmptyFile({ status, headers }: Response): boolean {
  return status === 416 && headers.get("Content-Range") === "bytes */0";
}

async function checkStatus(url: URL, response: Response): Promise<void> {
  const { status, statusText } = response;
  if (status === 200 || status === 206) return;
  await discard(response);
  throw failed(url, `answered ${status} ${statusText}`.trim(), adviceOn(status));
}

const TRY_AGAIN = "Try again; if it happens again, download the file and give its path.";

function adviceOn(status: number): string {
  if (status === 404 || status === 410) return "Check the address.";
  if (status === 401 || status === 403) return "The file needs a permission: download it and give its path.";
  return TRY_AGAIN;
}

function cutShort(url: URL, cause: unknown): never {
  throw failed(url, `broke off: ${(cause as Error).message}`, TRY_AGAIN, cause);
}

function failed(url: URL, what: string, advice: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("http-failed", `${nameOfUrl(url)} ${what}. ${advice}`, { cause });
}
