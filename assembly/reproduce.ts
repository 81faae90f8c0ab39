// gensim's training, pair by pair: its order, its random stream, its arithmetic.
// See Rehurek and Sojka 2010, https://radimrehurek.com/gensim/

import { Job } from "./job";
import { noiseWord } from "./noise";
import { lcgNext } from "./random";
import { step } from "./step";
import { axpy, scale } from "./vector";

/** Trains on the words that the plan kept. */
export function trainJob(job: Job): void {
  let begin: u32 = 0;
  for (let s: u32 = 0; s < job.sentenceCount; s++) {
    const end = load<u32>(job.sentences + (s << 2));
    for (let i = begin; i < end; i++) {
      const span = load<u32>(job.spans + ((<usize>i) << 2));
      const from = i - begin > span ? i - span : begin;
      const to = min(end, i + span + 1);
      if (job.sg) trainSkipGram(job, i, from, to);
      else trainCbow(job, i, from, to);
    }
    begin = end;
  }
}

function inputRow(job: Job, position: u32): usize {
  return job.input + <usize>load<u32>(job.kept + ((<usize>position) << 2)) * job.rowBytes;
}

/** Each context row by itself predicts the word at `center`. */
function trainSkipGram(job: Job, center: u32, from: u32, to: u32): void {
  const word = load<u32>(job.kept + (center << 2));
  for (let position = from; position < to; position++) {
    if (position == center) continue;
    const row = inputRow(job, position);
    if (job.nodes) {
      memory.fill(job.error, 0, job.rowBytes);
      step(job, row, pathOutputs(job, word));
      axpy(1, job.error, row, job.rowBytes);
    }
    if (job.negative) {
      memory.fill(job.error, 0, job.rowBytes);
      step(job, row, sampledOutputs(job, word));
      axpy(1, job.error, row, job.rowBytes);
    }
  }
}

/** The mean, or the sum, of the context rows predicts the word at `center`. */
function trainCbow(job: Job, center: u32, from: u32, to: u32): void {
  const word = load<u32>(job.kept + (center << 2));
  if (job.nodes) {
    averageContext(job, center, from, to);
    step(job, job.hidden, pathOutputs(job, word));
    correctContext(job, center, from, to);
  }
  if (job.negative) {
    averageContext(job, center, from, to);
    step(job, job.hidden, sampledOutputs(job, word));
    correctContext(job, center, from, to);
  }
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
    if (position != center) axpy(1, job.error, inputRow(job, position), job.rowBytes);
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
    const other = noiseWord(job.noise, job.vocabSize, lcgNext(job.lcg));
    if (other != word) setOutput(job, count++, job.output + <usize>other * job.rowBytes, 0);
  }
  return count;
}

/** The inner nodes from the root to the word. Returns how many there are. */
function pathOutputs(job: Job, word: u32): u32 {
  const begin = load<u32>(job.paths + ((<usize>word) << 2));
  const count = load<u32>(job.paths + ((<usize>word) << 2), 4) - begin;
  for (let i: u32 = 0; i < count; i++) {
    const node = load<u32>(job.points + ((begin + i) << 2));
    setOutput(job, i, job.nodes + <usize>node * job.rowBytes, 1 - <f32>load<u8>(job.codes + begin + i));
  }
  return count;
}
