// A small encoder of the words of some texts: trained on them, so that nothing has to be there before.
//
// A project of yours takes one that read more: await StaticModel.fromPretrained("folder of a model2vec model")
import { KeyedVectors, StaticModel, simplePreprocess, Word2Vec } from "wasm2vec";

/** Texts to vectors of 32 numbers, of words that come in these texts. */
export async function makeEncoder(texts) {
  const sentences = texts.map((text) => simplePreprocess(text));
  // so few words: all of them stay, and are seen often; a whole text is one context
  const model = await Word2Vec.train(sentences, { sg: 1, vectorSize: 32, window: 20, minCount: 1, epochs: 100 });
  const { wv } = model;
  // "the" and "of" say little: words count less the more often they come. See Arora et al. 2017, SIF
  const entries = Array.from(wv, ([word, vector]) => {
    const weight = 1 / (1 + Number(wv.getVecattr(word, "count")) / 3);
    return /** @type {[string, Float32Array]} */ ([word, vector.map((x) => x * weight)]);
  });
  const vectors = await KeyedVectors.from(entries);
  const encoder = await StaticModel.fromKeyedVectors(vectors, { quantizeTo: "int8" });
  model.close();
  vectors.close();
  return encoder;
}
