/** Gzip as bytes: one member or several, one after the other, as `cat a.gz b.gz` and bgzip make them. */

import type { ZStream } from "pako";
import { show, Wasm2VecError } from "../errors.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How much is unzipped at a time, however far it was zipped. */
const CHUNK = 1 << 17;

/** What zlib calls gzip with the largest window. */
const GZIP = 15 + 16;

const FIRST_BYTE = 0x1f;

/**
 * Unzips in the order of the chunks, and checks each member's checksum and length. Zeros behind a member fill a file up and
 * are passed over. The runtimes' own DecompressionStream refuses what lies behind the first member, or drops it where zeros
 * lie between, and does not say where a member ended: so a library unzips.
 *
 * @param name what messages call the whole
 * @throws {Wasm2VecError} `format-damaged` where it is damaged, ends too early, or goes on with something else
 */
export async function* gunzip(chunks: AsyncIterable<Bytes>, name: string): AsyncGenerator<Bytes> {
  const pako = await import("./inflate.ts");
  const stream = new pako.ZStream();
  pako.zlibInflateInit2(stream, GZIP);
  let isBetween = true;
  let read = 0;
  for await (const chunk of chunks) {
    Object.assign(stream, { input: chunk, next_in: 0, avail_in: chunk.length, avail_out: CHUNK });
    // where the output was filled, more of it may be to come
    while (stream.avail_in || !stream.avail_out) {
      if (isBetween) {
        skipZeros(stream);
        if (!stream.avail_in) break;
        if (chunk[stream.next_in] !== FIRST_BYTE)
          throw followed(name, read + stream.next_in, chunk.subarray(stream.next_in));
        pako.zlibInflateReset(stream);
        isBetween = false;
      }
      const output = new Uint8Array(CHUNK);
      Object.assign(stream, { output, next_out: 0, avail_out: CHUNK });
      const status = pako.zlibInflate(stream, pako.Z_NO_FLUSH);
      if (stream.next_out) yield output.subarray(0, stream.next_out);
      isBetween = status === pako.Z_STREAM_END;
      // there was nothing more to come
      if (status === pako.Z_BUF_ERROR) break;
      if (status !== pako.Z_OK && !isBetween) throw damaged(name, stream.msg);
    }
    read += chunk.length;
  }
  if (!isBetween) throw damaged(name, "it ends too early");
}

function skipZeros(stream: ZStream): void {
  while (stream.avail_in && stream.input[stream.next_in] === 0) {
    stream.next_in++;
    stream.avail_in--;
  }
}

const damaged = (name: string, reason: string) =>
  new Wasm2VecError(
    "format-damaged",
    `${name} could not be unzipped to its end: ${reason}. Copy or download it again.`,
  );

/** The longest beginning of what follows that a message shows. */
const MAX_SHOWN = 16;

function followed(name: string, at: number, rest: Bytes): Wasm2VecError {
  const beginning = show(new TextDecoder().decode(rest.subarray(0, MAX_SHOWN)));
  return new Wasm2VecError(
    "format-damaged",
    `${name} is followed, from byte ${at} on, by what is no gzip and begins ${beginning}; expected its end, more gzip, or zeros. Cut off what follows, or copy or download it again.`,
  );
}
