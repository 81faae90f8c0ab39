/** An http server on this machine, with ranges or without, that says what it was asked for. */

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

type Files = Record<string, Uint8Array>;

/** A server of its own for the time that the work takes. */
export async function withServer(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers Range requests with 206; `asked` gets each. */
export function withRanges(files: Files, asked: string[] = []): RequestListener {
  return ({ url, headers }, response) => {
    const bytes = files[decodeURIComponent(new URL(url as string, "http://x").pathname).slice(1)];
    asked.push(`${url} ${headers.range ?? "all"}`);
    if (!bytes) return response.writeHead(404).end();
    const [from, to] =
      /^bytes=(\d+)-(\d+)$/
        .exec(headers.range ?? "")
        ?.slice(1)
        .map(Number) ?? [];
    if (to === undefined) return response.end(bytes);
    if (from >= bytes.length) return response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
    const part = bytes.subarray(from, to + 1);
    response.writeHead(206, { "Content-Range": `bytes ${from}-${from + part.length - 1}/${bytes.length}` }).end(part);
  };
}

/** Knows no ranges: whatever is asked for, it sends all. */
export function withoutRanges(files: Files, asked: string[] = []): RequestListener {
  return ({ url }, response) => {
    asked.push(url as string);
    const bytes = files[(url as string).slice(1)];
    if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  };
}
