/** Progress for a terminal, or a log: what long work tells of itself, as lines. */

import { checkValue, having } from "./check-options.ts";
import type { FormatEvent, VectorsEvent } from "./exchange/options.ts";
import type { DownloadEvent } from "./files/folder-options.ts";
import type { RowsEvent } from "./pretrained/load-embeddings.ts";
import { counted, grouped, rounded } from "./printed.ts";
import type { NeighborGraphEvent } from "./search/neighbor-graph.ts";
import type { TextsEvent } from "./search-index.ts";
import type { EpochEvent, TrainingEvent } from "./training/options.ts";
import type { TrainingProgress } from "./training/progress.ts";

/** Whatever `onProgress` is told. */
export type ProgressEvent =
  | TrainingEvent
  | NeighborGraphEvent
  | RowsEvent
  | TextsEvent
  | FormatEvent
  | VectorsEvent
  | DownloadEvent;

/** Where text can be written, as to a stream of Node. */
export interface ProgressTarget {
  /** Takes a text, such as a line or what moves the cursor. */
  write(text: string): unknown;
  /** whether it is a terminal, where a line can be drawn again */
  readonly isTTY?: boolean;
  /** how wide the terminal is; 80 where it is not known */
  readonly columns?: number;
}

/** A line, and whether it stays: what passes is drawn over by the next, and left out where there is no terminal. */
interface Line {
  text: string;
  stays: boolean;
}

/** To the beginning of the line, and nothing on it. */
const CLEAR = "\r\x1b[K";

/**
 * Draws how far long work is: `onProgress: drawProgress(process.stderr)`. On a terminal, a line of speed, mean loss and the
 * time that is left is drawn over and over; a line stays for the vocabulary, for each epoch and for each warning. Elsewhere
 * only these are written.
 *
 * @param target is written to, and nothing else is; what `write` returns is awaited
 * @returns a listener for the `onProgress` of one call, or of several after each other
 * @throws {Wasm2VecError} `option-invalid` where the target has no write
 */
export function drawProgress(target: ProgressTarget): (event: ProgressEvent) => unknown {
  checkValue("target", target, TARGET, "drawProgress");
  let last: TrainingProgress | undefined;
  return (event) => {
    if (event.kind === "training") last = event;
    const { text, stays } = lineOfEvent(event, last);
    if (!target.isTTY) return stays ? target.write(`${text}\n`) : undefined;
    return target.write(`${CLEAR}${stays ? `${text}\n` : text.slice(0, (target.columns || 80) - 1)}`);
  };
}

const TARGET = having<ProgressTarget>("write", "an object with write(text), such as process.stderr");

function lineOfEvent(event: ProgressEvent, last: TrainingProgress | undefined): Line {
  switch (event.kind) {
    case "vocabulary":
      return vocabularyLine(event);
    case "training":
      return { text: trainingText(event, event, percent(event.words, event.totalWords)), stays: false };
    case "epoch":
      return { text: trainingText(event, last), stays: true };
    case "format":
      return { text: `format  ${event.format}${event.gzipped ? ", gzipped" : ""}`, stays: true };
    case "vectors":
      return vectorsLine(event);
    case "warning":
      return { text: `warning: ${event.message}`, stays: true };
    default: {
      const { kind, done, total } = event;
      return { text: `${kind} ${grouped(done)} of ${grouped(total)}${percent(done, total)}`, stays: done === total };
    }
  }
}

function vocabularyLine(event: Extract<ProgressEvent, { kind: "vocabulary" }>): Line {
  const { words, sentences, vocabSize, scanning, bytes, totalBytes } = event;
  const read = `${counted(words, "word")} in ${counted(sentences, "sentence")}`;
  if (!scanning) return { text: `vocabulary  ${counted(vocabSize, "word")}, from ${read}`, stays: true };
  const share = bytes !== undefined && totalBytes ? percent(bytes, totalBytes) : "";
  return { text: `scanning  ${read}, ${grouped(vocabSize)} different${share}`, stays: false };
}

function vectorsLine({ done, total, bytes, totalBytes }: VectorsEvent): Line {
  const share = totalBytes ? percent(bytes, totalBytes) : "";
  const of = total === undefined ? "" : ` of ${grouped(total)}`;
  return { text: `vectors  ${grouped(done)}${of}${share}`, stays: done === total };
}

/** @param progress what was told last, of this epoch or one before */
function trainingText(event: TrainingProgress | EpochEvent, progress?: TrainingProgress, share = ""): string {
  const { epoch, epochs, loss } = event;
  const speed = progress && `${grouped(Math.round(progress.wordsPerSecond))} words/s`;
  const left =
    progress && epoch + 1 < epochs + Number(event.kind === "training") && `${clock(progress.secondsLeft)} left`;
  const parts = [`epoch ${epoch + 1}/${epochs}${share}`, speed, loss !== null && `loss ${rounded(loss)}`, left];
  return parts.filter(Boolean).join("  ");
}

const percent = (part: number, whole: number) => `  ${Math.floor((100 * part) / whole)} %`;

/** Seconds as 0:07, 12:34 or 1:02:03. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].slice(whole < 3600 ? 1 : 0);
  return parts.map((part, i) => (i ? String(part).padStart(2, "0") : part)).join(":");
}
