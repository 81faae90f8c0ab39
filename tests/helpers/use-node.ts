/** Is put before every suite: they bundle the sources, which the package's entry would give their adapter. */

import { runtime } from "../../src/runtime/node.ts";
import { useRuntime } from "../../src/runtime/runtime.ts";

useRuntime(runtime);
