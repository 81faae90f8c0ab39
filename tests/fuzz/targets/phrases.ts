/** Changed files of Phrases: refused, or phrases that are found, counted on, and saved and loaded as the same ones. */

import { FrozenPhrases } from "../../../src/frozen-phrases.ts";
import type { PhrasesOptions } from "../../../src/phrases/rules.ts";
import { Phrases } from "../../../src/phrases.ts";
import { changedBases } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";
import { changedFileAsCode, changeFile, type FileParts, partsOf } from "../tensor-file.ts";

const corpus = ["new york of the people", "new_york is new", "the bank of new york", "bank of the west"].map((text) =>
  text.split(" "),
);

const SETTINGS: PhrasesOptions[] = [
  { minCount: 1, threshold: 0.1 },
  { minCount: 1, threshold: 0.1, scoring: "npmi", connectorWords: ["of", "the"] },
  { minCount: 1, threshold: 0.1, delimiter: "::" },
];

const SHARES = { texts: 4, tensors: 8, header: 2, bytes: 1 };

export async function open(): Promise<Target<number>> {
  const bases: FileParts[] = [];
  for (const options of SETTINGS) {
    using phrases = await Phrases.train(corpus, options);
    bases.push(partsOf(await phrases.toBytes(), ["options", "history"]));
    bases.push(partsOf(await phrases.freeze().toBytes(), ["options"]));
  }
  const { steps, make } = changedBases(bases, 4, (base, seeds) => changeFile(base, seeds, SHARES));
  return {
    steps,
    async run(steps) {
      const { bytes } = make(steps);
      const { value: phrases, code } = await attempt(() => Phrases.load(bytes));
      if (phrases) {
        await use(phrases).finally(() => phrases.close());
        return "accepted";
      }
      const frozen = await attempt(() => FrozenPhrases.load(bytes));
      if (frozen.value) await useFrozen(frozen.value);
      return frozen.value ? "accepted, frozen" : (code as string);
    },
    code: (steps) => `${changedFileAsCode(make(steps))}`,
  };
}

async function use(phrases: Phrases): Promise<void> {
  const exported = await attempt(() => phrases.exportPhrases());
  using again = await Phrases.load(await phrases.toBytes());
  check(again.vocabSize === phrases.vocabSize, "saved and loaded, it has another number of words");
  check(again.corpusWordCount === phrases.corpusWordCount, "saved and loaded, it has read another number of words");
  if (exported.value) {
    const found = JSON.stringify([...exported.value]);
    check(JSON.stringify([...again.exportPhrases()]) === found, "saved and loaded, it has other phrases");
    await useFrozen(phrases.freeze());
  }
  for (const sentence of corpus) await attempt(() => phrases.apply(sentence));
  const before = phrases.corpusWordCount;
  const added = await attempt(() => phrases.addVocab(corpus));
  const isExact = Number.isSafeInteger(before + 17);
  if (added.code === undefined && isExact) check(phrases.corpusWordCount === before + 17, "words are not counted on");
}

async function useFrozen(phrases: FrozenPhrases): Promise<void> {
  const again = await FrozenPhrases.load(await phrases.toBytes());
  for (const sentence of corpus) {
    const tokens = phrases.apply(sentence);
    check(tokens.join(" ") === again.apply(sentence).join(" "), "saved and loaded, it finds other phrases");
    check(tokens.length <= sentence.length, "a sentence has more words than before");
  }
}
