/** Files over http: by ranges where the server knows them, or as one stream. */

import type { Wasm2VecError } from "../errors.ts";
import { joinBytes } from "./bytes.ts";
import type { Fetching } from "./fetching.ts";
import { checkPart, etagOf, partChunks, partsAccess, rangeChunks } from "./http-parts.ts";
import {
  type Answer,
  type Asked,
  ask,
  failed,
  PassingFailure,
  type Range,
  type Remote,
  remoteOf,
  Tries,
  Unreached,
} from "./http-request.ts";
import { adviceOn, checkStatus, codingOf, readWhole, sizeOfWhole, wholeChunks } from "./http-whole.ts";
import { bytesAccess, type RandomAccess } from "./random-access.ts";

/** What the first request asks for: most headers and small files come whole with it. */
const HEAD: Range = { begin: 0, end: 32 * 1024 };

/** What counts as missing: what is not there, and what servers say of a file that nobody may know to be there. */
const ABSENT = [401, 403, 404, 410];

/**
 * Opens a file over http. The size is learnt from the first answer to a Range request. A server that knows no ranges
 * sends all of the file instead: then it is kept in memory, and later reads come from there.
 *
 * @returns the file; or why it counts as missing: the server answers 404, 410, 401 or 403, or sends an HTML page instead
 * @throws {Wasm2VecError} `http-failed`, `too-large`
 */
export async function openHttp(
  url: URL,
  signal?: AbortSignal,
  fetching?: Fetching,
): Promise<RandomAccess | Wasm2VecError> {
  const remote = remoteOf(url, fetching);
  const answer = await firstAnswer(remote, signal);
  if (ABSENT.includes(answer.status)) return absent(answer);
  const source = await openAnswer(answer, signal);
  return (await isPage(url, answer, source)) ? page(remote) : source;
}

/**
 * The answer to the first request. What cannot be had in parts may be had whole: a server packs what it was asked not to,
 * browsers refuse a part that comes packed, and some ask other origins for a permission to ask for parts.
 */
async function firstAnswer(remote: Remote, signal?: AbortSignal): Promise<Answer> {
  try {
    const answer = await askAgain(remote, { range: HEAD, signal });
    if (!codingOf(answer)) return answer;
    answer.end();
  } catch (error) {
    if (!(error instanceof Unreached)) throw error;
  }
  return ask(remote, { signal });
}

function absent(answer: Answer): Wasm2VecError {
  const { remote, status, saying } = answer;
  answer.end();
  const why = failed(remote, saying, adviceOn(status));
  if (status !== 404 && status !== 410) remote.fetching.onAbsent?.(why);
  return why;
}

/**
 * Fetches all that a URL of any kind stands for.
 *
 * @throws {Wasm2VecError} `http-failed`
 */
export async function fetchWhole(url: URL, signal?: AbortSignal): Promise<RandomAccess> {
  return readWhole(remoteOf(url), signal);
}

/**
 * Reads a whole file over http in the order of its bytes; what breaks off is read on from where it ends, where the server
 * says how large the file is and knows ranges. Leaving the loop, or an abort, ends the fetch.
 *
 * @throws {Wasm2VecError} `http-failed`
 */
export async function* streamHttp(
  url: URL,
  signal?: AbortSignal,
  fetching?: Fetching,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const remote = remoteOf(url, fetching);
  const answer = await askAgain(remote, { signal });
  const version = { size: sizeOfWhole(answer) ?? 0, etag: etagOf(answer) };
  let begin = 0;
  try {
    for await (const chunk of wholeChunks(answer)) {
      begin += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!(error instanceof PassingFailure) || begin >= version.size) throw error;
    yield* rangeChunks(remote, version, { begin, end: version.size }, signal);
  }
}

/** The answer to a request, which is made again where that may help. */
async function askAgain(remote: Remote, asked: Asked): Promise<Answer> {
  const tries = new Tries(remote, asked.signal);
  for (;;) {
    try {
      return await ask(remote, asked);
    } catch (error) {
      await tries.after(error);
    }
  }
}

async function openAnswer(answer: Answer, signal?: AbortSignal): Promise<RandomAccess> {
  const { remote } = answer;
  checkStatus(answer, [200, 203, 206, 416]);
  if (answer.status === 416) {
    answer.end();
    return isEmptyFile(answer) ? bytesAccess(new Uint8Array()) : readWhole(remote, signal);
  }
  if (answer.status !== 206) return readWhole(remote, signal, answer);
  const part = checkPart(answer);
  remote.direct = answer.address;
  const head = await readHead(answer);
  const size = part.size ?? (await askSize(remote, signal));
  if (size === undefined) return readWhole(remote, signal);
  return partsAccess(remote, { size, etag: etagOf(answer) }, head);
}

/** A range of an empty file cannot be satisfied: the answer is 416, with the size. */
const isEmptyFile = (answer: Answer) => /^bytes\s+\*\/0$/i.test(answer.header("Content-Range") ?? "");

/** How large a file is whose parts do not say it. */
async function askSize(remote: Remote, signal?: AbortSignal): Promise<number | undefined> {
  const answer = await askAgain(remote, { method: "HEAD", signal });
  answer.end();
  return answer.status === 200 ? sizeOfWhole(answer) : undefined;
}

/** The first bytes, as many as come: others are asked for when they are wanted. */
async function readHead(answer: Answer): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for await (const chunk of partChunks(answer, HEAD)) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof PassingFailure)) throw error;
  }
  return joinBytes(chunks);
}

/** How an HTML page begins. */
const PAGE = /^\s*<(!doctype html|!--|html|head|body|title|meta|script)/i;

/** Whether an answer is a page of its server in the place of a file: what a text says that is no page is believed. */
async function isPage({ pathname }: URL, answer: Answer, source: RandomAccess): Promise<boolean> {
  const isHtml = /^(text\/html|application\/xhtml)/i.test(answer.header("Content-Type") ?? "");
  if (!isHtml || /\.x?html?$/i.test(pathname)) return false;
  return PAGE.test(new TextDecoder().decode(await source.read(0, Math.min(source.size, 256))));
}

function page(remote: Remote): Wasm2VecError {
  const advice = "Check the address: on the Hugging Face hub a file's has /resolve/ in it, not /blob/.";
  const why = failed(remote, "sent an HTML page; expected a file", advice);
  remote.fetching.onAbsent?.(why);
  return why;
}
