// Rows that several threads want at a time, worked on in copies.

import { Job } from "./job";

/**
 * Where a row is to be worked on: where it is, or, if it is one that other threads want too, in a copy, until `publish`. The
 * cache lines that it lies in then change hands once a step, and not at every tile.
 */
export function ownRow(job: Job, row: usize, isBusy: bool): usize {
  if (!isBusy) return row;
  const copy = job.copies + <usize>job.copyCount * 2 * job.rowBytes;
  store<usize>(job.copied + ((<usize>job.copyCount) << 2), row);
  job.copyCount++;
  copyTwice(row, copy, copy + job.rowBytes, job.vectorBytes);
  return copy;
}

/** Adds to each row that was worked on in a copy what the copy gained. */
export function publish(job: Job): void {
  let copy = job.copies;
  for (let i: usize = 0; i < job.copyCount; i++, copy += 2 * job.rowBytes) {
    addChange(copy, copy + job.rowBytes, load<usize>(job.copied + (i << 2)), job.vectorBytes);
  }
  job.copyCount = 0;
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
