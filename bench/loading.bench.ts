/** Files: a cold lookup of five rows in a matrix of Qwen2.5-1.5B's shape; vectors in word2vec's formats, beside gensim. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { EmbeddingMatrix } from "../src/embedding-matrix.ts";
import { openSource, type RandomAccess } from "../src/files/source.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { makeStandIn } from "../tests/helpers/stand-in.ts";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";

/** The tokens of "Hi, 你好~". */
const ids = [13048, 11, 220, 108386, 93];

export const bench: Bench<Record<"runs" | "rows" | "dimension" | "rounds", number>> = {
  name: "loading",
  description: "a cold lookup of five rows in a file of 467 MB; vectors as text and binary, beside gensim",
  options: { runs: 15, rows: 200_000, dimension: 300, rounds: 3 },

  async run({ runs, rows, dimension, rounds }) {
    const tables: Table[] = [];
    if (runs) {
      await withFolder(async (folder) => {
        await makeStandIn(folder);
        tables.push({ title: "Bytes read of model.safetensors", rows: [await countBytes(folder)] });
        tables.push({ title: "Milliseconds in a new process", rows: timeProcesses(folder, runs) });
      });
    }
    if (rounds)
      await withFolder(async (folder) => void tables.push(...(await timeFiles(folder, rows, dimension, rounds))));
    return tables;
  },
};

/** Opens the matrix through a source that counts what is read. */
async function countBytes(folder: string) {
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
  await matrix.lookup(ids);
  await file.close?.();
  return { "the file": file.size, "to open it": header, "for five rows": bytes - header, promised: "below 64000" };
}

function timeProcesses(standIn: string, runs: number): Table["rows"] {
  const qwen = sharedData("tokenizers/qwen2.5");
  const rows = [{ what: "import, open, look up five rows", ...timeProcess("lookup", standIn, runs), promised: "≤ 50" }];
  if (qwen)
    rows.push({ what: "import, load Qwen2.5's tokenizer", ...timeProcess("tokenizer", qwen, runs), promised: "" });
  else console.log("not run: the tokenizer of Qwen2.5 is not in ../shared/data");
  return rows;
}

function timeProcess(what: "lookup" | "tokenizer", folder: string, runs: number) {
  const samples = Array.from({ length: runs }, () => {
    const output = execFileSync(process.execPath, ["bench/cold-start.js", what, folder], { encoding: "utf8" });
    return JSON.parse(output) as { script: number; process: number };
  });
  const script = timesOf(samples.map((sample) => sample.script));
  const whole = timesOf(samples.map((sample) => sample.process));
  return {
    "from the script's first line, median": rounded(script.median),
    min: rounded(script.min),
    "with Node's own start, median": rounded(whole.median),
  };
}

const rounded = (milliseconds: number) => Number(milliseconds.toFixed(1));

/** What word2vec's formats are promised to take, gensim's time being 1. */
const FILES = [
  { name: "t.bin", binary: true, promised: "≥ 2" },
  { name: "t.txt", binary: false, promised: "≥ 10" },
];

/** Loads and saves of the same vectors, here in a new process each time and by gensim, in turns. */
async function timeFiles(folder: string, rows: number, dimension: number, rounds: number): Promise<Table[]> {
  const rival = await Rival.open("loading.py");
  if (!rival) return [];
  await rival.ask({ do: "make", rows, dimension });
  const times: Table["rows"] = [];
  const memory: Table["rows"] = [];
  for (const { name, binary, promised } of FILES) {
    const [file, target] = [join(folder, name), join(folder, `out-${name}`)];
    await rival.ask({ do: "save", file, binary });
    const samples = {
      load: [] as number[],
      save: [] as number[],
      theirLoad: [] as number[],
      theirSave: [] as number[],
    };
    let ours = { before: 0, most: 0 };
    let bytes = 0;
    for (let round = 0; round < rounds; round++) {
      const measured = runLoader(file, target);
      ours = measured;
      samples.load.push(measured.load);
      samples.save.push(measured.save);
      const theirs = await rival.ask({ do: "load", file, binary });
      bytes = theirs.bytes;
      samples.theirLoad.push(theirs.seconds);
      samples.theirSave.push((await rival.ask({ do: "save", file: target, binary })).seconds);
    }
    const { load, save, theirLoad, theirSave } = samples;
    for (const [what, our, their] of [["load", load, theirLoad] as const, ["save", save, theirSave] as const]) {
      const [ourMedian, theirMedian] = [timesOf(our).median, timesOf(their).median];
      times.push({
        what: `${what} ${name.slice(1)}`,
        "median, s": Number(ourMedian.toFixed(2)),
        "gensim's": Number(theirMedian.toFixed(2)),
        "gensim's / its": Number((theirMedian / ourMedian).toFixed(1)),
        promised,
      });
    }
    memory.push({
      what: `load ${name.slice(1)}`,
      "MB of the table": megabytes(bytes),
      "of the process before": megabytes(ours.before),
      "at most": megabytes(ours.most),
      "more, the table being 1": Number(((ours.most - ours.before) / bytes).toFixed(2)),
      promised: "≤ 1.2",
    });
  }
  rival.close();
  const size = `${rows} × ${dimension}`;
  return [
    { title: `Seconds for files of ${size}`, rows: times },
    { title: `Memory while files of ${size} are loaded`, rows: memory },
  ];
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

function runLoader(file: string, target: string): Record<"load" | "save" | "before" | "most", number> {
  return JSON.parse(execFileSync(process.execPath, ["bench/load-vectors.js", file, target], { encoding: "utf8" }));
}
