/** Vectors out of files of any format. */

import { Engine } from "../engine/engine.ts";
import { show, type WarningEvent, Wasm2VecError } from "../errors.ts";
import { type Tell, tellerOf } from "../event-loop.ts";
import { type FilesBeside, filesBeside } from "../files/beside.ts";
import { readChunks } from "../files/source.ts";
import { type ChunkSource, nameOf, type SeveralFiles } from "../files/source-kinds.ts";
import { DETECT_BYTES, detectFormat, keylessFormat } from "../formats/detect.ts";
import { foreignFile } from "../formats/foreign-files.ts";
import { KEYLESS_FORMATS, type ReadFormat, type VectorSink } from "../formats/vector-file.ts";
import { readWordCounts } from "../formats/word-counts.ts";
import { counted } from "../printed.ts";
import { TableSink, warningsOfNumbers } from "../tables/load-table.ts";
import type { VectorTable } from "../tables/vector-table.ts";
import type { LoadVectorsEvent, LoadVectorsSettings } from "./options.ts";
import { Progress } from "./progress.ts";
import { type ForeignFormat, READERS } from "./readers.ts";
import { VectorInput } from "./vector-input.ts";

/**
 * A table of the vectors of a source.
 *
 * @throws {Wasm2VecError} `format-unknown`, `format-damaged`, `too-large`, `out-of-memory`; and what openSource throws
 */
export async function loadVectors(
  from: ChunkSource | SeveralFiles,
  options: LoadVectorsSettings,
): Promise<VectorTable> {
  const { signal, counts } = options;
  const tell = tellerOf(options.onProgress, signal);
  const files = filesBeside(from);
  await Engine.load(signal);
  const file = files.name;
  const { table, warnings } = await withInput(files, options, signal, tell, async (input, format) => {
    if (format !== "safetensors") return readForeign(input, format, file, options, tell);
    const { readVectorsFile } = await import("./vectors-file.ts");
    const progress = new Progress(input, signal, tell);
    const source = await input.open(progress.pass);
    try {
      const table = await readVectorsFile(source, file, options, progress);
      return { table, warnings: warningsOfNumbers(table, file) };
    } finally {
      await source.close?.();
    }
  });
  try {
    if (counts !== undefined) warnings.push(...(await readCounts(table, counts, signal)));
    for (const warning of warnings) await tell?.(warning);
    return table;
  } catch (error) {
    table.close();
    throw error;
  }
}

/**
 * Reads the vectors of a source into a sink.
 *
 * @throws {Wasm2VecError} as loadVectors; `format-unknown` for our own format, which has no reader of this kind
 */
export async function readInto(sink: VectorSink, from: ChunkSource, signal: AbortSignal): Promise<void> {
  const files = filesBeside(from);
  const { name } = files;
  await withInput(files, {}, signal, undefined, async (input, format) => {
    if (format === "safetensors") {
      const advice = "Save its vectors as .bin or .txt: await vectors.save(path)";
      throw new Wasm2VecError("format-unknown", `${name} is a safetensors file; expected word2vec's format. ${advice}`);
    }
    const progress = new Progress(input, signal);
    const read = await READERS[format]();
    await read(input, sink, { signal, name }, progress.pass);
  });
}

/** Works on an input whose format is known. */
async function withInput<Result>(
  files: FilesBeside,
  given: Pick<LoadVectorsSettings, "format" | "keys"> | Record<string, never>,
  signal: AbortSignal | undefined,
  tell: Tell<LoadVectorsEvent> | undefined,
  work: (input: VectorInput, format: ReadFormat) => Promise<Result>,
): Promise<Result> {
  const input = await VectorInput.open(files, signal);
  try {
    const format = given.format ?? formatOf(input, files.name, given.keys !== undefined);
    if (given.keys !== undefined && !KEYLESS_FORMATS.includes(format)) throw hasKeys(files.name, format);
    await tell?.({ kind: "format", format, gzipped: input.isGzipped });
    return await work(input, format);
  } finally {
    await input.close();
  }
}

/** @throws {Wasm2VecError} `format-unknown` with what the file is, where that is known */
function formatOf({ head }: VectorInput, file: string, hasKeys: boolean): ReadFormat {
  const format = (hasKeys ? keylessFormat : detectFormat)(head.subarray(0, DETECT_BYTES));
  if (format) return format;
  const [what, advice] = foreignFile(head.subarray(0, DETECT_BYTES)) ?? [
    head.length ? "of no format that is known" : "empty",
    "Check that it is the file that you mean; where it is known which format it has, pass it as format.",
  ];
  throw new Wasm2VecError("format-unknown", `${file} is ${what}; expected vectors. ${advice}`);
}

const hasKeys = (file: string, format: ReadFormat) =>
  new Wasm2VecError(
    "option-invalid",
    `${file}, of the format ${format}, holds its keys itself; expected rows alone. Leave the option keys out.`,
  );

async function readForeign(
  input: VectorInput,
  format: ForeignFormat,
  file: string,
  { dtype = "float32", keys, limit, unicodeErrors, signal }: LoadVectorsSettings,
  tell: Tell<LoadVectorsEvent> | undefined,
): Promise<{ table: VectorTable; warnings: WarningEvent[] }> {
  const read = await READERS[format]();
  const sink = await TableSink.open({ dtype, limit, unicodeErrors, file });
  const progress = new Progress(input, signal, tell);
  progress.rows = sink;
  try {
    await read(input, sink, { keys, limit, signal, name: file }, progress.pass);
    const made = sink.finish();
    await progress.end(made.table.size);
    return made;
  } catch (error) {
    sink.close();
    throw error;
  }
}

/** Sets how often words come from a file. */
async function readCounts(table: VectorTable, from: ChunkSource, signal?: AbortSignal): Promise<WarningEvent[]> {
  const { vocabulary } = table;
  const seen = new Uint8Array(table.size);
  const counts = new Float64Array(table.size);
  await readWordCounts(readChunks(from, { signal }), nameOf(from), (word, count) => {
    const row = vocabulary.find(word);
    if (row < 0) return;
    seen[row] = 1;
    counts[row] = count;
  });
  vocabulary.counts.set(counts);
  const first = seen.indexOf(0);
  if (first < 0) return [];
  const missing = seen.reduce((sum, isSeen) => sum + 1 - isSeen, 0);
  const message = `${nameOf(from)} has no count of ${counted(missing, "key")}, such as ${show(vocabulary.word(first))}: it is taken as 0.`;
  return [{ kind: "warning", code: "counts-missing", message }];
}
