/** The servers of http-cases.ts, one of another origin beside the first, and what came of a case. */

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import { HTTP_CASES, type HttpCase, type Outcome, SECRETS, type SeenRequest } from "./http-cases.ts";

/** Milliseconds after which no further request is expected. */
const LONGEST_WAIT = 5000;

/** The servers: an address for each case, and what they were asked. */
export interface CaseServers {
  base: string;
  seen: readonly SeenRequest[][];
  close(): void;
}

/** @param others answers what is no case's address */
export async function serveCases(others?: RequestListener): Promise<CaseServers> {
  const seen: SeenRequest[][] = HTTP_CASES.map(() => []);
  const underWay = HTTP_CASES.map(() => 0);
  const bases: string[] = [];
  const servers = [false, true].map((isElsewhere) =>
    createServer((request, response) => {
      const { pathname } = new URL(request.url as string, "http://x");
      const number = /^\/case\/(\d+)\//.exec(pathname)?.[1];
      if (number === undefined) return others?.(request, response);
      const { range = "", authorization = "", "accept-encoding": coding = "" } = request.headers;
      if (isElsewhere) response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Expose-Headers", "Content-Range, ETag");
      const index = Number(number);
      const atOnce = ++underWay[index];
      response.once("close", () => underWay[index]--);
      const count = seen[index].length;
      const method = request.method as string;
      seen[index].push({ range, method, authorization, coding: String(coding), isElsewhere, atOnce });
      const [first, last] = /^bytes=(\d+)-(\d+)$/.exec(range)?.slice(1).map(Number) ?? [];
      const late = Date.now() + LONGEST_WAIT;
      const together = async (count: number) => {
        while (underWay[index] < count && Date.now() < late) await pause(5);
      };
      const elsewhere = `${bases[1]}${pathname}?secretquery=2`;
      HTTP_CASES[index].answer({ request, count, first, last, elsewhere, isElsewhere, together }, response);
    }).listen(0, "127.0.0.1"),
  );
  await Promise.all(servers.map((server) => once(server, "listening")));
  for (const server of servers) {
    bases.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  const close = () => {
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  };
  return { base: bases[0], seen, close };
}

/** Throws where a case gave anything else than it should, or showed what is secret. */
export function checkCase({ gives, asks, asked }: HttpCase, outcome: Outcome, seen: readonly SeenRequest[]): void {
  const { value, code, message = "", shown = "" } = outcome;
  if (typeof gives === "object" && gives !== null && "code" in gives) {
    const expected = gives as { code: string; message: RegExp };
    assert.is(code, expected.code, JSON.stringify(outcome));
    assert.match(message, expected.message);
  } else {
    assert.equal(value, gives, JSON.stringify(outcome));
  }
  for (const secret of SECRETS) assert.not(shown.includes(secret), `${secret} in ${shown}`);
  if (asks) assert.equal(asks(seen), asked);
}
