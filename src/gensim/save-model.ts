/** Word2Vec models as gensim 4 saves and loads them, and goes on training them: one pickle, with its arrays in it. */

import { plainBytes } from "../files/bytes.ts";
import { Float, PickleWriter } from "../formats/pickle-writer.ts";
import type { VectorList } from "../formats/vector-file.ts";
import { type HuffmanPaths, huffmanPaths } from "../model/huffman.ts";
import { type LearntTable, type Model, samplingLimits } from "../model/model.ts";
import { type SavedModel, tableChunks } from "../model/model-file.ts";
import { writeVectors } from "./save-vectors.ts";

/** In 32 bits: what is always kept. */
const ALWAYS = 0xffffffff;

/**
 * The file in chunks, each a copy. `gensim.models.Word2Vec.load` opens it; where an attribute is left out that it expects,
 * its training waits for ever.
 *
 * @see https://radimrehurek.com/gensim/models/word2vec.html
 */
export function* modelPickle({ model, options, history }: Omit<SavedModel, "run">): Generator<Uint8Array> {
  const writer = new PickleWriter();
  const isTrained = history.trainCount > 0;
  writer.beginObject("gensim.models.word2vec", "Word2Vec");
  writer.entries({
    ...{ vector_size: options.vectorSize, layer1_size: options.vectorSize, workers: options.workers },
    ...{ epochs: options.epochs, train_count: history.trainCount, total_train_time: new Float(0) },
    ...{ batch_words: options.batchWords, sg: Number(options.sg), hs: Number(options.hs), negative: options.negative },
    ...{ alpha: new Float(options.alpha), min_alpha: new Float(options.minAlpha), window: options.window },
    ...{ shrink_windows: options.shrinkWindows, ns_exponent: new Float(options.nsExponent) },
    ...{ cbow_mean: Number(options.cbowMean), compute_loss: options.computeLoss, running_training_loss: new Float(0) },
    min_alpha_yet_reached: new Float(isTrained ? options.minAlpha : options.alpha),
    ...{ corpus_count: history.corpusCount, corpus_total_words: history.corpusTotalWords, comment: options.comment },
    ...{ effective_min_count: history.effectiveMinCount, max_final_vocab: options.maxFinalVocab },
    ...{ max_vocab_size: options.maxVocabSize, min_count: options.minCount, sample: new Float(options.sample) },
    ...{ sorted_vocab: Number(options.sortedVocab), null_word: Number(options.nullWord), seed: options.seed },
  });
  writer.text("random");
  writeRandom(writer, model.randomState.slice());
  writer.text("wv");
  yield* writeVectors(writer, listOf(model), (writer) => writeColumns(writer, model, options));
  for (const table of model.learnt) {
    if (table.name === "input") continue;
    writer.text(table.name === "output" ? "syn1neg" : "syn1");
    yield* writer.array([model.table.size, options.vectorSize], "f4", filledTableChunks(model, table));
  }
  writer.endObject();
  writer.stop();
  yield* writer.rest();
}

function listOf({ table }: Model): VectorList {
  const { size, vectorSize: width, vocabulary } = table;
  return { size, width, key: (row) => vocabulary.word(row), row: (row) => table.row(row), counts: vocabulary.counts };
}

/** A table's rows; gensim's tree has a row more than it has inner nodes. */
function* filledTableChunks(model: Model, table: LearntTable): Generator<Uint8Array> {
  const { size, vectorSize } = model.table;
  yield* tableChunks(model, table);
  yield new Uint8Array((size - table.rows) * vectorSize * 4);
}

/** The state of MT19937, in the form that every NumPy since 1.0 reads. */
function writeRandom(writer: PickleWriter, state: Uint32Array): void {
  const words = state.length - 1;
  writer.call("numpy.random", "__RandomState_ctor", []);
  writer.build(() => {
    writer.plain("MT19937");
    writer.numbers("u4", plainBytes(state.subarray(0, words)));
    writer.plain(state[words]);
    // of normal numbers, of which two are drawn at a time, none is left
    writer.plain(0);
    writer.plain(new Float(0));
  });
}

/** What gensim trains by: which words are dropped how often, and their places in the tree. */
function* writeColumns(writer: PickleWriter, model: Model, options: SavedModel["options"]): Generator<Uint8Array> {
  const { counts } = model.table.vocabulary;
  const { sampling, paths = options.hs ? huffmanPaths(counts) : undefined } = model.given;
  const limits = options.sample
    ? (sampling ?? samplingLimits(counts, options))
    : new Uint32Array(counts.length).fill(ALWAYS);
  writer.text("sample_int");
  yield* writer.array([limits.length], "u4", [plainBytes(limits)]);
  if (!paths) return;
  const part = (numbers: HuffmanPaths["points" | "codes"], word: number) =>
    plainBytes(numbers.subarray(paths.offsets[word], paths.offsets[word + 1]));
  writer.text("point");
  yield* writer.objects(counts.length, (word) => writer.numbers("u4", part(paths.points, word)));
  writer.text("code");
  yield* writer.objects(counts.length, (word) => writer.numbers("u1", part(paths.codes, word)));
}
