// A model of a few tokens of one byte each or more, for specs.

import { fillCharacters } from "../../../assembly/tokenizer/characters";
import { checkModel, indexMerges, indexTokens, Model, NONE } from "../../../assembly/tokenizer/model";
import { measure } from "../../../assembly/tokenizer/utf8";
import { take } from "../place";

/** A text's UTF-8, and eight bytes more. */
export function utf8(text: string): usize {
  const address = take(<usize>text.length * 3 + 8);
  String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, address);
  return address;
}

/** Where texts begin that lie one after the other. */
function offsetsOf(text: usize, texts: string[]): usize {
  const lengths = take(<usize>texts.length * 4 + 4);
  let bytes = 0;
  for (let i = 0; i < texts.length; i++) {
    store<u32>(lengths + ((<usize>i) << 2), texts[i].length);
    bytes += String.UTF8.byteLength(texts[i]);
  }
  const offsets = take(<usize>texts.length * 4 + 4);
  measure(text, text + bytes, lengths, texts.length, offsets);
  return offsets;
}

/** A model of up to 15 tokens, whose prefix is "##", and of up to 7 merges: left and right in turns. */
export function open(tokens: string[], merges: string[]): Model {
  const model = changetype<Model>(take(offsetof<Model>()));
  model.size = tokens.length;
  model.text = utf8(tokens.join(""));
  model.offsets = offsetsOf(model.text, tokens);
  model.slots = take(16 * 4);
  model.mask = 15;
  model.merges = take(7 * 12);
  model.mergeCount = merges.length / 2;
  model.pairs = take(8 * 4);
  model.pairMask = 7;
  model.unknown = NONE;
  model.affixes = utf8("##");
  model.maxCharacters = 100;
  model.characters = take(640 * 4);
  model.cache = take(8192 * 64);
  indexTokens(model);
  const text = utf8(merges.join(""));
  indexMerges(model, text, offsetsOf(text, merges));
  checkModel(model, load<u32>(model.offsets + ((<usize>model.size) << 2)));
  fillCharacters(model, take(8));
  return model;
}
