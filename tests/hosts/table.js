/** Writes the result of all hosts into the README, between two comments. */
import { readFileSync, writeFileSync } from "node:fs";

const readme = new URL("../../README.md", import.meta.url);
const begin = "<!-- what `npm run test:hosts -- --write` found -->";
const end = "<!-- end of what it found -->";

/**
 * @param rows the host modules
 * @param results host → { verdict, version, reason }
 */
export function writeTable(rows, results) {
  const text = readFileSync(readme, "utf8");
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`README.md lacks the lines ${begin} and ${end}`);
  writeFileSync(readme, `${text.slice(0, before)}${begin}\n${table(rows, results)}${text.slice(after)}`);
}

function table(rows, results) {
  const cells = rows.map(({ title, hosts, checked }) => {
    const of = (verdict) => hosts.filter((host) => results.get(host).verdict === verdict);
    const versions = [...new Set(of("passed").map((host) => results.get(host).version))].sort(byNumber);
    const faults = [
      ...of("FAILED").map(({ name }) => `fails: ${name}`),
      ...of("not run").map((host) => `not run: ${host.name}, ${results.get(host).reason}`),
    ];
    return [title, versions.join(", "), [checked, ...faults].join("; ")];
  });
  const lines = [["runtime or host", "versions", "what was checked"], ...cells];
  // as the formatter has it
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  lines.splice(
    1,
    0,
    widths.map((width) => "-".repeat(width)),
  );
  return lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |\n`).join("");
}

const { compare: byNumber } = new Intl.Collator("en", { numeric: true });
