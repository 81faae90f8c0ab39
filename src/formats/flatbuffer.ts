/**
 * FlatBuffers, as Arrow's metadata are written: tables of fields at offsets. A field's place in its table's list is its slot.
 *
 * @see https://flatbuffers.dev/internals
 */

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A table in a buffer. What lies outside the buffer throws a RangeError: whoever reads a file makes an error of it. */
export class FlatTable {
  private constructor(
    private readonly view: DataView,
    private readonly at: number,
  ) {}

  /** The table that a buffer stands for. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  i8(slot: number, fallback = 0): number {
    const at = this.field(slot);
    return at ? this.view.getInt8(at) : fallback;
  }

  i16(slot: number): number {
    const at = this.field(slot);
    return at ? this.view.getInt16(at, true) : 0;
  }

  i32(slot: number): number {
    const at = this.field(slot);
    return at ? this.view.getInt32(at, true) : 0;
  }

  i64(slot: number): number {
    const at = this.field(slot);
    return at ? Number(this.view.getBigInt64(at, true)) : 0;
  }

  has(slot: number): boolean {
    return this.field(slot) > 0;
  }

  table(slot: number): FlatTable | undefined {
    const at = this.field(slot);
    return at ? new FlatTable(this.view, at + this.view.getUint32(at, true)) : undefined;
  }

  text(slot: number): string {
    const [begin, length] = this.vector(slot, 1);
    return decoder.decode(new Uint8Array(this.view.buffer, this.view.byteOffset + begin, length));
  }

  tables(slot: number): FlatTable[] {
    const [begin, length] = this.vector(slot, 4);
    return Array.from({ length }, (_, i) => {
      const at = begin + i * 4;
      return new FlatTable(this.view, at + this.view.getUint32(at, true));
    });
  }

  /** A list of structs of so many bytes, each as what `read` makes of its address. */
  structs<Item>(slot: number, bytes: number, read: (view: DataView, at: number) => Item): Item[] {
    const [begin, length] = this.vector(slot, bytes);
    return Array.from({ length }, (_, i) => read(this.view, begin + i * bytes));
  }

  /** Where a field lies; 0 where it is absent. */
  private field(slot: number): number {
    const vtable = this.at - this.view.getInt32(this.at, true);
    const entry = 4 + slot * 2;
    const offset = entry < this.view.getUint16(vtable, true) ? this.view.getUint16(vtable + entry, true) : 0;
    return offset && this.at + offset;
  }

  /** Where a list's items begin and how many there are: no more than the buffer holds. */
  private vector(slot: number, bytes: number): [begin: number, length: number] {
    const field = this.field(slot);
    if (!field) return [0, 0];
    const at = field + this.view.getUint32(field, true);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * bytes > this.view.byteLength) throw new RangeError(`a list of ${length} items`);
    return [at + 4, length];
  }
}

/** What a field holds that is written: a number, or what lies elsewhere. */
export type FlatField = { bytes: 1 | 2 | 4 | 8; value: number } | FlatReference | undefined;

/** Writes itself at the end; returns where it begins. */
type FlatReference = (out: FlatWriter) => number;

export const flat = {
  i8: (value: number): FlatField => ({ bytes: 1, value }),
  i16: (value: number): FlatField => ({ bytes: 2, value }),
  i32: (value: number): FlatField => ({ bytes: 4, value }),
  i64: (value: number): FlatField => ({ bytes: 8, value }),

  text:
    (text: string): FlatReference =>
    (out) => {
      const bytes = encoder.encode(text);
      const begin = out.take(4, 4);
      out.put(begin, 4, bytes.length);
      out.bytes.set(bytes, out.take(bytes.length + 1, 1));
      return begin;
    },

  /** Fields by their slots. */
  table:
    (...fields: FlatField[]): FlatReference =>
    (out) => {
      let size = 4;
      const offsets = fields.map((field) => {
        if (field === undefined) return 0;
        const bytes = typeof field === "function" ? 4 : field.bytes;
        const offset = Math.ceil(size / bytes) * bytes;
        size = offset + bytes;
        return offset;
      });
      const vtable = out.take(4 + fields.length * 2, 2);
      const begin = out.take(size, 8);
      out.put(vtable, 2, 4 + fields.length * 2);
      out.put(vtable + 2, 2, size);
      for (const [i, offset] of offsets.entries()) out.put(vtable + 4 + i * 2, 2, offset);
      out.put(begin, 4, begin - vtable);
      for (const [i, field] of fields.entries()) {
        const at = begin + offsets[i];
        if (typeof field === "function") out.put(at, 4, field(out) - at);
        else if (field) out.put(at, field.bytes, field.value);
      }
      return begin;
    },

  tables:
    (...items: FlatReference[]): FlatReference =>
    (out) => {
      const begin = out.take(4 + items.length * 4, 4);
      out.put(begin, 4, items.length);
      for (const [i, item] of items.entries()) {
        const at = begin + 4 + i * 4;
        out.put(at, 4, item(out) - at);
      }
      return begin;
    },

  /** Structs of 64-bit numbers. */
  structs:
    (...items: readonly number[][]): FlatReference =>
    (out) => {
      // the items, not their number, lie at a multiple of eight
      out.take(4, 8);
      const begin = out.take(4, 4);
      out.put(begin, 4, items.length);
      for (const numbers of items) for (const number of numbers) out.put(out.take(8, 8), 8, number);
      return begin;
    },

  /** The buffer of a table, a multiple of eight bytes. */
  buffer(root: FlatReference): Uint8Array {
    const out = new FlatWriter();
    const at = out.take(4, 4);
    out.put(at, 4, root(out));
    out.take(0, 8);
    return out.written();
  },
};

/** Bytes that grow at their end. */
class FlatWriter {
  bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private end = 0;

  /** The address of so many bytes more, a multiple of `alignment`. */
  take(count: number, alignment: number): number {
    const begin = Math.ceil(this.end / alignment) * alignment;
    this.end = begin + count;
    if (this.end > this.bytes.length) {
      const longer = new Uint8Array(this.end * 2);
      longer.set(this.bytes);
      [this.bytes, this.view] = [longer, new DataView(longer.buffer)];
    }
    return begin;
  }

  put(at: number, bytes: 1 | 2 | 4 | 8, value: number): void {
    if (bytes === 1) this.view.setInt8(at, value);
    else if (bytes === 2) this.view.setUint16(at, value, true);
    else if (bytes === 4) this.view.setUint32(at, value, true);
    else this.view.setBigInt64(at, BigInt(value), true);
  }

  written(): Uint8Array {
    return this.bytes.slice(0, this.end);
  }
}
