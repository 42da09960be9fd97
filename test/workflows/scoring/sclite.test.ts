import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../workflows/scoring/alignment-steps.ts';
import type { Marks } from '../../../workflows/scoring/marks/marked-text.ts';
import { scoreUtterances, type Utterance } from '../../../workflows/scoring/score-utterances.ts';
import { type ScoringUnit } from '../../../workflows/scoring/tokenise.ts';
import { skipWithout } from '../../skip-without.ts';
import { randomNumbers } from './random-numbers.ts';

/** Where Debian's package sctk puts the program. */
const SCLITE = '/usr/lib/sctk/bin/sclite';
const withoutSclite = skipWithout({
  isThere: existsSync(SCLITE),
  name: SCLITE,
  install: "Install Debian's package sctk",
});
if (withoutSclite !== undefined) console.warn(withoutSclite);

describe.skipIf(withoutSclite !== undefined)('scoreUtterances beside sclite', () => {
  it('chooses the same steps for 3,000 random pairs over small vocabularies and for the edge cases', () => {
    const pairs = [...edgePairs, ...randomPairs(3000)];
    expect(operationsHere(pairs, 'word')).toEqual(operationsOfSclite(pairs, ['-s']));
  });

  it('chooses the same steps for words of many scripts, and for utterances that are longer than one part of the table', () => {
    const pairs = scriptPairs(600);
    expect(operationsHere(pairs, 'word')).toEqual(operationsOfSclite(pairs, ['-s', '-e', 'utf-8']));
  });

  it('chooses the same steps for characters', () => {
    const pairs = [...edgePairs, ...characterPairs(500)];
    expect(operationsHere(pairs, 'char')).toEqual(operationsOfSclite(pairs, ['-s', '-c', '-e', 'utf-8']));
  });

  it.each([
    { marks: { alternations: true }, flags: [] },
    { marks: { alternations: true, optionalWords: true }, flags: ['-D'] },
    { marks: { alternations: true, fragments: true }, flags: ['-F'] },
    { marks: { alternations: true, optionalWords: true, fragments: true }, flags: ['-D', '-F'] },
  ])('chooses the same ways and steps for 4,000 texts with marks, flags $flags', ({ marks, flags }) => {
    const pairs = [...markedEdgePairs, ...markedPairs(4000)];
    expect(pathsHere(pairs, marks)).toEqual(pathsOfSclite(pairs, ['-s', ...flags]));
  });
});

type Pair = readonly [reference: string, hypothesis: string];

const edgePairs: readonly Pair[] = [
  ['', ''],
  ['a b', ''],
  ['', 'a b'],
  ['a a b', 'a b'],
  ['a b', 'a a b'],
  ['a b', 'b a'],
  ['a b c k l', 'k l x y z'],
  ['Ab É é', 'ab é É'],
  ['tab\tand  two spaces', 'tab and\t\ttwo spaces '],
  ['no\u00a0break a', 'no break a'],
  ['ideographic\u3000space a', 'ideographic space a'],
  ["go! don't well-known", "go don't well known"],
  ['日本 語', '日本語'],
];

function randomPairs(count: number): readonly Pair[] {
  const random = randomNumbers(1);
  return Array.from({ length: count }, (_, index): Pair => {
    const vocabulary = 1 + random.below(8);
    const reference = random.words({ longest: 24, vocabulary });
    const hypothesis =
      index % 2 === 0 ? random.words({ longest: 24, vocabulary }) : random.changed(reference, { vocabulary });
    return [reference.join(' '), hypothesis.join(' ')];
  });
}

/** Words of one script each; sclite takes brackets, slashes and the like for its own marks, which no script here has. */
const scripts = [
  ['слово', 'слова', 'на', 'не', 'ёлка'],
  ['λόγος', 'λόγου', 'και', 'τὸ'],
  ['كتاب', 'كِتَاب', 'في', 'من'],
  ['נקודה', 'נְקֻדָּה', 'של'],
  ['किताब', 'में', 'हिन्दी', 'है'],
  ['หนังสือ', 'ที่', 'ภาษา'],
  ['语音', '识别', '的', '音声認識', 'の'],
  ['음성', '인식', '의'],
  ['straße', 'STRASSE', 'été', 'ete\u0301', 'Ünïcödé'],
] as const;

function scriptPairs(count: number): readonly Pair[] {
  const random = randomNumbers(5);
  return Array.from({ length: count }, (_, index): Pair => {
    const words = scripts[index % scripts.length]!;
    const longest = index % 10 === 0 ? 150 : 40;
    const wordAt = (word: string): string => words[Number(word.slice(1))]!;
    const reference = random.words({ longest, vocabulary: words.length });
    const hypothesis = random.changed(reference, { vocabulary: words.length });
    return [reference.map(wordAt).join(' '), hypothesis.map(wordAt).join(' ')];
  });
}

/** Without combining marks: sclite takes each code point for a character, and a reader takes a letter with its marks for one. */
function characterPairs(count: number): readonly Pair[] {
  const random = randomNumbers(2);
  const characters = ['a', 'b', 'é', '語', ' '];
  const text = () => Array.from({ length: random.below(20) }, () => characters[random.below(5)]!).join('');
  return Array.from({ length: count }, (): Pair => [text(), text()]);
}

const markedEdgePairs: readonly Pair[] = [
  ['{ a / b / @ }', ''],
  ['{ @ / a }', 'a'],
  ['{a/b}', 'b'],
  ['a { b c / d } e', 'a d e'],
  ['a { b { c / d } / { e / @ } f } g', 'a b d g'],
  ['a { b { c / d } / { e / @ } f } g', 'a f g'],
  ['{ a / b } { a / c } { b / c }', 'a c'],
  ['@ a @', 'a'],
  ['a', '{ a / b } (c)'],
  ['(a) (b) c', 'c'],
  ['a { (b) / c } d', 'a d'],
  ['go- -ing (go-) (-ing)', 'going going going going'],
  ['going', '-ing'],
  ['- a', '- a'],
  ['a (go-) b', 'a b'],
  ['{ a } b', 'a b'],
];

/** Texts with alternations, optional words and fragments on either side. */
function markedPairs(count: number): readonly Pair[] {
  const random = randomNumbers(11);
  const words = ['go', 'gone', 'going', 'ing', 'in', 'do', 'doing', 'a'];
  const fragments = ['go-', '-ing', 'do-', '-n', 'a-', '-going-'];
  const pick = (from: readonly string[]): string => from[random.below(from.length)]!;
  const part = (depth: number): string => {
    switch (random.below(depth > 2 ? 7 : 9)) {
      case 0:
        return `(${random.below(4) === 0 ? pick(fragments) : pick(words)})`;
      case 1:
        return pick(fragments);
      case 2:
        return random.below(3) === 0 ? '@' : pick(words);
      case 7:
      case 8: {
        const ways = Array.from({ length: 1 + random.below(3) }, () => text(1 + random.below(2), depth + 1));
        return `{ ${ways.join(random.below(3) === 0 ? '/' : ' / ')} }`;
      }
      default:
        return pick(words);
    }
  };
  const text = (length: number, depth: number): string => Array.from({ length }, () => part(depth)).join(' ');
  const plain = (): string => Array.from({ length: random.below(10) }, () => pick(words)).join(' ');
  return Array.from({ length: count }, (_, index): Pair => [
    text(random.below(9), 0),
    index % 2 === 0 ? plain() : text(random.below(9), 0),
  ]);
}

/** The steps of each pair with their words, as sclite writes them: `C"a" "a"`. */
function pathsHere(pairs: readonly Pair[], marks: Marks): readonly string[] {
  const side = (which: 0 | 1) => pairs.map((pair, index): Utterance => ({ id: String(index), text: pair[which] }));
  const score = scoreUtterances({ references: side(0), hypotheses: side(1), profile: 'none', unit: 'word', marks });
  return score.utterances.map((utterance) =>
    stepsOf(utterance)
      .map((step) => {
        const said = step.kind === 'inserted' ? '' : step.reference;
        const heard = step.kind === 'deleted' ? '' : step.hypothesis;
        return `${step.kind[0]!.toUpperCase()}${pathWords(said, heard, marks)}`;
      })
      .join(' '),
  );
}

function pathWords(said: string, heard: string, { optionalWords = false }: Marks): string {
  // sclite shows the parentheses of an optional word always, SpeechOps where it was left out.
  return [said, heard].map((word) => `"${optionalWords ? word.replace(/^\((.+)\)$/, '$1') : word}"`).join();
}

function pathsOfSclite(pairs: readonly Pair[], flags: readonly string[]): readonly string[] {
  const marks = { optionalWords: flags.includes('-D') };
  return linesOfSclite(pairs, flags).map((line) =>
    Array.from(line.matchAll(/(?:^|:)([CSDI]),(?:"([^"]*)")?,(?:"([^"]*)")?/g), ([, step, said = '', heard = '']) => {
      return `${step}${pathWords(said, heard, marks)}`;
    }).join(' '),
  );
}

function operationsHere(pairs: readonly Pair[], unit: ScoringUnit): readonly string[] {
  const side = (which: 0 | 1) => pairs.map((pair, index): Utterance => ({ id: String(index), text: pair[which] }));
  const score = scoreUtterances({ references: side(0), hypotheses: side(1), profile: 'none', unit });
  return score.utterances.map((utterance) => utterance.operations);
}

function operationsOfSclite(pairs: readonly Pair[], flags: readonly string[]): readonly string[] {
  return linesOfSclite(pairs, flags).map((line) =>
    Array.from(line.matchAll(/(?:^|:)([CSDI]),/g), ([, step]) => step).join(''),
  );
}

/** The steps of each pair as sclite's SGML report has them: a line `C,"a","a":D,"b",:…` after `<PATH id="(s_0)" …>`. */
function linesOfSclite(pairs: readonly Pair[], flags: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sclite-'));
  try {
    for (const [which, name] of ['ref.trn', 'hyp.trn'].entries()) {
      writeFileSync(join(folder, name), pairs.map((pair, index) => `${pair[which]} (s_${index})\n`).join(''));
    }
    const files = ['-r', join(folder, 'ref.trn'), 'trn', '-h', join(folder, 'hyp.trn'), 'trn', '-i', 'spu_id'];
    const report = execFileSync(SCLITE, [...files, ...flags, '-o', 'sgml', 'stdout'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const lines = new Map<number, string>();
    for (const [, index, steps = ''] of report.matchAll(/<PATH id="\(s_(\d+)\)".*\n(.*)\n/g)) {
      lines.set(Number(index), steps);
    }
    return pairs.map((_, index) => {
      const line = lines.get(index);
      if (line === undefined) throw new Error(`sclite does not report pair ${index}`);
      return line;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
