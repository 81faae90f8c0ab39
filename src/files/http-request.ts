/** One request over http and its answer; and how often one is tried again. */

import { isObject, show, Wasm2VecError } from "../errors.ts";
import { orAbort, pause } from "../event-loop.ts";
import { runtime } from "../runtime/runtime.ts";
import { decoded, nameOfUrl, urlOf } from "./address.ts";
import { isBytes, plainBytes } from "./bytes.ts";
import type { Fetching } from "./fetching.ts";
import { type Redact, reasonOf, redactor, withoutSecrets } from "./http-secrets.ts";
import { isHttp, isWebStream } from "./source-kinds.ts";

/** The bytes that are asked for: from `begin` up to, not including, `end`. */
export interface Range {
  begin: number;
  end: number;
}

/** A file on a server. */
export interface Remote {
  /** what messages call it */
  name: string;
  /** its address, without user and password: these are in the Authorization */
  url: URL;
  /** where it was found in the end: asked at once from then on, as long as that goes well */
  direct?: URL;
  authorization?: string;
  fetching: Fetching;
  redact: Redact;
}

/** How long a server may send nothing, in milliseconds. */
const TIMEOUT = 30_000;

/** The longest time that timers know. */
const LONGEST_TIME = 2 ** 31 - 1;

/** Milliseconds before each further try. */
const PAUSES = [250, 500, 1000];

/** What a server says that has no time now, or whose own server gives no answer. */
const PASSING = [408, 429, 500, 502, 503, 504];

export const TRY_AGAIN = "Try again; if it happens again, download the file and give its path.";

const CHECK_NETWORK =
  "Check the address and the network; for a page of another origin, that the server allows it (CORS).";

/** Nothing is asked yet. */
export function remoteOf(address: URL, fetching: Fetching = {}): Remote {
  const url = new URL(address);
  const { username, password, search, searchParams } = url;
  const credentials = [username, password].map(decoded).join(":");
  const basic = credentials === ":" ? undefined : `Basic ${base64(credentials)}`;
  [url.username, url.password] = ["", ""];
  const { token } = fetching;
  return {
    name: nameOfUrl(url),
    url,
    authorization: token === undefined ? basic : `Bearer ${token}`,
    fetching,
    redact: redactor([search, ...searchParams.values(), username, password, basic?.slice(6) ?? "", token ?? ""]),
  };
}

const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** @returns `http-failed` */
export function failed(remote: Remote, what: string, advice: string, cause?: unknown): Wasm2VecError {
  return new Wasm2VecError("http-failed", `${remote.name} ${remote.redact(what)}. ${advice}`, optionsOf(remote, cause));
}

/** What may go well at the next try. */
export class PassingFailure extends Wasm2VecError {
  /** no property, which consoles would show */
  readonly #wait: number;

  constructor(remote: Remote, what: string, cause?: unknown, advice = TRY_AGAIN, wait = 0) {
    super("http-failed", `${remote.name} ${remote.redact(what)}. ${advice}`, optionsOf(remote, cause));
    this.#wait = wait;
  }

  /** the milliseconds that the server asks to wait */
  get wait(): number {
    return this.#wait;
  }
}

const optionsOf = ({ redact }: Remote, cause: unknown) =>
  cause === undefined ? undefined : { cause: withoutSecrets(cause, redact) };

/** Nothing was answered, or nothing that the runtime hands over. */
export class Unreached extends PassingFailure {}

/** How often one thing is tried again: three times, after a quarter of a second, half of one and one. */
export class Tries {
  private made = 0;

  constructor(
    private readonly remote: Remote,
    private readonly signal?: AbortSignal,
  ) {}

  /**
   * Waits for the next try.
   *
   * @throws the error, where it will not pass or no try is left
   */
  async after(error: unknown): Promise<void> {
    if (!(error instanceof PassingFailure) || !isHttp(this.remote.url)) throw error;
    if (this.made === PAUSES.length || error.wait > timeoutOf(this.remote)) throw error;
    await pause(Math.max(PAUSES[this.made++], error.wait), this.signal);
  }

  /** Begins to count anew: something came. */
  reset(): void {
    this.made = 0;
  }
}

const timeoutOf = ({ fetching }: Remote) => Math.min(fetching.timeout ?? TIMEOUT, LONGEST_TIME);

/** What a request asks for: all by default. */
export interface Asked {
  range?: Range;
  method?: "HEAD";
  signal?: AbortSignal;
}

/**
 * Asks once.
 *
 * @throws {PassingFailure} where the server cannot be reached or has no time
 * @throws {Wasm2VecError} `http-failed` where it stalls; `option-invalid` for a fetch of the caller's that gives no Response
 */
export async function ask(remote: Remote, { range, method, signal }: Asked): Promise<Answer> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const address = (range && remote.direct) ?? remote.url;
  const init = { method, headers: headersOf(remote, address, { range, method }), cache: range && runtime.rangeCache };
  const response = await inTime(remote, fetchOf(remote, address, { ...init, signal: controller.signal }), signal).catch(
    (cause) => {
      controller.abort();
      remote.direct = undefined;
      throw signal?.aborted ? signal.reason : unreached(remote, cause);
    },
  );
  const answer = new Answer(remote, checkResponse(response), controller, signal);
  if (PASSING.includes(answer.status)) {
    answer.end();
    throw new PassingFailure(remote, answer.saying, undefined, TRY_AGAIN, waitOf(answer.header("Retry-After")));
  }
  return answer;
}

function headersOf({ url, authorization }: Remote, address: URL, { range, method }: Asked): Record<string, string> {
  const headers: Record<string, string> = {};
  if (range) headers.Range = `bytes=${range.begin}-${range.end - 1}`;
  // what is packed has other parts and another length; what is wanted whole is unpacked by the runtime that asks for it
  if (range || method) headers["Accept-Encoding"] = "identity";
  if (authorization && address.origin === url.origin) headers.Authorization = authorization;
  return headers;
}

/** Undefined members are left out: some runtimes take them for values. */
async function fetchOf({ fetching }: Remote, { href }: URL, init: RequestInit): Promise<unknown> {
  const given = Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));
  return fetching.fetch ? fetching.fetch(href, given) : fetch(href, given);
}

function unreached(remote: Remote, cause: unknown): unknown {
  if (cause instanceof Wasm2VecError) return cause;
  const reason = reasonOf(cause, remote.redact);
  return new Unreached(remote, `could not be reached: ${reason}`, cause, CHECK_NETWORK);
}

/** @throws {Wasm2VecError} `option-invalid` for what is no Response, or one that was read */
function checkResponse(given: unknown): Response {
  const { status, headers, arrayBuffer, bodyUsed, body } = (isObject(given) ? given : {}) as Response;
  const isResponse = [headers?.get, arrayBuffer].every((method) => typeof method === "function");
  const wasRead = bodyUsed || body?.locked;
  if (typeof status === "number" && isResponse && !wasRead) return given as Response;
  const got = isResponse && wasRead ? "a Response whose body was read" : show(given);
  throw new Wasm2VecError("option-invalid", `The given fetch gave ${got}; expected a new Response for each request.`);
}

/** What a server asks to wait, in milliseconds: it says how many seconds, or until when. */
function waitOf(retryAfter: string | undefined): number {
  if (!retryAfter) return 0;
  const wait = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Math.max(wait, 0) || 0;
}

/** The work's result, unless the server stalls or the signal is aborted. */
async function inTime<Result>(remote: Remote, work: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const timeout = timeoutOf(remote);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    const stall = () => reject(failed(remote, `sent nothing for ${timeout} ms`, TRY_AGAIN));
    timer = setTimeout(stall, timeout);
  });
  try {
    return await orAbort(Promise.race([stalled, work]), signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What a server answered. Whoever has it reads its chunks or ends it. */
export class Answer {
  readonly status: number;

  constructor(
    readonly remote: Remote,
    private readonly response: Response,
    private readonly controller: AbortController,
    private readonly signal?: AbortSignal,
  ) {
    this.status = response.status;
  }

  header(name: string): string | undefined {
    const value: unknown = this.response.headers.get(name);
    return typeof value === "string" ? value.trim() : undefined;
  }

  /** "answered 404 Not Found" */
  get saying(): string {
    return `answered ${this.status} ${this.response.statusText ?? ""}`.trim();
  }

  /** where it came from, after all redirects; undefined where that is not told */
  get address(): URL | undefined {
    const { redirected, url } = this.response;
    const address = redirected ? urlOf(String(url)) : undefined;
    return isHttp(address) ? address : undefined;
  }

  /** how many bytes it says that it sends */
  get length(): number | undefined {
    const length = this.header("Content-Length");
    return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
  }

  /**
   * What it sends. Leaving the loop ends it.
   *
   * @throws {PassingFailure} where it breaks off
   * @throws {Wasm2VecError} `http-failed` where it stalls; `option-invalid` for what is no bytes
   */
  async *chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const { remote, signal } = this;
    const reader = this.reader();
    let isOver = false;
    try {
      for (;;) {
        const { done, value } = await inTime(remote, reader.read(), signal);
        isOver = Boolean(done);
        if (done) return;
        if (!isBytes(value)) throw noBytes(value);
        yield plainBytes(value) as Uint8Array<ArrayBuffer>;
      }
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (cause instanceof Wasm2VecError) throw cause;
      throw new PassingFailure(remote, `broke off: ${reasonOf(cause, remote.redact)}`, cause);
    } finally {
      if (!isOver) {
        cancel(reader);
        this.controller.abort();
      }
    }
  }

  /** Frees the connection of an answer that is not wanted. */
  end(): void {
    cancel(this.reader());
    this.controller.abort();
  }

  /** Old polyfills of fetch have no streams: their bytes are one chunk. */
  private reader(): Reader {
    const { body } = this.response;
    if (body && isWebStream(body)) return (body as ReadableStream<unknown>).getReader();
    let isRead = body === null;
    return {
      read: async () => {
        const done = isRead;
        isRead = true;
        return done ? { done } : { done, value: await this.response.arrayBuffer() };
      },
      cancel: async () => {},
    };
  }
}

interface Reader {
  read(): Promise<{ done: boolean; value?: unknown }>;
  cancel(): Promise<unknown>;
}

/** Nobody waits for it, nor hears of what it throws. */
async function cancel(reader: Reader): Promise<void> {
  try {
    await reader.cancel();
  } catch {
    // what is not wanted any more may end as it likes
  }
}

const noBytes = (chunk: unknown) =>
  new Wasm2VecError("option-invalid", `The body of the given fetch's Response gave ${show(chunk)}; expected bytes.`);
