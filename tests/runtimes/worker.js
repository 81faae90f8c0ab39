/** The entry for workerd: a Worker whose every answer is a run of the suite. */
import { outcome } from "./outcome.js";

export default {
  async fetch() {
    return Response.json(await outcome({ threads: false }));
  },
};
