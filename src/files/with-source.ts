/** Work on a source that is open as long as it takes. */

import { openSource, type RandomAccess } from "./source.ts";
import { nameOf, type SourceLike } from "./source-kinds.ts";

/**
 * Opens a source, and closes it after the work.
 *
 * @param work is told what messages call the source
 * @throws {Wasm2VecError} as openSource
 */
export async function withSource<Result>(
  from: SourceLike,
  signal: AbortSignal | undefined,
  work: (source: RandomAccess, file: string) => Promise<Result>,
): Promise<Result> {
  const source = await openSource(from, signal);
  try {
    return await work(source, nameOf(from));
  } finally {
    await source.close?.();
  }
}
