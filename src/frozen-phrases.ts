/** Phrases that were found, without the counts. */

import { checkOptions, STOPPABLE } from "./check-options.ts";
import { type Corpus, checkedSentence, type MappedCorpus, type Sentence } from "./corpus/corpus.ts";
import { Engine } from "./engine/engine.ts";
import { joinBytes } from "./files/bytes.ts";
import type { SourceLike } from "./files/source-kinds.ts";
import { saveTo, type TargetLike } from "./files/target.ts";
import { withSource } from "./files/with-source.ts";
import { findPhrases, phrasedCorpus } from "./phrases/find-phrases.ts";
import { loadFrozen } from "./phrases/load-phrases.ts";
import { PhraseMatcher } from "./phrases/matcher.ts";
import { frozenChunks } from "./phrases/phrases-file.ts";
import type { PhrasesWorkOptions } from "./phrases/rules.ts";
import { type PhraseRules, shownRules } from "./phrases/rules.ts";
import { CONSOLE, counted, lineOf, notJson } from "./printed.ts";

/** Phrases that can count no more: gensim's FrozenPhrases, or Phraser. `phrases.freeze()` makes them. */
export class FrozenPhrases {
  private readonly matcher: PhraseMatcher;

  private constructor(
    /** All phrases with their scores. */
    readonly phrasegrams: ReadonlyMap<string, number>,
    private readonly rules: PhraseRules,
  ) {
    this.matcher = new PhraseMatcher({ ...rules, phrases: phrasegrams });
  }

  /** @internal Use `phrases.freeze()` or `FrozenPhrases.load`. */
  static of(phrasegrams: ReadonlyMap<string, number>, rules: PhraseRules): FrozenPhrases {
    return new FrozenPhrases(phrasegrams, rules);
  }

  /**
   * Opens what `save` wrote, or gensim's own save, of any version: no code in that is run.
   *
   * @throws {Wasm2VecError} `format-unknown`, `format-damaged`; of gensim's also `pickle-refused`; and what openSource throws
   */
  static async load(from: SourceLike, options: PhrasesWorkOptions = {}): Promise<FrozenPhrases> {
    const { signal } = checkOptions(STOPPABLE, options, "FrozenPhrases.load");
    return withSource(from, signal, async (source, file) => {
      const { rules, phrases } = await loadFrozen(source, file, signal);
      return new FrozenPhrases(phrases, rules);
    });
  }

  /** See `Phrases.apply`. */
  apply(sentence: Sentence): string[] {
    return this.matcher.apply(checkedSentence(sentence));
  }

  /** See `Phrases.applyTo`. */
  applyTo(corpus: Corpus): MappedCorpus<Sentence> {
    return phrasedCorpus(corpus, () => this.matcher);
  }

  /** See `Phrases.findPhrases`. */
  async findPhrases(corpus: Corpus, options: PhrasesWorkOptions = {}): Promise<Map<string, number>> {
    const { signal } = checkOptions(STOPPABLE, options, "findPhrases");
    return findPhrases(corpus, () => this.matcher, signal);
  }

  /** See `Phrases.save`. */
  async save(target: TargetLike, options: PhrasesWorkOptions = {}): Promise<void> {
    const { signal } = checkOptions(STOPPABLE, options, "save");
    await saveTo(target, await this.chunks(), signal);
  }

  /** What `save` writes, as bytes. */
  async toBytes(): Promise<Uint8Array<ArrayBuffer>> {
    return joinBytes([...(await this.chunks())]);
  }

  /** One line: how many phrases. */
  toString(): string {
    return lineOf("FrozenPhrases", () => [counted(this.phrasegrams.size, "phrase"), shownRules(this.rules)]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }

  /** @throws {Wasm2VecError} `option-invalid`: see `save`, `phrasegrams` */
  toJSON(): never {
    throw notJson("a FrozenPhrases", "Write it with save(path), or its phrases: [...phrases.phrasegrams].");
  }

  private async chunks(): Promise<Iterable<Uint8Array>> {
    await Engine.load();
    return frozenChunks(this.phrasegrams, this.rules);
  }
}
