/** gensim's Phrases, Phraser and FrozenPhrases, of all versions, out of their pickles. */

import { show, Wasm2VecError } from "../errors.ts";
import type { RandomAccess } from "../files/random-access.ts";
import { PyDict, PyGlobal, type PyObject } from "../formats/pickle-values.ts";
import { SCORERS } from "./classes.ts";
import { readGensimObject } from "./saved-object.ts";

/** What a file holds. */
export interface SavedPhrases {
  /** what it was: Phrases can count on, the others were frozen ("Phraser" is the name before 4.0) */
  kind: "Phrases" | "FrozenPhrases";
  /** how often each word came, and each pair of neighbours, joined by the delimiter; empty where frozen */
  vocab: Map<string, number>;
  /** the score of each phrase, its words joined by the delimiter; empty where not frozen */
  phrasegrams: Map<string, number>;
  minCount: number;
  threshold: number;
  delimiter: string;
  scoring: "default" | "npmi";
  connectorWords: string[];
  /** words that were counted; 0 where the file does not say */
  corpusWordCount: number;
  /** below which count words are dropped at the next pruning; 1 where the file does not say */
  minReduce: number;
  /** how many entries are counted at most; 40,000,000 where the file does not say */
  maxVocabSize: number;
  progressPer: number;
}

/** How many entries JavaScript's Maps hold. */
const LARGEST_MAP = 2 ** 24 - 1;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a file of gensim's; nothing that it names is run.
 *
 * @param file what messages call it
 * @throws {Wasm2VecError} `pickle-refused` where it names what is no part of Phrases, such as a scorer of one's own;
 *   `format-unknown` where it holds something else; `format-damaged`
 */
export async function readPhrasesPickle(
  source: RandomAccess,
  file: string,
  signal?: AbortSignal,
): Promise<SavedPhrases> {
  const object = await readGensimObject(source, file, signal);
  const kind = object.type.split(".").at(-1);
  if (kind !== "Phrases" && kind !== "Phraser" && kind !== "FrozenPhrases") {
    const message = `${file} holds gensim's ${show(kind)}; expected Phrases. Its vectors are read by KeyedVectors.load(path).`;
    throw new Wasm2VecError("format-unknown", message);
  }
  const reader = new PhrasesReader(object, file);
  const delimiter = reader.text(object.get("delimiter") ?? "_", "its delimiter");
  return {
    kind: kind === "Phrases" ? kind : "FrozenPhrases",
    vocab: reader.numbers("vocab", delimiter),
    phrasegrams: reader.numbers("phrasegrams", delimiter),
    minCount: reader.number("min_count", 5),
    threshold: reader.number("threshold", 10),
    delimiter,
    scoring: reader.scoring(),
    connectorWords: reader.texts(object.get("connector_words") ?? object.get("common_terms") ?? []),
    corpusWordCount: reader.number("corpus_word_count", 0),
    minReduce: reader.number("min_reduce", 1),
    maxVocabSize: reader.number("max_vocab_size", 40_000_000),
    progressPer: reader.number("progress_per", 10_000),
  };
}

class PhrasesReader {
  constructor(
    private readonly object: PyObject,
    private readonly file: string,
  ) {}

  number(name: string, missing: number): number {
    const value = this.object.get(name) ?? missing;
    return typeof value === "number" ? value : this.fail(`its ${name} is ${show(value)}`);
  }

  /** Before 4.0 texts were kept as bytes. */
  text(value: unknown, what: string): string {
    if (typeof value === "string") return value;
    return value instanceof Uint8Array ? decoder.decode(value) : this.fail(`${what} is ${show(value)}`);
  }

  texts(values: unknown): string[] {
    if (!Array.isArray(values)) return this.fail(`its connector words are ${show(values)}`);
    return values.map((value) => this.text(value, "a connector word"));
  }

  /** Counts or scores by their words; before 4.0 the words of a phrase were a tuple, and its score came behind its count. */
  numbers(name: string, delimiter: string): Map<string, number> {
    const dict = this.object.get(name) ?? new PyDict();
    if (!(dict instanceof PyDict)) return this.fail(`its ${name} is ${show(dict)}`);
    if (dict.size > LARGEST_MAP) {
      const message = `${this.file} holds ${dict.size} entries; a Map holds ${LARGEST_MAP}. Count them with a smaller max_vocab_size.`;
      throw new Wasm2VecError("too-large", message);
    }
    const numbers = new Map<string, number>();
    for (const [key, value] of dict.entries()) {
      const words = Array.isArray(key) ? this.texts(key).join(delimiter) : this.text(key, `a key of its ${name}`);
      const number = Array.isArray(value) ? value.at(-1) : value;
      numbers.set(words, typeof number === "number" ? number : this.fail(`${show(words)} has ${show(number)}`));
    }
    return numbers;
  }

  /** A function's name, or in older files a word, or nothing. */
  scoring(): SavedPhrases["scoring"] {
    const scoring = this.object.get("scoring") ?? "default";
    const name = scoring instanceof PyGlobal ? SCORERS[scoring.name as keyof typeof SCORERS] : scoring;
    return name === "default" || name === "npmi" ? name : this.fail(`its scoring is ${show(scoring)}`);
  }

  private fail(what: string): never {
    throw new Wasm2VecError("format-damaged", `${this.file} is no whole Phrases: ${what}. Copy or download it again.`);
  }
}
