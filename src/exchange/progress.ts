/** Others get their turn while vectors are read, and listeners are told how many were. */

import { EventPace, type Tell, TimeSlice } from "../event-loop.ts";
import type { LoadVectorsEvent } from "./options.ts";
import type { Between, VectorInput } from "./vector-input.ts";

export class Progress {
  /** what knows how many rows there are */
  rows: { readonly rowsRead: number; readonly rowsExpected?: number } = { rowsRead: 0 };
  private readonly slice: TimeSlice;
  private readonly pace = new EventPace();

  constructor(
    private readonly input: VectorInput,
    signal?: AbortSignal,
    private readonly tell?: Tell<LoadVectorsEvent>,
  ) {
    this.slice = new TimeSlice(signal);
  }

  readonly pass: Between = async () => {
    if (this.slice.isOver) await this.slice.yield();
    if (this.tell && this.pace.takeTurn()) await this.report(this.rows.rowsRead, this.rows.rowsExpected);
  };

  /** Tells that all are there. */
  async end(total: number): Promise<void> {
    await this.report(total, total);
  }

  private async report(done: number, total?: number): Promise<void> {
    const { bytes, totalBytes } = this.input.reading;
    await this.tell?.({ kind: "vectors", done, total, bytes, totalBytes });
  }
}
