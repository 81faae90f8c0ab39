/** Makes GGUF files, right ones and others. */

/** A value of a pair: its type's number and its bytes. */
export type GgufPair = [key: string, type: number, value: Uint8Array];

export interface GgufTensor {
  name: string;
  /** slowest dimension first */
  shape: (number | bigint)[];
  type: number;
  offset?: number;
}

export const u32 = (number: number) => new Uint8Array(Uint32Array.of(number).buffer);
export const u64 = (number: number | bigint) => new Uint8Array(BigUint64Array.of(BigInt(number)).buffer);

export const text = (value: string): Uint8Array => {
  const bytes = new TextEncoder().encode(value);
  return join(u64(bytes.length), bytes);
};

export const join = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));

export const alignmentOf = (bytes: number): GgufPair => ["general.alignment", 4, u32(bytes)];

/** The header, filled up to `alignment`, and the data behind it. */
export function ggufFile(
  tensors: readonly GgufTensor[],
  data: Uint8Array,
  {
    pairs = [] as readonly GgufPair[],
    alignment = 32,
    version = 3,
    tensorCount = tensors.length as number | bigint,
    pairCount = pairs.length as number | bigint,
  } = {},
): Uint8Array<ArrayBuffer> {
  const header = join(
    new TextEncoder().encode("GGUF"),
    u32(version),
    u64(tensorCount),
    u64(pairCount),
    ...pairs.flatMap(([key, type, value]) => [text(key), u32(type), value]),
    ...tensors.flatMap(({ name, shape, type, offset = 0 }) => [
      text(name),
      u32(shape.length),
      ...[...shape].reverse().map(u64),
      u32(type),
      u64(offset),
    ]),
  );
  return join(header, new Uint8Array((alignment - (header.length % alignment)) % alignment), data);
}
