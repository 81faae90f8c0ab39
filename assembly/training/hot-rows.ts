// Rows that several threads want at a time, worked on in local copies.

import { Job } from "./job";

/** For how many blocks a local row is kept at most. */
const MAX_BLOCKS: f32 = 64;

/**
 * How far, in alphas of pairs, all threads together may move the row that is used the most before they hear of each other: each
 * moves it towards the aim, so their sum leads beyond it.
 */
const MAX_WAY: f32 = 2;

/** After how many blocks local rows are merged; 0 where there are none. */
export function blocksToMerge(job: Job): u32 {
  if (!job.hotRows) return 0;
  return <u32>max<f32>(1, min(MAX_BLOCKS, MAX_WAY / (job.alpha * job.hotUses)));
}

/**
 * The local copy of a hot row, until `mergeLocalRows`: a row that all threads move would change caches at each tile.
 *
 * @param slot which hot row it is: inputs from 0 on, outputs from hotRows on, nodes from 2 hotRows on
 */
export function localRow(job: Job, row: usize, slot: u32): usize {
  const local = job.localRows + <usize>slot * 2 * job.rowBytes;
  const shared = job.localOf + ((<usize>slot) << 2);
  if (load<usize>(shared)) return local;
  store<usize>(shared, row);
  copyTwice(row, local, local + job.rowBytes, job.vectorBytes);
  return local;
}

/** Adds to each hot row what its local copy gained. */
export function mergeLocalRows(job: Job): void {
  let local = job.localRows;
  const end = job.localOf + ((<usize>job.hotRows * 3) << 2);
  for (let shared = job.localOf; shared < end; shared += 4, local += 2 * job.rowBytes) {
    const row = load<usize>(shared);
    if (!row) continue;
    addChange(local, local + job.rowBytes, row, job.vectorBytes);
    store<usize>(shared, 0);
  }
}

/** a = row, b = row */
function copyTwice(row: usize, a: usize, b: usize, bytes: usize): void {
  for (const end = row + bytes; row < end; row += 16, a += 16, b += 16) {
    const x = v128.load(row);
    v128.store(a, x);
    v128.store(b, x);
  }
}

/** row += now - before */
function addChange(now: usize, before: usize, row: usize, bytes: usize): void {
  for (const end = row + bytes; row < end; row += 16, now += 16, before += 16) {
    v128.store(row, f32x4.add(v128.load(row), f32x4.sub(v128.load(now), v128.load(before))));
  }
}
