/**
 * Checks before a release that its tag is the package's version, and that the changelog begins with that version and a day.
 *
 *     node tests/package/tag.mjs v1.2.3
 */
import { readFileSync } from "node:fs";

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const { version } = JSON.parse(read("package.json"));
const [heading] = read("CHANGELOG.md").match(/^## .*$/m);
const [tag] = process.argv.slice(2);
const faults = [
  tag !== `v${version}` && `the tag is ${tag}; package.json has the version ${version}`,
  !new RegExp(`^## ${version.replaceAll(".", "\\.")} \\(\\d{4}-\\d\\d-\\d\\d\\)$`).test(heading) &&
    `the changelog begins with "${heading}"; expected "## ${version} (2026-01-31)", with the day`,
].filter(Boolean);
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
