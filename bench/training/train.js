/**
 * Trains once through the library's public names, in whatever runtime loads this.
 *
 * @param wasm2vec the library's namespace
 * @param source a text file: a path, a Blob
 * @param options Word2Vec's
 * @returns the model, and the seconds from the text to the vocabulary and from there to the end of training
 */
export async function trainOnce({ LineSentences, Word2Vec }, source, options) {
  let scanned = 0;
  const onProgress = ({ kind }) => {
    if (kind === "vocabulary") scanned = performance.now();
  };
  const begin = performance.now();
  const model = await Word2Vec.train(new LineSentences(source), { ...options, onProgress });
  const end = performance.now();
  return { model, scanSeconds: (scanned - begin) / 1000, trainSeconds: (end - scanned) / 1000 };
}
