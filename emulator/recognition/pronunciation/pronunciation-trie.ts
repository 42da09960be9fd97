import { gapCost, phoneCount, substitutionCost } from './phones.ts';

/** A word that sounds like a stretch of phones. The lower the cost, the more alike. */
export interface SoundMatch {
  readonly word: string;
  /** The phones it stands for end before this one. */
  readonly end: number;
  readonly cost: number;
}

export interface TrieWord {
  readonly word: string;
  readonly phones: readonly number[];
  /** Added whenever the word is matched: rare words cost more. */
  readonly cost: number;
}

/** Words by their pronunciation, laid out in flat arrays: 25,000 words take about 70,000 nodes. */
export class PronunciationTrie {
  readonly #firstChild: Int32Array;
  readonly #nextSibling: Int32Array;
  readonly #phone: Uint8Array;
  readonly #words: ReadonlyMap<number, readonly TrieWord[]>;

  constructor(words: readonly TrieWord[]) {
    const firstChild = [0];
    const nextSibling = [0];
    const phone = [0];
    const wordsAt = new Map<number, TrieWord[]>();
    // A node and a phone make one number; far quicker to build than a map in each node.
    const children = new Map<number, number>();
    for (const word of words) {
      let node = 0;
      for (const spoken of word.phones) {
        const key = node * phoneCount + spoken;
        let child = children.get(key);
        if (child === undefined) {
          child = phone.length;
          children.set(key, child);
          phone.push(spoken);
          firstChild.push(0);
          nextSibling.push(firstChild[node] as number);
          firstChild[node] = child;
        }
        node = child;
      }
      const there = wordsAt.get(node);
      if (there === undefined) wordsAt.set(node, [word]);
      else there.push(word);
    }
    this.#firstChild = Int32Array.from(firstChild);
    this.#nextSibling = Int32Array.from(nextSibling);
    this.#phone = Uint8Array.from(phone);
    this.#words = wordsAt;
  }

  /**
   * Words that sound like the phones from `start` on, up to any end. A path is followed while its best cost stays within
   * `slack` plus `slackPerPhone` for each phone matched, and a word is given under the same condition.
   */
  match(
    phones: readonly number[],
    options: { readonly start: number; readonly slack: number; readonly slackPerPhone: number },
  ): readonly SoundMatch[] {
    const { start, slack, slackPerPhone } = options;
    const length = phones.length - start;
    const width = length + 1;
    const matches: SoundMatch[] = [];
    // One row of the edit distance for each depth; a word is at most three phones longer than what it stands for.
    const rows = new Int32Array(width * (length + 4));
    for (let j = 1; j <= length; j++) rows[j] = (rows[j - 1] as number) + gapCost(phones[start + j - 1] as number);

    const visit = (node: number, depth: number): void => {
      const above = (depth - 1) * width;
      const row = depth * width;
      const heard = this.#phone[node] as number;
      const extra = gapCost(heard);
      let alive = false;
      rows[row] = (rows[above] as number) + extra;
      for (let j = 1; j <= length; j++) {
        const spoken = phones[start + j - 1] as number;
        const cost = Math.min(
          (rows[above + j - 1] as number) + substitutionCost(spoken, heard),
          (rows[above + j] as number) + extra,
          (rows[row + j - 1] as number) + gapCost(spoken),
        );
        rows[row + j] = cost;
        if (cost <= slack + slackPerPhone * j) alive = true;
      }
      if (!alive && (rows[row] as number) > slack) return;
      for (const word of this.#words.get(node) ?? []) {
        for (let j = 1; j <= length; j++) {
          const cost = rows[row + j] as number;
          if (cost <= slack + slackPerPhone * j) {
            matches.push({ word: word.word, end: start + j, cost: cost + word.cost });
          }
        }
      }
      if (depth === length + 3) return;
      for (let child = this.#firstChild[node] as number; child !== 0; child = this.#nextSibling[child] as number) {
        visit(child, depth + 1);
      }
    };
    for (let child = this.#firstChild[0] as number; child !== 0; child = this.#nextSibling[child] as number) {
      visit(child, 1);
    }
    return matches;
  }
}
