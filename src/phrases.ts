/** Phrases: words that come together more often than chance would have it, found in a corpus and joined. */

import { checkOptions, type GivenOptions, optional, STOPPABLE } from "./check-options.ts";
import { type Corpus, checkedSentence, type MappedCorpus, type Sentence } from "./corpus/corpus.ts";
import { Wasm2VecError } from "./errors.ts";
import { tellerOf, withSignals } from "./event-loop.ts";
import { joinBytes } from "./files/bytes.ts";
import type { SourceLike } from "./files/source-kinds.ts";
import { saveTo, type TargetLike } from "./files/target.ts";
import { withSource } from "./files/with-source.ts";
import { FrozenPhrases } from "./frozen-phrases.ts";
import { countPairs } from "./phrases/count-pairs.ts";
import { exportPhrases, findPhrases, matcherOf, phrasedCorpus } from "./phrases/find-phrases.ts";
import { loadPhrases } from "./phrases/load-phrases.ts";
import { PhraseMatcher } from "./phrases/matcher.ts";
import { phrasesChunks } from "./phrases/phrases-file.ts";
import {
  PHRASES_OPTIONS,
  type PhraseRules,
  type PhrasesOptions,
  type PhrasesWorkOptions,
  resolveRules,
  shownRules,
} from "./phrases/rules.ts";
import { phraseScoring } from "./phrases/scorers.ts";
import { WordPairs } from "./phrases/word-pairs.ts";
import { CONSOLE, counted, lineOf, notJson } from "./printed.ts";
import { WORK_OPTIONS, type WorkOptions } from "./training/options.ts";

const LOAD_OPTIONS = {
  ...STOPPABLE,
  /** a scoring function, which no file keeps; what the file says by default */
  scoring: optional(phraseScoring),
};

/** Options of `Phrases.load`. @interface */
export type LoadPhrasesOptions = GivenOptions<typeof LOAD_OPTIONS>;

/**
 * Counts the words and pairs of words of texts, and joins what belongs together: "new", "york" become "new_york". gensim's
 * Phrases. Longer phrases come of a second one that is trained on the first one's sentences:
 *
 *     const pairs = await Phrases.train(sentences);
 *     const triples = await Phrases.train(pairs.applyTo(sentences));
 *
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1310.4546
 */
export class Phrases {
  private readonly rules: PhraseRules;
  private pairs: WordPairs | undefined;
  private matches: PhraseMatcher | undefined;
  private isCounting = false;
  private readonly closing = new AbortController();

  /**
   * Phrases that have seen nothing: call `addVocab`; or `Phrases.train`, which does.
   *
   * @throws {Wasm2VecError} `option-unknown`, `option-invalid`
   */
  constructor(options: PhrasesOptions = {}) {
    this.rules = resolveRules(options, "Phrases");
  }

  /**
   * Counts a corpus.
   *
   * @throws {Wasm2VecError} as addVocab
   */
  static async train(corpus: Corpus, options: PhrasesOptions & WorkOptions = {}): Promise<Phrases> {
    const checked = checkOptions({ ...PHRASES_OPTIONS, ...WORK_OPTIONS }, options, "Phrases.train");
    const { signal, onProgress, ...rules } = checked;
    const phrases = new Phrases(rules);
    await phrases.addVocab(corpus, { signal, onProgress });
    return phrases;
  }

  /**
   * Opens what `save` wrote, or gensim's own save, of any version: no code in that is run.
   *
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`; `option-invalid` where a scoring function must be passed;
   *   of gensim's also `pickle-refused`; and what openSource throws
   */
  static async load(from: SourceLike, options: LoadPhrasesOptions = {}): Promise<Phrases> {
    const { signal, scoring } = checkOptions(LOAD_OPTIONS, options, "Phrases.load");
    return withSource(from, signal, async (source, file) => {
      const { rules, pairs } = await loadPhrases(source, file, { scoring }, signal);
      const phrases = new Phrases(rules);
      phrases.pairs = pairs;
      return phrases;
    });
  }

  /**
   * Counts another corpus, and adds its counts to those that there are. Where it fails or is aborted, these stay as they were.
   *
   * @throws {Wasm2VecError} `option-invalid`, `busy`, `closed`, `out-of-memory`, `too-large`; what LineSentences throws
   */
  async addVocab(corpus: Corpus, options: WorkOptions = {}): Promise<void> {
    const { signal: given, onProgress } = checkOptions(WORK_OPTIONS, options, "addVocab");
    this.checkOpen();
    if (this.isCounting) throw new Wasm2VecError("busy", "addVocab is counting a corpus. Await it before the next.");
    this.isCounting = true;
    try {
      await withSignals([given, this.closing.signal], async (signal) => {
        const counted = await countPairs(corpus, this.rules, { signal, onProgress: tellerOf(onProgress, signal) });
        this.take(counted, signal);
      });
    } finally {
      this.isCounting = false;
    }
  }

  /** How many different words and pairs were counted: gensim's `len(phrases.vocab)`. */
  get vocabSize(): number {
    this.checkOpen();
    return this.pairs?.size ?? 0;
  }

  /** how many words were read */
  get corpusWordCount(): number {
    this.checkOpen();
    return this.pairs?.total ?? 0;
  }

  /**
   * A sentence with its phrases as one word each, found from left to right.
   *
   * @throws {Wasm2VecError} `option-invalid`; what a scoring function throws
   */
  apply(sentence: Sentence): string[] {
    return this.matcher.apply(checkedSentence(sentence));
  }

  /**
   * The sentences of a corpus with their phrases as one word each, made while they are asked for, each time anew: a corpus to
   * train on, `Word2Vec.train(phrases.applyTo(corpus))`.
   *
   * @throws {Wasm2VecError} `option-invalid`; while it is read, what reading the corpus throws
   */
  applyTo(corpus: Corpus): MappedCorpus<Sentence> {
    return phrasedCorpus(corpus, () => this.matcher);
  }

  /**
   * The phrases that come in a corpus, each with its score.
   *
   * @throws {Wasm2VecError} `option-invalid`; what reading the corpus throws
   */
  async findPhrases(corpus: Corpus, options: PhrasesWorkOptions = {}): Promise<Map<string, number>> {
    const { signal } = checkOptions(STOPPABLE, options, "findPhrases");
    return withSignals([signal, this.closing.signal], (signal) => findPhrases(corpus, () => this.matcher, signal));
  }

  /**
   * All phrases with their scores, the best first. As in gensim, what is counted as a word and holds the delimiter is taken
   * apart at it.
   *
   * @throws {Wasm2VecError} `too-large`; what a scoring function throws
   */
  exportPhrases(): Map<string, number> {
    this.checkOpen();
    return this.pairs ? exportPhrases(this.pairs, this.rules) : new Map();
  }

  /** What finds the same phrases and can count no more: far smaller. */
  freeze(): FrozenPhrases {
    return FrozenPhrases.of(this.exportPhrases(), this.rules);
  }

  /**
   * Writes the counts and options as one safetensors file. A scoring function is not kept.
   *
   * @param target a path; the file is written beside it, then renamed. Or a file handle, or a WritableStream
   * @throws {Wasm2VecError} `file-not-writable`, `closed`
   */
  async save(target: TargetLike, options: PhrasesWorkOptions = {}): Promise<void> {
    const { signal } = checkOptions(STOPPABLE, options, "save");
    await saveTo(target, await this.chunks(), signal);
  }

  /** What `save` writes, as bytes. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return joinBytes([...(await this.chunks())]);
  }

  /** One line: how much was counted. */
  toString(): string {
    return lineOf("Phrases", () => [`${counted(this.vocabSize, "word")} and pairs`, shownRules(this.rules)]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: see `save`, `exportPhrases` */
  toJSON(): never {
    throw notJson("a Phrases", "Write it with save(path), or its phrases: [...phrases.exportPhrases()].");
  }

  /** Gives the memory back. Use after it is an error; what was frozen stays. */
  close(): void {
    this.closing.abort(closedPhrases());
    this.pairs?.close();
    this.pairs = this.matches = undefined;
  }

  /** As `close()`: what `using` calls. */
  [Symbol.dispose](): void {
    this.close();
  }

  private get matcher(): PhraseMatcher {
    this.checkOpen();
    this.matches ??= this.pairs
      ? matcherOf(this.pairs, this.rules)
      : new PhraseMatcher({ ...this.rules, phrases: new Map() });
    return this.matches;
  }

  private checkOpen(): void {
    if (this.closing.signal.aborted) throw closedPhrases();
  }

  /** Adds what was counted, unless this was closed or stopped meanwhile. */
  private take(counted: WordPairs, signal: AbortSignal): void {
    if (signal.aborted) {
      counted.close();
      throw signal.reason;
    }
    if (this.pairs) {
      try {
        this.pairs.merge(counted);
      } finally {
        counted.close();
      }
      if (this.pairs.size > this.rules.maxVocabSize) this.pairs.prune();
    } else this.pairs = counted;
    this.matches = undefined;
  }

  private async chunks(): Promise<Iterable<Uint8Array>> {
    this.checkOpen();
    this.pairs ??= await WordPairs.open(this.rules.connectorWords, this.rules.delimiter);
    return phrasesChunks(this.pairs, this.rules);
  }
}

function closedPhrases(): Wasm2VecError {
  return new Wasm2VecError("closed", "The Phrases were closed. Load or train them again, or close them later.");
}
