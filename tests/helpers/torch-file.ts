/** Makes zip archives as torch.save does, right ones and others; and the pickles in them. */

const utf8 = new TextEncoder();

export interface Member {
  name: string;
  bytes: Uint8Array;
  /** 8 where it claims to be compressed */
  method?: number;
  /** what the directory says instead of how many bytes there are */
  size?: number;
  /** whether its size and place stand in an extra field, as beyond 4 GB */
  isWide?: boolean;
}

const numbers = (...values: [bytes: 2 | 4 | 8, value: number | bigint][]): Uint8Array => {
  const bytes = Buffer.alloc(values.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of values) {
    if (size === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(Number(value), at, size);
    at += size;
  }
  return bytes;
};

/** @param end what the end says instead: how many members there are, how long the directory is, where it begins */
export function zipOf(
  members: readonly Member[],
  end: { count?: number; size?: number; begin?: number } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const lengthOf = (list: Uint8Array[]) => list.reduce((sum, { length }) => sum + length, 0);
  for (const { name, bytes, method = 0, size = bytes.length, isWide } of members) {
    const nameBytes = utf8.encode(name);
    // torch fills up to a multiple of 64 bytes here, and the directory does not say so
    const padding = new Uint8Array((64 - ((at + 34 + nameBytes.length) % 64)) % 64);
    const extra = Buffer.concat([numbers([2, 0x4246], [2, padding.length]), padding]);
    const head = numbers([4, 0x04034b50], [2, 0], [2, 0x0808], [2, method], [4, 0], [4, 0], [4, size], [4, size]);
    parts.push(head, numbers([2, nameBytes.length], [2, extra.length]), nameBytes, extra, bytes);
    const wide = isWide ? numbers([2, 1], [2, 24], [8, size], [8, size], [8, at]) : new Uint8Array();
    const [shown, place] = isWide ? [0xffffffff, 0xffffffff] : [size, at];
    directory.push(
      numbers([4, 0x02014b50], [2, 0], [2, 0], [2, 0x0808], [2, method], [4, 0], [4, 0], [4, shown], [4, shown]),
      numbers([2, nameBytes.length], [2, wide.length], [2, 0], [2, 0], [2, 0], [4, 0], [4, place]),
      nameBytes,
      wide,
    );
    at = lengthOf(parts);
  }
  const { count = members.length, size = lengthOf(directory), begin = at } = end;
  const last = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, begin], [2, 0]);
  return new Uint8Array(Buffer.concat([...parts, ...directory, last]));
}

/** The same archive with its end as zip64 has it: the numbers stand in a record before. */
export function asZip64(zip: Uint8Array, begin?: number): Uint8Array<ArrayBuffer> {
  const end = Buffer.from(zip.subarray(-22));
  const before = zip.subarray(0, -22);
  const [count, size, place] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  const record = numbers(
    [4, 0x06064b50],
    [8, 44],
    [2, 0],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, place],
  );
  const locator = numbers([4, 0x07064b50], [4, 0], [8, begin ?? before.length], [4, 1]);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(0xffffffff, 12);
  end.writeUInt32LE(0xffffffff, 16);
  return new Uint8Array(Buffer.concat([before, record, locator, end]));
}

/** Instructions of pickles, for values that are written by hand. */
export const GLOBAL = (module: string, name: string) => `c${module}\n${name}\n`;
export const int = (value: number) => `I${value}\n`;
export const str = (value: string) => `V${value}\n`;
export const tuple = (...items: string[]) => `(${items.join("")}t`;
export const dict = (...items: string[]) => `(${items.join("")}d`;

/** A storage, referred to. */
export const storage = (type: string, key: string, elements: number, module = "torch") =>
  `${tuple(str("storage"), GLOBAL(module, type), str(key), str("cpu"), int(elements))}Q`;

export const tensor = (of: string, offset: number, shape: number[], strides: number[], more = "") =>
  `${GLOBAL("torch._utils", more ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")}${tuple(
    of,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    "\x89",
    "N",
    more,
  )}R`;

/** What torch.save would write: a pickle of tensors by their names, and storages by their keys. */
export function torchFile(
  pickle: string,
  storages: Record<string, Uint8Array>,
  others: readonly Member[] = [],
): Uint8Array<ArrayBuffer> {
  return zipOf(membersOf(pickle, storages, others));
}

export const membersOf = (
  pickle: string,
  storages: Record<string, Uint8Array>,
  others: readonly Member[] = [],
): Member[] => [
  { name: "archive/data.pkl", bytes: Buffer.from(`\x80\x02${pickle}.`, "latin1") },
  ...Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, bytes })),
  ...others,
];
