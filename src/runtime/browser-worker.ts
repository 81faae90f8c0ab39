/** A worker's script for pages. */

import { workerOf } from "../train-worker.ts";

const scope = globalThis as unknown as Worker;
const answer = workerOf((message, transferred) => scope.postMessage(message, transferred));
scope.onmessage = ({ data }) => answer(data);
