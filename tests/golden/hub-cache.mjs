// The part of hub-cache.py that runs here: opens a model of the hub, and prints what is in it.
//
//     node tests/golden/hub-cache.mjs <owner/name> [<options as JSON>]
import { AutoTokenizer, EmbeddingMatrix } from "wasm2vec";

const [name, options = "{}"] = process.argv.slice(2);
const given = JSON.parse(options);
const tokenizer = await AutoTokenizer.fromPretrained(name, { ...given, download: undefined });
const embeddings = await EmbeddingMatrix.fromPretrained(name, given);
const ids = tokenizer.encode("b a");
console.log(JSON.stringify({ ids, rows: [...(await embeddings.lookup(ids)).data] }));
