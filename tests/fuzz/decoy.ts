/** Tables and a model that no case is told of: whatever a case does, they must stay as they are. */

import { KeyedVectors } from "../../src/keyed-vectors.ts";
import { Word2Vec } from "../../src/word2vec.ts";
import { check, sameBits } from "./target.ts";

const ROWS = 64;
const COLUMNS = 5;

const keys = Array.from({ length: ROWS }, (_, i) => `decoy ${i}`);
const data = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => Math.fround(Math.sin(i + 1)));

export class Decoy {
  private model: Word2Vec | undefined;
  /** the model's vectors, as they were at first */
  private vectors: Float32Array = new Float32Array();

  private constructor(private tables: KeyedVectors[]) {}

  static async open(): Promise<Decoy> {
    const decoy = new Decoy([]);
    await decoy.renew();
    return decoy;
  }

  /** @throws {Fault} where one has changed */
  check(): void {
    for (const table of this.tables) {
      check(table.size === ROWS && sameBits(table.toMatrix().data, data), "another table's rows have changed");
      check([...table.indexToKey].join() === keys.join(), "another table's keys have changed");
      check(table.getIndex(keys[ROWS - 1]) === ROWS - 1, "a key of another table is not found");
      check(table.getVecattr({ row: 0 }, "count") === ROWS, "another table's counts have changed");
    }
    check(
      this.model !== undefined && sameBits(this.model.wv.toMatrix().data, this.vectors),
      "another model has changed",
    );
  }

  async renew(): Promise<void> {
    this.model?.close();
    this.model = await Word2Vec.train([keys], { vectorSize: COLUMNS, minCount: 1, epochs: 1, batchWords: 10 });
    this.vectors = this.model.wv.toMatrix().data;
    for (const table of this.tables) table.close();
    const open = () => KeyedVectors.from(keys, { data, shape: [ROWS, COLUMNS] });
    this.tables = [await open(), await open()];
  }
}
