/** Every error of the library: what was got, what was expected, what to do; and warnings. */

/** The stable names of what can go wrong; a message may change between versions, a code does not. */
export type ErrorCode =
  | "attribute-not-found"
  | "busy"
  | "checkpoint-mismatch"
  | "closed"
  | "corpus-changed"
  | "empty-corpus"
  | "empty-filter"
  | "empty-query"
  | "empty-vocabulary"
  | "encoder-mismatch"
  | "engine-not-loaded"
  | "file-not-found"
  | "file-not-readable"
  | "file-not-writable"
  | "format-damaged"
  | "format-unknown"
  | "http-failed"
  | "id-out-of-range"
  | "key-duplicate"
  | "key-not-found"
  | "model-incomplete"
  | "name-unknown"
  | "not-supported-here"
  | "one-shot-corpus"
  | "option-invalid"
  | "option-unknown"
  | "out-of-memory"
  | "pickle-refused"
  | "read-only"
  | "shape-mismatch"
  | "table-changed"
  | "too-large"
  | "training-diverged"
  | "vocabulary-fixed"
  | "worker-failed";

/** The stable names of what long work tells when it goes on, but hardly does what was wanted. */
export type WarningCode =
  | "counts-missing"
  | "damaged-text"
  | "duplicate-keys"
  | "loss-rises"
  | "not-finite"
  | "nothing-trained"
  | "sample-drops-most"
  | "single-thread"
  | "text-too-small"
  | "tokenizer-size";

/** Told to `onProgress`: what is not as it was wanted, and what to do. */
export interface WarningEvent {
  /** tells it from the other events */
  kind: "warning";
  /** what it is, the same in every version */
  code: WarningCode;
  /** what it is and what to do, for people */
  message: string;
}

/** How long a message may be: names in it may come from files, which hold what they want. */
const MAX_MESSAGE = 1500;

/** An error with a stable `code` and a message for people; `cause` holds the error beneath, where there is one. */
export class Wasm2VecError extends Error {
  /** what it is called in a stack trace */
  override readonly name = "Wasm2VecError";
  /** the error beneath, where there is one */
  declare readonly cause?: unknown;

  /**
   * @param code what went wrong, the same in every version
   * @param message what was got, what was expected, what to do; the middle of a very long one is left out
   * @param options `cause`: the error beneath
   */
  constructor(
    /** what went wrong: a name that stays the same in every version */
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    const text = typeof message === "string" ? message : show(message);
    const isLong = text.length > MAX_MESSAGE;
    super(isLong ? `${text.slice(0, MAX_MESSAGE / 2)} … ${text.slice(-MAX_MESSAGE / 2)}` : text, options);
  }
}

/** The longest text that a message repeats, in UTF-16 units. */
const LONGEST_SHOWN = 80;

/** The lists and objects that a message shows by what they hold: small ones. */
const MAX_ITEMS = 8;

/**
 * A value as messages show it: short, whatever it is. Never throws, though the value may be one that String, JSON or a
 * getter throws for.
 */
export function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return showPlain(value);
  if (isRevoked(value)) return "a revoked Proxy";
  try {
    if (ArrayBuffer.isView(value)) return showView(value);
    if (Array.isArray(value)) {
      const items = Array.from({ length: Math.min(value.length, MAX_ITEMS) }, (_, i) => showItem(value[i]));
      return clip(`[${items.join(", ")}${value.length > MAX_ITEMS ? ", …" : ""}]`);
    }
    if (/^(Shared)?ArrayBuffer$/.test(tagOf(value)) && isDetached(value as ArrayBuffer))
      return "a detached ArrayBuffer";
    if (!isPlain(value)) return kindOf(value);
    const entries = Object.entries(value);
    const text = `{${entries.map(([name, item]) => `${JSON.stringify(clip(name))}:${showItem(item)}`).join(",")}}`;
    return entries.length <= MAX_ITEMS && text.length <= LONGEST_SHOWN ? text : kindOf(value);
  } catch {
    return "an object";
  }
}

function showPlain(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(clip(value));
  if (typeof value === "function") return "a function";
  return clip(typeof value === "bigint" ? `${value}n` : String(value));
}

/** A value within another. */
const showItem = (item: unknown) => (isObject(item) ? kindOf(item) : show(item));

function showView(view: ArrayBufferView): string {
  const name = tagOf(view);
  if (isDetached(view)) return `a detached ${name}`;
  return `${name}(${(view as Uint8Array).length ?? view.byteLength})`;
}

const clip = (text: string) => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** Of any realm, whose own Object.prototype has no prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && tagOf(value) === "Object");
}

function kindOf(value: object): string {
  if (Array.isArray(value)) return "[…]";
  if (typeof (value as { then?: unknown }).then === "function") return "a Promise: await it first";
  const name = isPlain(value) ? undefined : value.constructor?.name;
  return name ? `an object of class ${clip(name)}` : "{…}";
}

/** What kind an object is, of whatever realm: "Map", "Float32Array", "Object". */
export const tagOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);

/** Whether a value is an object that can be looked at: neither null nor a revoked Proxy. */
export const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !isRevoked(value);

/** Whether a value is an array, of whatever realm. */
export const isArray = (value: unknown): value is readonly unknown[] => isObject(value) && Array.isArray(value);

/** Whatever is done with a revoked Proxy throws a TypeError. */
function isRevoked(value: object): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** Whether the memory of bytes or numbers was transferred, so that they have none. */
export function isDetached(bytes: ArrayBufferView | ArrayBufferLike): boolean {
  try {
    new Uint8Array(ArrayBuffer.isView(bytes) ? bytes.buffer : bytes);
    return false;
  } catch {
    return true;
  }
}

/** A number of bytes as messages show it. */
export const sizeOf = (bytes: number) =>
  bytes < 1e8 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** The longest name that a near one is looked for; the search takes time by its square. */
const LONGEST_NAME = 100;

/** The name of `known` that is nearest to `name`, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const limit = Math.max(2, name.length / 3);
  const given = plain(name);
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > LONGEST_NAME) continue;
    const distance = editDistance(given, plain(candidate));
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return least <= limit ? nearest : undefined;
}

/** `vector_size` and `vecorSize` both come near `vectorSize`. */
export const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

/** Insertions, deletions and substitutions between two words. See Levenshtein 1966. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1] + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(substituted, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
