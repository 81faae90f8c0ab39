/** Pages in Chromium. */
import { hostsOf } from "../pages.js";

export const title = "Chromium";
export { checked } from "../pages.js";
export const hosts = hostsOf("chromium");
