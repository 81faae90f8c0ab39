/** What a user would want to know of a training that goes on, but hardly teaches anything: each is told once. */

import type { EncodedCorpus } from "../corpus/encoded-corpus.ts";
import type { WarningCode, WarningEvent } from "../errors.ts";
import type { Model, ModelHistory } from "../model/model.ts";
import type { ResolvedOptions } from "../model/options.ts";
import type { ProgressMeter } from "./progress.ts";

/** `sample` drops that much only where a text has few different words. */
const LEAST_KEPT = 0.1;

/**
 * How often a word must be trained on, in the mean. Play lists of 200 words were told apart by a fifth of their words
 * after 63 uses of each, by nearly all of them after 300; smaller vocabularies after 60 or so.
 */
const FEWEST_USES = 50;
const GOOD_USES = 100;

/** minCount is high for a text of which it leaves less; of large texts it leaves 95 % and more. */
const LEAST_LEFT = 0.5;

/**
 * Losses of fewer words differ by chance. With more, none of 400 trainings at an alpha up to 0.1 rose by half: up to 1.05
 * times the lowest at 0.025, but 1.2 to 1.4 at 0.1, because it falls. At 0.5 most rose to twice the lowest.
 */
const WORDS_OF_A_LOSS = 1000;
const MOST_RISE = 1.5;

const warning = (code: WarningCode, message: string): WarningEvent => ({ kind: "warning", code, message });

const sumOf = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0);

/** What can be told before a first training. */
export function warningsBefore(
  model: Model,
  corpus: EncodedCorpus,
  { sample, epochs, initialVectors }: Pick<ResolvedOptions, "sample" | "epochs" | "initialVectors">,
  { corpusTotalWords, effectiveMinCount }: ModelHistory,
): WarningEvent[] {
  const { counts, kept } = model.frequencies;
  const [words, keptWords] = [counts, kept].map(sumOf);
  const different = counts.length;
  const warnings: WarningEvent[] = [];
  const warn = (code: WarningCode, message: string) => warnings.push(warning(code, message));
  if (keptWords < words * LEAST_KEPT) {
    warn(
      "sample-drops-most",
      `sample: ${sample} drops ${percent(1 - keptWords / words)} of the words: a text of ${different} different words has each too often. Set sample: 0, or more than ${sample}.`,
    );
  }
  // vectors that were learnt elsewhere need less
  if (initialVectors) return warnings;
  const left = Math.min(1, words / Math.max(1, corpusTotalWords));
  const uses = (corpus.words * left) / different;
  const advice: string[] = [];
  if (left < LEAST_LEFT && effectiveMinCount > 1) {
    const better = effectiveMinCount > 2 ? "1 or 2" : 1;
    advice.push(
      `minCount: ${effectiveMinCount} leaves ${percent(left)} of its words, ${different} different ones. Set minCount: ${better}.`,
    );
  }
  if (uses * epochs < FEWEST_USES) {
    const enough = Math.ceil(GOOD_USES / uses / 5) * 5;
    advice.push(
      `In ${epochs} epochs each of ${different} different words is trained on ${Math.round(uses * epochs)} times in the mean, which hardly moves its vector; some ${GOOD_USES} times are needed. Set epochs: ${enough}, or take more text.`,
    );
  }
  if (advice.length) warn("text-too-small", `The text is small for its options. ${advice.join(" ")}`);
  return warnings;
}

/** What the epochs of a run show. */
export class EpochWarnings {
  private readonly told = new Set<WarningCode>();

  constructor(
    private readonly model: Model,
    private readonly corpus: EncodedCorpus,
  ) {}

  /** What is to be told of an epoch that ends. */
  after(meter: ProgressMeter): WarningEvent[] {
    const warnings = [this.nothingTrained(meter), this.lossRises(meter)];
    return warnings
      .filter((found) => found !== undefined)
      .filter(({ code }) => {
        const isNew = !this.told.has(code);
        this.told.add(code);
        return isNew;
      });
  }

  private nothingTrained({ totals }: ProgressMeter): WarningEvent | undefined {
    const { corpus, model } = this;
    if (!totals.epochWords) {
      return warning(
        "nothing-trained",
        `Nothing was trained: of the corpus' ${corpus.words} words none is among the ${model.table.size} of the vocabulary, or sample dropped them all. Split both texts into words in the same way, upper and lower case too; call buildVocab(corpus, { update: true }) where the words are new.`,
      );
    }
    if (corpus.longestSentence > 1) return undefined;
    return warning(
      "nothing-trained",
      "Nothing was trained: no sentence has two words, so no word has a context. Pass sentences as arrays of words, such as simplePreprocess(text) makes.",
    );
  }

  private lossRises({ totals, meanLoss }: ProgressMeter): WarningEvent | undefined {
    const lowest = totals.epochLosses.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    if (meanLoss === null || totals.epochWords < WORDS_OF_A_LOSS || !(meanLoss > MOST_RISE * lowest)) return undefined;
    return warning(
      "loss-rises",
      `The loss of an epoch rose from ${lowest.toPrecision(4)} to ${meanLoss.toPrecision(4)}: steps are too long to come nearer to anything. Lower alpha, where 0.025 is usual, or take a narrower window.`,
    );
  }
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
