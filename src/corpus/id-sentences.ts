/** Sentences in ids that their owner has already. */

import { listOf } from "../check-options.ts";
import { isArray, isDetached, show, tagOf, Wasm2VecError } from "../errors.ts";
import { CONSOLE, counted, lineOf } from "../printed.ts";
import { type KeyText, textOf } from "../vocabulary/keys.ts";
import { type ItemSource, MappedCorpus } from "./corpus.ts";

/** A sentence in ids: places in the vocabulary. */
export type IdSentence = Uint32Array | Uint16Array | Uint8Array | Int32Array | readonly number[];

const TYPED = ["Uint32Array", "Uint16Array", "Uint8Array", "Int32Array"];

/**
 * A corpus of ids and the words that they stand for, such as a tokenizer's, or items of a shop:
 *
 *     const corpus = new IdSentences(["tea", "milk"], [Uint32Array.of(0, 1, 0), Uint32Array.of(1, 1)]);
 *     const model = await Word2Vec.train(corpus);
 *
 * A model's own rows are in the order of frequency, as always: ask it by the words.
 */
export class IdSentences extends MappedCorpus<IdSentence> {
  private readonly wordCount: number;

  /**
   * @param vocabulary (V,) the word of each id; read at once
   * @param sentences typed arrays of ids, or arrays of numbers: in an array, any iterable, or a function that returns one; read
   *   while they are asked for
   * @throws {Wasm2VecError} `option-invalid`; while it is read, `id-out-of-range`
   */
  constructor(vocabulary: Iterable<KeyText>, sentences: ItemSource<IdSentence>) {
    const words = listOf(vocabulary, "The vocabulary").map((word, id) => checkedWord(word, id));
    super(sentences, (sentence, number) => wordsOf(words, sentence, number));
    this.wordCount = words.length;
  }

  /** One line: how many words the vocabulary has. */
  override toString(): string {
    return lineOf("IdSentences", () => [`of ${counted(this.wordCount, "word")}`]);
  }

  /** What consoles show: the same line. */
  [CONSOLE](): string {
    return this.toString();
  }
}

function checkedWord(word: KeyText, id: number): string {
  const text = textOf(word);
  if (text !== undefined) return text;
  throw new Wasm2VecError("option-invalid", `The vocabulary's word ${id} is ${show(word)}; expected a text.`);
}

function wordsOf(words: readonly string[], sentence: IdSentence, number: number): string[] {
  const isTyped = ArrayBuffer.isView(sentence) && TYPED.includes(tagOf(sentence)) && !isDetached(sentence);
  if (!isTyped && !isArray(sentence)) {
    throw new Wasm2VecError(
      "option-invalid",
      `Sentence ${number} of the corpus is ${show(sentence)}; expected ids, such as a Uint32Array.`,
    );
  }
  return Array.from(sentence as ArrayLike<number>, (id) => {
    const word = typeof id === "number" ? words[id] : undefined;
    return word ?? notThere(words, id, number);
  });
}

function notThere({ length }: readonly string[], id: unknown, number: number): never {
  const expected = length ? `an integer from 0 to ${length - 1}` : "none, as the vocabulary is empty";
  throw new Wasm2VecError(
    "id-out-of-range",
    `Sentence ${number} of the corpus has the id ${show(id)}, which is not in the vocabulary; expected ${expected}.`,
  );
}
