/** What the hub's answers mean, which it says in headers. */

import { Wasm2VecError } from "../errors.ts";
import { nameOfUrl } from "./address.ts";
import type { Fetching, FetchLike } from "./fetching.ts";
import { type Answer, ask, remoteOf } from "./http-request.ts";
import { clipped, quoted } from "./source-kinds.ts";

/** What was asked for: a revision of a model, or a file of it. */
export interface HubQuestion {
  url: URL;
  /** the model as messages name it */
  name: string;
  /** the address of its page */
  page: string;
  revision: string;
}

/**
 * Why the hub gave nothing.
 *
 * @returns `file-not-found` where there is no such model or revision; `http-failed` where a permission is needed
 */
export async function refusal(question: HubQuestion, fetching: Fetching, signal?: AbortSignal): Promise<Wasm2VecError> {
  const answer = await ask(remoteOf(question.url, fetching), { method: "HEAD", signal });
  answer.end();
  const { name, page, revision } = question;
  const { redact } = answer.remote;
  const reason = redact(answer.header("X-Error-Message") ?? "");
  const saying = redact(answer.saying);
  const isSent = fetching.token !== undefined;
  switch (kindOf(answer)) {
    case "RevisionNotFound": {
      const message = `${name} has no revision ${quoted(revision)}. Its branches, tags and commits are listed at ${page}.`;
      return new Wasm2VecError("file-not-found", message);
    }
    case "RepoNotFound": {
      const advice = isSent ? "that the access token that was sent may read it" : TOKEN_ADVICE;
      const message = `There is no ${page}, or it is private. Check the name, and ${advice}.`;
      return new Wasm2VecError("file-not-found", message);
    }
    case "GatedRepo": {
      const advice = isSent ? "The access token that was sent has no access yet" : `Then ${TOKEN_ADVICE}`;
      return failed(`${name} is gated: its authors want to be asked. Ask them at ${page}. ${advice}.`);
    }
    case "InvalidToken":
      return failed(
        `The hub does not know the access token that was sent for ${name}. Pass another, or none: see HF_TOKEN.`,
      );
    case "Forbidden":
      return failed(`${name} was refused: ${clipped(reason || saying)}. Check what its page says, ${page}.`);
    default: {
      const said = `${saying}${reason ? `: ${clipped(reason)}` : ""}`;
      return failed(`${nameOfUrl(question.url)} ${said}. Check that it is an address of a hub: see HF_ENDPOINT.`);
    }
  }
}

const TOKEN_ADVICE = "pass an access token as the option token, or in HF_TOKEN";

const failed = (message: string) => new Wasm2VecError("http-failed", message);

/** The hub's word for what is wrong. Of a model that is not there, or private, it may say no more than 401. */
function kindOf(answer: Answer): string | undefined {
  const code = answer.header("X-Error-Code");
  if (code) return code;
  if (answer.header("X-Error-Message") === "Invalid credentials in Authorization header") return "InvalidToken";
  if (answer.status === 401) return "RepoNotFound";
  return answer.status === 403 ? "Forbidden" : undefined;
}

/**
 * A file's ETag: of what it links to, where it is large. To be had before a redirection, so this one is not followed.
 *
 * @returns undefined where the server tells none
 */
export async function etagOf(url: URL, fetching: Fetching, signal?: AbortSignal): Promise<string | undefined> {
  const given: FetchLike = fetching.fetch ?? fetch;
  const here: FetchLike = (address, init) => given(address, { ...init, redirect: "manual" });
  const answer = await ask(remoteOf(url, { ...fetching, fetch: here }), { method: "HEAD", signal });
  answer.end();
  const own = answer.status === 200 ? answer.header("ETag") : undefined;
  return (answer.header("X-Linked-Etag") ?? own)?.replace(/^W\//, "").replace(/^"(.*)"$/, "$1");
}
