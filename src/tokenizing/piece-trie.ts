/** Texts and a number for each, found unit by unit: a trie whose edges lie in one table of open addressing. */
export class PieceTrie {
  private from = new Int32Array(1024).fill(-1);
  private unit = new Uint16Array(1024);
  private to = new Int32Array(1024);
  private values = new Int32Array(512).fill(-1);
  private nodes = 1;

  add(text: string, value: number): void {
    let node = 0;
    for (let at = 0; at < text.length; at++) node = this.child(node, text.charCodeAt(at));
    if (text !== "") this.values[node] = value;
  }

  /** The node behind a unit; -1 where there is none. */
  step(node: number, unit: number): number {
    const slot = this.slotOf(node, unit);
    return this.from[slot] < 0 ? -1 : this.to[slot];
  }

  /** The number of the text that ends at a node; -1 where none does. */
  valueAt(node: number): number {
    return this.values[node];
  }

  private child(node: number, unit: number): number {
    const slot = this.slotOf(node, unit);
    if (this.from[slot] >= 0) return this.to[slot];
    if (this.nodes === this.values.length) this.grow();
    return this.put(node, unit, this.nodes++);
  }

  private put(node: number, unit: number, child: number): number {
    const slot = this.slotOf(node, unit);
    this.from[slot] = node;
    this.unit[slot] = unit;
    this.to[slot] = child;
    return child;
  }

  private slotOf(node: number, unit: number): number {
    const mask = this.from.length - 1;
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) >>> 7;
    for (slot &= mask; this.from[slot] >= 0; slot = (slot + 1) & mask) {
      if (this.from[slot] === node && this.unit[slot] === unit) break;
    }
    return slot;
  }

  private grow(): void {
    const [from, unit, to, values] = [this.from, this.unit, this.to, this.values];
    this.from = new Int32Array(2 * from.length).fill(-1);
    this.unit = new Uint16Array(2 * from.length);
    this.to = new Int32Array(2 * from.length);
    this.values = new Int32Array(2 * values.length).fill(-1);
    this.values.set(values);
    for (const [slot, node] of from.entries()) if (node >= 0) this.put(node, unit[slot], to[slot]);
  }
}
