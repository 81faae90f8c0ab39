/**
 * How servers behave, and what is read of them all the same: one table for every runtime. A case has its half of the
 * server and its half of the reader; the suite of http runs both in Node, tests/runtimes/http.mjs the readers elsewhere.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Wasm2VecError } from "../../src/errors.ts";
import type { Fetching, FetchLike } from "../../src/files/fetching.ts";
import { openIfThere, openSource, type RandomAccess, readAll, readChunks } from "../../src/files/source.ts";

/** What a server is asked. */
interface Asked {
  request: IncomingMessage;
  /** how often this case was asked before */
  count: number;
  /** the first byte and the last; both undefined where all is asked for */
  first?: number;
  last?: number;
  /** the same case on a server of another origin */
  elsewhere: string;
  /** whether this is that server */
  isElsewhere: boolean;
  /** resolves when so many requests of the case are under way, or will never be */
  together(count: number): Promise<void>;
}

/** One behaviour. */
export interface HttpCase {
  name: string;
  answer(asked: Asked, response: ServerResponse): unknown;
  /** what is read; the part from byte 40,000 to 40,100 by default, "right" where it is */
  read?(url: string): Promise<unknown>;
  /** what reading gives, or the code of its error and a pattern that its message matches */
  gives: unknown;
  /** what of the requests matters, and what it must be */
  asks?(asked: readonly SeenRequest[]): unknown;
  asked?: unknown;
}

/** What a server notes of a request. */
export interface SeenRequest {
  range: string;
  method: string;
  authorization: string;
  coding: string;
  isElsewhere: boolean;
  /** how many requests of the case were under way, with this one */
  atOnce: number;
}

/** What every address of a case holds and no message may show. */
export const SECRETS = ["secretquery", "secretuser", "secretword", "secrettoken", "c2VjcmV0dXNlcg"];

/** 0, 1, 2, … modulo 251, so that no two neighbouring parts are equal. */
export const numbered = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

const SIZE = 100_000;
const FILE = numbered(SIZE);

/** What came of a part: "right" where it is the file's. */
function verdict(bytes: Uint8Array, begin: number, end: number): string {
  const isRight = bytes.length === end - begin && bytes.every((byte, i) => byte === (begin + i) % 251);
  return isRight ? "right" : `${bytes.length} bytes from ${bytes[0]} on`;
}

async function readPart(source: RandomAccess): Promise<string> {
  return verdict(await source.read(40_000, 40_100), 40_000, 40_100);
}

const opened = async (url: string, fetching?: Fetching, signal?: AbortSignal) =>
  readPart(await openSource(url, signal, fetching));

async function all(url: string, fetching?: Fetching): Promise<string> {
  const source = await openSource(url, undefined, fetching);
  return verdict(await readAll(source), 0, SIZE);
}

async function streamedBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const chunk of readChunks(url, { signal })) bytes.push(...chunk);
  return Uint8Array.from(bytes);
}

const streamed = async (url: string, signal?: AbortSignal) => verdict(await streamedBytes(url, signal), 0, SIZE);

/** Whether a file is there, and why not. */
async function ifThere(url: string): Promise<unknown> {
  let why = "";
  const onAbsent = ({ message }: Wasm2VecError) => {
    why = message.replace(/^\S+ /, "");
  };
  return (await openIfThere(url, undefined, { onAbsent })) ? "there" : `missing: ${why}`;
}

type Headers = Record<string, string | number>;

/** Answers a range with the part of the file, or no range with all. */
function serve({ first, last }: Asked, response: ServerResponse, headers: Headers = {}, status?: number) {
  if (first === undefined) return response.writeHead(status ?? 200, { "Content-Length": SIZE, ...headers }).end(FILE);
  const part = FILE.subarray(first, (last as number) + 1);
  const range = { "Content-Range": `bytes ${first}-${first + part.length - 1}/${SIZE}`, "Content-Length": part.length };
  return response.writeHead(status ?? 206, { ...range, ...headers }).end(part);
}

/** The first answer is as it should be, the others are not. */
const then =
  (later: HttpCase["answer"], headers: Headers = { ETag: '"a"' }): HttpCase["answer"] =>
  (asked, response) =>
    asked.count ? later(asked, response) : serve(asked, response, headers);

/** As often as it is said the answer is another. */
const atFirst =
  (times: number, other: HttpCase["answer"]): HttpCase["answer"] =>
  (asked, response) =>
    asked.count < times ? other(asked, response) : serve(asked, response);

const status =
  (status: number, headers: Headers = {}): HttpCase["answer"] =>
  (_, response) =>
    response.writeHead(status, headers).end();

/** Sends part of what it promises, then closes the connection. */
const cutAfter =
  (bytes: number): HttpCase["answer"] =>
  ({ first, last }, response) => {
    const range = first === undefined ? undefined : { "Content-Range": `bytes ${first}-${last}/${SIZE}` };
    const length = first === undefined ? SIZE : (last as number) - first + 1;
    response.writeHead(range ? 206 : 200, { "Content-Length": length, ...range });
    response.write(FILE.subarray(first ?? 0, (first ?? 0) + bytes), () => response.destroy());
  };

const reset: HttpCase["answer"] = ({ request }) => request.socket.destroy();

const HTML = "<!doctype html>\n<title>Sign in</title>";
const html = { "Content-Type": "text/html; charset=utf-8" };

/** hello, packed in each way */
const HELLO: Record<string, Uint8Array> = {
  gzip: bytesOf("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="),
  br: bytesOf("CwKAaGVsbG8D"),
  deflate: bytesOf("eJzLSM3JyQcABiwCFQ=="),
  zstd: bytesOf("KLUv/SAFKQAAaGVsbG8="),
};
const HELLO_GZIP = HELLO.gzip;

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Sends hello packed, with its length or without. */
const packed =
  (coding: string, hasLength: boolean): HttpCase["answer"] =>
  (_, response) => {
    const length = hasLength ? { "Content-Length": HELLO[coding].length } : {};
    response.writeHead(200, { "Content-Encoding": coding, ...length }).end(HELLO[coding]);
  };

const textOf = async (url: string, fetching?: Fetching) =>
  new TextDecoder().decode(await readAll(await openSource(url, undefined, fetching)));

const LARGE = 20 * 2 ** 20;
let large: Uint8Array | undefined;

const ranges = (asked: readonly SeenRequest[]) => asked.map(({ range }) => range);
const HEAD = "bytes=0-32767";
const PART = "bytes=40000-40099";

/** Starts the work, then aborts it: soon, or as soon as nothing else happens. */
async function aborted(work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("enough")), 100);
  return work(controller.signal).catch((error) => error.message);
}

export const HTTP_CASES: readonly HttpCase[] = [
  {
    name: "ranges: one request opens, and only what is asked for follows",
    answer: serve,
    gives: "right",
    asks: ranges,
    asked: [HEAD, PART],
  },
  {
    name: "a part whose beginning came with the first answer: only the rest is asked for",
    answer: serve,
    read: async (url) => verdict(await (await openSource(url)).read(32_000, 33_000), 32_000, 33_000),
    gives: "right",
    asks: ranges,
    asked: [HEAD, "bytes=32768-32999"],
  },
  // what counts as missing
  { name: "404 is missing", answer: status(404), read: ifThere, gives: "missing: " },
  {
    name: "401 is missing, and it is said why",
    answer: status(401),
    read: ifThere,
    gives: "missing: answered 401 Unauthorized. The file needs a permission: download it and give its path.",
  },
  {
    name: "403 is missing, and it is said why",
    answer: status(403),
    read: ifThere,
    gives: "missing: answered 403 Forbidden. The file needs a permission: download it and give its path.",
  },
  {
    name: "an HTML page with 200 is missing, and it is said why",
    answer: (_, response) => response.writeHead(200, html).end(HTML),
    read: ifThere,
    gives:
      "missing: sent an HTML page; expected a file. Check the address: on the Hugging Face hub a file's has /resolve/ in it, not /blob/.",
  },
  {
    name: "an HTML page with 206 is one too",
    answer: (_, response) =>
      response.writeHead(206, { ...html, "Content-Range": `bytes 0-${HTML.length - 1}/${HTML.length}` }).end(HTML),
    gives: { code: "http-failed", message: /sent an HTML page; expected a file/ },
  },
  {
    name: "JSON that is called HTML is JSON",
    answer: (_, response) => response.writeHead(200, html).end('{"a": 1}'),
    read: textOf,
    gives: '{"a": 1}',
  },
  {
    name: "an HTML page is what was asked for",
    answer: (_, response) => response.writeHead(200, html).end(HTML),
    read: (url) => textOf(url.replace("file.bin", "page.html")),
    gives: HTML,
  },
  // which file it is
  {
    name: "an ETag that is weak in one answer",
    answer: then((asked, response) => serve(asked, response, { ETag: 'W/"a"' })),
    gives: "right",
  },
  { name: "an ETag in the first answer only", answer: then(serve), gives: "right" },
  {
    name: "an ETag in the second answer only",
    answer: then((asked, response) => serve(asked, response, { ETag: '"b"' }), {}),
    gives: "right",
  },
  {
    name: "another ETag",
    answer: then((asked, response) => serve(asked, response, { ETag: '"b"' })),
    gives: { code: "http-failed", message: /sent another file than at first\. It was changed meanwhile/ },
  },
  {
    name: "another size",
    answer: then((asked, response) => serve(asked, response, { "Content-Range": "bytes 40000-40099/100001" })),
    gives: { code: "http-failed", message: /sent another file than at first/ },
  },
  {
    name: "the whole file with 200 after a 206",
    answer: then((asked, response) => serve({ ...asked, first: undefined }, response, { ETag: '"a"' })),
    gives: "right",
  },
  {
    name: "the whole file with 200 after a 206, without its length",
    answer: then((_, response) => {
      response.writeHead(200);
      response.write(FILE.subarray(0, 50_000), () => response.end(FILE.subarray(50_000)));
    }),
    gives: "right",
  },
  {
    name: "another whole file with 200 after a 206: by its ETag",
    answer: then((asked, response) => serve({ ...asked, first: undefined }, response, { ETag: '"b"' })),
    gives: { code: "http-failed", message: /sent another file than at first/ },
  },
  {
    name: "another whole file with 200 after a 206: by its size",
    answer: then((_, response) => response.end(FILE.subarray(0, 50_000))),
    gives: { code: "http-failed", message: /sent another file than at first/ },
  },
  // Content-Range
  {
    name: "bytes in another case, and spaces",
    answer: (asked, response) =>
      serve(asked, response, { "Content-Range": `Bytes  ${asked.first} - ${asked.last} / ${SIZE}` }),
    gives: "right",
  },
  {
    name: "a part that does not say how large the file is: HEAD does",
    answer: ({ request, ...asked }, response) =>
      request.method === "HEAD"
        ? response.writeHead(200, { "Content-Length": SIZE }).end()
        : serve({ request, ...asked }, response, { "Content-Range": `bytes ${asked.first}-${asked.last}/*` }),
    gives: "right",
    asks: (asked) => asked.map(({ method, range }) => `${method} ${range}`),
    asked: [`GET ${HEAD}`, "HEAD ", `GET ${PART}`],
  },
  {
    name: "a part that does not say how large the file is, nor does HEAD: all is fetched",
    answer: ({ request, ...asked }, response) => {
      if (request.method === "HEAD") return response.writeHead(405).end();
      return serve({ request, ...asked }, response, asked.last ? { "Content-Range": `bytes 0-${asked.last}/*` } : {});
    },
    gives: "right",
  },
  {
    name: "no Content-Range",
    answer: (_, response) => response.writeHead(206).end(FILE.subarray(0, 100)),
    gives: { code: "http-failed", message: /Content-Range null; expected "bytes first-last\/size".*Expose-Headers/ },
  },
  {
    name: "a Content-Range that lies about its file",
    answer: (asked, response) => serve(asked, response, { "Content-Range": "bytes 0-32767/10" }),
    gives: { code: "http-failed", message: /the Content-Range bytes 0-32767\/10; expected "bytes first-last\/size"/ },
  },
  {
    name: "a part that lies elsewhere",
    answer: then((asked, response) => serve({ ...asked, first: 0, last: 99 }, response)),
    gives: { code: "http-failed", message: /sent 100 bytes from 0 on; expected 100 from 40000 on/ },
  },
  {
    name: "parts of 10,000 bytes at most",
    answer: (asked, response) => serve({ ...asked, last: (asked.first as number) + 9_999 }, response),
    read: all,
    gives: "right",
    asks: ranges,
    asked: [HEAD, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `bytes=${n}0000-99999`)],
  },
  {
    name: "parts of nothing to speak of",
    answer: then((asked, response) => serve({ ...asked, last: asked.first }, response)),
    gives: { code: "http-failed", message: /sent 1 bytes from 40003 on; expected 97/ },
  },
  {
    name: "a part that is longer than it says",
    answer: then((asked, response) =>
      serve({ ...asked, last: 90_000 }, response, { "Content-Range": "bytes 40000-40099/100000" }),
    ),
    gives: { code: "http-failed", message: /sent \d+ bytes or more from 40000 on; expected 100/ },
  },
  {
    name: "several parts at once",
    answer: (_, response) =>
      response.writeHead(206, { "Content-Type": "multipart/byteranges; boundary=x" }).end("--x\r\n\r\n--x--"),
    gives: {
      code: "http-failed",
      message: /sent its part as multipart\/byteranges; expected "bytes first-last\/size"/,
    },
  },
  // statuses
  {
    name: "200 for a range: all is kept",
    answer: (asked, response) => serve({ ...asked, first: undefined }, response),
    gives: "right",
    asks: ranges,
    asked: [HEAD],
  },
  {
    name: "203",
    answer: (asked, response) => serve({ ...asked, first: undefined }, response, {}, 203),
    gives: "right",
  },
  {
    name: "416 without a size: all is asked for",
    answer: (asked, response) => (asked.first === undefined ? serve(asked, response) : response.writeHead(416).end()),
    gives: "right",
    asks: ranges,
    asked: [HEAD, ""],
  },
  {
    name: "416 of an empty file",
    answer: (_, response) => response.writeHead(416, { "Content-Range": "bytes */0" }).end(),
    read: async (url) => (await openSource(url)).size,
    gives: 0,
  },
  {
    name: "418",
    answer: status(418),
    gives: { code: "http-failed", message: /answered 418 .*Try again; if it happens again, download the file/ },
  },
  // what passes
  { name: "503 twice", answer: atFirst(2, status(503)), gives: "right" },
  { name: "503 in the midst", answer: then(atFirst(2, status(503))), gives: "right" },
  { name: "502, as a stream", answer: atFirst(1, status(502)), read: streamed, gives: "right" },
  { name: "429 and when to ask again", answer: atFirst(1, status(429, { "Retry-After": "1" })), gives: "right" },
  {
    name: "429 that asks to wait for an hour",
    answer: status(429, { "Retry-After": "3600" }),
    gives: { code: "http-failed", message: /answered 429/ },
    asks: ranges,
    asked: [HEAD],
  },
  {
    name: "503 without end",
    answer: status(503),
    gives: { code: "http-failed", message: /answered 503 Service Unavailable\. Try again/ },
    asks: ranges,
    asked: [HEAD, HEAD, HEAD, HEAD],
  },
  { name: "a connection that is reset", answer: atFirst(1, reset), gives: "right" },
  { name: "a connection that is reset in the midst", answer: then(atFirst(2, reset)), gives: "right" },
  {
    name: "connections that are reset without end",
    answer: reset,
    gives: { code: "http-failed", message: /could not be reached: .*Check the address and the network/ },
  },
  {
    name: "a part that breaks off is read on",
    answer: (asked, response) => (asked.count === 1 ? cutAfter(20_000) : serve)(asked, response),
    read: all,
    gives: "right",
    asks: (asked) => ranges(asked).slice(0, 2).concat(`${asked.length}`),
    asked: [HEAD, "bytes=32768-99999", "3"],
  },
  { name: "a first part that breaks off", answer: atFirst(1, cutAfter(5_000)), read: all, gives: "right" },
  {
    name: "a whole file that breaks off is fetched again",
    answer: (asked, response) => (asked.count ? serve : cutAfter(50_000))({ ...asked, first: undefined }, response),
    gives: "right",
    asks: ranges,
    asked: [HEAD, ""],
  },
  {
    name: "a stream that breaks off is read on",
    answer: atFirst(1, cutAfter(50_000)),
    read: streamed,
    gives: "right",
    asks: (asked) => [asked.length, /^bytes=\d+-99999$/.test(asked[1].range)],
    asked: [2, true],
  },
  {
    name: "parts that always break off",
    answer: then(cutAfter(10)),
    gives: { code: "http-failed", message: /broke off: / },
  },
  // what takes too long
  {
    name: "a server that is silent",
    answer: () => {},
    read: (url) => opened(url, { timeout: 200 }),
    gives: { code: "http-failed", message: /sent nothing for 200 ms/ },
  },
  {
    name: "a server that falls silent in the midst of a part",
    answer: then(({ first, last }, response) => {
      response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${SIZE}`, "Content-Length": 100 });
      response.write(FILE.subarray(0, 10));
    }),
    read: (url) => opened(url, { timeout: 200 }),
    gives: { code: "http-failed", message: /sent nothing for 200 ms/ },
  },
  {
    name: "an abort while nothing comes",
    answer: () => {},
    read: (url) => aborted((signal) => opened(url, {}, signal)),
    gives: "enough",
  },
  {
    name: "an abort while it is waited for another try",
    answer: status(503, { "Retry-After": "20" }),
    read: (url) => aborted((signal) => opened(url, {}, signal)),
    gives: "enough",
  },
  {
    name: "an abort in the midst of a stream",
    answer: (_, response) => {
      response.writeHead(200, { "Content-Length": SIZE });
      response.write(FILE.subarray(0, 1000));
    },
    read: (url) => aborted((signal) => streamed(url, signal)),
    gives: "enough",
  },
  // what is too large
  {
    name: "a large file of a server without ranges is refused at the headers",
    answer: (_, response) => {
      response.writeHead(200, { "Content-Length": 10 * 2 ** 30 });
      response.flushHeaders();
    },
    read: (url) => opened(url, { allowFullDownload: false }),
    gives: { code: "too-large", message: /sends all of the file, 10\.7 GB, .*Pass allowFullDownload: true/ },
  },
  {
    name: "a large file whose server knows no ranges any more",
    answer: ({ first, last, count }, response) => {
      const size = 10 * 2 ** 30;
      if (count) return response.writeHead(200, { "Content-Length": size }).flushHeaders();
      response
        .writeHead(206, { "Content-Range": `bytes 0-${last}/${size}` })
        .end(FILE.subarray(first, (last as number) + 1));
    },
    read: (url) => opened(url, { allowFullDownload: false }),
    gives: { code: "too-large", message: /sends all of the file, 10\.7 GB, .*Pass allowFullDownload: true/ },
  },
  {
    name: "a body without end",
    answer: (_, response) => {
      const chunk = new Uint8Array(2 ** 20);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      more();
    },
    read: (url) => opened(url, { allowFullDownload: false }),
    gives: { code: "too-large", message: /more than 67\.1 MB, .*Pass allowFullDownload: true/ },
  },
  {
    name: "a file that claims more than memory holds",
    answer: (asked, response) =>
      serve(asked, response, { "Content-Range": `bytes ${asked.first}-${asked.last}/${2 ** 52}` }),
    read: async (url) => readAll(await openSource(url)),
    gives: { code: "out-of-memory", message: /4503599\.6 GB of \S+file\.bin are more than memory holds at once/ },
  },
  // what comes packed
  {
    name: "what is asked for in parts is asked for as it is",
    answer: serve,
    gives: "right",
    asks: (asked) => asked.map(({ coding }) => /^identity(, identity)?$/.test(coding)),
    asked: [true, true],
  },
  ...["gzip", "br"].flatMap((coding) =>
    [true, false].flatMap((hasLength): HttpCase[] => [
      {
        name: `a file that comes with ${coding}${hasLength ? " and its length" : ""}`,
        answer: packed(coding, hasLength),
        read: textOf,
        gives: "hello",
      },
      {
        name: `a stream that comes with ${coding}${hasLength ? " and its length" : ""}`,
        answer: packed(coding, hasLength),
        read: async (url) => new TextDecoder().decode(await streamedBytes(url)),
        gives: "hello",
      },
    ]),
  ),
  ...["deflate", "zstd"].map(
    (coding): HttpCase => ({
      name: `a file that comes with ${coding} is right where the runtime knows it, else refused by name`,
      answer: packed(coding, true),
      read: (url) => textOf(url).catch(({ message }) => message.includes(`(Content-Encoding: ${coding})`) && "hello"),
      gives: "hello",
    }),
  ),
  {
    name: "a part that comes with gzip",
    answer: (_, response) => {
      const headers = { "Content-Encoding": "gzip", "Content-Range": `bytes 0-${HELLO_GZIP.length - 1}/1000` };
      return response.writeHead(206, headers).end(HELLO_GZIP);
    },
    gives: { code: "http-failed", message: /\(Content-Encoding: gzip\)/ },
  },
  {
    name: "a coding that nobody knows",
    answer: (_, response) => response.writeHead(200, { "Content-Encoding": "compress" }).end("xyz"),
    read: textOf,
    gives: { code: "http-failed", message: /sent the file packed \(Content-Encoding: compress\), though/ },
  },
  // where it leads
  {
    name: "a redirect is followed once: then its aim is asked at once",
    answer: ({ isElsewhere, elsewhere, ...asked }, response) =>
      isElsewhere
        ? serve({ isElsewhere, elsewhere, ...asked }, response)
        : response.writeHead(302, { Location: elsewhere }).end(),
    gives: "right",
    asks: (asked) => asked.map(({ isElsewhere, range }) => `${isElsewhere ? "elsewhere" : "here"} ${range}`),
    asked: [`here ${HEAD}`, `elsewhere ${HEAD}`, `elsewhere ${PART}`],
  },
  {
    name: "where the aim refuses a range, the first address is asked again",
    answer: ({ isElsewhere, elsewhere, ...asked }, response) => {
      if (!isElsewhere) return response.writeHead(302, { Location: `${elsewhere}&n=${asked.count}` }).end();
      if (asked.count === 2) return response.writeHead(403).end();
      return serve({ isElsewhere, elsewhere, ...asked }, response);
    },
    gives: "right",
    asks: (asked) => asked.map(({ isElsewhere }) => isElsewhere),
    asked: [false, true, true, false, true],
  },
  {
    name: "a token goes to its own origin only",
    answer: ({ isElsewhere, elsewhere, ...asked }, response) =>
      isElsewhere
        ? serve({ isElsewhere, elsewhere, ...asked }, response)
        : response.writeHead(302, { Location: elsewhere }).end(),
    read: (url) => opened(url, { token: "secrettoken" }),
    gives: "right",
    asks: (asked) => asked.map(({ authorization }) => authorization),
    asked: ["Bearer secrettoken", "", ""],
  },
  {
    name: "a user and a password go as Authorization",
    answer: serve,
    read: (url) => opened(url.replace("//", "//secretuser:secret%77ord@")),
    gives: "right",
    asks: (asked) => asked.map(({ authorization }) => authorization),
    asked: Array(2).fill(`Basic ${btoa("secretuser:secretword")}`),
  },
  // no secrets
  {
    name: "an address where nobody listens",
    answer: (_, response) => response.writeHead(302, { Location: `http://127.0.0.1:1/x?secretquery=2` }).end(),
    read: (url) => opened(url.replace("//", "//secretuser:secretword@")),
    gives: { code: "http-failed", message: /file\.bin could not be reached/ },
  },
  {
    name: "an address that is none",
    answer: serve,
    read: () => opened("http://secretuser:secretword@:80:80/x?secretquery=1"),
    gives: { code: "option-invalid", message: /is no valid URL/ },
  },
  // a fetch of the caller's
  {
    name: "a caller's own fetch is asked in the runtime's place",
    answer: serve,
    read: async (url) => {
      const seen: unknown[] = [];
      const own: FetchLike = (url, init) => {
        seen.push(init.headers?.Range);
        return fetch(url, init as RequestInit);
      };
      return [await opened(url, { fetch: own }), ...seen];
    },
    gives: ["right", HEAD, PART],
  },
  {
    name: "a caller's own fetch that gives no Response",
    answer: serve,
    read: (url) => opened(url, { fetch: (async () => "text") as unknown as FetchLike }),
    gives: { code: "option-invalid", message: /The given fetch gave "text"; expected a new Response for each request/ },
  },
  {
    name: "a caller's own fetch that gives the same Response again",
    answer: serve,
    read: async (url) => {
      const response = fetch(url, { headers: { Range: HEAD } });
      return opened(url, { fetch: () => response });
    },
    gives: { code: "option-invalid", message: /gave a Response whose body was read; expected a new Response/ },
  },
  {
    name: "a caller's own fetch that gives bytes without a stream, as old ones do",
    answer: serve,
    read: (url) =>
      opened(url, {
        fetch: async (url, init) => {
          const response = await fetch(url, init as RequestInit);
          const { status, headers } = response;
          return { status, headers, arrayBuffer: () => response.arrayBuffer() } as Response;
        },
      }),
    gives: "right",
  },
  {
    name: "a caller's own fetch whose bytes are none",
    answer: serve,
    read: (url) =>
      opened(url, {
        fetch: async () =>
          ({ status: 200, headers: new Headers(), arrayBuffer: async () => "text" }) as unknown as Response,
      }),
    gives: { code: "option-invalid", message: /body of the given fetch's Response gave "text"; expected bytes/ },
  },
  {
    name: "a caller's own fetch that throws",
    answer: serve,
    read: (url) =>
      opened(url, {
        fetch: (url) => {
          throw new Error(`no way to ${url}`, { cause: `the query secretquery=1 of ${url}` });
        },
      }),
    gives: { code: "http-failed", message: /could not be reached: .*no way to|could not be reached: the query/ },
  },
  // large reads
  {
    name: "a large read is several parts, some at a time",
    answer: async ({ first, last, count, together }, response) => {
      large ??= numbered(LARGE);
      if (count) await together(3);
      const part = large.subarray(first, (last as number) + 1);
      response.writeHead(206, { "Content-Range": `bytes ${first}-${last}/${LARGE}`, "Content-Length": part.length });
      response.end(part);
    },
    read: async (url) => {
      const source = await openSource(url);
      return verdict(await source.read(1000, LARGE - 1000), 1000, LARGE - 1000);
    },
    gives: "right",
    asks: (asked) => [asked.length, Math.max(...asked.map(({ atOnce }) => atOnce))],
    asked: [4, 3],
  },
  {
    name: "parts of one file are read side by side",
    answer: then(async (asked, response) => {
      await asked.together(4);
      serve(asked, response);
    }),
    read: async (url) => {
      const source = await openSource(url);
      return Promise.all([1, 2, 3, 4].map(async () => readPart(source)));
    },
    gives: ["right", "right", "right", "right"],
    asks: (asked) => Math.max(...asked.map(({ atOnce }) => atOnce)),
    asked: 4,
  },
];

/** The address of a case, which holds a secret. */
const urlOf = (base: string, index: number) => `${base}/case/${index}/file.bin?key=secretquery`;

/** How many cases read at a time: as many as need not wait for one another's connections. */
const AT_ONCE = 12;

/** Runs the readers' halves of all cases, some at a time; of one after the other where a page has few connections. */
export async function runCases(base: string, atOnce = AT_ONCE): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const cases = HTTP_CASES.entries();
  const takeTurns = async () => {
    for (const [index, one] of cases) outcomes[index] = await runCase(one, urlOf(base, index));
  };
  await Promise.all(Array.from({ length: atOnce }, takeTurns));
  return outcomes;
}

/** What reading gave, in a form that goes through JSON. */
export interface Outcome {
  value?: unknown;
  code?: string;
  message?: string;
  /** all that the error says anywhere */
  shown?: string;
}

async function runCase({ read = opened }: HttpCase, url: string): Promise<Outcome> {
  try {
    return { value: await read(url) };
  } catch (error) {
    const { code, message } = error as Wasm2VecError;
    return { code, message, shown: allOf(error) };
  }
}

/** All texts of an error and of those below it. */
function allOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const names = Object.getOwnPropertyNames(error);
  return names.map((name) => `${name}: ${allOf((error as Record<string, unknown>)[name])}`).join("\n");
}
