// What stands among the ids of a text's words.

/** A word that is not held, or not kept; a kernel's answer where there is no such word. */
export const OUT_OF_VOCABULARY: u32 = 0xffffffff;

/** The end of a sentence, among records too. */
export const SENTENCE_END: u32 = 0xfffffffe;
