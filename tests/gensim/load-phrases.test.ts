// Phrases that gensim saved: counts, scores and settings, of all versions.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bytesAccess } from "../../src/files/random-access.ts";
import { PickleWriter } from "../../src/formats/pickle-writer.ts";
import { readPhrasesPickle } from "../../src/gensim/load-phrases.ts";
import { sharedData } from "../helpers/data.ts";
import { expectedOf, save, VERSIONS } from "../helpers/gensim-saves.ts";
import { rejects } from "../helpers/rejects.ts";

const read = (path: string) => readPhrasesPickle(bytesAccess(readFileSync(path)), "The file");

for (const version of VERSIONS) {
  const { phrases, frozen } = expectedOf(version);

  test(`gensim ${version}: Phrases and FrozenPhrases`, async () => {
    const { vocab, connectorWords, ...settings } = await read(save(`phrases-${version}.model`));
    assert.equal(Object.fromEntries(vocab), phrases.vocab);
    assert.equal(connectorWords.sort(), ["a", "the"]);
    assert.equal(settings, {
      ...{ kind: "Phrases", phrasegrams: new Map(), minCount: 1, threshold: 0.5, delimiter: "+", scoring: "default" },
      ...{ corpusWordCount: phrases.words, minReduce: 1, maxVocabSize: 40_000_000, progressPer: 10_000 },
    });
    const {
      kind,
      phrasegrams,
      scoring,
      delimiter,
      threshold,
      vocab: none,
    } = await read(save(`frozen-${version}.model`));
    assert.equal([kind, scoring, delimiter, threshold, none.size], ["FrozenPhrases", "npmi", "_", 0.1, 0]);
    assert.equal(Object.fromEntries(phrasegrams), frozen);
  });
}

test("gensim 3.6, whose texts are bytes, and a phrase's words a tuple", async () => {
  const [phrases, phraser] = ["phrases", "phraser"].map((name) => sharedData(`vectors/${name}-3.6.0.model`));
  if (!phrases || !phraser) return console.log("not run: phrases of gensim 3.6, which are not on this machine");
  const counted = await read(phrases);
  assert.equal([counted.kind, counted.vocab.size, counted.vocab.get("human")], ["Phrases", 31, 3]);
  assert.equal([counted.delimiter, counted.minCount, counted.threshold, counted.corpusWordCount], ["_", 1, 1, 34]);
  const frozen = await read(phraser);
  assert.is(frozen.kind, "FrozenPhrases");
  assert.equal([...frozen.phrasegrams.keys()].sort()[0], "graph_minors");
  assert.ok([...frozen.phrasegrams.values()].every((score) => score > 1));
});

/** A pickle of a Phrases with these attributes. */
async function phrasesWith(write: (writer: PickleWriter) => void): Promise<ReturnType<typeof readPhrasesPickle>> {
  const writer = new PickleWriter();
  writer.beginObject("gensim.models.phrases", "Phrases");
  write(writer);
  writer.endObject();
  writer.stop();
  return readPhrasesPickle(bytesAccess(Buffer.concat([...writer.rest()])), "The file");
}

test("before 3.4 there was no scoring, before 3.5 no connector words, or a name", async () => {
  const bare = await phrasesWith((writer) => writer.entries({ min_count: 2, threshold: 3 }));
  assert.equal([bare.scoring, bare.connectorWords, bare.corpusWordCount, bare.minCount], ["default", [], 0, 2]);
  const named = await phrasesWith((writer) => writer.entries({ scoring: "npmi" }));
  assert.is(named.scoring, "npmi");
});

test("what is no Phrases of gensim's is refused, with the reason", async () => {
  await rejects("format-unknown", /holds gensim's "Word2Vec"; expected Phrases/, () =>
    read(save("skipgram-4.4.model")),
  );
  await rejects("format-unknown", /is JSON; expected a pickle/, () => read("package.json"));
  await rejects("pickle-refused", /mine\.scorer/, () =>
    phrasesWith((writer) => {
      writer.text("scoring");
      writer.global("mine", "scorer");
    }),
  );
  await rejects("format-damaged", /its min_count is "many"/, () =>
    phrasesWith((writer) => writer.entries({ min_count: "many" })),
  );
  await rejects("format-damaged", /its scoring is "best"/, () =>
    phrasesWith((writer) => writer.entries({ scoring: "best" })),
  );
  await rejects("format-damaged", /its vocab is 7/, () => phrasesWith((writer) => writer.entries({ vocab: 7 })));
});

test.run();
