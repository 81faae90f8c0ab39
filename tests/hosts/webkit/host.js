/** Pages in WebKit (WebKitGTK). */
import { hostsOf } from "../pages.js";

export const title = "WebKit (WebKitGTK)";
export { checked } from "../pages.js";
export const hosts = hostsOf("webkit");
