// The steps of a job: blocks of neighbouring words, whose contexts overlap and who share their noise words.

import { u32At } from "../numbers/arrays";
import { axpy } from "../numbers/vector";
import { chooseOutputs, mergeColumns, padOutputs, setOutput } from "./block-outputs";
import { step } from "./block-step";
import { placeOf } from "./distinct";
import { blocksToMerge, localRow, mergeLocalRows } from "./hot-rows";
import { BLOCK, Job, keptWord, lockOf } from "./job";
import { addFour, clear, sumRows } from "./row-sums";

/** Trains on the words that the plan kept. Returns the sum of the steps' losses, where they are wanted. */
export function trainJob(job: Job): f64 {
  const blocks = blocksToMerge(job);
  const alone = !job.sg && isLong(job);
  const words: u32 = alone ? 1 : BLOCK;
  let loss: f64 = 0;
  let block: u32 = 0;
  let begin: u32 = 0;
  for (let s: u32 = 0; s < job.sentenceCount; s++) {
    const end = u32At(job.sentences, s);
    // a word by itself has no context
    for (let center = end - begin > 1 ? begin : end; center < end; center += words) {
      const count = min(words, end - center);
      const inputs = collectContexts(job, begin, end, center, count);
      touchAhead(job, center + words);
      if (job.sg) trainSkipGram(job, inputs, center, count);
      else trainCbow(job, begin, end, inputs, center, count, alone);
      // a float32 sum of all blocks would stop growing
      loss += job.loss;
      job.loss = 0;
      if (++block == blocks) {
        mergeLocalRows(job);
        block = 0;
      }
    }
    begin = end;
  }
  mergeLocalRows(job);
  return loss;
}

/** How far a block may move a context's word, as alpha times the pairs that its errors come from, of which there are some. */
const MAX_CONTEXT_WAY: f32 = 4;
const MIN_PAIRS: f32 = 8;

/**
 * Whether four errors at once, each from where the contexts were before, would move CBOW's words too far. Then each word is a
 * block.
 */
function isLong(job: Job): bool {
  // a tree's paths are about as long as a balanced tree is high
  const labelled: u32 = job.nodes ? <u32>33 - clz<u32>(job.vocabSize) : 1;
  const pairs = <f32>labelled + job.drawWeight * <f32>job.draws;
  return job.alpha * max(<f32>BLOCK, job.hotUses) * max(MIN_PAIRS, pairs) > MAX_CONTEXT_WAY;
}

/**
 * Reads a number of each cache line that the block from `center` on is the first to need, so that its misses are under
 * way while this one is computed: its centres, its noise words, and the words that come into its contexts.
 */
function touchAhead(job: Job, center: u32): void {
  let touched: u32 = 0;
  if (job.output) {
    touched += touchWords(job, job.output, job.kept, center, min(center + BLOCK, job.keptCount));
    const drawn = job.drawn + job.draws;
    touched += touchWords(job, job.output, job.negatives, drawn, min(drawn + job.draws, job.negativeCapacity));
  }
  const entering = center + job.window;
  touched += touchWords(job, job.input, job.kept, entering, min(entering + BLOCK, job.keptCount));
  // a result that no one used would not be computed
  job.touched = touched;
}

/** Touches the rows of the words `from` to `to` of a list. */
function touchWords(job: Job, table: usize, words: usize, from: u32, to: u32): u32 {
  let touched: u32 = 0;
  for (let i = from; i < to; i++) {
    let at = table + <usize>u32At(words, i) * job.rowBytes;
    for (const end = at + job.vectorBytes; at < end; at += 64) touched += load<u32>(at);
  }
  return touched;
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
      const place = <usize>u32At(job.places, position - first);
      const at = job.contexts + (place << 4) + ((<usize>c) << 2);
      store<f32>(at, load<f32>(at) + 1);
    }
  }
  return inputs;
}

function contextBegin(job: Job, begin: u32, middle: u32): u32 {
  const span = u32At(job.spans, middle);
  return middle - begin > span ? middle - span : begin;
}

function contextEnd(job: Job, end: u32, middle: u32): u32 {
  return min(end, middle + u32At(job.spans, middle) + 1);
}

/** Each word of a context predicts the word at the centre. */
function trainSkipGram(job: Job, inputs: u32, center: u32, count: u32): void {
  if (job.nodes) {
    for (let c: u32 = 0; c < count; c++) {
      const used = useContext(job, inputs, c);
      stepPath(job, used, keptWord(job, center + c));
      correctLocked(job, used);
    }
  }
  if (job.output) {
    const even = useContexts(job, inputs);
    const outputs = chooseOutputs(job, center, count);
    mergeColumns(job, job.contexts, even, count);
    step(job, even, outputs, job.contexts, job.noiseExcess);
    correctLocked(job, even);
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

/**
 * Input i is the word at `place` of the block's contexts. Its row is corrected in place, or, where it takes only a part of
 * its corrections, afterwards.
 */
function setWord(job: Job, i: u32, place: u32, uses: f32): void {
  const word = inputWord(job, place);
  if (lockOf(job, word) == 1) {
    const row = hotRow(job, word);
    return setInput(job, i, row, row, uses);
  }
  const error = job.lockedErrors + <usize>i * job.rowBytes;
  clear(error, job.vectorBytes);
  setInput(job, i, inputRow(job, place), error, uses);
}

/** Gives inputs that take a part of their corrections that part. */
function correctLocked(job: Job, inputs: u32): void {
  if (!job.locks) return;
  for (let i: usize = 0; i < inputs; i++) {
    const row = load<usize>(job.inputs + (i << 2));
    const error = load<usize>(job.errors + (i << 2));
    if (row == error) continue;
    const word = <u32>((row - job.input) / job.rowBytes);
    axpy(lockOf(job, word), error, row, job.vectorBytes);
  }
}

function inputWord(job: Job, i: u32): u32 {
  return u32At(job.inputIds, i);
}

function inputRow(job: Job, i: u32): usize {
  return job.input + <usize>inputWord(job, i) * job.rowBytes;
}

/** The row of a word vector: its local copy where other threads want it too. */
function hotRow(job: Job, word: u32): usize {
  const row = job.input + <usize>word * job.rowBytes;
  return word < job.hotRows ? localRow(job, row, word) : row;
}

/** All contexts of the block as inputs, each as often as it comes. */
function useContexts(job: Job, inputs: u32): u32 {
  for (let i: u32 = 0; i < inputs; i++) {
    const counts = job.contexts + ((<usize>i) << 4);
    setWord(job, i, i, load<f32>(counts) + load<f32>(counts, 4) + load<f32>(counts, 8) + load<f32>(counts, 12));
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
    setWord(job, used++, i, uses);
  }
  return evenInputs(job, used);
}

/** The inputs, as many as were set, against the nodes from the root to the word. */
function stepPath(job: Job, inputs: u32, word: u32): void {
  const begin = u32At(job.paths, word);
  const length = load<u32>(job.paths + ((<usize>word) << 2), 4) - begin;
  if (!length) return;
  for (let o: u32 = 0; o < length; o++) {
    const node = u32At(job.points, begin + o);
    const label: f32 = load<u8>(job.codes + begin + o) ? 0 : 1;
    // the nodes next to the root were made last
    const fromRoot = job.vocabSize - 2 - node;
    const row = job.nodes + <usize>node * job.rowBytes;
    setOutput(job, o, fromRoot < job.hotRows ? localRow(job, row, 2 * job.hotRows + fromRoot) : row, 1, label);
  }
  step(job, inputs, padOutputs(job, length), 0, 0);
}

/**
 * The mean, or the sum, of a context predicts the word at its centre. That of a word alone moves by each step, so that repeats
 * end at the aim: the next one of the block stays as it was.
 */
function trainCbow(job: Job, begin: u32, end: u32, inputs: u32, center: u32, count: u32, alone: bool): void {
  const errors = alone ? job.hidden : job.error;
  for (let c: u32 = 0; c < BLOCK; c++) formHidden(job, begin, end, alone ? center : center + c, c, alone ? 2 : count);
  if (alone) shareAlone(job, inputs);
  if (job.nodes) {
    for (let c: u32 = 0; c < count; c++) {
      setHidden(job, 0, c, 1, errors);
      stepPath(job, evenInputs(job, 1), keptWord(job, center + c));
    }
  }
  if (job.output) {
    for (let c: u32 = 0; c < BLOCK; c++) {
      setHidden(job, c, c, c < count ? 1 : 0, errors);
      const from: u32 = c < count ? BLOCK - c : 0;
      v128.store(job.positives + ((<usize>c) << 4), v128.load(UNIT + ((<usize>from) << 2)));
    }
    const outputs = chooseOutputs(job, center, count);
    mergeColumns(job, job.positives, count, count);
    step(job, alone ? 2 : BLOCK, outputs, job.positives, alone ? 0 : job.noiseExcess);
  }
  correctContexts(job, inputs, errors);
}

/** From number BLOCK - c on, this is 1 in lane c; from the first on, it is 0. */
const UNIT: usize = memory.data<f32>([0, 0, 0, 0, 1, 0, 0, 0, 0]);

function setHidden(job: Job, i: u32, c: u32, uses: f32, errors: usize): void {
  const offset = <usize>c * job.rowBytes;
  setInput(job, i, job.hidden + offset, errors + offset, uses);
}

/**
 * contexts i, shares = what makes a context's words, each for each of its uses, move the mean or sum by as much as it has moved:
 * from hidden 1 to hidden 0.
 */
function shareAlone(job: Job, inputs: u32): void {
  let rows: f32 = 0;
  let squares: f32 = 0;
  for (let at = job.contexts, last = at + ((<usize>inputs) << 4); at < last; at += 16) {
    const uses = load<f32>(at);
    store<f32>(at, uses, 4);
    rows += uses;
    squares += uses * uses;
  }
  const share: f32 = (job.cbowMean ? rows : 1) / squares;
  store<f32>(job.shares, share);
  store<f32>(job.shares, -share, 4);
}

/** hidden c = the sum of the context rows, divided by their number where the mean is wanted; error c = 0 */
function formHidden(job: Job, begin: u32, end: u32, middle: u32, c: u32, count: u32): void {
  const offset = <usize>c * job.rowBytes;
  clear(job.error + offset, job.vectorBytes);
  if (c >= count) return clear(job.hidden + offset, job.vectorBytes);
  const from = contextBegin(job, begin, middle);
  const to = contextEnd(job, end, middle);
  let rows: u32 = 0;
  for (let position = from; position < to; position++) {
    if (position == middle) continue;
    store<usize>(job.inputs + ((<usize>rows) << 2), job.input + <usize>keptWord(job, position) * job.rowBytes);
    rows++;
  }
  const padded = (rows + 3) & ~3;
  for (let i = rows; i < padded; i++) store<usize>(job.inputs + ((<usize>i) << 2), job.zeros);
  const factor: f32 = job.cbowMean ? 1 / <f32>rows : 1;
  store<f32>(job.shares + ((<usize>c) << 2), job.cbowMean ? 1 : 1 / <f32>rows);
  sumRows(job.inputs, padded, factor, job.hidden + offset, job.vectorBytes);
}

/** Adds the errors to the words of each context; a sum's error is divided among them. */
function correctContexts(job: Job, inputs: u32, errors: usize): void {
  // an odd one is used together with zeros
  v128.store(job.contexts + ((<usize>inputs) << 4), i32x4.splat(0));
  const shares = v128.load(job.shares);
  for (let i: u32 = 0; i < inputs; i += 2) {
    const counts = job.contexts + ((<usize>i) << 4);
    weigh(job, i, shares);
    if (i + 1 < inputs) weigh(job, i + 1, shares);
    const odd = i + 1 < inputs ? inputRow(job, i + 1) : job.zeros;
    addFour(errors, job.rowBytes, job.vectorBytes, counts, inputRow(job, i), odd);
  }
}

/** contexts i = what each centre's error counts for the word: its counts, as `shares` divides them and its lock lets through */
function weigh(job: Job, i: u32, shares: v128): void {
  const counts = job.contexts + ((<usize>i) << 4);
  const lock = f32x4.splat(lockOf(job, inputWord(job, i)));
  v128.store(counts, f32x4.mul(lock, f32x4.mul(shares, v128.load(counts))));
}
