// A Cloudflare Worker that searches texts by meaning: GET /?q=slugs+at+night
import { SearchIndex, StaticModel } from "wasm2vec";

/** Made by the first request, and kept for those that come after it. */
let opening;

export default {
  async fetch(request, env) {
    const question = new URL(request.url).searchParams.get("q") ?? "";
    opening ??= open(env.ASSETS).catch((error) => {
      // the next request tries again
      opening = undefined;
      throw error;
    });
    const { index, texts } = await opening;
    const answers = index.search(question, { topn: 3 });
    return Response.json(answers.map(([id, score]) => ({ id, score: Number(score.toFixed(3)), text: texts[id] })));
  },
};

/** Reads what examples/search-page/build.js wrote, from the Worker's static assets. */
async function open(assets) {
  const read = async (path) => {
    const response = await assets.fetch(new Request(`http://assets/${path}`));
    if (!response.ok)
      throw new Error(`${path}: ${response.status}. Run examples/search-page/build.js, which writes it.`);
    return response.arrayBuffer();
  };
  const names = ["config.json", "modules.json", "tokenizer.json", "model.safetensors"];
  const model = await Promise.all(names.map(async (name) => [name, await read(`model/${name}`)]));
  const encoder = await StaticModel.fromPretrained(Object.fromEntries(model));
  const index = await SearchIndex.load(await read("index.safetensors"), { encoder });
  const texts = JSON.parse(new TextDecoder().decode(await read("texts.json")));
  return { index, texts };
}
