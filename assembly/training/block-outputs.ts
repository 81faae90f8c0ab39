// The outputs of a block: the words at its centres, and the noise words that these share.

import { u32At } from "../numbers/arrays";
import { MAX_PADDING } from "./block-step";
import { areDistinct, placeOf } from "./distinct";
import { localRow } from "./hot-rows";
import { BLOCK, Job } from "./job";
import { drawNoise } from "./noise";
import { clear, splitMean, sumRows } from "./row-sums";

export function setOutput(job: Job, o: u32, row: usize, noise: f32, label: f32): void {
  const at = (<usize>o) << 2;
  store<usize>(job.outputs + at, row);
  store<f32>(job.noises + at, noise);
  store<f32>(job.labels + at, label);
}

/** Puts zeros that count for nothing behind the outputs, as many as any tile may reach. */
export function padOutputs(job: Job, outputs: u32): u32 {
  for (let o = outputs; o < outputs + MAX_PADDING; o++) setOutput(job, o, job.zeros, 0, 0);
  return outputs;
}

/**
 * The words at the centres, whose columns come first, and the noise words, each once, as outputs. Returns how many there
 * are.
 */
export function chooseOutputs(job: Job, center: u32, count: u32): u32 {
  const centers = job.kept + ((<usize>center) << 2);
  const noise = takeNoise(job);
  if (count == BLOCK && areDistinct(centers, noise, (job.draws + 3) & ~3)) {
    return setDistinct(job, centers, noise);
  }
  let outputs: u32 = 0;
  for (let c: usize = 0; c < count; c++) {
    const place = addOutput(job, outputs, u32At(centers, c));
    if (place == outputs) outputs++;
    store<u32>(job.columns + (c << 2), place);
  }
  for (let k: usize = 0; k < job.draws; k++) {
    const place = addOutput(job, outputs, u32At(noise, k));
    if (place == outputs) outputs++;
    const at = job.noises + ((<usize>place) << 2);
    store<f32>(at, load<f32>(at) + job.drawWeight);
  }
  return padOutputs(job, outputs);
}

function addOutput(job: Job, outputs: u32, word: u32): u32 {
  const place = placeOf(job.outputIds, outputs, word);
  if (place == outputs) setOutput(job, place, outputRow(job, word), 0, 0);
  return place;
}

function outputRow(job: Job, word: u32): usize {
  const row = job.output + <usize>word * job.rowBytes;
  return word < job.hotRows ? localRow(job, row, job.hotRows + word) : row;
}

/**
 * Of how many blocks' noise words the running mean is, and of how many the one that a job begins with. The mean is of fewer
 * where there are few words, whose rows move at each block: a mean that lags behind them drives them on.
 */
const MEAN_BLOCKS: u32 = 512;
const FIRST_BLOCKS: u32 = 128;

function meanRate(job: Job): f32 {
  return max<f32>(1 / <f32>MEAN_BLOCKS, min<f32>(1, <f32>job.draws / <f32>job.vocabSize));
}

/** Where the noise words of a block lie. Many are drawn at a time, so that the table's cache misses overlap. */
function takeNoise(job: Job): usize {
  if (job.drawn >= job.negativeCapacity) {
    const isFirst = job.drawn > job.negativeCapacity;
    drawNoise(job.noise, job.vocabSize, job.random, job.negatives, job.negativeCapacity);
    if (isFirst) beginMean(job);
    job.drawn = 0;
  }
  const at = job.negatives + ((<usize>job.drawn) << 2);
  job.drawn += job.draws;
  sumNoise(job, at, meanRate(job));
  return at;
}

/** noiseMean = the mean row of the noise words that come first. */
function beginMean(job: Job): void {
  clear(job.noiseMean, job.vectorBytes);
  const blocks = min(FIRST_BLOCKS, job.negativeCapacity / job.draws);
  for (let n: u32 = 0; n < blocks; n++) {
    sumNoise(job, job.negatives + ((<usize>(n * job.draws)) << 2), 1 / <f32>(n + 1));
  }
}

/**
 * noiseExcess = what a block's noise words bring by chance, for each alpha and use of an input. Few of them stand for all
 * words, and each moves an input by -alpha σ y. How far the drawn rows' sum lies beyond `negative` times the running mean row
 * is known, so alpha σ times that can be taken back, with the share of pairs that are no noise in the place of σ. The excess
 * is 0 in the mean, whatever stands for σ, so what is learnt in the mean stays: a control variate. The running mean,
 * noiseMean, then follows the rows.
 */
function sumNoise(job: Job, noise: usize, rate: f32): void {
  const bytes = (<usize>job.draws) << 2;
  for (let k: usize = 0; k < bytes; k += 16) v128.store(job.noiseRows + k, rowsOf(job, noise + k));
  for (let k = bytes; k & 31; k += 4) store<usize>(job.noiseRows + k, job.zeros);
  const last = (bytes - 1) & ~31;
  if (last) sumRows(job.noiseRows, <u32>last >> 2, 1, job.noiseExcess, job.vectorBytes);
  const negative = job.drawWeight * <f32>job.draws;
  const factor: f32 = ((<f32>1 - rate) * negative) / (<f32>1 + negative);
  splitMean(
    job.noiseRows + last,
    last > 0,
    job.noiseExcess,
    <f32>job.draws,
    rate,
    factor,
    job.noiseMean,
    job.vectorBytes,
  );
}

/** The addresses of four words' rows. */
function rowsOf(job: Job, words: usize): v128 {
  const offsets = i32x4.mul(v128.load(words), i32x4.splat(<i32>job.rowBytes));
  return i32x4.add(offsets, i32x4.splat(<i32>job.output));
}

/** What chooseOutputs does, where all are different: the rule. */
function setDistinct(job: Job, centers: usize, noise: usize): u32 {
  v128.store(job.columns, i32x4(0, 1, 2, 3));
  setFour(job, 0, centers, 0, BLOCK);
  for (let k: u32 = 0; k < job.draws; k += 4) {
    setFour(job, BLOCK + k, noise + ((<usize>k) << 2), job.drawWeight, min(4, job.draws - k));
  }
  return padOutputs(job, BLOCK + job.draws);
}

/** Four words as outputs, from output o on, of which the first `count` stay. */
function setFour(job: Job, o: u32, words: usize, noise: f32, count: u32): void {
  const at = (<usize>o) << 2;
  v128.store(job.outputs + at, rowsOf(job, words));
  v128.store(job.noises + at, f32x4.splat(noise));
  v128.store(job.labels + at, f32x4.splat(0));
  if (!job.hotRows) return;
  for (let i: usize = 0; i < (<usize>count) << 2; i += 4)
    store<usize>(job.outputs + at + i, outputRow(job, load<u32>(words + i)));
}

/** Centres that are the same word have one column: rows (I, BLOCK) that count for each centre then count for each column. */
export function mergeColumns(job: Job, rows: usize, inputs: u32, count: u32): void {
  for (let c: usize = 0; c < count; c++) {
    const column = <usize>u32At(job.columns, c);
    if (column == c) continue;
    for (let row = rows, end = rows + ((<usize>inputs) << 4); row < end; row += 16) {
      const to = row + (column << 2);
      const from = row + (c << 2);
      store<f32>(to, load<f32>(to) + load<f32>(from));
      store<f32>(from, 0);
    }
  }
}
