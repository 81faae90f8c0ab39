/** A worker's script for pages. */

import { workerOf } from "./worker.ts";

const scope = globalThis as unknown as Worker;
const { answer, fail } = workerOf((message, transferred) => scope.postMessage(message, transferred));
scope.onmessage = ({ data }) => answer(data);
scope.onmessageerror = () => fail(new Error("a message could not be read"));
