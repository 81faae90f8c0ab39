// A page without a bundler: trains on a text and finds a word's nearest while it is typed.
import { simplePreprocess, Word2Vec } from "wasm2vec";

const form = document.querySelector("form");
const text = document.querySelector("textarea");
const progress = document.querySelector("progress");
const nearest = document.querySelector("ol");
const [file, word] = document.querySelectorAll("input");
const [status, answer] = document.querySelectorAll("output");
const train = form.querySelector("button");

/** How many words a training reads, over all of its epochs: some seconds of it. */
const WORDS = 1_000_000;

let model;
let training;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (training) training.abort();
  else learn(sentencesOf(text.value));
});
file.addEventListener("change", async () => {
  text.value = await file.files[0].text();
});
word.addEventListener("input", showNearest);

// the text of the example beside this one: a topic and a text a line
const response = await fetch("../search/documents.txt");
if (response.ok && !text.value) text.value = (await response.text()).replaceAll(/^.*\t/gm, "");

async function learn(sentences) {
  const words = sentences.flat().length;
  training = new AbortController();
  train.textContent = "Stop";
  status.textContent = "Reading …";
  status.ariaBusy = "true"; // read out when it is done, not ten times a second
  progress.value = 0;
  try {
    const learnt = await Word2Vec.train(sentences, {
      sg: 1,
      vectorSize: 50,
      window: 10,
      ...(words < 100_000 && { minCount: 1, sample: 0 }), // so few: all of them stay
      epochs: Math.min(Math.max(Math.round(WORDS / words), 2), 100),
      signal: training.signal,
      onProgress: showProgress,
    });
    model?.close();
    model = learnt;
    progress.value = 1;
    status.textContent = `${model.wv.size.toLocaleString()} words have a vector of ${model.wv.vectorSize} numbers.`;
    if (!model.wv.has(word.value)) word.value = firstLongWord();
    word.disabled = false;
    showNearest();
  } catch (error) {
    progress.value = 0;
    status.textContent = error.name === "AbortError" ? "Stopped." : error.message;
  } finally {
    training = undefined;
    status.ariaBusy = "false";
    train.textContent = "Train";
  }
}

function showProgress(event) {
  if (event.kind !== "training") return;
  progress.value = event.words / event.totalWords;
  const speed = Math.round(event.wordsPerSecond).toLocaleString();
  status.textContent = `${speed} words a second, ${Math.ceil(event.secondsLeft)} s left`;
}

/** Asked at each key: an answer takes less than a millisecond. */
function showNearest() {
  const [key] = simplePreprocess(word.value, { minLen: 1 });
  const isKnown = key !== undefined && model.wv.has(key);
  answer.textContent = isKnown ? `Nearest to “${key}”` : hint(key);
  nearest.replaceChildren(...(isKnown ? model.wv.mostSimilar(key, { topn: 10 }).map(itemOf) : []));
}

/** What could be meant by a word that has no vector. */
function hint(start) {
  if (start === undefined) return "Type a word of the text.";
  const words = model.wv.indexToKey.filter((key) => key.startsWith(start)).slice(0, 5);
  return words.length ? `${words.join(", ")} …` : `“${start}” is not in the text.`;
}

/** A word that can be asked for in its turn, on a bar as long as it is near. */
function itemOf([key, similarity]) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const bar = document.createElement("span");
  const number = document.createElement("data");
  bar.textContent = key;
  bar.style.setProperty("--nearness", String(Math.max(similarity, 0)));
  number.value = String(similarity);
  number.textContent = similarity.toFixed(2);
  button.type = "button";
  button.append(bar, number);
  button.addEventListener("click", () => {
    word.value = key;
    showNearest();
  });
  item.append(button);
  return item;
}

/** A line or a sentence is one. */
function sentencesOf(text) {
  const sentences = text.split(/\n+|(?<=[.!?])\s+/).map((sentence) => simplePreprocess(sentence));
  return sentences.filter((words) => words.length > 0);
}

/** The most frequent words, "the" and "of", say little: one of the first that are longer is a better beginning. */
const firstLongWord = () => model.wv.indexToKey.find((key) => key.length > 4) ?? model.wv.indexToKey[0];
