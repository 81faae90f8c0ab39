/** gensim, in a virtual environment of Python that the bench makes. */

import { type Contender, common, install, type Outcome, python, reported, rival, type Training } from "./contender.ts";
import { execute } from "./program.ts";

/** It trains on a list of sentences or on a file. */
type Feed = "list" | "file";

/** The first run of each configuration tries both feeds; from then on it is the faster one that is measured. */
export function gensim(): Contender {
  const faster = new Map<string, Feed>();
  return {
    name: "gensim",
    seeds: "many",
    prepare: () => install("python"),
    madeFrom: () => [rival("requirements.txt"), rival("gensim_train.py")],
    async train(training) {
      const key = `${training.configuration.name}, ${training.threads} threads`;
      const feed = training.vectors ? "list" : faster.get(key);
      if (feed) return trainOn(feed, training);
      const [list, file] = [await trainOn("list", training), await trainOn("file", training)];
      const isList = list.wordsPerSecond > file.wordsPerSecond;
      faster.set(key, isList ? "list" : "file");
      return isList ? list : file;
    },
  };
}

async function trainOn(feed: Feed, training: Training): Promise<Outcome> {
  const { text, configuration, threads, epochs, seed, vectors } = training;
  const { sg, hs, negative, vectorSize: vector_size } = configuration;
  const { minCount: min_count, ...rest } = common;
  const options = { ...rest, min_count, sg, hs, negative, vector_size, workers: threads, epochs, seed };
  const job = JSON.stringify({ corpus: text.path, feed, options, vectors });
  const { lines, peakBytes } = await execute(python, [rival("gensim_train.py"), job], { env: oneBlasThread() });
  const outcome = reported(lines, training);
  return { ...outcome, peakBytes, about: `${outcome.about}, ${feed}` };
}

/** BLAS with one thread, and free to choose the kernel for this processor. */
function oneBlasThread(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE, OPENBLAS_L2_SIZE, ...environment } = process.env;
  return { ...environment, OPENBLAS_NUM_THREADS: "1", OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };
}
