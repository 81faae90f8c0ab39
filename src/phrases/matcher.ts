/** Phrases found in sentences, from left to right: a word that is in one is in no other. */

export interface MatcherParts {
  /** the score of each phrase, its words joined by the delimiter */
  phrases: ReadonlyMap<string, number>;
  delimiter: string;
  connectorWords: readonly string[];
  /** words that hold a character of the delimiter, whose phrases are not all among `phrases` */
  speltWords?: Iterable<string>;
  /** the score of what such a word begins, ends or is within; undefined where it is no phrase */
  scoreSpelt?(words: readonly string[]): number | undefined;
}

/** What a word, or several that are joined, may be to phrases. */
interface Role {
  /** those that it begins, by the role of what follows it in them: objects are found faster than strings */
  begins?: Map<Role, Phrase>;
  isConnector?: boolean;
  /** whether it holds a character of the delimiter, so that other words may give the same string */
  isSpelt?: boolean;
}

interface Phrase {
  phrase: string;
  score: number;
}

const NO_ROLE: Role = {};

export class PhraseMatcher {
  private readonly roles = new Map<string, Role>();

  constructor(private readonly parts: MatcherParts) {
    const { phrases, delimiter, connectorWords, speltWords = [] } = parts;
    for (const [phrase, score] of phrases) {
      // words may hold the delimiter, too
      for (let at = phrase.indexOf(delimiter); at >= 0; at = phrase.indexOf(delimiter, at + 1)) {
        const role = this.roleOf(phrase.slice(0, at));
        role.begins ??= new Map();
        role.begins.set(this.roleOf(phrase.slice(at + delimiter.length)), { phrase, score });
      }
    }
    for (const word of speltWords) this.roleOf(word).isSpelt = true;
    for (const word of connectorWords) this.roleOf(word).isConnector = true;
  }

  /** The sentence with its phrases as one token each. */
  apply(words: readonly string[]): string[] {
    return this.analyze(words, undefined);
  }

  /** Adds the phrases of a sentence with their scores. */
  find(words: readonly string[], found: Map<string, number>): void {
    this.analyze(words, found);
  }

  private analyze(words: readonly string[], found: Map<string, number> | undefined): string[] {
    const { roles } = this;
    const tokens: string[] = [];
    let start: string | undefined;
    let startRole = NO_ROLE;
    // the connector words after the start
    let between: string[] = [];
    for (const word of words) {
      const role = roles.get(word) ?? NO_ROLE;
      if (role.isConnector) {
        if (start === undefined) tokens.push(word);
        else between.push(word);
        continue;
      }
      if (start !== undefined) {
        const match =
          startRole === NO_ROLE && !role.isSpelt ? undefined : this.match(start, startRole, between, word, role);
        if (match) {
          tokens.push(match.phrase);
          found?.set(match.phrase, match.score);
          start = undefined;
          between = [];
          continue;
        }
        tokens.push(start);
        if (between.length) {
          tokens.push(...between);
          between = [];
        }
      }
      start = word;
      startRole = role;
    }
    if (start !== undefined) tokens.push(start, ...between);
    return tokens;
  }

  private match(start: string, startRole: Role, between: string[], word: string, role: Role): Phrase | undefined {
    const { delimiter, scoreSpelt } = this.parts;
    if (scoreSpelt && (startRole.isSpelt || role.isSpelt)) {
      const words = [start, ...between, word];
      const score = scoreSpelt(words);
      return score === undefined ? undefined : { phrase: words.join(delimiter), score };
    }
    const last = between.length ? this.roles.get([...between, word].join(delimiter)) : role;
    return last && startRole.begins?.get(last);
  }

  private roleOf(word: string): Role {
    const role = this.roles.get(word) ?? {};
    this.roles.set(word, role);
    return role;
  }
}
