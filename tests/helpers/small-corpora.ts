/** Corpora of few words, whose rows are in every block: walks, sequences, play lists. Each word belongs to a group. */

export interface SmallCorpus {
  sentences: string[][];
  /** the group of each word */
  groups: Map<string, number>;
}

/** Numbers in [0, 1), the same in every run. See Steele and others 2014 for the mixing. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** The 78 friendships of a karate club that split into two. See Zachary 1977, https://doi.org/10.1086/jar.33.4.3629752 */
const KARATE =
  "2-1 3-1 3-2 4-1 4-2 4-3 5-1 6-1 7-1 7-5 7-6 8-1 8-2 8-3 8-4 9-1 9-3 10-3 11-1 11-5 11-6 12-1 13-1 13-4 14-1 14-2 14-3 " +
  "14-4 17-6 17-7 18-1 18-2 20-1 20-2 22-1 22-2 26-24 26-25 28-3 28-24 28-25 29-3 30-24 30-27 31-2 31-9 32-1 32-25 32-26 " +
  "32-29 33-3 33-9 33-15 33-16 33-19 33-21 33-23 33-24 33-30 33-31 33-32 34-9 34-10 34-14 34-15 34-16 34-19 34-20 34-21 " +
  "34-23 34-24 34-27 34-28 34-29 34-30 34-31 34-32 34-33";

/** The members who stayed with the first of them. */
const STAYED = new Set([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 17, 18, 20, 22].map(String));

/** Walks from each member along friendships. */
function karateWalks(walks: number, length: number): SmallCorpus {
  const friends = new Map<string, string[]>();
  for (const [a, b] of KARATE.split(" ").map((pair) => pair.split("-"))) {
    friends.set(a, [...(friends.get(a) ?? []), b]);
    friends.set(b, [...(friends.get(b) ?? []), a]);
  }
  const random = randomOf(34);
  const walkFrom = (member: string) => {
    const walk = [member];
    while (walk.length < length) {
      const near = friends.get(walk[walk.length - 1]) as string[];
      walk.push(near[Math.floor(random() * near.length)]);
    }
    return walk;
  };
  const members = [...friends.keys()];
  return {
    sentences: Array.from({ length: walks }, () => members.map(walkFrom)).flat(),
    groups: new Map(members.map((member) => [member, Number(STAYED.has(member))])),
  };
}

interface Groups {
  groups: number;
  /** words of each group */
  words: number;
  sentences: number;
  length: number;
  /** the chance that a word is the hit, which belongs to the first group */
  hit?: number;
}

/** Sentences that stay within a group for ten words or so. */
function groupedWords({ groups, words, sentences, length, hit = 0 }: Groups): SmallCorpus {
  const random = randomOf(groups * words);
  const sentence = () => {
    let group = Math.floor(random() * groups);
    return Array.from({ length }, () => {
      if (random() < 0.1) group = Math.floor(random() * groups);
      return random() < hit ? "0.0" : `${group}.${Math.floor(random() * words)}`;
    });
  };
  const all = Array.from({ length: groups * words }, (_, i) => `${i % groups}.${Math.floor(i / groups)}`);
  return {
    sentences: Array.from({ length: sentences }, sentence),
    groups: new Map(all.filter((word) => !hit || word !== "0.0").map((word) => [word, Number(word.split(".")[0])])),
  };
}

export const smallCorpora: Record<string, () => SmallCorpus> = {
  "karate club, walks": () => karateWalks(10, 40),
  "20 amino acids": () => groupedWords({ groups: 4, words: 5, sentences: 60, length: 200 }),
  "4 nucleotides": () => groupedWords({ groups: 2, words: 2, sentences: 40, length: 300 }),
  "10 words": () => groupedWords({ groups: 2, words: 5, sentences: 1000, length: 12 }),
  "play lists, a hit of 30 %": () => groupedWords({ groups: 10, words: 20, sentences: 400, length: 30, hit: 0.3 }),
};

/** The share of words whose nearest other word, of those that have a group, is of their group. */
export function groupedShare(
  { groups }: SmallCorpus,
  nearest: (word: string) => [word: string, similarity: number][],
): number {
  const own = [...groups].filter(([word, group]) => {
    const near = nearest(word).find(([other]) => groups.has(other));
    return near && groups.get(near[0]) === group;
  });
  return own.length / groups.size;
}
