// What stands among the ids of a text's words.

/** A word that is not held, or not kept. */
export const OUT_OF_VOCABULARY: u32 = 0xffffffff;

/** The end of a sentence. */
export const SENTENCE_END: u32 = 0xfffffffe;
