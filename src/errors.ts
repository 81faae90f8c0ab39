/** Every error of the library: what was got, what was expected, what to do. */

/** The stable names of what can go wrong; a message may change between versions, a code does not. */
export type ErrorCode =
  | "attribute-not-found"
  | "busy"
  | "checkpoint-mismatch"
  | "closed"
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
  | "shape-mismatch"
  | "table-changed"
  | "too-large"
  | "training-diverged"
  | "vocabulary-fixed"
  | "worker-failed";

/** An error with a stable `code` and a message for people; `cause` holds the error beneath, where there is one. */
export class Wasm2VecError extends Error {
  override readonly name = "Wasm2VecError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

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

/** `vector_size` and `vecorSize` both come near `vectorSize`. */
const plain = (name: string) => name.replaceAll("_", "").toLowerCase();

/** The name of `known` that is nearest to `name`, or undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  return ranked.length && ranked[0].distance <= Math.max(2, name.length / 3) ? ranked[0].candidate : undefined;
}

/** @throws {Wasm2VecError} `option-invalid` when options are no object */
export function checkObject(given: unknown, where: string): void {
  if (typeof given === "object" && given !== null) return;
  throw new Wasm2VecError("option-invalid", `${where} got the options ${String(given)}; expected an object.`);
}

/**
 * The defaults with what is given laid over them; an option that is undefined counts as not given.
 *
 * @throws {Wasm2VecError} `option-unknown` with the nearest name; `option-invalid` when no object is given
 */
export function withDefaults<T extends object>(defaults: T, given: object, where: string): T {
  checkObject(given, where);
  const known = Object.keys(defaults);
  const result = { ...defaults };
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      const nearest = nearestName(name, known);
      const advice = nearest ? `Did you mean "${nearest}"?` : `It knows ${known.join(", ")}.`;
      throw new Wasm2VecError("option-unknown", `${where} has no option "${name}". ${advice}`);
    }
    if (value !== undefined) Object.assign(result, { [name]: value });
  }
  return result;
}
