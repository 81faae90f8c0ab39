/** Parts of a file over http: asked for by ranges, read on where less came than was asked for. */

import { sizeOf, Wasm2VecError } from "../errors.ts";
import { forEachAtOnce, withSignals } from "../event-loop.ts";
import { type Answer, ask, failed, PassingFailure, type Range, type Remote, TRY_AGAIN, Tries } from "./http-request.ts";
import { checkSize, checkStatus, codingOf, packed, sizeOfWhole, wholeChunks } from "./http-whole.ts";
import type { RandomAccess } from "./random-access.ts";

/** What an answer must keep from one read to the next: the file's size and, where the server tells it, its ETag. */
export interface Version {
  size: number;
  etag?: string;
}

/** How much is asked for at a time. */
const PART = 2 ** 23;

/** How many parts of a read are under way at a time: browsers have six connections to a server. */
const PARTS_AT_ONCE = 6;

/** An answer that brings less is a try that failed. */
const MIN_PROGRESS = 4096;

/** A file whose first bytes are here already. */
export function partsAccess(remote: Remote, version: Version, head: Uint8Array<ArrayBuffer>): RandomAccess {
  return {
    size: version.size,
    async read(begin, end, signal) {
      if (end <= head.length) return head.subarray(begin, end);
      const bytes = room(remote, end - begin);
      const known = head.subarray(begin);
      bytes.set(known);
      await fill(remote, version, { begin: begin + known.length, end }, bytes.subarray(known.length), signal);
      return bytes;
    },
  };
}

function room(remote: Remote, length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const message = `${sizeOf(length)} of ${remote.name} are more than memory holds at once. Load fewer rows.`;
    throw new Wasm2VecError("out-of-memory", message, { cause });
  }
}

/** into (end - begin,) = the bytes of a range, several parts of it at a time. The first failure ends it. */
async function fill(remote: Remote, version: Version, range: Range, into: Uint8Array, signal?: AbortSignal) {
  const failure = new AbortController();
  await withSignals([signal, failure.signal], async (signal) => {
    try {
      await forEachAtOnce(partsOf(range), PARTS_AT_ONCE, (part) =>
        fillPart(remote, version, part, into.subarray(part.begin - range.begin), signal),
      );
    } finally {
      failure.abort();
    }
  });
}

function* partsOf({ begin, end }: Range): Generator<Range> {
  for (let at = begin; at < end; at += PART) yield { begin: at, end: Math.min(at + PART, end) };
}

async function fillPart(remote: Remote, version: Version, range: Range, into: Uint8Array, signal?: AbortSignal) {
  let at = 0;
  for await (const chunk of rangeChunks(remote, version, range, signal)) {
    into.set(chunk, at);
    at += chunk.length;
  }
}

/**
 * The bytes of a range in their order. What breaks off, or is shorter than it was asked for, is read on from where it ends.
 *
 * @throws {Wasm2VecError} `http-failed`
 */
export async function* rangeChunks(
  remote: Remote,
  version: Version,
  { begin, end }: Range,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const tries = new Tries(remote, signal);
  for (let at = begin; at < end; ) {
    const from = at;
    try {
      for await (const chunk of answerChunks(remote, version, { begin: at, end }, signal)) {
        at += chunk.length;
        yield chunk;
      }
      if (at < end && at - from < MIN_PROGRESS) throw tooShort(remote, at - from, { begin: from, end });
    } catch (error) {
      if (at - from >= MIN_PROGRESS) tries.reset();
      await tries.after(error);
    }
  }
}

const tooShort = (remote: Remote, got: number, { begin, end }: Range) =>
  new PassingFailure(remote, `sent ${got} bytes from ${begin} on; expected ${end - begin}`);

/** What one answer gives of a range, from its begin on. */
async function* answerChunks(remote: Remote, version: Version, range: Range, signal?: AbortSignal) {
  const answer = await askRange(remote, range, signal);
  checkStatus(answer, [200, 203, 206]);
  if (answer.status === 206) yield* partChunks(answer, range, version);
  else yield* sameFile(answer, version, range);
}

/** Where the first address led before is asked first; where that refuses, the first address is asked again. */
async function askRange(remote: Remote, range: Range, signal?: AbortSignal): Promise<Answer> {
  const { direct } = remote;
  const answer = await ask(remote, { range, signal });
  if (!direct || answer.status < 300) return answer;
  answer.end();
  remote.direct = undefined;
  return ask(remote, { range, signal });
}

/**
 * A range out of the whole file, which was sent in its place: it is what the parts are of where its size and ETag are the same.
 * Where its size is told, what lies behind the range is not waited for.
 */
async function* sameFile(answer: Answer, version: Version, { begin, end }: Range) {
  checkPlain(answer);
  const size = sizeOfWhole(answer);
  checkVersion(answer, version, size);
  checkSize(answer, version.size);
  let at = 0;
  for await (const chunk of wholeChunks(answer)) {
    const part = chunk.subarray(Math.max(begin - at, 0), Math.max(end - at, 0));
    if (part.length) yield part;
    at += chunk.length;
    if (at >= end && size !== undefined) return;
  }
  if (at !== version.size) throw changed(answer.remote);
}

/**
 * What an answer with a part sends.
 *
 * @param version that of the answers before
 * @throws {Wasm2VecError} `http-failed` for another part or file than was asked for, or none that can be read
 */
export async function* partChunks(answer: Answer, { begin, end }: Range, version?: Version) {
  const { remote } = answer;
  const part = checkPart(answer);
  const most = Math.min(part.end, end) - begin;
  if (part.begin !== begin || part.end > end) {
    answer.end();
    const got = `sent ${part.end - part.begin} bytes from ${part.begin} on`;
    throw failed(remote, `${got}; expected ${end - begin} from ${begin} on`, TRY_AGAIN);
  }
  if (version) checkVersion(answer, version, part.size);
  let bytes = 0;
  for await (const chunk of answer.chunks()) {
    bytes += chunk.length;
    if (bytes > most) throw tooLong(remote, bytes, most, begin);
    yield chunk;
  }
}

const tooLong = (remote: Remote, got: number, expected: number, begin: number) =>
  failed(remote, `sent ${got} bytes or more from ${begin} on; expected ${expected}`, TRY_AGAIN);

/** A part as its answer describes it. */
export interface Part extends Range {
  /** how large the file is; undefined where that is not told */
  size?: number;
}

/**
 * Which part an answer says that it sends.
 *
 * @throws {Wasm2VecError} `http-failed` where it sends several, or packed ones, or does not say which
 */
export function checkPart(answer: Answer): Part {
  const { remote } = answer;
  checkPlain(answer);
  const type = answer.header("Content-Type") ?? "";
  const given = answer.header("Content-Range");
  const part = parseRange(given ?? "");
  if (part) return part;
  answer.end();
  const isMultipart = /^multipart\//i.test(type);
  const what = isMultipart ? `its part as ${type.split(";")[0]}` : `a part with the Content-Range ${given ?? "null"}`;
  const advice = isMultipart
    ? "Download the file and give its path."
    : "To pages of another origin it must also send Access-Control-Expose-Headers: Content-Range.";
  throw failed(remote, `sent ${what}; expected "bytes first-last/size"`, advice);
}

/** @throws {Wasm2VecError} `http-failed` where what was asked for as it is comes packed: not every runtime unpacks it then */
function checkPlain(answer: Answer): void {
  const coding = codingOf(answer);
  if (coding === undefined) return;
  answer.end();
  throw packed(answer.remote, coding);
}

function parseRange(text: string): Part | undefined {
  const [, first, last, size] = /^bytes\s*[\s=]\s*(\d+)\s*-\s*(\d+)\s*\/\s*(\d+|\*)$/i.exec(text) ?? [];
  const part = { begin: Number(first), end: Number(last) + 1, size: size === "*" ? undefined : Number(size) };
  const isSound = Number.isSafeInteger(part.end) && part.begin < part.end && !(Number(part.size) < part.end);
  return isSound && Number.isSafeInteger(part.size ?? 0) ? part : undefined;
}

/** @throws {Wasm2VecError} `http-failed` where an answer is of another file than the answers before */
function checkVersion(answer: Answer, version: Version, size: number | undefined): void {
  const etag = etagOf(answer);
  const isSame = size === undefined || size === version.size;
  if (isSame && (etag === undefined || version.etag === undefined || etag === version.etag)) return;
  answer.end();
  throw changed(answer.remote);
}

/** The ETag of an answer without the mark of a weak one: bytes that are read twice are compared, not promised. */
export const etagOf = (answer: Answer) => answer.header("ETag")?.replace(/^W\//i, "") || undefined;

const changed = (remote: Remote) =>
  failed(remote, "sent another file than at first", "It was changed meanwhile: open it again.");
