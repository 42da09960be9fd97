/**
 * Gives words numbers, the same to the same words, and keeps the numbers of texts one after the other.
 *
 * Texts are read character by character and each different word becomes a string once: cutting texts into strings costs several
 * times what aligning them does.
 */
export class Vocabulary {
  /** The words by their numbers. */
  readonly words: string[] = [];
  /** The numbers of all texts, of which the first `length` are in use. */
  numbers: Int32Array = new Int32Array(1024);
  length = 0;
  readonly #hashes: number[] = [];
  /** The number of a word, or -1, at the place of its hash or the next one that was free. */
  #slots = new Int32Array(4096).fill(-1);

  /** Adds the words of a text, which end at a space or a tab and nowhere else. */
  addText(text: string): void {
    this.#makeRoom((text.length >>> 1) + 1);
    const { length } = text;
    let at = 0;
    while (at < length) {
      let character = text.charCodeAt(at);
      if (character === space || character === tab) {
        at += 1;
        continue;
      }
      const from = at;
      let hash = 0;
      while (at < length) {
        character = text.charCodeAt(at);
        if (character === space || character === tab) break;
        hash = mixed(hash, character);
        at += 1;
      }
      this.#push(this.#numberOf(text, from, at, hash));
    }
  }

  /** Adds one word, whatever it is made of. */
  addWord(word: string): void {
    this.#makeRoom(1);
    let hash = 0;
    for (let at = 0; at < word.length; at += 1) hash = mixed(hash, word.charCodeAt(at));
    this.#push(this.#numberOf(word, 0, word.length, hash));
  }

  /** The words of a part of the texts. */
  wordsAt(from: number, until: number): readonly string[] {
    const words: string[] = [];
    for (let at = from; at < until; at += 1) words.push(this.words[this.numbers[at]!]!);
    return words;
  }

  #push(number: number): void {
    this.numbers[this.length] = number;
    this.length += 1;
  }

  /** The number of a part of a text, whose characters give that hash. */
  #numberOf(text: string, from: number, until: number, sum: number): number {
    const hash = sum ^ (sum >>> 15);
    const last = this.#slots.length - 1;
    for (let slot = hash & last; ; slot = (slot + 1) & last) {
      const known = this.#slots[slot]!;
      if (known < 0) return this.#learn(text.slice(from, until), hash, slot);
      if (this.#hashes[known] === hash && isSame(this.words[known]!, text, from, until)) return known;
    }
  }

  #learn(word: string, hash: number, slot: number): number {
    const number = this.words.length;
    this.words.push(word);
    this.#hashes.push(hash);
    this.#slots[slot] = number;
    if (2 * this.words.length > this.#slots.length) this.#spread();
    return number;
  }

  /** Twice as many slots, so that at least half of them are free. */
  #spread(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(-1);
    const last = slots.length - 1;
    for (const [number, hash] of this.#hashes.entries()) {
      let slot = hash & last;
      while (slots[slot]! >= 0) slot = (slot + 1) & last;
      slots[slot] = number;
    }
    this.#slots = slots;
  }

  #makeRoom(more: number): void {
    const needed = this.length + more;
    if (needed <= this.numbers.length) return;
    const numbers = new Int32Array(Math.max(needed, 2 * this.numbers.length));
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}

const space = 32;
const tab = 9;

/** One step of FNV-1a, of 16 bits at a time. */
function mixed(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x0100_0193);
}

function isSame(word: string, text: string, from: number, until: number): boolean {
  if (word.length !== until - from) return false;
  for (let at = 0; at < word.length; at += 1) {
    if (word.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  }
  return true;
}
