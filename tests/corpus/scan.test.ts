// The scan: what pruning keeps, what is told on the way, how soon it stops.

import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Corpus } from "../../src/corpus/corpus.ts";
import { encodeCorpus } from "../../src/corpus/encode.ts";
import { type CorpusEvent, type ReadingWork, scanCorpus } from "../../src/corpus/scan.ts";
import type { RandomAccess } from "../../src/files/random-access.ts";
import { LineSentences } from "../../src/text/line-sentences.ts";
import { utf8 } from "../helpers/texts.ts";

const rules = { maxVocabSize: null, trimRule: null, batchWords: 100, corpusMemory: 1e6, keepIds: true };

/** The words that are left, with their counts, in the order of first sight since they were dropped last. */
async function scanned(corpus: Corpus, maxVocabSize: number | null, work?: ReadingWork) {
  const { vocabulary, encoded, isPruned } = await scanCorpus(corpus, { ...rules, maxVocabSize }, work);
  const words = Array.from(vocabulary.counts, (count, id) => [vocabulary.word(id), count]);
  const { sentences, isLost } = encoded;
  vocabulary.close();
  await encoded.close();
  return { words, sentences, isPruned, isLost };
}

/** gensim's: after a sentence, where there are more words than the limit, those seen least are dropped, ever more. */
function pruneAsGensim(sentences: string[][], limit: number): [string, number][] {
  const counts = new Map<string, number>();
  let least = 1;
  for (const sentence of sentences) {
    for (const word of sentence) counts.set(word, (counts.get(word) ?? 0) + 1);
    if (counts.size <= limit) continue;
    for (const [word, count] of counts) if (count < least) counts.delete(word);
    least++;
  }
  return [...counts];
}

const anySentences = fc.array(fc.array(fc.constantFrom(..."abcdefghijklmnopqrst"), { minLength: 1, maxLength: 12 }), {
  maxLength: 40,
});

test("random corpora over the limit: what gensim's pruning keeps, from strings and from text", () =>
  fc.assert(
    fc.asyncProperty(anySentences, fc.integer({ min: 1, max: 15 }), async (sentences, limit) => {
      const expected = pruneAsGensim(sentences, limit);
      const text = new LineSentences(utf8(sentences.map((words) => words.join(" ")).join("\n")));
      for (const corpus of [sentences, text]) {
        const { words, isPruned, isLost, ...rest } = await scanned(corpus, limit);
        assert.equal(words, expected);
        assert.is(rest.sentences, sentences.length);
        assert.is(isLost, isPruned, "ids of words that were dropped are none");
      }
    }),
    { seed: 1, numRuns: 200 },
  ));

/** A text of 2^53 bytes, read in a millisecond a MiB. */
function endless(): RandomAccess {
  const bytes = utf8("one two three\n".repeat(80_000)).slice(0, 2 ** 20);
  return {
    size: Number.MAX_SAFE_INTEGER,
    read: (begin, end) => new Promise((resolve) => setTimeout(resolve, 1, bytes.subarray(0, end - begin))),
  };
}

/** Runs work that is aborted after some time, with what it told; others must get their turn meanwhile. */
async function aborted(corpus: Corpus, milliseconds: number) {
  const reason = new Error("enough");
  const controller = new AbortController();
  const events: [event: CorpusEvent, at: number][] = [];
  const onProgress = (event: CorpusEvent) => events.push([event, performance.now()]);
  let abortedAt = 0;
  setTimeout(() => {
    abortedAt = performance.now();
    controller.abort(reason);
  }, milliseconds);
  assert.is(await scanned(corpus, null, { signal: controller.signal, onProgress }).catch((error) => error), reason);
  return { events, late: performance.now() - abortedAt };
}

test("a scan of text tells how far it is, ten times a second at most, and stops when it is told to", async () => {
  const { events, late } = await aborted(new LineSentences(endless()), 450);
  assert.ok(late < 100, `${late} ms`);
  assert.ok(events.length >= 2 && events.length <= 4, `${events.length} events`);
  for (const [i, [event, at]] of events.entries()) {
    assert.ok(i === 0 || at - events[i - 1][1] >= 99);
    if (event.kind !== "vocabulary") throw new Error(event.kind);
    const { words, sentences, vocabSize, scanning, bytes = 0, totalBytes } = event;
    assert.is(scanning, true);
    assert.is(totalBytes, Number.MAX_SAFE_INTEGER);
    // the last word and the end of a chunk may be cut
    assert.ok(vocabSize >= 3 && sentences > 0 && Math.abs(words - sentences * 3) < words / 1000);
    assert.ok(bytes >= sentences * 14 - 14, "bytes are read before they are split");
  }
});

test("a scan of an endless generator stops, too, and tells no bytes", async () => {
  const words = ["one", "two", "three"];
  function* sentences() {
    for (;;) yield words;
  }
  const { events, late } = await aborted(sentences, 250);
  assert.ok(late < 100, `${late} ms`);
  assert.ok(events.length >= 1 && events.length <= 2, `${events.length} events`);
  assert.not("bytes" in events[0][0]);
});

test("text that is not all UTF-8 gives one warning, with the number of its damages", async () => {
  const text = new LineSentences(Uint8Array.of(...utf8("caf"), 0xe9, 0x20, 0xe9, 0x74, 0xe9));
  const events: CorpusEvent[] = [];
  const onProgress = (event: CorpusEvent) => void events.push(event);
  const { vocabulary, encoded } = await scanCorpus(text, rules, { onProgress });
  const warning = {
    kind: "warning",
    code: "damaged-text",
    message: "The text is not all UTF-8: 3 damaged characters were read as U+FFFD. Is it in another encoding?",
  };
  assert.equal(events, [warning]);
  const again = await encodeCorpus(text, vocabulary, rules, { onProgress });
  assert.equal(events, [warning, warning], "when it is read again, too");
  vocabulary.close();
  await encoded.close();
  await again.close();
});

test.run();
