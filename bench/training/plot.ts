/** Draws speed against quality: a panel for each measure, a point for each contender and configuration. */

import { timesOf } from "../bench.ts";
import { mean, measures, type Result } from "./quality.ts";
import { groupsOf, type Sample } from "./speed.ts";

const panel = { width: 380, height: 280, left: 52, right: 18, top: 34, bottom: 44 };
const colours: Record<string, string> = {
  wasm2vec: "#1b6ac9",
  "wasm2vec-reproduce": "#7fb2ee",
  gensim: "#d1495b",
  "word2vec.c": "#3a7d44",
  fasttext: "#8a5a9e",
};
/** a path around (0, 0), four pixels to each side */
const shapes: Record<string, string> = {
  "skip-gram": "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0z",
  cbow: "M-4,-4h8v8h-8z",
  "skip-gram-hs": "M0,-5l5,9h-10z",
  "skip-gram-300": "M0,-5l5,5l-5,5l-5,-5z",
};
/** the measures that have a panel, and what their axis counts */
const units: Record<string, string> = {
  analogies: "% right",
  "WordSim-353": "Spearman × 100",
  "SimLex-999": "Spearman × 100",
  MEN: "Spearman × 100",
};

/** @returns an SVG; speed is one thread's, on a logarithmic axis; a bar spans the seeds */
export function plot(samples: Sample[], results: Result[]): string {
  const speeds = samples.filter(({ threads }) => threads === 1);
  const both = results.filter((result) => speeds.some((speed) => isSame(speed, result)));
  const x = logarithmic(speeds.map(({ wordsPerSecond }) => wordsPerSecond));
  const panels = measures
    .filter(({ name }) => units[name])
    .map((measure, i) => {
      const place = `translate(${(i % 2) * panel.width},${Math.floor(i / 2) * panel.height})`;
      return `<g transform="${place}">${drawPanel(measure, speeds, both, x)}</g>`;
    });
  const [width, height] = [2 * panel.width, 2 * panel.height + 56];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>Quality against speed of training</title>
<rect width="${width}" height="${height}" fill="white"/>
${panels.join("\n")}
<g transform="translate(${panel.left},${2 * panel.height + 14})">${legend(both)}</g>
</svg>
`;
}

function drawPanel(measure: (typeof measures)[number], speeds: Sample[], results: Result[], x: Axis): string {
  const y = linear(results.map(measure.of));
  const points = groupsOf(results, ({ configuration, contender }) => [configuration, contender]).map((group) => {
    const { configuration, contender } = group[0];
    const same = speeds.filter((speed) => isSame(speed, group[0]));
    const at = x.place(timesOf(same.map(({ wordsPerSecond }) => wordsPerSecond)).median);
    const values = group.map(measure.of);
    const [low, high] = [y.place(Math.min(...values)), y.place(Math.max(...values))];
    const fill = colours[contender];
    return `<path d="M${at},${low}V${high}" stroke="${fill}"/><path d="${shapes[configuration]}" transform="translate(${at},${y.place(mean(values))})" fill="${fill}" fill-opacity="0.85"/>`;
  });
  const xTicks = x.ticks.map((tick) => tickAt(x.place(tick), panel.height - panel.bottom, `${tick / 1000}k`));
  const yTicks = y.ticks.map((tick) => gridLine(y.place(tick), String(tick)));
  return [
    `<text x="${panel.left}" y="22" font-size="13" font-weight="bold">${measure.name}, ${units[measure.name]}</text>`,
    `<text x="${panel.width - panel.right}" y="${panel.height - 10}" text-anchor="end">words a second, one thread</text>`,
    ...yTicks,
    ...xTicks,
    ...points,
  ].join("\n");
}

function isSame(speed: Sample, result: Result): boolean {
  return speed.configuration === result.configuration && speed.contender === result.contender;
}

interface Axis {
  place(value: number): number;
  ticks: number[];
}

function logarithmic(values: number[]): Axis {
  const [low, high] = [Math.log(Math.min(...values) / 1.2), Math.log(Math.max(...values) * 1.2)];
  const width = panel.width - panel.left - panel.right;
  const ticks = [50e3, 100e3, 200e3, 500e3, 1000e3, 2000e3, 5000e3];
  return {
    place: (value) => Math.round(panel.left + (width * (Math.log(value) - low)) / (high - low)),
    ticks: ticks.filter((tick) => Math.log(tick) > low && Math.log(tick) < high),
  };
}

function linear(values: number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = [1, 2, 5, 10, 20].find((one) => (most - least) / one <= 6) ?? 50;
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step + (most === least ? step : 0)];
  const height = panel.height - panel.top - panel.bottom;
  return {
    place: (value) => Math.round(panel.top + (height * (high - value)) / (high - low)),
    ticks: Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step),
  };
}

const tickAt = (x: number, y: number, text: string) =>
  `<path d="M${x},${panel.top}V${y + 4}" stroke="#eee"/><text x="${x}" y="${y + 16}" text-anchor="middle">${text}</text>`;

const gridLine = (y: number, text: string) =>
  `<path d="M${panel.left},${y}H${panel.width - panel.right}" stroke="#ddd"/><text x="${panel.left - 6}" y="${y + 4}" text-anchor="end">${text}</text>`;

function legend(results: Result[]): string {
  const names = (key: "contender" | "configuration") => [...new Set(results.map((result) => result[key]))];
  const entry = (i: number, row: number, shape: string, fill: string, text: string) =>
    `<g transform="translate(${i * 140},${row * 20})"><path d="${shape}" fill="${fill}"/><text x="10" y="4">${text}</text></g>`;
  return [
    ...names("contender").map((name, i) => entry(i, 0, shapes.cbow, colours[name], name)),
    ...names("configuration").map((name, i) => entry(i, 1, shapes[name], "#555", name)),
  ].join("\n");
}
