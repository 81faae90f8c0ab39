/** Pages in Firefox. */
import { hostsOf } from "../pages.js";

export const title = "Firefox";
export { checked } from "../pages.js";
export const hosts = hostsOf("firefox");
