/** The entry for a page: hands the outcome to the server the page came from. */
import { outcome } from "./outcome.js";

await fetch("/outcome", {
  method: "POST",
  body: JSON.stringify(await outcome({ threads: crossOriginIsolated, page: true })),
});
