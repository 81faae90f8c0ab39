// A file that a user chose in a page is written to: TypeScript's DOM knows how since 5.4.

import type { Word2Vec } from "wasm2vec";

export async function save(model: Word2Vec, file: FileSystemFileHandle): Promise<void> {
  await model.save(file);
  await model.save(await file.createWritable());
}
