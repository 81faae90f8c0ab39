/** All targets, in the order of their runs. */

import type { AnyTarget } from "../target.ts";
import * as calls from "./calls.ts";
import * as checkpoint from "./checkpoint.ts";
import * as tests from "./evaluation.ts";
import * as gensim from "./gensim.ts";
import * as model from "./model.ts";
import * as index from "./model-folder.ts";
import * as phrases from "./phrases.ts";
import * as pickle from "./pickle.ts";
import * as safetensors from "./safetensors.ts";
import * as searchIndex from "./search-index.ts";
import * as table from "./table.ts";
import * as tables from "./tables.ts";
import * as text from "./text.ts";
import * as tokenizer from "./tokenizer.ts";
import { vectorFiles } from "./vector-files.ts";
import * as vectors from "./vectors.ts";
import * as vectorsBinary from "./vectors-binary.ts";
import * as vectorsText from "./vectors-text.ts";

export const targets: Readonly<Record<string, { open(): Promise<AnyTarget> }>> = {
  ...{ model, safetensors, index, tokenizer, text, tests, checkpoint, table, tables, calls },
  ...{ vectors, "vectors-text": vectorsText, "vectors-binary": vectorsBinary, pickle, gensim, phrases, ...vectorFiles },
  ...{ "search-index": searchIndex },
};
