/** Which words are trained on together: whole sentences, as ranges of an encoded corpus. */

/** Whole sentences that are trained on in one call. */
export interface JobRange {
  /** where its ids begin in the encoded corpus */
  begin: number;
  /** where its ids end: one behind the end of its last sentence */
  end: number;
  /** sentences of the corpus before it */
  sentencesBefore: number;
  /** words of the corpus before it */
  wordsBefore: number;
  /** its words, those out of the vocabulary among them */
  words: number;
}

/**
 * Cuts a corpus into jobs while it is encoded: as many whole sentences as have `batchWords` words together, those out of
 * the vocabulary among them; a longer sentence is a job of its own. As in gensim, an empty job comes before a first such
 * sentence: it trains nothing, but draws its seed.
 */
export class JobCutter {
  readonly jobs: JobRange[] = [];
  sentences = 0;
  words = 0;
  /** how many words the longest sentence has */
  longest = 0;

  constructor(private readonly batchWords: number) {}

  /** A sentence of so many words ends. */
  endSentence(words: number): void {
    let job = this.jobs.at(-1) ?? this.beginJob(0);
    if (job.words + words > this.batchWords) job = this.beginJob(job.end);
    job.end += words + 1;
    job.words += words;
    this.sentences++;
    this.words += words;
    this.longest = Math.max(this.longest, words);
  }

  private beginJob(begin: number): JobRange {
    const job = { begin, end: begin, sentencesBefore: this.sentences, wordsBefore: this.words, words: 0 };
    this.jobs.push(job);
    return job;
  }
}
