/** The tokens of a text, one number a token in each list. */
export class Encoding {
  constructor(
    readonly ids: number[] = [],
    /** where each token began in the text, and where it ended, in UTF-16 units */
    readonly starts: number[] = [],
    readonly ends: number[] = [],
    /** 0 for the first text's tokens, 1 for the second's */
    readonly typeIds: number[] = [],
  ) {}

  get length(): number {
    return this.ids.length;
  }

  slice(from: number, to: number): Encoding {
    return new Encoding(
      this.ids.slice(from, to),
      this.starts.slice(from, to),
      this.ends.slice(from, to),
      this.typeIds.slice(from, to),
    );
  }

  push(id: number, start: number, end: number, typeId: number): void {
    this.ids.push(id);
    this.starts.push(start);
    this.ends.push(end);
    this.typeIds.push(typeId);
  }

  withType(typeId: number): Encoding {
    return new Encoding(this.ids, this.starts, this.ends, new Array(this.length).fill(typeId));
  }

  /** The tokens of several, one after another. */
  static join(encodings: readonly Encoding[]): Encoding {
    if (encodings.length === 1) return encodings[0];
    const joined = new Encoding();
    for (const { ids, starts, ends, typeIds } of encodings) {
      for (let i = 0; i < ids.length; i++) joined.push(ids[i], starts[i], ends[i], typeIds[i]);
    }
    return joined;
  }
}
