/** Names and addresses on the Hugging Face hub: hf://owner/name@revision/path, and what a browser shows of it. */

import { Wasm2VecError } from "../errors.ts";
import { decoded, nameOfText, nameOfUrl, urlOf } from "./address.ts";
import { isHttp, quoted } from "./source-kinds.ts";

/** A folder or file of a model on the hub, or of a data set. */
export interface HubAddress {
  kind: "models" | "datasets";
  /** "owner/name" */
  id: string;
  /** a branch, a tag or a commit; undefined where none was named */
  revision?: string;
  /** the folder or file within, "/" between names; "" for all of it */
  path: string;
}

/** The hosts that show the hub. */
const HOSTS = ["huggingface.co", "www.huggingface.co", "hf.co"];

/** What stands in a web address before the revision. */
const ROUTES = ["blob", "resolve", "raw", "tree", "blame"];

/** Revisions that have slashes, of pull requests and of what the hub has converted. */
const SPECIAL_REVISION = /^refs\/(?:convert\/[\w.-]+|pr\/\d+)(?=\/|$)/;

/** The kinds of what is on the hub, those first that can be read. */
const KINDS = ["models", "datasets", "spaces", "kernels", "buckets"];

/** Whether it is a name as the hub gives them, "owner/name". */
export const isHubName = (name: string) => name.split("/").length === 2 && name.split("/").every(isPart);

const isPart = (part: string) => /^\w(?:[\w.-]{0,94}\w)?$/.test(part) && !/--|\.\./.test(part);

/** Whether names, "/" between them, lead to what lies below, and are neither URLs nor drives. */
export function isInside(path: string): boolean {
  return !/[\\:]/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * What an address on the hub means.
 *
 * @param endpointOf tells where the hub is, which may be elsewhere than huggingface.co
 * @returns undefined for an address of something else
 * @throws {Wasm2VecError} `option-invalid` for a malformed one
 */
export function hubAddress(text: string, endpointOf: () => URL | undefined): HubAddress | undefined {
  const [, body] = /^hf:(?:\/\/)?(.*)$/is.exec(text) ?? [];
  if (body?.includes("?")) throw malformed(text, "it has a query, or a name with ?");
  if (body !== undefined) return addressOfBody(body, text);
  const url = urlOf(text);
  const parts = isHttp(url) ? webParts(url, endpointOf()) : undefined;
  return url && parts && addressOfParts(parts, nameOfUrl(url));
}

/** The path of a web address of the hub, part by part; undefined for those of other hosts. */
function webParts({ host, pathname }: URL, endpoint: URL | undefined): string[] | undefined {
  const prefix = host === endpoint?.host ? endpoint.pathname.replace(/\/*$/, "/") : "/";
  if (host !== endpoint?.host && !HOSTS.includes(host)) return undefined;
  return pathname.startsWith(prefix) ? pathname.slice(prefix.length).split("/").filter(Boolean) : undefined;
}

function addressOfParts(parts: string[], text: string): HubAddress {
  const kind = KINDS.includes(parts[0]) ? parts.slice(0, 1) : [];
  const [owner, name, route, ...rest] = parts.slice(kind.length);
  const id = [...kind, owner, name].filter(Boolean).join("/");
  if (route === undefined) return addressOfBody(id, text);
  if (!ROUTES.includes(route)) throw malformed(text, `/${route}/ is no place of files`);
  const path = rest.map((part) => decoded(part).replaceAll("/", "%2F")).join("/");
  return addressOfBody(path ? `${id}@${path}` : id, text);
}

/** @param body what stands behind hf:// */
function addressOfBody(body: string, text: string): HubAddress {
  const parts = body.replace(/^\/+|\/+$/g, "").split("/");
  const kind = KINDS.includes(parts[0]) ? (parts.shift() as string) : "models";
  if (kind !== "models" && kind !== "datasets") throw malformed(text, `${kind} cannot be read`);
  if (KINDS.includes(`${parts[0]}s`)) throw malformed(text, `${parts[0]}/ is written ${parts[0]}s/`);
  const [owner, nameAndRevision = "", ...rest] = parts;
  const [name, ...revisionParts] = nameAndRevision.split("@");
  const id = `${owner}/${name}`;
  if (!isHubName(id)) throw malformed(text, `${quotedPart(id)} is no owner/name`);
  if (!revisionParts.length) return { kind, id, path: checkedPath(rest.join("/"), text) };
  const all = [revisionParts.join("@"), ...rest].join("/");
  const given = SPECIAL_REVISION.exec(all)?.[0] ?? all.split("/")[0];
  const path = checkedPath(all.slice(given.length + 1), text);
  return { kind, id, revision: checkedRevision(decoded(given), text), path };
}

function checkedPath(path: string, text: string): string {
  if (path === "" || isInside(path)) return path;
  throw malformed(text, `${quotedPart(path)} is no path within it`);
}

/**
 * A revision becomes part of a file's path: it must not lead elsewhere.
 *
 * @param where what messages say it was found in
 * @throws {Wasm2VecError} `option-invalid` for what cannot be one
 */
export function checkedRevision(revision: string, where: string): string {
  // what git refuses in names of branches and tags
  const isName = isInside(revision) && !/[\s?*[^~\p{Cc}]/u.test(revision) && revision.length <= 250;
  if (isName) return revision;
  throw malformed(where, `${quotedPart(revision)} is no branch, tag or commit`);
}

/** Part of an address that is none: it may hold what is secret in others. */
const quotedPart = (part: string) => quoted(nameOfText(`//${part}`).slice(2));

function malformed(text: string, why: string): Wasm2VecError {
  const expected = "expected hf://owner/name, hf://owner/name@revision or hf://owner/name@revision/folder";
  return new Wasm2VecError("option-invalid", `${quoted(text)} is no address on the hub: ${why}; ${expected}.`);
}

/** An address as messages name it. */
export function nameOfHub({ kind, id, revision, path }: HubAddress): string {
  const prefix = kind === "models" ? "" : `${kind}/`;
  return `hf://${prefix}${id}${revision === undefined ? "" : `@${revision}`}${path && `/${path}`}`;
}
