/** A cold lookup of five rows in a matrix of Qwen2.5-1.5B's shape: how much is read, how long it takes. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { EmbeddingMatrix } from "../src/embedding-matrix.ts";
import { openSource, type RandomAccess } from "../src/files/source.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { makeStandIn } from "../tests/helpers/stand-in.ts";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";

/** The tokens of "Hi, 你好~". */
const ids = [13048, 11, 220, 108386, 93];

export const bench: Bench<{ runs: number }> = {
  name: "loading",
  description: "a cold lookup of five rows in a file of 467 MB: bytes read, and time in new processes",
  options: { runs: 15 },

  async run({ runs }) {
    const tables: Table[] = [];
    await withFolder(async (folder) => {
      await makeStandIn(folder);
      tables.push({ title: "Bytes read of model.safetensors", rows: [await countBytes(folder)] });
      tables.push({ title: "Milliseconds in a new process", rows: timeProcesses(folder, runs) });
    });
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
