// The tokenizer's ABI: a module of its own, which is loaded where texts are tokenized. As the engine, it has no state.

export { fillCharacters } from "./characters";
export { encode } from "./encode";
export { checkModel, findToken, indexMerges, indexTokens } from "./model";
export { measure } from "./utf8";

/** Where the memory that the host may use begins. */
export function heapBase(): usize {
  return __heap_base;
}
