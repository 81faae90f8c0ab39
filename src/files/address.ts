/** What says where something is. */

import { isObject } from "../errors.ts";

/** Whether a value is a path or a URL. */
export const isAddress = (value: unknown): value is string | URL =>
  typeof value === "string" || (isObject(value) && value instanceof URL);
