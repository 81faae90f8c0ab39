// Packs the library as it is published, into build/.
import { npm } from "../npm.mjs";

/** The path of the tarball. */
export function packTarball() {
  const [{ filename }] = JSON.parse(npm(["pack", "--json", "--pack-destination", "build"]));
  return `build/${filename}`;
}
