// A page without a bundler: finds the notes that are about what is typed, at each key.
import { SearchIndex, StaticModel } from "wasm2vec";

const question = document.querySelector("input");
const status = document.querySelector("output");
const list = document.querySelector("ol");

// what build.js wrote
const { index, texts } = await open().catch((error) => {
  status.textContent = `${error.message} Run examples/search-page/build.js first.`;
  throw error;
});

question.disabled = false;
question.focus();
question.addEventListener("input", showNearest);
showNearest();

async function open() {
  const at = (path) => new URL(`assets/${path}`, import.meta.url);
  const encoder = await StaticModel.fromPretrained(at("model/"));
  const [index, response] = await Promise.all([
    SearchIndex.load(at("index.safetensors"), { encoder }),
    fetch(at("texts.json")),
  ]);
  return { index, texts: await response.json() };
}

/** An answer takes less than a millisecond, so none is waited for. */
function showNearest() {
  const begin = performance.now();
  const answers = index.search(question.value, { topn: 5, minSimilarity: 0.2 });
  const milliseconds = performance.now() - begin;
  list.replaceChildren(...answers.map(itemOf));
  status.textContent = answers.length
    ? `The nearest of ${index.size} notes, in ${milliseconds.toFixed(1)} ms`
    : `${index.size} notes. Ask for what they are about, such as a loaf, the moon, a gust or slugs.`;
}

function itemOf([id, score]) {
  const item = document.createElement("li");
  const [article, title, name, number, text] = ["article", "h2", "span", "data", "p"].map((tag) =>
    document.createElement(tag),
  );
  name.textContent = id;
  number.textContent = score.toFixed(2);
  text.textContent = texts[id];
  article.style.setProperty("--nearness", String(Math.max(score, 0)));
  title.append(name, number);
  article.append(title, text);
  item.append(article);
  return item;
}
