/** All bytes of a file over http, from the first to the last. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import { type Answer, ask, failed, PassingFailure, type Remote, TRY_AGAIN, Tries } from "./http-request.ts";
import { chunksAccess, type RandomAccess } from "./random-access.ts";

/** How much is kept in memory of a file that was to be read in parts, unless more is allowed. */
const MAX_PARTED = 64 * 2 ** 20;

/** How much is kept in memory of what does not say how large it is. */
const MAX_UNKNOWN = 2 ** 30;

/** What runtimes ask for and unpack by themselves, and how it begins where one did not. The header stays in either case. */
const BEGINNINGS: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  "x-gzip": [0x1f, 0x8b],
  deflate: [0x78],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  // begins in any way
  br: [],
};

/**
 * Fetches all of a file and keeps it in memory.
 *
 * @param answer the first answer, where there is one
 * @throws {Wasm2VecError} `http-failed`; `too-large`, before it is kept where its server says how large it is
 */
export async function readWhole(remote: Remote, signal?: AbortSignal, answer?: Answer): Promise<RandomAccess> {
  const tries = new Tries(remote, signal);
  for (let next = answer; ; next = undefined) {
    try {
      return await keep(next ?? (await ask(remote, { signal })));
    } catch (error) {
      await tries.after(error);
    }
  }
}

async function keep(answer: Answer): Promise<RandomAccess> {
  const { remote } = answer;
  const size = sizeOfWhole(answer);
  checkSize(answer, size ?? 0);
  const most = Math.min(Math.max(size ?? 0, MAX_UNKNOWN), mostOf(remote));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of wholeChunks(answer)) {
    bytes += chunk.length;
    if (bytes > most) throw tooLarge(remote, most);
    chunks.push(chunk);
  }
  return chunksAccess(chunks);
}

/** How large a file may be that a server sends whole. */
const mostOf = ({ fetching }: Remote) => (fetching.allowFullDownload === false ? MAX_PARTED : Number.POSITIVE_INFINITY);

/** @throws {Wasm2VecError} `too-large` for a file that may not be sent whole */
export function checkSize(answer: Answer, size: number): void {
  if (size <= mostOf(answer.remote)) return;
  answer.end();
  throw tooLarge(answer.remote, mostOf(answer.remote), size);
}

/**
 * What an answer with a whole file sends.
 *
 * @throws {PassingFailure} where it breaks off
 * @throws {Wasm2VecError} `http-failed` for any other answer, and for one that is packed
 */
export async function* wholeChunks(answer: Answer): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  checkStatus(answer, [200, 203]);
  const { remote } = answer;
  const coding = codingOf(answer);
  const beginning = coding === undefined ? [] : BEGINNINGS[coding];
  if (coding && !beginning) {
    answer.end();
    throw packed(remote, coding);
  }
  const size = sizeOfWhole(answer);
  let bytes = 0;
  for await (const chunk of answer.chunks()) {
    if (coding && bytes === 0 && beginsWith(chunk, beginning)) throw packed(remote, coding);
    bytes += chunk.length;
    yield chunk;
  }
  if (coding === "br" && bytes === answer.length) throw packed(remote, coding);
  if (size !== undefined && bytes < size) throw new PassingFailure(remote, `broke off: ${bytes} bytes of ${size} came`);
}

const beginsWith = (bytes: Uint8Array, beginning: readonly number[]) =>
  beginning.length > 0 && beginning.every((byte, i) => bytes[i] === byte);

/** How large the whole file is that an answer sends; undefined where that is not told, or where it comes packed. */
export const sizeOfWhole = (answer: Answer) => (codingOf(answer) ? undefined : answer.length);

/** What the body is packed with, as far as it is told. */
export function codingOf(answer: Answer): string | undefined {
  const codings = (answer.header("Content-Encoding") ?? "").toLowerCase().split(/\s*,\s*/);
  return codings.filter((coding) => coding && coding !== "identity").join(", ") || undefined;
}

/** @returns `http-failed` */
export const packed = (remote: Remote, coding: string) =>
  failed(
    remote,
    `sent the file packed (Content-Encoding: ${coding}), though it was asked not to`,
    "Let the server send it as it is, or download the file and give its path.",
  );

/** @throws {Wasm2VecError} `http-failed` for an answer of another status */
export function checkStatus(answer: Answer, expected: readonly number[]): void {
  if (expected.includes(answer.status)) return;
  answer.end();
  throw failed(answer.remote, answer.saying, adviceOn(answer.status));
}

/** What to do about a status. */
export function adviceOn(status: number): string {
  if (status === 404 || status === 410) return "Check the address.";
  if (status === 401 || status === 403) return "The file needs a permission: download it and give its path.";
  return TRY_AGAIN;
}

function tooLarge(remote: Remote, most: number, bytes?: number): Wasm2VecError {
  const size = bytes === undefined ? `more than ${sizeOf(most)}` : sizeOf(bytes);
  const isAllowed = remote.fetching.allowFullDownload !== false;
  const advice = `${isAllowed ? "D" : "Pass allowFullDownload: true to do so, or d"}ownload the file and give its path.`;
  return new Wasm2VecError(
    "too-large",
    `${remote.name} sends all of the file, ${size}, instead of the part that was asked for: it would have to be kept in memory, where ${sizeOf(most)} are the most. ${advice}`,
  );
}
