import { expect, test } from 'vitest';
import { englishLexicon } from '../../../../emulator/recognition/pronunciation/english-lexicon.ts';
import { letterToSound } from '../../../../emulator/recognition/pronunciation/letter-to-sound.ts';
import {
  gapCost,
  parsePhones,
  phoneCount,
  substitutionCost,
} from '../../../../emulator/recognition/pronunciation/phones.ts';
import { PronunciationTrie } from '../../../../emulator/recognition/pronunciation/pronunciation-trie.ts';
import { SoundAlikes } from '../../../../emulator/recognition/pronunciation/sound-alikes.ts';
import { stableHash } from '../../../../emulator/recognition/stable-hash.ts';

const lexicon = englishLexicon('american');
const alikes = new SoundAlikes(lexicon, [10, 20, 35]);

test.each([
  ['platelet', 'plate let'],
  ['firmware', 'firm wear'],
  ['broadband', 'broad band'],
  ['cardiologist', 'car geologist'],
])('SoundAlikes hears %s as "%s" among others', (word, heard) => {
  expect(alikes.of(word).map(({ words }) => words.join(' '))).toContain(heard);
});

test('SoundAlikes gives only known words, at most four, cheapest first, and never the word itself', () => {
  const words = ['metoprolol', 'spironolactone', 'the', 'account', 'their', 'kubernetes', 'lisinopril', 'a', 'queue'];
  for (const word of words) {
    const found = alikes.of(word);
    expect(found.length, word).toBeGreaterThan(0);
    expect(found.map(({ cost }) => cost)).toEqual(found.map(({ cost }) => cost).toSorted((a, b) => a - b));
    for (const alike of found) {
      expect(alike.words.length).toBeLessThanOrEqual(4);
      expect(alike.words).not.toContain(word);
      for (const part of alike.words) expect([10, 20, 35]).toContain(lexicon.tierOf.get(part));
    }
  }
});

test('SoundAlikes answers for spellings that nobody can speak', () => {
  for (const word of ['xkcdb', 'a'.repeat(200), 'łódź', "'", '東京']) expect(Array.isArray(alikes.of(word))).toBe(true);
});

test('PronunciationTrie gives the same costs as comparing with every word', () => {
  const words = Array.from({ length: 120 }, (_, i) => ({
    word: `word ${i}`,
    phones: Array.from({ length: 1 + (stableHash('length', i) % 6) }, (__, j) => stableHash(i, j) % phoneCount),
    cost: i % 3,
  }));
  const trie = new PronunciationTrie(words);
  let [all, kept] = [0, 0];
  for (let round = 0; round < 20; round++) {
    const phones = Array.from({ length: 5 }, (_, j) => stableHash('spoken', round, j) % phoneCount);
    const limits = { start: round % 3, slack: 6, slackPerPhone: 3 };
    const found = trie.match(phones, limits).map(({ word, end, cost }) => `${word} ${end} ${cost}`);
    const expected = words.flatMap(({ word, phones: heard, cost }) =>
      Array.from({ length: phones.length - limits.start }, (_, j) => j + 1)
        .map((length) => ({ length, distance: distance(phones.slice(limits.start, limits.start + length), heard) }))
        .filter(({ length, distance: far }) => far <= limits.slack + limits.slackPerPhone * length)
        .map(({ length, distance: far }) => `${word} ${limits.start + length} ${far + cost}`),
    );
    // Following only promising paths may lose a match that turns good late; it may not invent one.
    expect(expected).toEqual(expect.arrayContaining(found));
    all += expected.length;
    kept += found.length;
  }
  expect(kept / all).toBeGreaterThan(0.9);
});

function distance(spoken: readonly number[], heard: readonly number[]): number {
  let row = [0];
  for (const phone of spoken) row.push(row.at(-1)! + gapCost(phone));
  for (const phone of heard) {
    const next = [row[0]! + gapCost(phone)];
    for (const [j, other] of spoken.entries()) {
      next.push(
        Math.min(row[j]! + substitutionCost(other, phone), row[j + 1]! + gapCost(phone), next[j]! + gapCost(other)),
      );
    }
    row = next;
  }
  return row.at(-1)!;
}

test('letterToSound is near the dictionary for words that the dictionary has', () => {
  const sample = lexicon.pronounced.filter((word, i) => i % 97 === 0 && (lexicon.tierOf.get(word) ?? 99) <= 35);
  let far = 0;
  let phones = 0;
  for (const word of sample) {
    const said = parsePhones(lexicon.pronunciation(word)!);
    far += distance(said, parsePhones(letterToSound(word)));
    phones += said.length;
  }
  expect(sample.length).toBeGreaterThan(150);
  // A phone that is quite wrong costs 7 to 14.
  expect(far / phones).toBeLessThan(1.6);
});

test.each([
  ['phishing', 'F IH SH IH NG'],
  ['knight', 'N AY T'],
  ['psychology', 'S IH K AA L AH JH IY'],
  ['bake', 'B EY K'],
  ['tables', 'T AE B AH L Z'],
  ['nation', 'N EY SH AH N'],
])('letterToSound speaks %s as %s', (word, phones) => {
  expect(letterToSound(word)).toBe(phones);
});
