/** Changed files of indexes: refused, or an index that answers, changes, and is saved and loaded as the same one. */

import { SearchIndex, type TextEntries } from "../../../src/search-index.ts";
import { lettersEncoder } from "../../helpers/letters.ts";
import { changedBases } from "../random.ts";
import { attempt, check, type Target } from "../target.ts";
import { changedFileAsCode, changeFile, type FileParts, partsOf } from "../tensor-file.ts";

const encoder = lettersEncoder();
const QUERIES = ["a", "abc", "", "ccc b"];
const TEXTS: TextEntries[] = [
  {},
  { a: "a", "ä b": "bb", "": "abc" },
  Array.from({ length: 1100 }, (_, i) => [i, "abc".slice(i % 3)]),
];
const SHARES = { texts: 4, tensors: 8, header: 2, bytes: 1 };

export async function open(): Promise<Target<number>> {
  const bases: FileParts[] = [];
  for (const texts of TEXTS) {
    using index = await SearchIndex.from(encoder, texts);
    bases.push(partsOf(await index.toBytes(), []));
  }
  const { steps, make } = changedBases(bases, 4, (base, seeds) => changeFile(base, seeds, SHARES));
  return {
    steps,
    async run(steps) {
      const { value: index, code } = await attempt(() => SearchIndex.load(make(steps).bytes, { encoder }));
      if (!index) return code as string;
      await use(index).finally(() => index.close());
      return "accepted";
    },
    code: (steps) => `${changedFileAsCode(make(steps))}`,
  };
}

async function use(index: SearchIndex): Promise<void> {
  const { size } = index;
  const answersOf = (asked: SearchIndex) => JSON.stringify(QUERIES.map((query) => asked.search(query, { topn: 2000 })));
  using again = await SearchIndex.load(await index.toBytes(), { encoder });
  check(answersOf(again) === answersOf(index), "saved and loaded, it answers something else");
  for (const [id, score] of index.search("ab")) {
    check(Math.abs(score) <= 1 && index.has(id), `${id} has the cosine ${score}`);
  }
  const added = await attempt(() => index.add("new", "a"));
  if (!added.code)
    check(index.size === size + 1 && index.search("a", { filter: ["new"] })[0][1] === 1, "what is added is not found");
  index.remove("new");
  check(!index.has("new"), "what is removed is there");
}
