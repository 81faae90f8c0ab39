// How likely a model of hierarchical softmax finds a sentence.

import { u32At } from "../numbers/arrays";
import { axpy, dot, scale } from "../numbers/vector";
import { Job } from "./job";
import { ENTRIES, entryOf, MAX_LOGIT } from "./sigmoid-table";

/**
 * The sum of the log-probabilities of the words with the ids (count) u32 at the positions from … to - 1, each seen from
 * its whole window: from each context word (skip-gram), or from all of them together (CBOW).
 * @see Taddy 2015, https://arxiv.org/abs/1504.07295
 */
export function scoreWords(job: Job, ids: usize, count: u32, from: u32, to: u32): f64 {
  let sum: f64 = 0;
  for (let i = from; i < to; i++) {
    const word = u32At(ids, i);
    const begin = i > job.window ? i - job.window : 0;
    const end = job.window < count - i ? i + job.window + 1 : count;
    if (job.sg) sum += scoreSkipGram(job, ids, word, i, begin, end);
    else sum += scoreCbow(job, ids, word, i, begin, end);
  }
  return sum;
}

function inputRow(job: Job, ids: usize, position: u32): usize {
  return job.input + <usize>u32At(ids, position) * job.rowBytes;
}

function scoreSkipGram(job: Job, ids: usize, word: u32, center: u32, begin: u32, end: u32): f64 {
  let sum: f64 = 0;
  for (let position = begin; position < end; position++) {
    if (position != center) sum += scorePath(job, inputRow(job, ids, position), word);
  }
  return sum;
}

function scoreCbow(job: Job, ids: usize, word: u32, center: u32, begin: u32, end: u32): f64 {
  memory.fill(job.hidden, 0, job.rowBytes);
  for (let position = begin; position < end; position++) {
    if (position != center) axpy(1, inputRow(job, ids, position), job.hidden, job.rowBytes);
  }
  if (job.cbowMean && end - begin > 1) scale(1 / <f32>(end - begin - 1), job.hidden, job.rowBytes);
  return scorePath(job, job.hidden, word);
}

/** Σ log σ(± hidden · node) over the path to the word, + where it turns left; without logits outside (-6, 6), as gensim. */
function scorePath(job: Job, hidden: usize, word: u32): f64 {
  let sum: f64 = 0;
  const end = load<u32>(job.paths + ((<usize>word) << 2), 4);
  for (let i = u32At(job.paths, word); i < end; i++) {
    const node = job.nodes + <usize>u32At(job.points, i) * job.rowBytes;
    const product = dot(hidden, node, job.rowBytes);
    const logit = load<u8>(job.codes + i) ? -product : product;
    if (logit > -MAX_LOGIT && logit < MAX_LOGIT) sum += load<f32>(entryOf(job.sigmoid, logit), ENTRIES << 2);
  }
  return sum;
}
