// A page's script: trains once on the text that lies beside it and hands the seconds to the server the page came from.
import * as wasm2vec from "wasm2vec";
import { trainOnce } from "./train.js";

async function outcome() {
  const options = await (await fetch("options.json")).json();
  const text = await (await fetch("corpus.txt")).blob();
  await wasm2vec.init();
  const { model, ...values } = await trainOnce(wasm2vec, text, options);
  model.close();
  return { values };
}

const result = await outcome().catch((error) => ({ error: error.stack }));
await fetch("/outcome", { method: "POST", body: JSON.stringify(result) });
