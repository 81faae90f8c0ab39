// Phrases as users see them: gensim's phrases and scores, trained on, saved and opened.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { show } from "../src/errors.ts";
import {
  ENGLISH_CONNECTOR_WORDS,
  FrozenPhrases,
  LineSentences,
  Phrases,
  type PhrasesOptions,
  Word2Vec,
} from "../src/index.ts";
import { sharedData } from "./helpers/data.ts";
import { save } from "./helpers/gensim-saves.ts";
import { rejects } from "./helpers/rejects.ts";
import { withFolder } from "./helpers/temporary.ts";

interface Case {
  corpora: string[];
  options: PhrasesOptions;
  vocabSize: number;
  corpusWordCount: number;
  phrases: [phrase: string, score: number][];
  found: [phrase: string, score: number][];
  applied: string[][];
  appliedFrozen: string[][];
}

const golden: {
  connectorWords: string[];
  corpora: Record<string, string[][]>;
  saves: Record<string, [string, number][]>;
  cases: Case[];
} = JSON.parse(readFileSync("tests/golden/phrases.json", "utf8"));

/** Scores beside gensim's: logarithms may differ in their last bit. */
function assertScores(got: Map<string, number>, expected: [string, number][]): void {
  assert.equal([...got.keys()].sort(), expected.map(([phrase]) => phrase).sort());
  for (const [phrase, score] of expected) {
    const ours = got.get(phrase) as number;
    assert.ok(Math.abs(ours - score) <= 1e-14 * Math.abs(score), `${phrase}: ${ours}, gensim ${score}`);
  }
}

async function trainedFor({ corpora, options }: Case): Promise<Phrases> {
  const phrases = new Phrases(options);
  for (const name of corpora) await phrases.addVocab(golden.corpora[name]);
  return phrases;
}

for (const each of golden.cases) {
  const { corpora, options } = each;
  test(`gensim's phrases of ${corpora.join(" and ")} with ${JSON.stringify(options)}`, async () => {
    const phrases = await trainedFor(each);
    const sentences = golden.corpora[corpora[0]];
    assert.ok(each.phrases.length > 3, "there are some to be found");
    assert.is(phrases.vocabSize, each.vocabSize);
    assert.is(phrases.corpusWordCount, each.corpusWordCount);
    assertScores(phrases.exportPhrases(), each.phrases);
    assertScores(await phrases.findPhrases(sentences), each.found);
    assert.equal(
      sentences.map((sentence) => phrases.apply(sentence)),
      each.applied,
    );
    const frozen = phrases.freeze();
    assert.equal(frozen.phrasegrams, phrases.exportPhrases());
    assert.equal(
      sentences.map((sentence) => frozen.apply(sentence)),
      each.appliedFrozen,
    );
  });
}

test("ENGLISH_CONNECTOR_WORDS are gensim's", () =>
  assert.equal([...ENGLISH_CONNECTOR_WORDS].sort(), golden.connectorWords));

const TEXT = "new york is big\nnew york is old\nold houses are big\nnew houses\n";
const sentences = TEXT.trim()
  .split("\n")
  .map((line) => line.split(" "));
const small = { minCount: 1, threshold: 1 };

test("a score that one can check by head", async () => {
  const phrases = await Phrases.train(sentences, small);
  // 7 words and the pairs new_york york_is is_big is_old old_houses houses_are are_big new_houses
  assert.is(phrases.vocabSize, 15);
  assert.is(phrases.corpusWordCount, 14);
  // york came 2 times, is 2, both 2: (2 - 1) / (2 * 2) * 15; new 3 times
  assert.equal(
    [...phrases.exportPhrases()],
    [
      ["york_is", 3.75],
      ["new_york", 2.5],
    ],
  );
  assert.equal(phrases.apply(["new", "york", "is", "new"]), ["new_york", "is", "new"]);
});

test("a text, an iterable, a stream of sentences and a function give the same", async () => {
  async function* streamed() {
    yield* sentences;
  }
  const corpora = [
    new LineSentences(new TextEncoder().encode(TEXT)),
    new Set(sentences),
    streamed(),
    () => streamed(),
    Promise.resolve(sentences),
  ];
  for (const corpus of corpora) {
    const phrases = await Phrases.train(corpus, small);
    assert.equal([...phrases.exportPhrases().keys()], ["york_is", "new_york"]);
  }
});

test("a corpus of phrases: asked anew each time, trained on, and phrased again", async () => {
  const phrases = await Phrases.train(sentences, small);
  const corpus = phrases.applyTo(new LineSentences(new TextEncoder().encode(TEXT)));
  for (let pass = 0; pass < 2; pass++) {
    const read: (readonly string[])[] = [];
    for await (const sentence of corpus) read.push(sentence);
    assert.equal(read[0], ["new_york", "is", "big"]);
    assert.is(read.length, 4);
  }
  const model = await Word2Vec.train(corpus, { minCount: 1, vectorSize: 4 });
  assert.ok(model.wv.has("new_york"));
  assert.is(model.corpusTotalWords, 12);
  const again = await Phrases.train(corpus, { minCount: 1, threshold: 1 });
  assert.equal(again.apply(["new_york", "is", "big"]), ["new_york_is", "big"]);
});

test("a corpus of phrases of what is read once can be read once", async () => {
  const phrases = await Phrases.train(sentences, small);
  const model = new Word2Vec({ minCount: 1, vectorSize: 4 });
  await model.buildVocab(sentences);
  const corpus = phrases.applyTo(sentences.values());
  await rejects("one-shot-corpus", /iterator/, () =>
    Word2Vec.train(corpus, { minCount: 1, vectorSize: 4, maxVocabSize: 2 }),
  );
});

test("a scoring function of one's own", async () => {
  const seen: object[] = [];
  const scoring = (counts: { bigramCount: number }) => {
    seen.push(counts);
    return counts.bigramCount;
  };
  const phrases = await Phrases.train(sentences, { minCount: 1, threshold: 1, scoring });
  assert.equal(
    [...phrases.exportPhrases()],
    [
      ["new_york", 2],
      ["york_is", 2],
    ],
  );
  const counts = seen.find((each) => JSON.stringify(each).startsWith('{"wordaCount":3,"wordbCount":2,"bigramCount":2'));
  assert.equal(counts, {
    wordaCount: 3,
    wordbCount: 2,
    bigramCount: 2,
    lenVocab: 15,
    minCount: 1,
    corpusWordCount: 14,
  });
  for (const wrong of [Number.NaN, "2", undefined, Promise.resolve(2)]) {
    const other = await Phrases.train(sentences, { scoring: (() => wrong) as never });
    await rejects("option-invalid", /scoring function returned/, () => other.exportPhrases());
  }
});

test("saved and opened, in a file and in bytes: the same, and counting on", () =>
  withFolder(async (folder) => {
    for (const each of golden.cases) {
      const phrases = await trainedFor(each);
      const path = join(folder, "phrases.safetensors");
      await phrases.save(path);
      const opened = await Phrases.load(path);
      assert.equal(opened.exportPhrases(), phrases.exportPhrases());
      assert.is(opened.vocabSize, phrases.vocabSize);
      assert.is(String(opened), String(phrases));
      await opened.addVocab(golden.corpora.more);
      await phrases.addVocab(golden.corpora.more);
      assert.equal(opened.exportPhrases(), phrases.exportPhrases());
      const frozen = await FrozenPhrases.load(await phrases.freeze().toBytes());
      assert.equal(frozen.phrasegrams, phrases.exportPhrases());
    }
  }));

test("none seen: no phrases, and a file of them", async () => {
  const phrases = await Phrases.load(await new Phrases(small).toBytes());
  assert.equal(phrases.apply(["new", "york"]), ["new", "york"]);
  assert.is(phrases.vocabSize, 0);
  assert.is(phrases.exportPhrases().size, 0);
  assert.is((await FrozenPhrases.load(await phrases.freeze().toBytes())).phrasegrams.size, 0);
});

test("a scoring function is not kept in a file, and is passed again", async () => {
  const scoring = ({ bigramCount }: { bigramCount: number }) => bigramCount;
  const bytes = await (await Phrases.train(sentences, { ...small, scoring })).toBytes();
  await rejects("option-invalid", /Phrases\.load\(path, \{ scoring \}\)/, () => Phrases.load(bytes));
  assert.is((await Phrases.load(bytes, { scoring })).exportPhrases().size, 2);
});

test("files of something else, and damaged ones", async () => {
  const phrases = await Phrases.train(sentences, small);
  const [bytes, frozen] = [await phrases.toBytes(), await phrases.freeze().toBytes()];
  await rejects("format-unknown", /FrozenPhrases\.load/, () => Phrases.load(frozen));
  await rejects("format-unknown", /file of Phrases.*Phrases\.load/, () => FrozenPhrases.load(bytes));
  const model = await Word2Vec.train(sentences, { minCount: 1, vectorSize: 2 });
  await rejects("format-unknown", /Word2Vec\.load/, async () => Phrases.load(await model.toBytes()));
  for (const file of [bytes, frozen]) {
    const load = file === bytes ? Phrases.load : FrozenPhrases.load;
    for (let at = 0; at < file.length; at++) {
      await rejects("format-damaged", /./, () => load(file.slice(0, at)));
      const changed = file.slice();
      changed[at] ^= 1;
      await load(changed).then(
        () => assert.unreachable(`byte ${at} of ${show(file)} was changed unseen`),
        (error) => assert.match(error.code, /^format-(damaged|unknown)$/),
      );
    }
  }
});

test("gensim's saves: their phrases, applied, counted on, and saved as ours", async () => {
  for (const [name, expected] of Object.entries(golden.saves)) {
    const path = save(name);
    const phrases = await Phrases.load(path);
    assert.ok(expected.length > 0, "there are some");
    assertScores(phrases.exportPhrases(), expected);
    for (const [phrase] of expected) assert.equal(phrases.apply(phrase.split("+")), [phrase]);
    const before = phrases.vocabSize;
    await phrases.addVocab([["never", "seen"]]);
    assert.is(phrases.vocabSize, before + 3);
    assert.equal((await Phrases.load(await phrases.toBytes())).exportPhrases(), phrases.exportPhrases());
    const frozenPath = save(name.replace("phrases", "frozen"));
    const frozen = await FrozenPhrases.load(frozenPath);
    for (const phrase of frozen.phrasegrams.keys()) assert.equal(frozen.apply(phrase.split("_")), [phrase]);
    await rejects("format-unknown", /FrozenPhrases\.load/, () => Phrases.load(frozenPath));
    await rejects("format-unknown", /Phrases\.load/, () => FrozenPhrases.load(path));
  }
});

test("gensim 3.6's Phrases and Phraser, which hold the same phrases", async () => {
  const [path, frozenPath] = ["phrases", "phraser"].map((name) => sharedData(`vectors/${name}-3.6.0.model`));
  if (!path || !frozenPath) return console.log("not run: phrases of gensim 3.6, which are not on this machine");
  const [phrases, frozen] = [await Phrases.load(path), await FrozenPhrases.load(frozenPath)];
  assert.ok(frozen.phrasegrams.size > 2);
  assertScores(phrases.exportPhrases(), [...frozen.phrasegrams]);
  assert.equal(phrases.apply(["the", "graph", "minors"]), ["the", "graph_minors"]);
});

test("options that cannot be", async () => {
  const wrong: [object, RegExp][] = [
    [{ minCount: 0 }, /minCount is 0/],
    [{ threshold: 0 }, /above 0 for the default/],
    [{ threshold: 2, scoring: "npmi" }, /from -1 to 1/],
    [{ threshold: Number.NaN }, /threshold is NaN/],
    [{ maxVocabSize: 0 }, /maxVocabSize/],
    [{ delimiter: "" }, /delimiter/],
    [{ delimiter: "\ud800" }, /delimiter/],
    [{ delimiter: "_".repeat(101) }, /1 to 100 characters/],
    [{ scoring: "pmi" }, /"npmi"/],
    [{ connectorWords: "of" }, /a list of words/],
    [{ connectorWords: ["of", 7] }, /connectorWords: item 1 is 7/],
    [{ connectorWords: [undefined] }, /connectorWords: item 0 is undefined/],
  ];
  for (const [options, message] of wrong) await rejects("option-invalid", message, () => new Phrases(options));
  await rejects("option-unknown", /minCount/, () => new Phrases({ min_count: 1 } as never));
  const phrases = new Phrases({ scoring: () => 1, threshold: -5 });
  await rejects("option-invalid", /The sentence is/, () => phrases.apply("new york" as never));
  await rejects("option-invalid", /The corpus is/, () => phrases.applyTo(7 as never));
  await rejects("option-invalid", /Sentence 1 of the corpus/, () => phrases.addVocab(["new york"] as never));
});

test("one count at a time; an abort and an error leave what was counted; what is closed says so", async () => {
  const phrases = await Phrases.train(sentences, small);
  const before = phrases.exportPhrases();
  const stop = new AbortController();
  const waiting = phrases.addVocab(
    (async function* () {
      yield ["a", "b"];
      await new Promise(() => {});
    })(),
    { signal: stop.signal },
  );
  await rejects("busy", /Await it/, () => phrases.addVocab(sentences));
  assert.equal(phrases.apply(["new", "york"]), ["new_york"]);
  setTimeout(() => stop.abort(new Error("stopped")), 20);
  assert.is((await waiting.catch((error) => error)).message, "stopped");
  await phrases
    .addVocab(
      (function* () {
        yield ["a", "b"];
        throw new Error("mine");
      })(),
    )
    .then(
      () => assert.unreachable(),
      (error) => assert.is(error.message, "mine"),
    );
  assert.equal(phrases.exportPhrases(), before);
  const frozen = phrases.freeze();
  const counting = phrases.addVocab(() => new Promise<never>(() => {}));
  phrases.close();
  await rejects("closed", /closed/, () => counting);
  await rejects("closed", /closed/, () => phrases.apply(["new"]));
  await rejects("closed", /closed/, () => phrases.toBytes());
  assert.is(String(phrases), "Phrases(closed)");
  assert.equal(frozen.apply(["new", "york"]), ["new_york"]);
});

test("progress: while a text is read, and at the end", async () => {
  const events: { kind: string; words?: number; vocabSize?: number }[] = [];
  await Phrases.train(sentences, { ...small, onProgress: (event) => events.push(event) });
  assert.equal(events.at(-1), { kind: "vocabulary", words: 14, sentences: 4, vocabSize: 15 });
});

test("printed", async () => {
  const phrases = await Phrases.train(sentences, { ...small, scoring: () => 2 });
  assert.is(String(phrases), "Phrases(15 words and pairs, minCount 1, threshold 1, scoring a function)");
  assert.is(String(phrases.freeze()), "FrozenPhrases(8 phrases, minCount 1, threshold 1, scoring a function)");
  for (const each of [phrases, phrases.freeze()]) {
    await rejects("option-invalid", /save\(path\)/, () => JSON.stringify(each));
  }
});

test.run();
