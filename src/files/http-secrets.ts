/** What is said about http without what is secret: queries, users, passwords and tokens. */

import { isObject } from "../errors.ts";
import { decoded, nameOfText } from "./address.ts";

/** Takes what is secret out of a text. */
export type Redact = (text: string) => string;

/** An address within a text, up to a space or what no address holds. */
const ADDRESS = /\b[a-z][a-z\d+.-]*:\/\/[^\s"<>`]+/gi;

/** A query that is left where a text has part of an address. */
const QUERY = /\?[^\s"<>`?=]+=[^\s"<>`]*/g;

/** The shortest secret that is looked for by itself: shorter ones would be found in words. */
const MIN_LENGTH = 4;

/** How deep causes lie in one another, at most. */
const MAX_DEPTH = 5;

/** What takes these secrets, and the secret parts of all addresses, out of a text. */
export function redactor(secrets: readonly string[]): Redact {
  const spellings = secrets.flatMap((secret) => [secret, decoded(secret)]);
  const known = [...new Set(spellings)]
    .filter(({ length }) => length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const named = text.replace(ADDRESS, nameOfText).replace(QUERY, "");
    return known.reduce((left, secret) => left.replaceAll(secret, "…"), named);
  };
}

/** What an error says, or the error below that says more. */
export function reasonOf(error: unknown, redact: Redact): string {
  const reasons = [];
  for (let at = error, depth = 0; isObject(at) && depth < MAX_DEPTH; depth++) {
    const { message, code, cause, errors } = partsOf(at);
    reasons.unshift(message || code);
    at = cause ?? errors?.[0];
  }
  return redact(String(reasons.find(Boolean) ?? error));
}

/** A copy of an error, with its causes, without what is secret: runtimes put the whole address into theirs. */
export function withoutSecrets(error: unknown, redact: Redact, depth = 0): unknown {
  if (!isObject(error) || depth === MAX_DEPTH) return redact(String(error));
  const { name, message, code, stack, cause, errors } = partsOf(error);
  const below = cause ?? errors?.[0];
  const options = below === undefined ? undefined : { cause: withoutSecrets(below, redact, depth + 1) };
  const copy = new Error(redact(String(message)), options);
  copy.name = redact(String(name));
  copy.stack = redact(String(stack ?? `${name}: ${message}`));
  return typeof code === "string" ? Object.assign(copy, { code: redact(code) }) : copy;
}

interface ErrorParts extends Partial<Error> {
  code?: unknown;
  /** those of an AggregateError, as Node's is where a host has several addresses */
  errors?: readonly unknown[];
}

function partsOf(error: object): ErrorParts {
  try {
    const { name = "Error", message = "", code, stack, cause, errors } = error as ErrorParts;
    return { name, message, code, stack, cause, errors: Array.isArray(errors) ? errors : undefined };
  } catch {
    return { name: "Error", message: "it cannot be read" };
  }
}
