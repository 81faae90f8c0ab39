/** A language model's embedding matrix of Qwen2.5-1.5B's shape: rows out of its file and over http, and all of it in memory. */

import { execFile, execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { EmbeddingMatrix } from "../src/embedding-matrix.ts";
import { openSource, type RandomAccess } from "../src/files/source.ts";
import { safetensorsChunks } from "../src/formats/safetensors.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { makeStandIn } from "../tests/helpers/stand-in.ts";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { timeScript } from "./rivals.ts";

/** The tokens of "Hi, 你好~". */
const ARTICLE = [13048, 11, 220, 108386, 93];

/** Ten thousand rows far from each other. */
const SCATTERED = Array.from({ length: 10_000 }, (_, i) => (i * 102_947) % 151_936);

const TENSOR = "model.embed_tokens.weight";

type Row = Table["rows"][number];

export const bench: Bench<Record<"runs" | "rounds" | "pca", number>> = {
  name: "lookup",
  description: "rows of a matrix of 467 MB out of its file and over http, and all of it in memory",
  options: { runs: 9, rounds: 5, pca: 1 },

  async run({ runs, rounds, pca }) {
    const tables: Table[] = [];
    await withFolder(async (folder) => {
      await makeStandIn(folder);
      tables.push({ title: "Bytes read of model.safetensors", rows: [await countBytes(folder)] });
      tables.push({ title: "Milliseconds in a new process", rows: await timeProcesses(folder, runs) });
      tables.push({ title: "Rows of a local file", rows: await timeRows(folder, rounds) });
      tables.push({ title: "Over http", rows: await timeHttp(rounds) });
      tables.push({ title: "In memory", rows: await timeMemory(folder, rounds) });
      if (pca) tables.push({ title: "256 principal components, int8", rows: [measureLoad(folder, "pca", 256 + 4)] });
    });
    tables.push({ title: "What int8 keeps", rows: [await compareInt8()] });
    return tables;
  },
};

const rounded = (number: number, digits = 1) => Number(number.toFixed(digits));

/** Opens the matrix through a source that counts what is read. */
async function countBytes(folder: string): Promise<Row> {
  const file = await openSource(join(folder, "model.safetensors"));
  let bytes = 0;
  const counting: RandomAccess = {
    size: file.size,
    read: (begin, end) => {
      bytes += end - begin;
      return file.read(begin, end);
    },
  };
  using matrix = await EmbeddingMatrix.fromPretrained({ "model.safetensors": counting });
  const header = bytes;
  await matrix.lookup(ARTICLE);
  await file.close?.();
  return { "the file": file.size, "to open it": header, "for five rows": bytes - header, promised: "below 64000" };
}

async function timeProcesses(folder: string, runs: number): Promise<Row[]> {
  const qwen = sharedData("tokenizers/qwen2.5");
  const file = join(folder, "model.safetensors");
  const rows: Row[] = [
    { what: "five rows of a local file", ...(await timeProcess("lookup", folder, runs)), promised: "≤ 50" },
  ];
  await withFileServer(file, 0, async (address) => {
    rows.push({
      what: "five rows over http on loopback",
      ...(await timeProcess("lookup", address, runs)),
      promised: "≤ 100",
    });
  });
  if (qwen) rows.push({ what: "Qwen2.5's tokenizer", ...(await timeProcess("tokenizer", qwen, runs)), promised: "" });
  else console.log("not run: the tokenizer of Qwen2.5 is not in ../shared/data");
  const python = Array.from({ length: runs }, () => timeScript("lookup.py", file, TENSOR, ...ARTICLE.map(String)));
  const times = python.filter((time) => time !== undefined);
  if (times.length) {
    const { median } = timesOf(times);
    rows.push({
      what: "Python's safetensors, five rows",
      "from the script's first line": "",
      min: "",
      "from the start": rounded(median),
      promised: "",
    });
  }
  return rows;
}

type Started = { script: number; process: number };

const startRow = (samples: Started[]) => {
  const script = timesOf(samples.map((sample) => sample.script));
  return {
    "from the script's first line": rounded(script.median),
    min: rounded(script.min),
    "from the start": rounded(timesOf(samples.map((sample) => sample.process)).median),
  };
};

/** While this process goes on serving. */
async function timeProcess(what: "lookup" | "tokenizer", folder: string, runs: number) {
  const samples: Started[] = [];
  for (let run = 0; run < runs; run++) {
    const { stdout } = await promisify(execFile)(process.execPath, ["bench/cold-start.js", what, folder]);
    samples.push(JSON.parse(stdout));
  }
  return startRow(samples);
}

async function time(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** The same rows by `lookup`, by read calls of the system one after the other, and by promised reads. */
async function timeRows(folder: string, rounds: number): Promise<Row[]> {
  const path = join(folder, "model.safetensors");
  using matrix = await EmbeddingMatrix.fromPretrained(folder);
  const row = new Uint8Array(3072);
  const [ours, system, promised] = [[], [], []] as number[][];
  for (let round = 0; round <= rounds; round++) {
    ours.push(await time(() => matrix.lookup(SCATTERED)));
    const number = openSync(path, "r");
    system.push(
      await time(() => {
        for (const id of SCATTERED) readSync(number, row, 0, row.length, 1024 + id * row.length);
      }),
    );
    closeSync(number);
    const file = await open(path);
    promised.push(
      await time(async () => {
        for (const id of SCATTERED) await file.read(row, 0, row.length, 1024 + id * row.length);
      }),
    );
    await file.close();
  }
  const [a, b, c] = [ours, system, promised].map((samples) => timesOf(samples.slice(1)).median);
  return [
    {
      what: "10,000 rows, widened to float32",
      ms: rounded(a),
      "pread alone": rounded(b),
      "its share": rounded(b / a, 2),
      "promised reads": rounded(c),
      promised: "≥ 0.5",
    },
  ];
}

/** Serves a file by ranges; each answer waits so many milliseconds. */
async function withFileServer(file: string, delay: number, work: (address: string) => Promise<void>): Promise<void> {
  const { size } = statSync(file);
  const handle = await open(file);
  const server = createServer(async ({ headers }, response) => {
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
    const [begin, last] = range ? [Number(range[1]), Math.min(Number(range[2]), size - 1)] : [0, size - 1];
    response.writeHead(range ? 206 : 200, {
      "Content-Length": last + 1 - begin,
      ...(range && { "Content-Range": `bytes ${begin}-${last}/${size}` }),
    });
    for (let at = begin; at <= last; at += 1 << 20) {
      const bytes = new Uint8Array(Math.min(1 << 20, last + 1 - at));
      await handle.read(bytes, 0, bytes.length, at);
      if (!response.write(bytes)) await new Promise((resolve) => response.once("drain", resolve));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as { port: number };
    await work(`http://127.0.0.1:${port}/model.safetensors`);
  } finally {
    server.closeAllConnections();
    server.close();
    await handle.close();
  }
}

async function timeHttp(rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  await withFolder(async (folder) => {
    const file = join(folder, "model.safetensors");
    const columns = 1024;
    const bytes = new Uint8Array(2 ** 26);
    const shape = [bytes.length / 2 / columns, columns];
    await writeFile(file, safetensorsChunks([{ name: TENSOR, dtype: "BF16", shape, chunks: [bytes] }]));
    await withFileServer(file, 300, async (address) => {
      using matrix = await EmbeddingMatrix.fromPretrained(address);
      const ids = Array.from({ length: 8 }, (_, i) => i * 4000);
      const samples: number[] = [];
      for (let round = 0; round < rounds; round++) samples.push(await time(() => matrix.lookup(ids)));
      rows.push({
        what: "8 rows far apart, 300 ms a request",
        ms: rounded(timesOf(samples).median),
        "one plain fetch": "",
        ratio: "",
        promised: "≤ 1000",
      });
    });
    await withFileServer(file, 50, async (address) => {
      const [ours, plain] = [[], []] as number[][];
      for (let round = 0; round < rounds; round++) {
        plain.push(await time(async () => (await fetch(address)).arrayBuffer()));
        ours.push(
          await time(async () => {
            using matrix = await EmbeddingMatrix.fromPretrained(address);
            (await matrix.load()).close();
          }),
        );
      }
      const [a, b] = [ours, plain].map((samples) => timesOf(samples).median);
      rows.push({
        what: "load of 64 MB, 50 ms a request",
        ms: rounded(a),
        "one plain fetch": rounded(b),
        ratio: rounded(a / b, 2),
        promised: "≤ 3",
      });
    });
  });
  return rows;
}

async function timeMemory(folder: string, rounds: number): Promise<Row[]> {
  using matrix = await EmbeddingMatrix.fromPretrained(folder);
  using table = await matrix.load();
  const ids = Uint32Array.from({ length: 20_000 }, (_, i) => (i * 102_947) % 151_936);
  const out = new Float32Array(ids.length * 1536);
  const other = new Float32Array(out.length).fill(1);
  const [gathered, copied] = [[], []] as number[][];
  for (let round = 0; round <= rounds; round++) {
    gathered.push(await time(() => table.getVectorsInto(ids, out)));
    copied.push(await time(() => out.set(other)));
  }
  const [gather, copy] = [gathered, copied].map((samples) => timesOf(samples.slice(1)).median);
  const share = {
    what: "20,000 rows of bfloat16 to float32",
    ms: rounded(gather),
    "of memcpy's speed": rounded(copy / gather, 2),
  };
  return [
    { ...share, "peak, the result being 1": "", promised: "≥ 0.8" },
    { ...measureLoad(folder, "bfloat16", 2 * 1536), promised: "" },
    { ...measureLoad(folder, "int8", 1536 + 4), promised: "≤ 1500, ≤ 1.1" },
  ];
}

/** All rows into memory, in a new process. */
function measureLoad(folder: string, how: string, rowBytes: number): Row {
  const output = execFileSync(process.execPath, ["bench/load-matrix.js", how, folder], { encoding: "utf8" });
  const { milliseconds, before, most } = JSON.parse(output) as Record<string, number>;
  return {
    what: `all 151,936 rows as ${how}`,
    ms: Math.round(milliseconds),
    "of memcpy's speed": "",
    "peak, the result being 1": rounded((most - before) / (151_936 * rowBytes), 2),
  };
}

/** How far int8 rows are from float32 ones, and how many of the ten nearest rows stay: of rows in 64 of 256 directions. */
async function compareInt8(): Promise<Row> {
  let state = 1;
  const draw = () => {
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      state = (Math.imul(state, 1103515245) + 12345) | 0;
      sum += state / 2 ** 31;
    }
    return sum;
  };
  const [rows, columns, directions] = [10_000, 256, 64];
  const mix = Float32Array.from({ length: directions * columns }, draw);
  const numbers = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < directions; k++) {
      const weight = draw() / (k + 1);
      for (let d = 0; d < columns; d++) numbers[i * columns + d] += weight * mix[k * columns + d];
    }
  }
  const chunks = [new Uint8Array(numbers.buffer)];
  const file = Buffer.concat([...safetensorsChunks([{ name: TENSOR, dtype: "F32", shape: [rows, columns], chunks }])]);
  using matrix = await EmbeddingMatrix.fromPretrained({ "model.safetensors": new Uint8Array(file) });
  using wide = await matrix.load();
  using narrow = await matrix.load({ dtype: "int8" });
  const [exact, near] = [wide.toMatrix().data, narrow.toMatrix().data];
  const [error, length] = exact.reduce(([e, l], x, i) => [e + (x - near[i]) ** 2, l + x ** 2], [0, 0]);
  const queries = Array.from({ length: 200 }, (_, i) => ({ row: i * 50 }));
  const [those, these] = [wide, narrow].map((table) => table.mostSimilarBatch(queries, { topn: 10 }));
  const kept = those.map((neighbors, q) => {
    const names = new Set(these[q].map(([name]) => name));
    return neighbors.filter(([name]) => names.has(name)).length;
  });
  return {
    rows: `${rows} × ${columns}`,
    "relative error": rounded(Math.sqrt(error / length), 5),
    "of the ten nearest": rounded(kept.reduce((sum, count) => sum + count, 0) / kept.length, 2),
  };
}
