/** Files of vectors in word2vec's formats, beside gensim. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";

export const bench: Bench<Record<"rows" | "dimension" | "rounds", number>> = {
  name: "loading",
  description: "vectors as text and binary, beside gensim",
  options: { rows: 200_000, dimension: 300, rounds: 3 },

  async run({ rows, dimension, rounds }) {
    const tables: Table[] = [];
    await withFolder(async (folder) => void tables.push(...(await timeFiles(folder, rows, dimension, rounds))));
    return tables;
  },
};

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
