// gensim's training, pair by pair: its random streams, its order, its arithmetic.
// See Rehurek and Sojka 2010, https://radimrehurek.com/gensim/

import { f32At, u32At } from "../numbers/arrays";
import { lcgNext, mtBelow } from "../numbers/random";
import { axpy, dot, scale } from "../numbers/vector";
import { OUT_OF_VOCABULARY, SENTENCE_END } from "../vocabulary/tokens";
import { Job, keptWord, lockOf, MAX_KEPT } from "./job";
import { cumulativeWord } from "./noise";
import { endSentence } from "./plan";
import { ENTRIES, entryOf, MAX_LOGIT } from "./sigmoid-table";

// The plan: which words are kept, and how far each looks.

/** Empties the plan and seeds the job's generator from the run's. */
export function reproduceBegin(job: Job): void {
  job.keptCount = 0;
  job.sentenceCount = 0;
  if (!job.negative && !job.sampling) return;
  const high = mtBelow(job.mt, 1 << 24);
  store<u64>(job.lcg, ((<u64>high) << 24) + mtBelow(job.mt, 1 << 24));
}

/**
 * Adds the words of `tokens` that subsampling keeps. A job's tokens may come in several pieces.
 * @see Mikolov et al. 2013, https://arxiv.org/abs/1310.4546, section 2.3
 */
export function reproduceWords(job: Job): void {
  for (let at: usize = job.tokens, end = at + ((<usize>job.tokenCount) << 2); at < end; at += 4) {
    const token = load<u32>(at);
    if (token == OUT_OF_VOCABULARY || job.keptCount == MAX_KEPT) continue;
    if (token == SENTENCE_END) {
      endSentence(job);
      continue;
    }
    if (job.sampling && u32At(job.sampling, token) < lcgNext(job.lcg)) continue;
    store<u32>(job.kept + ((<usize>job.keptCount) << 2), token);
    job.keptCount++;
  }
}

/** Draws how far each kept word looks: 1 to `window` words, all equally likely, or always `window`. */
export function reproduceSpans(job: Job): void {
  endSentence(job);
  for (let i: u32 = 0; i < job.keptCount; i++) {
    const less = job.shrinkWindows ? mtBelow(job.mt, job.window) : 0;
    store<u32>(job.spans + ((<usize>i) << 2), job.window - less);
  }
}

// The steps.

/** Trains on the words that the plan kept. Returns the sum of the steps' losses, where they are wanted. */
export function reproduceJob(job: Job): f64 {
  let loss: f64 = 0;
  let begin: u32 = 0;
  for (let s: u32 = 0; s < job.sentenceCount; s++) {
    const end = u32At(job.sentences, s);
    for (let i = begin; i < end; i++) {
      const span = u32At(job.spans, i);
      const from = i - begin > span ? i - span : begin;
      const to = min(end, i + span + 1);
      loss += job.sg ? trainSkipGram(job, i, from, to) : trainCbow(job, i, from, to);
    }
    begin = end;
  }
  return loss;
}

function inputRow(job: Job, position: u32): usize {
  return job.input + <usize>keptWord(job, position) * job.rowBytes;
}

/** Adds the error to a context row, or what its lock lets through. */
function correctRow(job: Job, position: u32): void {
  axpy(lockOf(job, keptWord(job, position)), job.error, inputRow(job, position), job.rowBytes);
}

/** Each context row by itself predicts the word at `center`. Returns the loss. */
function trainSkipGram(job: Job, center: u32, from: u32, to: u32): f64 {
  let loss: f64 = 0;
  const word = u32At(job.kept, center);
  for (let position = from; position < to; position++) {
    if (position == center) continue;
    const row = inputRow(job, position);
    if (job.nodes) {
      memory.fill(job.error, 0, job.rowBytes);
      loss += pairStep(job, row, pathOutputs(job, word));
      correctRow(job, position);
    }
    if (job.negative) {
      memory.fill(job.error, 0, job.rowBytes);
      loss += pairStep(job, row, sampledOutputs(job, word));
      correctRow(job, position);
    }
  }
  return loss;
}

/** The mean, or the sum, of the context rows predicts the word at `center`. Returns the loss. */
function trainCbow(job: Job, center: u32, from: u32, to: u32): f64 {
  let loss: f64 = 0;
  const word = u32At(job.kept, center);
  if (job.nodes) {
    averageContext(job, center, from, to);
    loss += pairStep(job, job.hidden, pathOutputs(job, word));
    correctContext(job, center, from, to);
  }
  if (job.negative) {
    averageContext(job, center, from, to);
    loss += pairStep(job, job.hidden, sampledOutputs(job, word));
    correctContext(job, center, from, to);
  }
  return loss;
}

/** hidden = the sum of the context rows, divided by their number where the mean is wanted; error = 0 */
function averageContext(job: Job, center: u32, from: u32, to: u32): void {
  memory.fill(job.hidden, 0, job.rowBytes);
  memory.fill(job.error, 0, job.rowBytes);
  for (let position = from; position < to; position++) {
    if (position != center) axpy(1, inputRow(job, position), job.hidden, job.rowBytes);
  }
  if (job.cbowMean && to - from > 1) scale(1 / <f32>(to - from - 1), job.hidden, job.rowBytes);
}

/** Adds the error to each context row; a sum's error is divided among them. */
function correctContext(job: Job, center: u32, from: u32, to: u32): void {
  if (!job.cbowMean && to - from > 1) scale(1 / <f32>(to - from - 1), job.error, job.rowBytes);
  for (let position = from; position < to; position++) {
    if (position != center) correctRow(job, position);
  }
}

function setOutput(job: Job, index: u32, row: usize, label: f32): void {
  store<usize>(job.outputs + ((<usize>index) << 2), row);
  store<f32>(job.labels + ((<usize>index) << 2), label);
}

/** The word and `negative` draws from the noise; a draw of the word itself is lost. Returns how many there are. */
function sampledOutputs(job: Job, word: u32): u32 {
  setOutput(job, 0, job.output + <usize>word * job.rowBytes, 1);
  let count: u32 = 1;
  for (let draw: u32 = 0; draw < job.negative; draw++) {
    const other = cumulativeWord(job.noise, job.vocabSize, lcgNext(job.lcg));
    if (other != word) setOutput(job, count++, job.output + <usize>other * job.rowBytes, 0);
  }
  return count;
}

/** The inner nodes from the root to the word. Returns how many there are. */
function pathOutputs(job: Job, word: u32): u32 {
  const begin = u32At(job.paths, word);
  const count = load<u32>(job.paths + ((<usize>word) << 2), 4) - begin;
  for (let i: u32 = 0; i < count; i++) {
    const node = u32At(job.points, begin + i);
    setOutput(job, i, job.nodes + <usize>node * job.rowBytes, 1 - <f32>load<u8>(job.codes + begin + i));
  }
  return count;
}

/**
 * error += Σ g output, output += g hidden, with g = alpha (label - σ(hidden · output)), one output after the other.
 * An output whose logit lies outside (-6, 6) is left as it is, as gensim leaves it. Returns the
 * loss, the sum of -log σ(±logit), and adds it pair by pair to the run's, which gensim keeps in float32.
 */
export function pairStep(job: Job, hidden: usize, count: u32): f64 {
  let loss: f64 = 0;
  for (let i: usize = 0; i < count; i++) {
    const output = load<usize>(job.outputs + (i << 2));
    const label = f32At(job.labels, i);
    const logit = dot(hidden, output, job.rowBytes);
    if (logit <= -MAX_LOGIT || logit >= MAX_LOGIT) continue;
    const gradient = (label - load<f32>(entryOf(job.sigmoid, logit))) * job.alpha;
    if (job.computeLoss) {
      const surprise = -load<f32>(entryOf(job.sigmoid, label ? logit : -logit), ENTRIES << 2);
      job.loss += surprise;
      loss += surprise;
    }
    axpy(gradient, output, job.error, job.rowBytes);
    axpy(gradient, hidden, output, job.rowBytes);
  }
  return loss;
}
