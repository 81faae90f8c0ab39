import { checkModel, findToken, indexTokens, mergedToken, mergeOf, NONE } from "../../../assembly/tokenizer/model";
import { open, utf8 } from "./small-model";

describe("l, o, w, lo and low, of l o and lo w", () => {
  it("are found, others not", () => {
    const model = open(["l", "o", "w", "lo", "low"], []);
    expect(findToken(model, utf8("low"), 3)).toBe(4);
    expect(findToken(model, utf8("low"), 2)).toBe(3);
    expect(findToken(model, utf8("ow"), 2)).toBe(NONE);
    expect(model.longest).toBe(3);
  });

  it("are merged in this order", () => {
    const model = open(["l", "o", "w", "lo", "low"], ["l", "o", "lo", "w"]);
    expect(mergeOf(model, 0, 1)).toBe(0);
    expect(mergeOf(model, 3, 2)).toBe(1);
    expect(mergeOf(model, 1, 0)).toBe(NONE);
    expect(mergedToken(model, 1)).toBe(4);
  });

  it("are whole, until a slot or an offset is another", () => {
    const model = open(["l", "o", "w", "lo", "low"], ["l", "o", "lo", "w"]);
    expect(checkModel(model, 8)).toBe(0);
    expect(checkModel(model, 9)).toBe(1);
    store<u32>(model.merges, 5, 8);
    expect(checkModel(model, 8)).toBe(4);
    memory.fill(model.slots, 1, 64);
    expect(checkModel(model, 8)).toBe(2);
  });
});

describe("a token that is there twice", () => {
  it("is named", () => {
    const model = open(["a", "é", "b", "é"], []);
    memory.fill(model.slots, 0, 64);
    expect(indexTokens(model)).toBe(3);
  });
});
