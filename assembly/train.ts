// The steps of a job: blocks of neighbouring words, whose contexts overlap and who share their noise words.

import { Job } from "./job";
import { addFour, addToFour } from "./mix";
import { drawNoise } from "./noise";
import { paddedOutputs, step, strideOf } from "./step";

/** How many centre words make a block: one for each lane of a vector. */
const BLOCK: u32 = 4;

/** Trains on the words that the plan kept. */
export function trainJob(job: Job): void {
  let begin: u32 = 0;
  for (let s: u32 = 0; s < job.sentenceCount; s++) {
    const end = load<u32>(job.sentences + ((<usize>s) << 2));
    // a word by itself has no context
    for (let center = end - begin > 1 ? begin : end; center < end; center += BLOCK) {
      const count = min(BLOCK, end - center);
      const inputs = collectContexts(job, begin, end, center, count);
      if (job.sg) trainSkipGram(job, inputs, center, count);
      else trainCbow(job, inputs, center, count);
    }
    begin = end;
  }
}

function keptWord(job: Job, position: u32): u32 {
  return load<u32>(job.kept + ((<usize>position) << 2));
}

/**
 * The place of `id` among the `count` ids at `ids`, or `count` after it was put there. What lies behind them, up to a
 * whole vector, may be anything.
 */
function placeOf(ids: usize, count: u32, id: u32): u32 {
  const wanted = i32x4.splat(id);
  for (let i: u32 = 0; i < count; i += 4) {
    const found = i32x4.bitmask(i32x4.eq(v128.load(ids + ((<usize>i) << 2)), wanted));
    if (!found) continue;
    const place = i + ctz(found);
    if (place < count) return place;
  }
  store<u32>(ids + ((<usize>count) << 2), id);
  return count;
}

/**
 * Gathers the words around `count` centres from `center` on, each word once, and how often each is context of each
 * centre: contexts (I, BLOCK) f32. A word that comes twice is one input that counts twice, so no update is lost.
 * Returns how many there are.
 */
function collectContexts(job: Job, begin: u32, end: u32, center: u32, count: u32): u32 {
  let first = center;
  let last = center;
  for (let middle = center; middle < center + count; middle++) {
    first = min(first, contextBegin(job, begin, middle));
    last = max(last, contextEnd(job, end, middle));
  }
  let inputs: u32 = 0;
  for (let position = first; position < last; position++) {
    const place = placeOf(job.inputIds, inputs, keptWord(job, position));
    store<u32>(job.places + ((<usize>(position - first)) << 2), place);
    if (place < inputs) continue;
    v128.store(job.contexts + ((<usize>inputs) << 4), i32x4.splat(0));
    inputs++;
  }
  for (let c: u32 = 0; c < count; c++) {
    const middle = center + c;
    const to = contextEnd(job, end, middle);
    for (let position = contextBegin(job, begin, middle); position < to; position++) {
      if (position == middle) continue;
      const place = <usize>load<u32>(job.places + ((<usize>(position - first)) << 2));
      const at = job.contexts + (place << 4) + ((<usize>c) << 2);
      store<f32>(at, load<f32>(at) + 1);
    }
  }
  return inputs;
}

function contextBegin(job: Job, begin: u32, middle: u32): u32 {
  const span = load<u32>(job.spans + ((<usize>middle) << 2));
  return middle - begin > span ? middle - span : begin;
}

function contextEnd(job: Job, end: u32, middle: u32): u32 {
  return min(end, middle + load<u32>(job.spans + ((<usize>middle) << 2)) + 1);
}

/** Each word of a context predicts the word at the centre. */
function trainSkipGram(job: Job, inputs: u32, center: u32, count: u32): void {
  if (job.nodes) {
    for (let c: u32 = 0; c < count; c++) stepPath(job, useContext(job, inputs, c), keptWord(job, center + c));
  }
  if (job.output) {
    const even = useContexts(job, inputs);
    const outputs = chooseOutputs(job, center, count);
    for (let i: u32 = 0; i < even; i++) setPositives(job, i, outputs, job.contexts + ((<usize>i) << 4), count);
    step(job, even, outputs);
  }
}

function setInput(job: Job, i: u32, input: usize, error: usize, uses: f32): void {
  const at = (<usize>i) << 2;
  store<usize>(job.inputs + at, input);
  store<usize>(job.errors + at, error);
  store<f32>(job.uses + at, uses);
}

/** Fills up to an even number of inputs, with zeros that are used never. */
function evenInputs(job: Job, inputs: u32): u32 {
  if (inputs & 1) setInput(job, inputs++, job.zeros, job.zeros, 0);
  return inputs;
}

function inputRow(job: Job, i: u32): usize {
  return job.input + <usize>load<u32>(job.inputIds + ((<usize>i) << 2)) * job.rowBytes;
}

/** All contexts of the block as inputs, each as often as it comes. */
function useContexts(job: Job, inputs: u32): u32 {
  for (let i: u32 = 0; i < inputs; i++) {
    const row = inputRow(job, i);
    const counts = job.contexts + ((<usize>i) << 4);
    setInput(job, i, row, row, load<f32>(counts) + load<f32>(counts, 4) + load<f32>(counts, 8) + load<f32>(counts, 12));
  }
  v128.store(job.contexts + ((<usize>inputs) << 4), i32x4.splat(0));
  return evenInputs(job, inputs);
}

/** The context of one centre as inputs. */
function useContext(job: Job, inputs: u32, c: u32): u32 {
  let used: u32 = 0;
  for (let i: u32 = 0; i < inputs; i++) {
    const uses = load<f32>(job.contexts + ((<usize>i) << 4) + ((<usize>c) << 2));
    if (!uses) continue;
    const row = inputRow(job, i);
    setInput(job, used++, row, row, uses);
  }
  return evenInputs(job, used);
}

/** What speaks for the pairs of input i: its counts (BLOCK) with each centre, in the centres' columns. */
function setPositives(job: Job, i: u32, outputs: u32, counts: usize, count: u32): void {
  const stride = strideOf(outputs);
  const row = job.positives + <usize>i * stride;
  for (let at = row; at < row + stride; at += 16) v128.store(at, i32x4.splat(0));
  for (let c: usize = 0; c < count; c++) {
    const at = row + ((<usize>load<u32>(job.columns + (c << 2))) << 2);
    store<f32>(at, load<f32>(at) + load<f32>(counts + (c << 2)));
  }
}

function setOutput(job: Job, o: u32, row: usize, noise: f32): void {
  store<usize>(job.outputs + ((<usize>o) << 2), row);
  store<f32>(job.noises + ((<usize>o) << 2), noise);
}

/** Fills up to a multiple of three outputs, with zeros that count for nothing. */
function padOutputs(job: Job, outputs: u32): u32 {
  const padded = paddedOutputs(outputs);
  for (let o = outputs; o < padded; o++) setOutput(job, o, job.zeros, 0);
  return padded;
}

/** The words at the centres and the noise words, each once, as outputs. Returns how many there are, padded. */
function chooseOutputs(job: Job, center: u32, count: u32): u32 {
  let outputs: u32 = 0;
  for (let c: u32 = 0; c < count; c++) {
    const place = addOutput(job, outputs, keptWord(job, center + c));
    if (place == outputs) outputs++;
    store<u32>(job.columns + ((<usize>c) << 2), place);
  }
  for (let k: u32 = 0; k < job.draws; k++) {
    const place = addOutput(job, outputs, nextNoise(job));
    if (place == outputs) outputs++;
    const at = job.noises + ((<usize>place) << 2);
    store<f32>(at, load<f32>(at) + job.drawWeight);
  }
  return padOutputs(job, outputs);
}

function addOutput(job: Job, outputs: u32, word: u32): u32 {
  const place = placeOf(job.outputIds, outputs, word);
  if (place == outputs) setOutput(job, place, job.output + <usize>word * job.rowBytes, 0);
  return place;
}

/** The next noise word. Many are drawn at a time, so that the table's cache misses overlap. */
function nextNoise(job: Job): u32 {
  if (job.drawn == job.negativeCapacity) {
    drawNoise(job.noise, job.vocabSize, job.random, job.negatives, job.negativeCapacity);
    job.drawn = 0;
  }
  const at = job.negatives + ((<usize>job.drawn) << 2);
  job.drawn++;
  return load<u32>(at);
}

/** The inputs, as many as were set, against the nodes from the root to the word. */
function stepPath(job: Job, inputs: u32, word: u32): void {
  if (!inputs) return;
  const begin = load<u32>(job.paths + ((<usize>word) << 2));
  const length = load<u32>(job.paths + ((<usize>word) << 2), 4) - begin;
  for (let o: u32 = 0; o < length; o++) {
    const node = load<u32>(job.points + ((<usize>(begin + o)) << 2));
    setOutput(job, o, job.nodes + <usize>node * job.rowBytes, 1);
  }
  const outputs = padOutputs(job, length);
  const stride = strideOf(outputs);
  for (let i: u32 = 0; i < inputs; i++) {
    const uses = load<f32>(job.uses + ((<usize>i) << 2));
    const row = job.positives + <usize>i * stride;
    for (let o: u32 = 0; o < length; o++) {
      store<f32>(row + ((<usize>o) << 2), load<u8>(job.codes + begin + o) ? 0 : uses);
    }
    for (let o = (<usize>length) << 2; o < stride; o += 4) store<f32>(row + o, 0);
  }
  step(job, inputs, outputs);
}

/** The mean, or the sum, of a context predicts the word at its centre. */
function trainCbow(job: Job, inputs: u32, center: u32, count: u32): void {
  const lengths = contextLengths(job, inputs);
  const shares = f32x4.div(f32x4.splat(1), f32x4.max(lengths, f32x4.splat(1)));
  formHidden(job, inputs, job.cbowMean ? shares : f32x4.splat(1));
  if (job.nodes) {
    for (let c: u32 = 0; c < count; c++) {
      setHidden(job, 0, c);
      stepPath(job, evenInputs(job, 1), keptWord(job, center + c));
    }
  }
  if (job.output) {
    const outputs = chooseOutputs(job, center, count);
    for (let c: u32 = 0; c < BLOCK; c++) {
      setHidden(job, c, c);
      if (c >= count) store<f32>(job.uses + ((<usize>c) << 2), 0);
      setPositives(job, c, outputs, UNIT + ((BLOCK - c) << 2), count);
    }
    step(job, BLOCK, outputs);
  }
  correctContexts(job, inputs, job.cbowMean ? f32x4.splat(1) : shares);
}

/** Row c of this, from column BLOCK - c on, is 1 in column c. */
const UNIT: usize = memory.data<f32>([0, 0, 0, 0, 1, 0, 0, 0, 0]);

function oddInputRow(job: Job, i: u32, inputs: u32): usize {
  return i < inputs ? inputRow(job, i) : job.zeros;
}

/** (BLOCK,) how many words the context of each centre has. */
function contextLengths(job: Job, inputs: u32): v128 {
  let lengths = f32x4.splat(0);
  for (let i: usize = 0; i < inputs; i++) lengths = f32x4.add(lengths, v128.load(job.contexts + (i << 4)));
  // an odd one is used together with zeros
  v128.store(job.contexts + ((<usize>inputs) << 4), i32x4.splat(0));
  return lengths;
}

function setHidden(job: Job, i: u32, c: u32): void {
  const offset = <usize>c * job.rowBytes;
  setInput(job, i, job.hidden + offset, job.error + offset, 1);
}

/** hidden (BLOCK, D) = the sums of the contexts, each divided as `shares` has it; error = 0 */
function formHidden(job: Job, inputs: u32, shares: v128): void {
  memory.fill(job.hidden, 0, job.rowBytes * BLOCK);
  memory.fill(job.error, 0, job.rowBytes * BLOCK);
  for (let i: u32 = 0; i < inputs; i += 2) {
    const weights = twoWeights(job, i, shares);
    addToFour(job.hidden, job.rowBytes, job.vectorBytes, weights, inputRow(job, i), oddInputRow(job, i + 1, inputs));
  }
}

/** Adds the errors to the words of each context, divided as `shares` has it. */
function correctContexts(job: Job, inputs: u32, shares: v128): void {
  for (let i: u32 = 0; i < inputs; i += 2) {
    const weights = twoWeights(job, i, shares);
    addFour(job.error, job.rowBytes, job.vectorBytes, weights, inputRow(job, i), oddInputRow(job, i + 1, inputs));
  }
}

/** The address of the weights (2, BLOCK) of two inputs in the block's contexts. */
function twoWeights(job: Job, i: u32, shares: v128): usize {
  const counts = job.contexts + ((<usize>i) << 4);
  v128.store(job.gradients, f32x4.mul(shares, v128.load(counts)));
  v128.store(job.gradients, f32x4.mul(shares, v128.load(counts, 16)), 16);
  return job.gradients;
}
