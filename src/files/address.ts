/** What says where something is. */

import { isObject, tagOf } from "../errors.ts";

/** A URL object, of whatever realm. */
export interface UrlLike {
  readonly href: string;
  readonly searchParams: object;
}

/** Whether a value is a URL object, of whatever realm. */
export const isUrl = (value: unknown): value is UrlLike => isObject(value) && tagOf(value) === "URL";

/** Whether a value is a path or a URL. */
export const isAddress = (value: unknown): value is string | UrlLike => typeof value === "string" || isUrl(value);

/** The URL that a text is; undefined where it is none. */
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** What messages call a URL. The query is left out: it may hold a signature. So is what a data: URL holds. */
export function nameOfUrl({ protocol, host, pathname }: URL): string {
  return host || protocol === "file:" ? `${protocol}//${host}${pathname}` : `The ${protocol} URL`;
}

/** What messages call an address that is a text, also where it is no URL: without its query, user and password. */
export function nameOfText(address: string): string {
  const url = urlOf(address);
  if (url && (url.host || /^(file|data|blob):$/.test(url.protocol))) return nameOfUrl(url);
  // where it is no URL, nobody can say where a password ends
  return address.includes("@") ? address.replace(/[/\\]{2}.*$/s, "//…") : address.replace(/[?#].*$/s, "");
}

/** A part of an address as it reads without its escapes; as it is where these are none. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
