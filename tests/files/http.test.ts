// Files over http: servers as they are, in Node; tests/runtimes/http.mjs runs the same cases elsewhere.

import { test } from "uvu";
import { checkCase, serveCases } from "../helpers/http-case-server.ts";
import { HTTP_CASES, type Outcome, runCases } from "../helpers/http-cases.ts";

const servers = await serveCases();
let outcomes: Outcome[] = [];
test.before(async () => {
  outcomes = await runCases(servers.base);
});
test.after(() => servers.close());

for (const [index, one] of HTTP_CASES.entries()) {
  test(`http: ${one.name}`, () => checkCase(one, outcomes[index], servers.seen[index]));
}

test.run();
