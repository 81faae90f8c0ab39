/** Which rows of a table have changed since something was derived from them. */

/** The range of rows that changed, begin … end - 1: all of them at first. */
export class DirtyRows {
  private begin = 0;
  private end = Number.POSITIVE_INFINITY;

  add(begin: number, end: number): void {
    this.begin = Math.min(this.begin, begin);
    this.end = Math.max(this.end, end);
  }

  /** The changed rows of a table of so many: [begin, end), equal where there are none. */
  within(size: number): [begin: number, end: number] {
    const end = Math.min(this.end, size);
    return [Math.min(this.begin, end), end];
  }

  /** To be called when what is derived is right again. */
  clear(): void {
    this.begin = Number.POSITIVE_INFINITY;
    this.end = 0;
  }
}
