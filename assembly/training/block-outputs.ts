// The outputs of a block: the words at its centres, and the noise words that these share.

import { MOST_PADDING } from "./block-step";
import { areDistinct, placeOf } from "./distinct";
import { ownRow } from "./hot-rows";
import { BLOCK, Job } from "./job";
import { drawNoise } from "./noise";

export function setOutput(job: Job, o: u32, row: usize, noise: f32, label: f32): void {
  const at = (<usize>o) << 2;
  store<usize>(job.outputs + at, row);
  store<f32>(job.noises + at, noise);
  store<f32>(job.labels + at, label);
}

/** Puts zeros that count for nothing behind the outputs, as many as any tile may reach. */
export function padOutputs(job: Job, outputs: u32): u32 {
  for (let o = outputs; o < outputs + MOST_PADDING; o++) setOutput(job, o, job.zeros, 0, 0);
  return outputs;
}

/**
 * The words at the centres, whose columns come first, and the noise words, each once, as outputs. Returns how many there
 * are.
 */
export function chooseOutputs(job: Job, center: u32, count: u32): u32 {
  const centers = job.kept + ((<usize>center) << 2);
  const noise = takeNoise(job);
  if (count == BLOCK && !(job.draws & 3) && areDistinct(centers, noise, job.draws)) {
    return setDistinct(job, centers, noise);
  }
  let outputs: u32 = 0;
  for (let c: usize = 0; c < count; c++) {
    const place = addOutput(job, outputs, load<u32>(centers + (c << 2)));
    if (place == outputs) outputs++;
    store<u32>(job.columns + (c << 2), place);
  }
  for (let k: usize = 0; k < job.draws; k++) {
    const place = addOutput(job, outputs, load<u32>(noise + (k << 2)));
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
  return ownRow(job, job.output + <usize>word * job.rowBytes, word < job.busy);
}

/** Where the noise words of a block lie. Many are drawn at a time, so that the table's cache misses overlap. */
function takeNoise(job: Job): usize {
  if (job.drawn == job.negativeCapacity) {
    drawNoise(job.noise, job.vocabSize, job.random, job.negatives, job.negativeCapacity);
    job.drawn = 0;
  }
  const at = job.negatives + ((<usize>job.drawn) << 2);
  job.drawn += job.draws;
  return at;
}

/** What chooseOutputs does, where all are different and whole vectors: the rule. */
function setDistinct(job: Job, centers: usize, noise: usize): u32 {
  v128.store(job.columns, i32x4(0, 1, 2, 3));
  setFour(job, 0, centers, 0);
  for (let k: u32 = 0; k < job.draws; k += 4) setFour(job, BLOCK + k, noise + ((<usize>k) << 2), job.drawWeight);
  return padOutputs(job, BLOCK + job.draws);
}

/** Four words as outputs, from output o on. */
function setFour(job: Job, o: u32, words: usize, noise: f32): void {
  const at = (<usize>o) << 2;
  const offsets = i32x4.mul(v128.load(words), i32x4.splat(<i32>job.rowBytes));
  v128.store(job.outputs + at, i32x4.add(offsets, i32x4.splat(<i32>job.output)));
  v128.store(job.noises + at, f32x4.splat(noise));
  v128.store(job.labels + at, f32x4.splat(0));
  if (!job.busy) return;
  for (let i: usize = 0; i < 16; i += 4) store<usize>(job.outputs + at + i, outputRow(job, load<u32>(words + i)));
}

/** Centres that are the same word have one column: rows (I, BLOCK) that count for each centre then count for each column. */
export function mergeColumns(job: Job, rows: usize, inputs: u32, count: u32): void {
  for (let c: usize = 0; c < count; c++) {
    const column = <usize>load<u32>(job.columns + (c << 2));
    if (column == c) continue;
    for (let row = rows, end = rows + ((<usize>inputs) << 4); row < end; row += 16) {
      const to = row + (column << 2);
      const from = row + (c << 2);
      store<f32>(to, load<f32>(to) + load<f32>(from));
      store<f32>(from, 0);
    }
  }
}
