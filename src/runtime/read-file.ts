/** Reads of an open file that are as long as was asked for. */

/** The largest read that every system takes. */
const LARGEST_READ = 2 ** 30;

/** What of an open file is needed: its reads may come to less than was asked for. */
export interface ReadableFile {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
}

/**
 * Fills bytes with those of a file from `begin` on.
 *
 * @throws {Error} where the file ends before
 */
export async function readInto(file: ReadableFile, bytes: Uint8Array, begin: number): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const length = Math.min(bytes.length - filled, LARGEST_READ);
    const { bytesRead } = await file.read(bytes, filled, length, begin + filled);
    if (!bytesRead) throw new Error(`it ended at byte ${begin + filled}: it became shorter while it was open`);
    filled += bytesRead;
  }
}
