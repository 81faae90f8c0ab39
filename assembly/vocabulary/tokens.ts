// What stands among the ids of a text.

/** A word that is not in the vocabulary. */
export const NOT_FOUND: u32 = 0xffffffff;

/** The end of a sentence, among records too. */
export const SENTENCE_END: u32 = 0xfffffffe;
