/** Texts without spaces that English does not have. */

const CONTRACTIONS = [" .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're"];

/** As transformers cleans them up where cleanUpTokenizationSpaces asks for it. */
export const cleanedUpEnglish = (text: string) =>
  CONTRACTIONS.reduce((clean, spaced) => clean.replaceAll(spaced, spaced.trim()), text);

/** The same, as the decoders WordPiece and CTC do it. */
export function cleanedUp(text: string): string {
  const [before, after] = [CONTRACTIONS.slice(0, 7), CONTRACTIONS.slice(7)];
  const clean = (all: string, some: readonly string[]) =>
    some.reduce((one, spaced) => one.replaceAll(spaced, spaced.trim()), all);
  return clean(clean(text, before).replaceAll(" do not", " don't"), after);
}
