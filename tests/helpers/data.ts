/** Real data for tests: `../shared/data` beside the repository, which not every machine has. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** Where a file or folder of the data lies; undefined where it is missing, which a test must say aloud. */
export function sharedData(path: string): string | undefined {
  const place = resolve("../shared/data", path);
  return existsSync(place) ? place : undefined;
}
