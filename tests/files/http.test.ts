// Files over http: servers as they are, in Node; tests/runtimes/http.mjs runs the same cases elsewhere.

import { test } from "uvu";
import { checkCase, serveCases } from "../helpers/http-case-server.ts";
import { HTTP_CASES, runCase, urlOf } from "../helpers/http-cases.ts";

for (const [index, one] of HTTP_CASES.entries()) {
  test(`http: ${one.name}`, async () => {
    const servers = await serveCases();
    try {
      checkCase(one, await runCase(one, urlOf(servers.base, index)), servers.seen[index]);
    } finally {
      servers.close();
    }
  });
}

test.run();
