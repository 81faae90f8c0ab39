/** Texts found by what they are about: their vectors, kept as int8 with an id each. */

import {
  callback,
  checkOptions,
  checkValue,
  type GivenOptions,
  having,
  integer,
  isCallable,
  isIterable,
  isPromise,
  isRecord,
  listOf,
  number,
  option,
  optional,
  required,
  STOPPABLE,
  unchecked,
} from "./check-options.ts";
import { Engine } from "./engine/engine.ts";
import { isArray, show, Wasm2VecError } from "./errors.ts";
import { EventPace, orAbort, type Tell, TimeSlice, tellerOf, withSignals } from "./event-loop.ts";
import { joinBytes } from "./files/bytes.ts";
import { asItIs, checkSource, type SourceLike } from "./files/source-kinds.ts";
import { saveTo, type TargetLike } from "./files/target.ts";
import { withSource } from "./files/with-source.ts";
import { CONSOLE, counted, lineOf, notJson } from "./printed.ts";
import { DirectionTable, type Near } from "./search/direction-table.ts";
import type { Ranked } from "./search/fuse.ts";
import { checkedMatrix, type Vectors } from "./tables/matrix.ts";
import { unchanged } from "./tables/saved-words.ts";
import { checkedVector, cosines, isVector, type Vector } from "./tables/vector-arguments.ts";
import { type KeyText, textOf } from "./vocabulary/keys.ts";

/** What makes vectors of texts: a StaticModel, or anything else with such a method. */
export interface EncoderLike {
  /** The vectors (N, D) of N texts, at once or as a promise. */
  encode(texts: string[]): Vectors | PromiseLike<Vectors>;
}

/** Texts with an id each, as pairs, a Map or an object. A number n is the id `String(n)`. */
export type TextEntries =
  | readonly (readonly [id: KeyText, text: string])[]
  | Iterable<readonly [id: KeyText, text: string]>
  | Readonly<Record<string, string>>;

/** How many texts have their vectors. */
export interface TextsEvent {
  /** tells it from the other events */
  kind: "texts";
  /** texts that were encoded */
  done: number;
  /** texts that will be encoded */
  total: number;
}

/** Which texts may be answers: those whose ids a function takes, or those of a list of ids. */
export type IdFilter = ((id: string) => boolean) | Iterable<KeyText>;

const encoder = having<EncoderLike>("encode", "an object with encode(texts), such as a StaticModel");

const ADD_OPTIONS = {
  ...STOPPABLE,
  /** is told how many texts are encoded; what it returns is awaited */
  onProgress: optional(callback<(event: TextsEvent) => unknown>()),
};

const SEARCH_OPTIONS = {
  /** how many to return; 10 by default */
  topn: option(10, integer(0)),
  /** which texts may be answers: a function of an id, or a list of ids; all by default */
  filter: optional(unchecked<IdFilter>()),
  /** return only those whose cosine is at least so large, `topn` of them at most; all by default */
  minSimilarity: optional(number(-1, 1)),
};

const LOAD_OPTIONS = {
  /** what encodes the texts of searches, and those that are added: the same as when the index was made */
  encoder: required(encoder),
  ...STOPPABLE,
};

/** Options of `SearchIndex.from` and `add`. @interface */
export type AddTextsOptions = GivenOptions<typeof ADD_OPTIONS>;
/** Options of `search`. @interface */
export type SearchOptions = GivenOptions<typeof SEARCH_OPTIONS>;
/** Options of `SearchIndex.load`. @interface */
export type LoadIndexOptions = Omit<GivenOptions<typeof LOAD_OPTIONS>, "encoder"> & {
  /** what encodes the texts of searches, and those that are added: the same as when the index was made */
  encoder: EncoderLike;
};
/** Options of `SearchIndex.save`. @interface */
export type SaveIndexOptions = GivenOptions<typeof STOPPABLE>;

/** How many texts are encoded at a time. */
const BATCH = 64;

/** What tells encoders from each other: what they make of it. Words of several languages, for those that know but one. */
const PROBE =
  "The quick brown fox jumps over the lazy dog at 10:45, der Hund schläft, le chat mange, la casa; собака, 犬が寝る, 猫在睡觉.";

/** The cosine of one probe's vectors by encoders that are the same, but for how numbers are stored and rounded. */
const SAME = 0.99;

/**
 * Texts by the directions of their vectors, each with an id: a search gives those that are nearest to another text. Of each
 * number of a vector eight bits are kept, so that a text takes its id and D + 8 bytes. Texts themselves are not kept.
 *
 *     const index = await SearchIndex.from(encoder, { tea: "how to brew green tea", bread: "how to bake a loaf" });
 *     index.search("a hot drink");   // [["tea", 0.52], ["bread", 0.11]]
 */
export class SearchIndex {
  /** D, the length of each vector. */
  readonly dimension: number;
  private readonly ids = new Map<string, number>();
  private readonly idOfRow: (string | undefined)[] = [];
  private isAdding = false;
  private readonly closing = new AbortController();

  private constructor(
    private readonly encoder: EncoderLike,
    /** what the encoder made of the probe */
    private readonly probe: Float32Array,
    private readonly table: DirectionTable,
  ) {
    this.dimension = table.dimension;
  }

  /**
   * Makes an index of texts, or an empty one.
   *
   * @param encoder makes vectors of texts: a StaticModel, or an object with encode(texts)
   * @param entries texts with their ids: [id, text] pairs, a Map, or an object `{ id: text }`; none by default
   * @throws {Wasm2VecError} as add; what the encoder throws
   */
  static async from(
    encoder: EncoderLike,
    entries: TextEntries = [],
    options: AddTextsOptions = {},
  ): Promise<SearchIndex> {
    const { signal, onProgress } = checkOptions(ADD_OPTIONS, options, "SearchIndex.from");
    checkEncoder(encoder, "SearchIndex.from");
    const texts = checkedEntries(entries);
    await Engine.load(signal);
    const probe = await probeOf(encoder, signal);
    const index = new SearchIndex(encoder, probe, new DirectionTable(probe.length));
    try {
      if (texts.size) await index.addTexts(texts, signal, onProgress);
      return index;
    } catch (error) {
      index.close();
      throw error;
    }
  }

  /**
   * Opens what `save` wrote.
   *
   * @param from a path, a URL, a Blob, bytes or a file handle
   * @param options.encoder the one that the index was made with. It is tried on a fixed text, and what it makes of it compared
   *   with what the file says; where it knows no word of that, only the length of the vectors is
   * @throws {Wasm2VecError} `encoder-mismatch` for another encoder; `format-unknown`, `format-damaged`, `too-large`,
   *   `out-of-memory`; and what openSource and the encoder throw
   */
  static async load(from: SourceLike, options: LoadIndexOptions): Promise<SearchIndex> {
    const { encoder, signal } = checkOptions(LOAD_OPTIONS, options, "SearchIndex.load");
    checkSource(from);
    const place = asItIs(from);
    const { readIndexFile } = await import("./search/index-file.ts");
    await Engine.load(signal);
    return withSource(place, signal, async (source, file) => {
      const { ids, table, probe } = await readIndexFile(source, file, signal);
      try {
        checkSameEncoder(probe, await probeOf(encoder, signal), file);
        const index = new SearchIndex(encoder, probe, table);
        index.take(ids);
        return index;
      } catch (error) {
        table.close();
        throw error;
      }
    });
  }

  /** How many texts there are. */
  get size(): number {
    this.checkOpen();
    return this.ids.size;
  }

  /** Whether there is a text of this id. */
  has(id: KeyText): boolean {
    this.checkOpen();
    const text = idText(id);
    return text !== undefined && this.ids.has(text);
  }

  /**
   * Adds a text, or many. They are found when all of them are encoded; where one of them is an error, or it is stopped, none is
   * added. To replace a text, remove it first.
   *
   * @param id not there yet; a number n is the id `String(n)`. Or texts with their ids: [id, text] pairs, a Map, or an object
   *   `{ id: text }`
   * @throws {Wasm2VecError} `key-duplicate` for an id that is there, or comes twice; `busy` while others are added;
   *   `option-invalid`; `shape-mismatch` where the encoder gives other than a vector (D,) for each text; `closed`,
   *   `out-of-memory`; what the encoder throws
   */
  async add(id: KeyText, text: string, options?: AddTextsOptions): Promise<void>;
  async add(entries: TextEntries, options?: AddTextsOptions): Promise<void>;
  async add(
    first: KeyText | TextEntries,
    second?: string | AddTextsOptions,
    third: AddTextsOptions = {},
  ): Promise<void> {
    const isOne = typeof first === "string" || typeof first === "number";
    const texts = checkedEntries(isOne ? [[first, second as string]] : first);
    const given = isOne ? third : ((second ?? {}) as AddTextsOptions);
    const { signal, onProgress } = checkOptions(ADD_OPTIONS, given, "add");
    await this.addTexts(texts, signal, onProgress);
  }

  /**
   * Removes a text.
   *
   * @throws {Wasm2VecError} `key-not-found` where there is none of this id; `busy` while others are added
   */
  remove(id: KeyText): void {
    this.checkOpen();
    const text = idText(id);
    const row = text === undefined ? undefined : this.ids.get(text);
    if (text === undefined || row === undefined) throw notFound(id, this.ids.size);
    this.checkIdle("remove");
    this.ids.delete(text);
    this.idOfRow[row] = undefined;
    this.table.remove(row);
  }

  /**
   * The texts nearest to a text.
   *
   * @param query a text; or a vector (D,), which an encoder needs whose encode gives a promise: `(await encode([text])).row(0)`
   * @returns [id, cosine] pairs, the best first; none for a text that says nothing, whose vector is zero
   * @throws {Wasm2VecError} `option-invalid`, `shape-mismatch`, `closed`; what the encoder throws
   */
  search(query: string | Vector, options: SearchOptions = {}): Ranked[] {
    const { topn, filter, minSimilarity } = checkOptions(SEARCH_OPTIONS, options, "search");
    this.checkOpen();
    const isTaken = filter === undefined ? undefined : filterOf(filter);
    const vector = this.queryVector(query);
    this.checkOpen();
    const { idOfRow, table } = this;
    if (typeof isTaken === "object") {
      const rows = [...isTaken].flatMap((id) => this.ids.get(id) ?? []).sort((a, b) => a - b);
      return this.ranked(table.nearestOf(rows, vector, topn, minSimilarity));
    }
    const asked = (row: number) => {
      const id = idOfRow[row];
      return id !== undefined && (!isTaken || isTaken(id));
    };
    return this.ranked(table.nearest(vector, { topn, minSimilarity, isTaken: asked }));
  }

  /**
   * Writes the index as one file: of a text D bytes, its id and 4 bytes more.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream
   * @throws {Wasm2VecError} `file-not-writable`; `table-changed` where texts come or go before all is written: nothing is
   *   replaced then; `closed`
   */
  async save(target: TargetLike, options: SaveIndexOptions = {}): Promise<void> {
    const { signal: given } = checkOptions(STOPPABLE, options, "save");
    this.checkOpen();
    const place = asItIs(target);
    const chunks = await this.chunks();
    await withSignals([given, this.closing.signal], (signal) => saveTo(place, chunks, signal));
  }

  /** What `save` writes, as bytes. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    this.checkOpen();
    return joinBytes([...(await this.chunks())]);
  }

  /** One line: how many texts, and the length of their vectors. */
  toString(): string {
    return lineOf("SearchIndex", () => [`${counted(this.size, "text")} × ${this.dimension}`, "int8"]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: see `save` */
  toJSON(): never {
    throw notJson("a SearchIndex", "Write it with save(path).");
  }

  /** Gives the memory back; the encoder stays. Use after it is an error. */
  close(): void {
    this.closing.abort(closedIndex());
    this.table.close();
    this.ids.clear();
    this.idOfRow.length = 0;
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  private async addTexts(
    texts: ReadonlyMap<string, string>,
    given: AbortSignal | undefined,
    onProgress: ((event: TextsEvent) => unknown) | undefined,
  ): Promise<void> {
    this.checkOpen();
    this.checkIdle("add");
    for (const id of texts.keys()) if (this.ids.has(id)) throw duplicate(id);
    this.isAdding = true;
    const rows: number[] = [];
    try {
      await withSignals([given, this.closing.signal], (signal) =>
        this.encode([...texts.values()], rows, signal, tellerOf(onProgress, signal)),
      );
      this.table.show(rows);
      this.take(new Map(Array.from(texts.keys(), (id, i) => [id, rows[i]])));
    } catch (error) {
      if (!this.closing.signal.aborted) this.table.discard(rows);
      throw error;
    } finally {
      this.isAdding = false;
    }
  }

  /** Puts the vectors of texts into rows of their own, which are no answers yet. */
  private async encode(
    texts: readonly string[],
    rows: number[],
    signal: AbortSignal,
    tell: Tell<TextsEvent> | undefined,
  ): Promise<void> {
    const pace = new EventPace();
    const slice = new TimeSlice(signal);
    for (let begin = 0; begin < texts.length; begin += BATCH) {
      signal.throwIfAborted();
      const some = texts.slice(begin, begin + BATCH);
      const encoded = this.encoder.encode(some);
      const vectors = isPromise(encoded) ? await orAbort(encoded, signal) : encoded;
      for (const vector of checkedVectors(vectors as Vectors, some.length, this.dimension))
        rows.push(this.table.add(vector));
      const done = begin + some.length;
      if (tell && (pace.takeTurn() || done === texts.length)) await tell({ kind: "texts", done, total: texts.length });
      if (slice.isOver) await slice.yield();
    }
    signal.throwIfAborted();
  }

  /** Notes which rows ids have. */
  private take(ids: ReadonlyMap<string, number>): void {
    for (const [id, row] of ids) {
      this.ids.set(id, row);
      this.idOfRow[row] = id;
    }
  }

  /** The file in chunks, as long as nothing changes after this call. */
  private async chunks(): Promise<Iterable<Uint8Array>> {
    const { table, ids, probe } = this;
    const { version } = table;
    const { indexFileChunks } = await import("./search/index-file.ts");
    this.checkOpen();
    const file = function* () {
      yield* indexFileChunks({ ids, table, probe });
    };
    return unchanged(file(), table, version);
  }

  private queryVector(query: string | Vector): Float32Array {
    if (isVector(query)) return checkedVector(query, this.dimension);
    if (typeof query !== "string") {
      const message = `search got ${show(query)}; expected a text, or a vector of ${this.dimension} numbers.`;
      throw new Wasm2VecError("option-invalid", message);
    }
    const encoded = this.encoder.encode([query]);
    if (!isPromise(encoded)) return checkedVectors(encoded as Vectors, 1, this.dimension)[0];
    const advice = "Await it, and search for the vector: index.search((await encoder.encode([text])).row(0))";
    throw new Wasm2VecError(
      "option-invalid",
      `The encoder's encode gave a Promise, and search answers at once. ${advice}`,
    );
  }

  private ranked(found: readonly Near[]): Ranked[] {
    return found.flatMap(({ row, score }): Ranked[] => {
      const id = this.idOfRow[row];
      return id === undefined ? [] : [[id, score]];
    });
  }

  private checkOpen(): void {
    this.closing.signal.throwIfAborted();
  }

  private checkIdle(method: string): void {
    if (!this.isAdding) return;
    throw new Wasm2VecError("busy", `add is changing the index. Await it before calling ${method}.`);
  }
}

/** An id as it is kept: half a surrogate pair is U+FFFD, as in a file. */
const idText = (id: unknown) => textOf(id)?.replace(/\p{Surrogate}/gu, "\ufffd");

/** @throws {Wasm2VecError} `option-invalid` */
function checkEncoder(given: EncoderLike, where: string): void {
  checkValue("encoder", given, encoder, where);
}

/**
 * Texts by their ids, as they are now.
 *
 * @throws {Wasm2VecError} `key-duplicate`, `option-invalid`
 */
function checkedEntries(entries: TextEntries): Map<string, string> {
  const isList = isIterable(entries);
  if (!isList && !isRecord(entries)) throw noEntries(entries);
  const pairs = isList ? listOf(entries as Iterable<readonly [KeyText, string]>, "The texts") : Object.entries(entries);
  const texts = new Map<string, string>();
  for (const [i, pair] of pairs.entries()) {
    const [id, text] = isArray(pair) && pair.length === 2 ? pair : [];
    const key = idText(id);
    if (key === undefined || typeof text !== "string") throw noEntry(pair, i);
    if (texts.has(key)) throw duplicate(key);
    texts.set(key, text);
  }
  return texts;
}

/**
 * What an encoder made of so many texts.
 *
 * @param dimension D; any by default
 * @throws {Wasm2VecError} `shape-mismatch`; `option-invalid` for other than finite numbers
 */
function checkedVectors(given: Vectors, count: number, dimension?: number): Float32Array[] {
  const matrix = checkedMatrix(given);
  const [rows, columns] = matrix.shape;
  if (rows !== count || columns !== (dimension ?? columns) || !columns) {
    const expected = `[${count}, ${dimension ?? "D"}]`;
    const message = `The encoder gave vectors of the shape [${rows}, ${columns}] for ${counted(count, "text")}; expected ${expected}.`;
    throw new Wasm2VecError("shape-mismatch", message);
  }
  const wrong = firstNotFinite(matrix.data);
  if (wrong >= 0) {
    const message = `The encoder gave ${matrix.data[wrong]} as number ${wrong % columns} of a vector; expected finite numbers.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  return [...matrix];
}

/** The place of the first number that is NaN or infinite, or -1. */
function firstNotFinite(numbers: Float32Array): number {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return i;
  return -1;
}

/** What an encoder makes of the probe, a copy. */
async function probeOf(encoder: EncoderLike, signal: AbortSignal | undefined): Promise<Float32Array> {
  const vectors = await orAbort(encoder.encode([PROBE]), signal);
  return checkedVectors(vectors, 1)[0].slice();
}

/** @throws {Wasm2VecError} `encoder-mismatch` */
function checkSameEncoder(saved: Float32Array, given: Float32Array, file: string): void {
  const advice = "Load it with the encoder that it was made with, or make it again from the texts.";
  if (saved.length !== given.length) {
    const message = `${file} has vectors of ${saved.length} numbers; the encoder's have ${given.length}. ${advice}`;
    throw new Wasm2VecError("encoder-mismatch", message);
  }
  const [cosine] = cosines(saved, [given]);
  if (cosine >= SAME || isZero(saved) || isZero(given)) return;
  const message = `${file} was made with another encoder: the same text has the cosine ${cosine.toFixed(2)} with itself; expected 1. ${advice}`;
  throw new Wasm2VecError("encoder-mismatch", message);
}

const isZero = (vector: Float32Array) => vector.every((x) => x === 0);

/** The ids that may be answers, or the function that says it. */
function filterOf(filter: IdFilter): ReadonlySet<string> | ((id: string) => boolean) {
  if (isCallable(filter)) {
    return (id) => {
      const answer = (filter as (id: string) => unknown)(id);
      if (!isPromise(answer)) return Boolean(answer);
      const message = "The filter returned a Promise; expected true or false. Do not make it async.";
      throw new Wasm2VecError("option-invalid", message);
    };
  }
  if (!isIterable(filter)) {
    const message = `The filter is ${show(filter)}; expected a function of an id, or a list of ids.`;
    throw new Wasm2VecError("option-invalid", message);
  }
  return new Set(
    listOf(filter as Iterable<KeyText>, "The filter's ids").map((id) => {
      const text = idText(id);
      if (text !== undefined) return text;
      throw new Wasm2VecError("option-invalid", `The filter holds ${show(id)}; expected ids.`);
    }),
  );
}

function noEntries(given: unknown): Wasm2VecError {
  return new Wasm2VecError(
    "option-invalid",
    `The texts are ${show(given)}; expected [id, text] pairs, a Map, or an object { id: text }.`,
  );
}

function noEntry(given: unknown, i: number): Wasm2VecError {
  return new Wasm2VecError("option-invalid", `Text ${i} is ${show(given)}; expected [id, text], both strings.`);
}

function duplicate(id: string): Wasm2VecError {
  return new Wasm2VecError(
    "key-duplicate",
    `The id ${show(id)} is there already, or comes twice. Ids must differ; to replace a text, remove it first.`,
  );
}

function notFound(id: unknown, size: number): Wasm2VecError {
  return new Wasm2VecError(
    "key-not-found",
    `There is no text of the id ${show(id)} among the ${size}. Ask has(id) first.`,
  );
}

function closedIndex(): Wasm2VecError {
  return new Wasm2VecError("closed", "The SearchIndex was closed. Load or make it again, or close it later.");
}
