/** Two workers share a memory, where the browser has one to share. */
import { program } from "./program.js";
import { report } from "./report.js";

report(async () => {
  if (!crossOriginIsolated) throw new Error("the page is not cross-origin isolated");
  return program({ threads: true });
});
