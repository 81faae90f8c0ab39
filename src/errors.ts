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
  | "not-supported-here"
  | "one-shot-corpus"
  | "option-invalid"
  | "option-unknown"
  | "out-of-memory"
  | "read-only"
  | "shape-mismatch"
  | "table-changed"
  | "too-large"
  | "training-diverged"
  | "vocabulary-fixed"
  | "worker-failed";

/** The stable names of what long work tells when it goes on, but hardly does what was wanted. */
export type WarningCode =
  | "damaged-text"
  | "loss-rises"
  | "nothing-trained"
  | "sample-drops-most"
  | "single-thread"
  | "text-too-small";

/** Told to `onProgress`: what is not as it was wanted, and what to do. */
export interface WarningEvent {
  kind: "warning";
  code: WarningCode;
  message: string;
}

/** How long a message may be: names in it may come from files, which hold what they want. */
const MAX_MESSAGE = 1500;

/** An error with a stable `code` and a message for people; `cause` holds the error beneath, where there is one. */
export class Wasm2VecError extends Error {
  override readonly name = "Wasm2VecError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(
      message.length > MAX_MESSAGE
        ? `${message.slice(0, MAX_MESSAGE / 2)} … ${message.slice(-MAX_MESSAGE / 2)}`
        : message,
      options,
    );
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
  if (typeof value === "string") return JSON.stringify(clip(value));
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return clip(String(value));
  try {
    if (ArrayBuffer.isView(value))
      return `${value.constructor.name}(${(value as Uint8Array).length ?? value.byteLength})`;
    if (Array.isArray(value)) {
      const items = value
        .slice(0, MAX_ITEMS)
        .map((item) => (typeof item === "object" && item ? kindOf(item) : show(item)));
      return clip(`[${items.join(", ")}${value.length > MAX_ITEMS ? ", …" : ""}]`);
    }
    const json = isPlain(value) && Object.keys(value).length <= MAX_ITEMS ? JSON.stringify(value) : undefined;
    return json && json.length <= LONGEST_SHOWN ? json : kindOf(value);
  } catch {
    return "an object";
  }
}

const clip = (text: string) => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

const isPlain = (value: object) => [Object.prototype, null].includes(Object.getPrototypeOf(value));

function kindOf(value: object): string {
  if (Array.isArray(value)) return "[…]";
  const name = isPlain(value) ? undefined : value.constructor?.name;
  return name ? `an object of class ${clip(name)}` : "{…}";
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
const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

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
