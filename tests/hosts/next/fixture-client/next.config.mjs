import { dirname } from "node:path";

// The hosts' packages lie above this project, where Next would not look: a user's own project has no such line.
const root = dirname(dirname(import.meta.dirname));

export default { turbopack: { root }, outputFileTracingRoot: root };
