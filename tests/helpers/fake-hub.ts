/** A server that plays the Hugging Face hub, and one beside it that plays its store of large files. */

import { createHash } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { withRanges, withServer } from "./server.ts";

/** A model on it. */
export interface FakeModel {
  /** the files of each commit, by their names; a branch or tag is another name of the same files */
  [revision: string]: Record<string, Uint8Array>;
}

export interface FakeHub {
  models: Record<string, FakeModel>;
  /** of models: the token that may read them; of all files where it says "gated" */
  private?: Record<string, string>;
  gated?: Record<string, string>;
  /** whether its list of files tells nothing but their names, as mirrors do */
  isPlain?: boolean;
}

/** What it was asked for, such as "GET /owner/name/resolve/main/config.json". */
export interface Asked {
  hub: string[];
  store: string[];
  /** the Authorization headers that either got */
  tokens: (string | undefined)[];
  storeTokens: (string | undefined)[];
}

/** What git names a file's content by. */
export const blobId = (bytes: Uint8Array) =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A commit of these files. */
export const commitOf = (files: Record<string, Uint8Array>) =>
  createHash("sha1")
    .update(
      Object.entries(files)
        .map(([name, bytes]) => `${name} ${blobId(bytes)}`)
        .join("\n"),
    )
    .digest("hex");

/** Large files lie in the store. */
const isLarge = (name: string) => /\.(safetensors|bin|gguf)$/.test(name);

/** Both for the time that the work takes; HF_ENDPOINT says where. */
export async function withHub(hub: FakeHub, work: (asked: Asked, url: string) => Promise<void>): Promise<void> {
  const asked: Asked = { hub: [], store: [], tokens: [], storeTokens: [] };
  const store: RequestListener = (request, response) => {
    asked.store.push(`${request.method} ${request.headers.range ?? "all"}`);
    asked.storeTokens.push(request.headers.authorization);
    const all = Object.values(hub.models).flatMap((model) => Object.values(model).flatMap(Object.values<Uint8Array>));
    withRanges(Object.fromEntries(all.map((bytes) => [sha256(bytes), bytes])))(request, response);
  };
  await withServer(store, (storeUrl) =>
    withServer(
      (request, response) => {
        asked.hub.push(`${request.method} ${request.url}`);
        asked.tokens.push(request.headers.authorization);
        answer(hub, storeUrl, request, response);
      },
      async (url) => {
        process.env.HF_ENDPOINT = url;
        try {
          await work(asked, url);
        } finally {
          delete process.env.HF_ENDPOINT;
        }
      },
    ),
  );
}

function answer(hub: FakeHub, store: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url as string, "http://x");
  const refuse = (status: number, code: string, message: string) =>
    response.writeHead(status, { "X-Error-Code": code, "X-Error-Message": message }).end(`{"error":"${message}"}`);
  const [, listed, id, revision, path] =
    /^\/(api\/models\/)?([^/]+\/[^/]+)\/(?:revision|resolve)\/([^/]+)(?:\/(.*))?$/.exec(pathname) ?? [];
  const model = hub.models[id];
  const token = request.headers.authorization?.slice("Bearer ".length);
  if (token === "expired") {
    response.writeHead(401, { "X-Error-Message": "Invalid credentials in Authorization header" }).end();
    return;
  }
  if (!model || (hub.private?.[id] && hub.private[id] !== token)) {
    refuse(401, "RepoNotFound", "Repository not found");
    return;
  }
  const named = decodeURIComponent(revision);
  const files = model[named] ?? Object.values(model).find((files) => commitOf(files) === named);
  if (!files) {
    refuse(404, "RevisionNotFound", `Invalid rev id: ${named}`);
    return;
  }
  const commit = commitOf(files);
  if (listed) {
    const siblings = Object.entries(files).map(([rfilename, bytes]) => {
      const lfs = isLarge(rfilename) ? { sha256: sha256(bytes), size: bytes.length, pointerSize: 134 } : undefined;
      return hub.isPlain ? { rfilename } : { rfilename, size: bytes.length, blobId: blobId(bytes), lfs };
    });
    response.end(JSON.stringify({ id, sha: commit, siblings }));
    return;
  }
  const name = decodeURIComponent(path);
  const bytes = files[name];
  if (hub.gated?.[id] && hub.gated[id] !== token) {
    refuse(token ? 403 : 401, "GatedRepo", "Access to model is restricted");
    return;
  }
  response.setHeader("X-Repo-Commit", commit);
  if (!bytes) {
    refuse(404, "EntryNotFound", "Entry not found");
    return;
  }
  if (!isLarge(name)) {
    response.setHeader("ETag", `"${blobId(bytes)}"`);
    response.setHeader("Content-Length", bytes.length);
    response.end(request.method === "HEAD" ? undefined : bytes);
    return;
  }
  const hash = sha256(bytes);
  response.setHeader("X-Linked-Etag", `"${hash}"`);
  response.setHeader("X-Linked-Size", bytes.length);
  response.setHeader("X-Xet-Hash", hash);
  response.writeHead(302, { Location: `${store}/${hash}?signature=secret` }).end();
}
