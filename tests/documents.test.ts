// Every block of code of every document is run: here, or by the suite of its document.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { blocksOf, documents, printed, programsOf } from "./helpers/snippets.ts";
import { withFolder } from "./helpers/temporary.ts";

/** How many programs a document has that has a suite of its own, which looks at what they print. */
const OWN_SUITES: Record<string, number> = { "README.md": 5, "docs/from-gensim.md": 1, "docs/chinese-japanese.md": 1 };

/** Who runs, or makes, blocks of a kind other than JavaScript, and where they may be. */
const OTHERS: Record<string, RegExp> = {
  // session.test.ts types them
  console: /^docs\/session\.md$/,
  // examples.test.ts compares them with what is printed
  text: /^examples\//,
};

const all = documents();

test("the documents are found", () => {
  for (const document of ["README.md", "docs/options.md", "docs/session.md", "examples/graph/README.md"]) {
    assert.ok(all.includes(document), document);
  }
});

test("no block of code is one that nobody runs", () => {
  const faults = all.flatMap((document) =>
    blocksOf(document)
      .filter(({ language }) => language !== "js" && !OTHERS[language]?.test(document))
      .map(({ language, code }) => `${document}: "${language}": ${code.split("\n")[0]}`),
  );
  assert.equal(faults, []);
});

for (const [document, count] of Object.entries(OWN_SUITES)) {
  test(`${document}: as many programs as its suite runs`, () => assert.is(programsOf(document).length, count));
}

for (const document of all.filter((name) => !(name in OWN_SUITES))) {
  for (const [i, program] of programsOf(document).entries()) {
    const name = `${document.replaceAll(/\W/g, "-")}-${i}`;
    test(`${document}: program ${i + 1} runs`, () => withFolder(async (folder) => void printed(name, program, folder)));
  }
}

test.run();
