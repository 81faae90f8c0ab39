/** Serves the cases of http to one runtime after the other, and says what came of each. */
import { text } from "node:stream/consumers";
import { checkCase, serveCases } from "../helpers/http-case-server.ts";
import { HTTP_CASES } from "../helpers/http-cases.ts";

const PAGE = `<!doctype html>
<title>wasm2vec</title>
<link rel="icon" href="data:,">
<script type="module" src="/client.js"></script>`;

/**
 * @param client the script that reads the cases
 * @param run starts a runtime, is given the server's address, and is done when the runtime is
 * @returns the number of cases, and of those that failed { name, message }
 */
export async function serveRuntime(client, run) {
  let outcomes;
  const servers = await serveCases(async (request, response) => {
    if (request.method === "POST") {
      outcomes = JSON.parse(await text(request));
      response.writeHead(204).end();
    } else if (request.url === "/client.js") {
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(client);
    } else {
      response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    }
  });
  try {
    await run(servers.base);
  } finally {
    servers.close();
  }
  if (!outcomes) throw new Error("it handed in no outcomes");
  const failed = [];
  for (const [index, one] of HTTP_CASES.entries()) {
    try {
      checkCase(one, outcomes[index], servers.seen[index]);
    } catch ({ message }) {
      failed.push({ name: one.name, message });
    }
  }
  return { cases: HTTP_CASES.length, failed };
}
