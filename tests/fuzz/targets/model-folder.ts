/** Changed folders of language models: the index, the configuration, the shards, and which names the files have. */

import { EmbeddingMatrix } from "../../../src/embedding-matrix.ts";
import { bytesAsCode, changeBytes } from "../bytes.ts";
import { changeJson, type Json, jsonOf, textOf } from "../json.ts";
import { changedBases, Random } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";
import { changeFile, type FileParts } from "../tensor-file.ts";
import { embeddings, use } from "./safetensors.ts";

const SHARDS = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const INDEX = "model.safetensors.index.json";

/** One model whose tensor has a known name, one whose configuration must be asked, one that ties its tables. */
function folders(): { index: Json; config: Json; shards: FileParts[] }[] {
  const config = { vocab_size: 6, hidden_size: 3, tie_word_embeddings: false, text_config: { vocab_size: 6 } };
  return ["embed_tokens.weight", "some.weight", "lm_head.weight"].map((name) => {
    const first = embeddings("F32", name);
    first.tensors = first.tensors.filter((tensor) => tensor.name === name && tensor.dtype === "F32");
    const second = embeddings("BF16", "other.weight");
    second.tensors = second.tensors.slice(1, 2);
    second.tensors[0].shape = [3, 6];
    return {
      index: jsonOf({ metadata: { total_size: 108 }, weight_map: { [name]: SHARDS[0], "other.weight": SHARDS[1] } }),
      config: jsonOf({ ...config, tie_word_embeddings: name === "lm_head.weight" }),
      shards: [first, second],
    };
  });
}

export async function open(): Promise<Target<number>> {
  const bases = folders();
  const { steps, make } = changedBases(bases, 4, changeFolder);
  return {
    steps,
    async run(steps) {
      const { files } = make(steps);
      const { value: matrix, code } = await attempt(() => EmbeddingMatrix.fromPretrained(files));
      if (!matrix) return code as string;
      try {
        const shard = ["model.safetensors", ...SHARDS]
          .map((name) => files.get(name))
          .find((file) => file && namesOf(file).includes(matrix.tensor));
        check(shard !== undefined, `a tensor that no shard has: ${matrix.tensor}`);
        return await use(matrix, shard);
      } finally {
        matrix.close();
      }
    },
    code(steps) {
      const { files, notes } = make(steps);
      const entries = [...files].map(([name, bytes]) => {
        const isText = name.endsWith(".json") && bytes.length < 5000;
        const text = isText ? `Buffer.from(${JSON.stringify(Buffer.from(bytes).toString())})` : bytesAsCode(bytes);
        return `  [${JSON.stringify(name)}, ${text}],`;
      });
      return `// ${notes.join("\n// ")}\nnew Map([\n${entries.join("\n")}\n])`;
    },
  };
}

function namesOf(file: Uint8Array): string[] {
  const end = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return Object.keys(JSON.parse(Buffer.from(file.subarray(8, end)).toString()));
}

function changeFolder({ index, config, shards }: ReturnType<typeof folders>[number], seeds: readonly number[]) {
  const notes: string[] = [];
  const jsons = new Map([
    [INDEX, index],
    ["config.json", config],
  ]);
  const shardSeeds: number[][] = [[], []];
  const later: Random[] = [];
  for (const seed of seeds) {
    const random = new Random(seed);
    const where = random.weighted({ index: 8, config: 5, shard: 3, files: 2 });
    if (where === "files") later.push(random);
    else if (where === "shard") shardSeeds[random.below(2)].push(random.u32());
    else {
      const name = where === "index" ? INDEX : "config.json";
      const { json, note } = changeJson(jsons.get(name) as Json, random);
      jsons.set(name, json);
      notes.push(`${name} ${note}`);
    }
  }
  const files = new Map<string, Uint8Array>();
  for (const [name, json] of jsons) files.set(name, new TextEncoder().encode(textOf(json)));
  for (const [i, parts] of shards.entries()) {
    const changed = changeFile(parts, shardSeeds[i], { texts: 0, tensors: 1, header: 3, bytes: 1 });
    files.set(SHARDS[i], changed.bytes);
    notes.push(...changed.notes.map((note) => `${SHARDS[i]}: ${note}`));
  }
  for (const random of later) notes.push(changeFiles(files, random));
  return { files, notes };
}

/** A file is missing, has another name, or other bytes. */
function changeFiles(files: Map<string, Uint8Array>, random: Random): string {
  const name = random.pick([...files.keys()]);
  const bytes = files.get(name) as Uint8Array;
  const change = random.pick(["remove", "rename", "bytes"] as const);
  if (change === "bytes") {
    const changed = changeBytes(bytes, random);
    files.set(name, changed.bytes);
    return `${name}: ${changed.note}`;
  }
  files.delete(name);
  if (change === "remove") return `no ${name}`;
  const other = random.pick(["model.safetensors", INDEX, ...SHARDS, "config.json"]);
  files.set(other, bytes);
  return `${name} is ${other}`;
}
