/** Tokenizers: opened, and 10,000 sentences encoded, beside @huggingface/tokenizers and Python's tokenizers on one thread. */

import { execFileSync } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { AutoTokenizer } from "../src/tokenizer.ts";
import { sharedData } from "../tests/helpers/data.ts";
import { withFolder } from "../tests/helpers/temporary.ts";
import { type Bench, type Table, timesOf } from "./bench.ts";
import { Rival } from "./rivals.ts";

const defaults = {
  /** how many new processes of each program, in turns */
  runs: 3,
  /** how often each process encodes all sentences */
  times: 5,
  /** of which one in ten is Chinese */
  sentences: 10_000,
  /** folders in ../shared/data/tokenizers */
  tokenizers: "qwen2.5,gpt2,llama2,bert-base-uncased",
};

export const bench: Bench<typeof defaults> = {
  name: "encode",
  description:
    "tokenizers opened, and sentences encoded, one thread, beside @huggingface/tokenizers and Python's tokenizers",
  options: defaults,

  async run({ runs, times, sentences, tokenizers }) {
    execFileSync(process.execPath, ["bench/rivals/install.js", "packages"], { stdio: "inherit" });
    const rival = await Rival.open("encode.py");
    const tables: Table[] = [];
    await withFolder(async (folder) => {
      const texts = join(folder, "texts.json");
      const list = await makeTexts(sentences);
      if (!list) return console.log("not run: the corpora are not in ../shared/data");
      await writeFile(texts, JSON.stringify(list));
      const megabytes = Buffer.byteLength(list.join("")) / 1e6;
      for (const name of tokenizers.split(",")) {
        const from = sharedData(`tokenizers/${name}`);
        if (!from) console.log(`not run: ../shared/data/tokenizers/${name} is not there`);
        else tables.push(await compare(name, from, { folder, texts, megabytes, runs, times }, rival));
      }
    });
    rival?.close();
    return tables;
  },
};

/** Sentences of 24 words, and of 60 characters where they are Chinese. */
async function makeTexts(count: number): Promise<string[] | undefined> {
  const english = sharedData("corpora/enwiki2014-100mb.txt.gz");
  const chinese = sharedData("corpora/zhwiki2023-12mb-segmented.txt.gz");
  if (!english || !chinese) return undefined;
  const few = Math.floor(count / 10);
  return [
    ...(await sentencesOf(english, count - few, (line) => {
      const words = line.split(" ");
      return Array.from({ length: Math.ceil(words.length / 24) }, (_, i) => {
        const text = words.slice(i * 24, i * 24 + 24).join(" ");
        return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
      });
    })),
    ...(await sentencesOf(chinese, few, (line) => [line.replaceAll(" ", "").slice(0, 60)])),
  ];
}

/** The first sentences of every seventh line. */
async function sentencesOf(file: string, count: number, cut: (line: string) => string[]): Promise<string[]> {
  const source = createReadStream(file);
  const sentences: string[] = [];
  let line = 0;
  for await (const text of createInterface({ input: source.pipe(createGunzip()) })) {
    if (line++ % 7 === 0) sentences.push(...cut(text));
    if (sentences.length >= count) break;
  }
  source.destroy();
  return sentences.slice(0, count);
}

interface Work {
  folder: string;
  texts: string;
  megabytes: number;
  runs: number;
  times: number;
}

/** Milliseconds and megabytes, of one process. */
interface Run {
  open: number;
  megabytes?: number;
  /** of each time that the texts were encoded */
  milliseconds: number[];
  tokens: number;
}

async function compare(name: string, from: string, work: Work, rival?: Rival): Promise<Table> {
  const compact = join(work.folder, name);
  await mkdir(compact);
  using tokenizer = await AutoTokenizer.fromPretrained(from);
  await tokenizer.save(join(compact, "tokenizer.wasm2vec"));
  const python = async (rival: Rival): Promise<Run> => {
    const { open, encode, tokens } = await rival.ask({ folder: from, texts: work.texts, times: work.times });
    return { open: open * 1000, milliseconds: encode.map((seconds: number) => seconds * 1000), tokens };
  };
  const programs: [string, () => Promise<Run>][] = [
    ["wasm2vec, its compact file", async () => runProcess("wasm2vec", compact, work)],
    ["wasm2vec, tokenizer.json", async () => runProcess("wasm2vec", from, work)],
    ["@huggingface/tokenizers", async () => runProcess("huggingface", from, work)],
  ];
  if (rival) programs.push(["tokenizers in Python", () => python(rival)]);
  const runs = programs.map((): Run[] => []);
  for (let run = 0; run < work.runs; run++) {
    for (const [i, [, start]] of programs.entries()) runs[i].push(await start());
  }
  return {
    title: `${name}: ${work.megabytes.toFixed(2)} MB of sentences`,
    rows: programs.map(([program], i) => rowOf(program, runs[i], work.megabytes)),
  };
}

function runProcess(program: string, folder: string, { texts, times }: Work): Run {
  const command = ["--expose-gc", "bench/encode.js", program, folder, texts, String(times)];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: "utf8" }));
}

const rounded = (value: number, digits = 1) => Number(value.toFixed(digits));

function rowOf(program: string, runs: Run[], megabytes: number): Table["rows"][number] {
  const median = (samples: number[]) => timesOf(samples).median;
  const speed = (milliseconds: number) => rounded(megabytes / (milliseconds / 1000), 2);
  const memory = runs.flatMap((run) => run.megabytes ?? []);
  return {
    program,
    "ms to open": rounded(median(runs.map(({ open }) => open))),
    "MB then": memory.length ? rounded(median(memory)) : "",
    "MB/s at first": speed(median(runs.map(({ milliseconds }) => milliseconds[0]))),
    "MB/s": speed(median(runs.flatMap(({ milliseconds }) => milliseconds.slice(1)))),
    tokens: runs[0].tokens,
  };
}
