/** Pairs of numbers and how often each came: more than a Map could hold, which ends at 2^24 keys. */

import { allocated } from "../tables/matrix.ts";

/** What a slot holds: first, second, count, u32 each. A first of 0 marks a free one. */
const SLOT = 3;

/** Slots at first, a power of two. */
const FIRST_SLOTS = 1024;

/** How full a table may be. */
const MAX_LOAD = 0.7;

/** Beyond, a count stays as it is. */
const MAX_COUNT = 2 ** 32 - 1;

/** A hash table of open addressing. `first` is from 1 on; a count of 0 is as good as none. */
export class PairTable {
  private slots = new Uint32Array(FIRST_SLOTS * SLOT);
  private mask = FIRST_SLOTS - 1;
  private used = 0;
  private present = 0;

  /** how many pairs have a count above 0 */
  get size(): number {
    return this.present;
  }

  /**
   * Makes room for so many more pairs. What comes in another table's order is to have it before: slots would fill up one after
   * the other, and each search would go through all of them.
   *
   * @throws {Wasm2VecError} `out-of-memory`
   */
  reserve(count: number): void {
    let slotCount = this.mask + 1;
    while (this.used + count > slotCount * MAX_LOAD) slotCount *= 2;
    if (slotCount > this.mask + 1) this.rebuild(slotCount);
  }

  /** @throws {Wasm2VecError} `out-of-memory` */
  add(first: number, second: number, count = 1): void {
    let at = this.find(first, second);
    if (!this.slots[at]) {
      if (this.used >= (this.mask + 1) * MAX_LOAD) {
        this.reserve(this.used);
        at = this.find(first, second);
      }
      this.slots[at] = first;
      this.slots[at + 1] = second;
      this.used++;
    }
    const before = this.slots[at + 2];
    if (before === 0 && count) this.present++;
    this.slots[at + 2] = count < MAX_COUNT - before ? before + count : MAX_COUNT;
  }

  get(first: number, second: number): number {
    const { slots } = this;
    const at = this.find(first, second);
    return slots[at] ? slots[at + 2] : 0;
  }

  /** Takes a pair out, and returns its count. */
  take(first: number, second: number): number {
    const { slots } = this;
    const at = this.find(first, second);
    const count = slots[at] ? slots[at + 2] : 0;
    if (count) {
      slots[at + 2] = 0;
      this.present--;
    }
    return count;
  }

  /** Every pair with its count, in no order. */
  forEach(visit: (first: number, second: number, count: number) => void): void {
    const { slots } = this;
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 2]) visit(slots[at], slots[at + 1], slots[at + 2]);
    }
  }

  /** Drops pairs that came less often. */
  prune(minCount: number): void {
    const { slots } = this;
    this.present = 0;
    for (let at = 0; at < slots.length; at += SLOT) {
      if (slots[at + 2] < minCount) slots[at + 2] = 0;
      else if (slots[at + 2]) this.present++;
    }
    this.rebuild(this.mask + 1);
  }

  /** (N, 3) first, second and count of each, in no order */
  toRows(): Uint32Array<ArrayBuffer> {
    const rows = allocated(() => new Uint32Array(this.size * SLOT), `${this.size} pairs`, this.size * SLOT * 4);
    let at = 0;
    this.forEach((first, second, count) => {
      rows[at++] = first;
      rows[at++] = second;
      rows[at++] = count;
    });
    return rows;
  }

  /** Where a pair lies, or would. */
  private find(first: number, second: number): number {
    const { slots, mask } = this;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const at = slot * SLOT;
      const held = slots[at];
      if (held === 0 || (held === first && slots[at + 1] === second)) return at;
      slot = (slot + 1) & mask;
    }
  }

  /** Moves the pairs that have a count into so many slots. */
  private rebuild(slotCount: number): void {
    const old = this.slots;
    const bytes = slotCount * SLOT * 4;
    this.slots = allocated(() => new Uint32Array(slotCount * SLOT), `${this.present} pairs of words`, bytes);
    this.mask = slotCount - 1;
    this.used = this.present;
    for (let from = 0; from < old.length; from += SLOT) {
      if (!old[from + 2]) continue;
      const at = this.find(old[from], old[from + 1]);
      this.slots[at] = old[from];
      this.slots[at + 1] = old[from + 1];
      this.slots[at + 2] = old[from + 2];
    }
  }
}
