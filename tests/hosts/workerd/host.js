/** workerd, with a bundle as wrangler makes it. */
import { suiteIn } from "../suite.js";

export const title = "workerd";
export const checked = "the whole suite in a Worker bundled as wrangler does";

export const hosts = [suiteIn("workerd")];
